import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Command, CommanderError } from "commander";
import { describe, expect, test } from "vitest";
import { inspect } from "../cordon.ts";
import { loadMap } from "../hospital/load.ts";
import { addMap, type MapEnds, runCheck, runDraft, runImport, runShow } from "./map.ts";

const example = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const clinic = example("examples/clinic/hospital.yaml");
const folder = mkdtempSync(join(tmpdir(), "cordon-map-"));

function place(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** Ends that keep what is written. */
function ends(
  isTerminal = false,
  environment: Record<string, string> = {},
): MapEnds & { out: string[]; err: string[] } {
  const [out, err]: [string[], string[]] = [[], []];
  return {
    out,
    err,
    stdout: { isTTY: isTerminal, columns: 100, write: (text: string) => out.push(text) },
    stderr: { write: (text: string) => err.push(text) },
    environment,
    nowMs: () => Date.parse("2027-01-01T00:00:00Z"),
  };
}

const faulty = place("faulty.yaml", "schema: cordon.map/1\nname: X\nsegmnets: []\nsites: [{ id: s, nam: S }]\n");
const plain = "schema: cordon.map/1\nname: X # a comment that stays\nhosts: [{ id: h, addresses: [10.0.0.1] }]\n";

describe("cordon map check", () => {
  test("ends with 0 for a good map, 1 for a faulty one, 2 for a missing one", async () => {
    expect(await runCheck(clinic, {}, ends())).toBe(0);
    const refused = ends();
    expect(await runCheck(faulty, {}, refused)).toBe(1);
    expect(refused.out.join("")).toContain(`${faulty}:3:1: Cannot read the map: segmnets must be a known key`);
    expect(refused.out.join("")).toContain("REFUSED 2 problems");
    const missing = ends();
    expect(await runCheck(join(folder, "none.yaml"), {}, missing)).toBe(2);
    expect(missing.err.join("")).toMatch(/^Cannot read the map: .*none\.yaml must be a readable file, got ENOENT\n$/);
  });

  test("gives problems and findings as JSON", async () => {
    const refused = ends();
    expect(await runCheck(faulty, { output: "json" }, refused)).toBe(1);
    expect(JSON.parse(refused.out.join(""))).toMatchObject({
      ok: false,
      problems: [
        { line: 3, at: "segmnets", suggestion: "segments" },
        { line: 4, suggestion: "name" },
      ],
    });
    const found = ends();
    expect(await runCheck(place("plain.yaml", plain), { output: "json" }, found)).toBe(0);
    expect(JSON.parse(found.out.join("")).findings).toHaveLength(2);
  });

  test("ends with 2 when the words are wrong", async () => {
    for (const words of [
      ["map", "check"],
      ["map", "chek", "x"],
      ["map", "import", "x"],
      ["map", "show", "--tabel", "x"],
    ]) {
      const program = new Command("cordon").exitOverride().configureOutput({ writeErr: () => undefined });
      addMap(program, ends());
      for (const command of program.commands.flatMap((each) => [each, ...each.commands])) {
        command.exitOverride().configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
      }
      await expect(program.parseAsync(words, { from: "user" }), words.join(" ")).rejects.toThrow(CommanderError);
    }
  });
});

describe("cordon map show", () => {
  test("draws a tree, a table, or JSON", async () => {
    const tree = ends();
    expect(await runShow(clinic, {}, tree)).toBe(0);
    expect(tree.out.join("")).toContain("  ├─ care 10.90.1.0/24 workstations · VLAN 10 · 60 hosts\n");
    expect(tree.out.join("")).toContain("  │  └─ phones-1 10.90.3.16 infrastructure, telephone exchange protected\n");
    const table = ends();
    expect(await runShow(clinic, { table: true }, table)).toBe(0);
    expect(table.out.join("").split("\n")[1]).toMatch(
      /^care +linden +main +workstations +10\.90\.1\.0\/24 +10 +60 +0$/,
    );
    const json = ends();
    expect(await runShow(clinic, { output: "json" }, json)).toBe(0);
    expect(JSON.parse(json.out.join(""))).toMatchObject({ schema: "cordon.map/1", findings: [] });
    expect(await runShow(faulty, {}, ends())).toBe(1);
  });

  test("uses colour on a terminal only, and never with NO_COLOR or --no-color", async () => {
    const hasColour = async (
      isTerminal: boolean,
      environment: Record<string, string>,
      color: boolean,
    ): Promise<boolean> => {
      const screen = ends(isTerminal, environment);
      await runShow(clinic, { color }, screen);
      return screen.out.join("").includes("\u001b[");
    };
    expect(await hasColour(true, {}, true)).toBe(true);
    expect(await hasColour(false, {}, true)).toBe(false);
    expect(await hasColour(true, { NO_COLOR: "1" }, true)).toBe(false);
    expect(await hasColour(true, {}, false)).toBe(false);
  });

  test("shows no control characters that a map may hold", async () => {
    const evil = place(
      "evil.yaml",
      'schema: cordon.map/1\nname: "a\\e[31mb"\nsites: [{ id: s, name: "\\e]0;x\\a" }]\n',
    );
    const screen = ends();
    await runShow(evil, {}, screen);
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    expect(screen.out.join("")).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });
});

describe("cordon map import", () => {
  const table = place("t.csv", "Nom;Adresse IP\nh;10.0.0.2\nnew;10.0.0.3\nbad;10.0\n");

  test("with --check shows every faulty row and the difference, and writes nothing", async () => {
    const map = place("check.yaml", plain);
    const screen = ends();
    expect(await runImport([table], { into: map, check: true }, screen)).toBe(1);
    expect(screen.out.join("")).toContain(
      `${table}:4: Cannot import the row: Adresse IP must be IPv4 or IPv6 addresses, got "10.0"`,
    );
    expect(screen.out.join("")).toContain("~ hosts h (row 2): addresses [10.0.0.1] → [10.0.0.2]");
    expect(screen.out.join("")).toContain("+ hosts new (row 3)");
    expect(readFileSync(map, "utf8")).toBe(plain);
  });

  test("writes only when no row is faulty, or when told to skip those", async () => {
    const map = place("write.yaml", plain);
    expect(await runImport([table], { into: map }, ends())).toBe(1);
    expect(readFileSync(map, "utf8")).toBe(plain);
    expect(await runImport([table], { into: map, skipBadRows: true }, ends())).toBe(1);
    expect(readFileSync(map, "utf8")).toContain("# a comment that stays");
    expect(readFileSync(map, "utf8")).toContain("10.0.0.3");
    const again = ends();
    expect(await runImport([table], { into: map, skipBadRows: true, output: "json" }, again)).toBe(1);
    expect(JSON.parse(again.out.join(""))).toMatchObject({ added: [], changed: [], problems: [{ row: 4 }] });
  });

  test("takes the columns it is told, and ends with 2 when that is wrong", async () => {
    const map = place("columns.yaml", plain);
    const odd = place("odd.csv", "Machine interne,Principale\nx,10.0.0.9\n");
    expect(await runImport([odd], { into: map, column: ["name=Machine interne", "address=Principale"] }, ends())).toBe(
      0,
    );
    expect(readFileSync(map, "utf8")).toContain("10.0.0.9");
    expect(await runImport([odd], { into: map, column: ["nome=X"] }, ends())).toBe(2);
    expect(await runImport([join(folder, "none.csv")], { into: map }, ends())).toBe(2);
    expect(await runImport([odd], { into: join(folder, "none.yaml") }, ends())).toBe(2);
  });

  test("never writes a map that would be refused", async () => {
    const before =
      "schema: cordon.map/1\nname: X\nsegments: [{ id: a, use: servers, cidrs: [10.0.0.0/24, 10.0.2.0/24] }]\n";
    const map = place("refused.yaml", before);
    const blocks = place("blocks.csv", "prefix;nom\n10.0.0.0/23;wide\n");
    const screen = ends();
    expect(await runImport([blocks], { into: map }, screen)).toBe(1);
    expect(screen.err.join("")).toContain("Nothing was written: the map would have these problems");
    expect(readFileSync(map, "utf8")).toBe(before);
  });
});

describe("cordon map draft", () => {
  const flows = place(
    "conn.log",
    `${["#separator \\x09", "#path\tconn", "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tconn_state\torig_bytes\tresp_bytes", "#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tcount\tcount"].join("\n")}\n` +
      Array.from(
        { length: 5 },
        (_, index) =>
          `15000000${index}0.0\tC${index}\t10.0.0.${10 + index}\t5000${index}\t10.0.1.5\t443\ttcp\tSF\t100\t900`,
      ).join("\n"),
  );

  test("writes a map that checks, and refuses to write over a file", async () => {
    const into = join(folder, "draft.yaml");
    expect(await runDraft([flows], { into, quiet: true }, ends())).toBe(0);
    expect(readFileSync(into, "utf8")).toContain("# likely: answers 5 clients on tcp/443");
    expect(await runCheck(into, {}, ends())).toBe(0);
    expect(await runDraft([flows], { into, quiet: true }, ends())).toBe(2);
  });

  test("made of the very night of an outbreak does not hide it", async () => {
    const night = example("examples/night/conn.log.gz");
    const into = join(folder, "night.yaml");
    expect(await runDraft([night], { into, quiet: true }, ends())).toBe(0);
    const loaded = loadMap(readFileSync(into, "utf8"), into);
    if (!loaded.ok) throw new Error("the draft must load");
    const [without, within] = [await inspect([night]), await inspect([night], { map: loaded.map })];
    const hostsOf = ({ result }: typeof within): readonly string[] => result.outbreaks.flatMap((each) => each.hosts);
    expect(hostsOf(without).length).toBeGreaterThan(10);
    const missed = hostsOf(without).filter((host) => !hostsOf(within).includes(host));
    expect(missed).toEqual([]);
  });

  test("ends with 1 when nothing can be read", async () => {
    const screen = ends();
    expect(await runDraft([join(folder, "none.pcap")], { quiet: true }, screen)).toBe(1);
    expect(screen.err.join("")).toContain("none.pcap");
    expect(screen.out).toEqual([]);
  });
});

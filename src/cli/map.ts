// `cordon map check|show|draft|import|schema`: the map on the command line. Exit codes: 0 fine, 1 the map or the
// inventory has faults, 2 usage (a file that cannot be read counts as usage).

import { type Command, Option } from "commander";
import {
  applyUpsert,
  columnHeadings,
  createDraft,
  formatProblem,
  formatRowProblem,
  type InventoryKind,
  inventoryKinds,
  type LoadedMap,
  loadMap,
  mapJsonSchema,
  readInventory,
  upsertInventory,
  writeDraft,
} from "../hospital/load.ts";
import { systemClock } from "../kit/clock.ts";
import { HostTable } from "../model/host-table.ts";
import { collectFiles } from "../telemetry/collect.ts";
import { processStreams, type Streams } from "./ends.ts";
import { exitUsage } from "./exit-usage.ts";
import { createFile, readBytes, readText, replaceFile } from "./files.ts";
import { findingLines, mapTable, mapTree, previewLines } from "./map-show.ts";
import { showReading } from "./show-reading.ts";
import { createStatusLine, harmless, type Output, paint, type Screen, screenOf } from "./terminal.ts";

export const exitFine = 0;
export const exitFaults = 1;

/** The process's own ends, or those of a test. */
export interface MapEnds extends Streams {
  readonly nowMs: () => number;
}

interface CommonFlags {
  readonly output?: "text" | "json";
  readonly color?: boolean;
}

export function addMap(program: Command, ends: MapEnds = processEnds): void {
  const map = program.command("map").summary("check, show, draft and import the map of the hospital");
  const output = (): Option =>
    new Option("-o, --output <form>", "form of the result").choices(["text", "json"]).default("text");
  const exit = (code: number): void => {
    process.exitCode = code;
  };

  map
    .command("check")
    .summary("say everything that is wrong or missing in a map, with line and column")
    .argument("<file>", "hospital.yaml")
    .addOption(output())
    .option("--no-color", "no colours (also with NO_COLOR)")
    .action(async (file: string, flags: CommonFlags) => exit(await runCheck(file, flags, ends)));

  map
    .command("show")
    .summary("show a map as a tree or as a table of segments")
    .argument("<file>", "hospital.yaml")
    .option("--table", "one line for each segment")
    .addOption(output())
    .option("--no-color", "no colours (also with NO_COLOR)")
    .action(async (file: string, flags: CommonFlags & { table?: boolean }) => exit(await runShow(file, flags, ends)));

  map
    .command("draft")
    .summary("write a first map from observed traffic: segments, servers, special hosts, each with its reason")
    .argument("<files...>", "captures, flow exports or logs of one network, as for inspect")
    .option("--into <file>", "write to this new file instead of the standard output")
    .option("-q, --quiet", "no progress")
    .action(async (files: string[], flags: DraftFlags) => exit(await runDraft(files, flags, ends)));

  map
    .command("import")
    .summary("bring an inventory into a map: NetBox JSON or CSV, GLPI CSV, any CSV, Nmap XML")
    .argument("<files...>", "the exports of one inventory")
    .requiredOption("--into <file>", "hospital.yaml; its comments are kept")
    .option("--check", "show what would change and every faulty row; write nothing")
    .option("--skip-bad-rows", "write although rows have faults or contradict the map")
    .addOption(
      new Option("--from <kind>", "what wrote the files; told from their content otherwise").choices([
        ...inventoryKinds,
      ]),
    )
    .option("--column <field=heading...>", `which column holds a field (${Object.keys(columnHeadings).join(", ")})`)
    .addOption(
      new Option("--netbox-sites <meaning>", "what a site of NetBox stands for")
        .choices(["buildings", "sites"])
        .default("buildings"),
    )
    .addOption(output())
    .option("--no-color", "no colours (also with NO_COLOR)")
    .action(async (files: string[], flags: ImportFlags) => exit(await runImport(files, flags, ends)));

  map
    .command("schema")
    .summary("print the JSON schema of hospital.yaml, for editors")
    .action(() => {
      ends.stdout.write(`${JSON.stringify(mapJsonSchema(), null, 2)}\n`);
    });
}

const processEnds: MapEnds = {
  ...processStreams,
  nowMs: () => systemClock.nowMs(),
};

export async function runCheck(file: string, flags: CommonFlags, ends: MapEnds): Promise<number> {
  const text = await orSaid(readText("the map", file), ends);
  if (text === null) return exitUsage;
  const loaded = loadMap(text, file, ends.nowMs());
  if (flags.output === "json") {
    const result = loaded.ok
      ? { schema: "cordon.map-check/1", ok: true, problems: [], findings: loaded.findings }
      : { schema: "cordon.map-check/1", ok: false, problems: loaded.problems, findings: [] };
    ends.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    return loaded.ok ? exitFine : exitFaults;
  }
  const screen = screenOf(ends.stdout, ends.environment, flags.color !== false);
  if (!loaded.ok) {
    writeLines(ends.stdout, problemLines(loaded.problems));
    const count = loaded.problems.length;
    writeLines(ends.stdout, [
      `${paint("REFUSED", ["red", "bold"], screen)} ${count} ${count === 1 ? "problem" : "problems"} in ${harmless(file)}`,
    ]);
    return exitFaults;
  }
  writeLines(ends.stdout, findingLines(loaded.findings, screen));
  const { segments, hosts, services } = loaded.map;
  const summary = `${segments.length} segments, ${hosts.length} named hosts, ${services.length} services, ${loaded.findings.length} findings`;
  writeLines(ends.stdout, [`${paint("GOOD", ["green", "bold"], screen)} ${harmless(file)}: ${summary}`]);
  return exitFine;
}

export async function runShow(file: string, flags: CommonFlags & { table?: boolean }, ends: MapEnds): Promise<number> {
  const read = await readMap(file, ends);
  if (typeof read === "number") return read;
  const { loaded } = read;
  if (flags.output === "json") {
    ends.stdout.write(`${JSON.stringify({ ...loaded.map, findings: loaded.findings }, null, 2)}\n`);
    return exitFine;
  }
  const screen = screenOf(ends.stdout, ends.environment, flags.color !== false);
  writeLines(ends.stdout, flags.table === true ? mapTable(loaded.map, screen) : mapTree(loaded.map, screen));
  return exitFine;
}

interface DraftFlags {
  readonly into?: string;
  readonly quiet?: boolean;
}

export async function runDraft(files: readonly string[], flags: DraftFlags, ends: MapEnds): Promise<number> {
  const hosts = new HostTable();
  const draft = createDraft(hosts);
  const status = createStatusLine(ends.stderr, ends.nowMs);
  const report = await collectFiles(
    files,
    {
      hosts,
      watchedNames: new Set(),
      onProgress: flags.quiet === true ? () => {} : (progress) => showReading(status, progress),
    },
    (batch) => draft.feed(batch),
  );
  status.done();
  const refused = report.inputs.filter((input) => input.error !== null);
  writeLines(
    ends.stderr,
    refused.map((input) => `${harmless(input.path)}: ${harmless(input.error ?? "")}`),
  );
  if (refused.length === report.inputs.length) return exitFaults;
  const text = writeDraft(draft.finish());
  const loaded = loadMap(text, "draft", ends.nowMs());
  if (!loaded.ok) {
    // Cannot happen unless the draft itself is wrong; better no file than one that is refused later.
    writeLines(ends.stderr, problemLines(loaded.problems));
    return exitFaults;
  }
  if (flags.into === undefined) ends.stdout.write(text);
  else if ((await orSaid(createFile("the map", flags.into, text), ends)) === null) return exitUsage;
  else
    writeLines(ends.stderr, [
      `Wrote ${harmless(flags.into)}: ${loaded.map.segments.length} segments, ${loaded.map.hosts.length} hosts. Read its comments, then run cordon map check`,
    ]);
  return refused.length > 0 ? exitFaults : exitFine;
}

interface ImportFlags extends CommonFlags {
  readonly into: string;
  readonly check?: boolean;
  readonly skipBadRows?: boolean;
  readonly from?: InventoryKind;
  readonly column?: readonly string[];
  readonly netboxSites?: "buildings" | "sites";
}

export async function runImport(files: readonly string[], flags: ImportFlags, ends: MapEnds): Promise<number> {
  const columns = columnsOf(flags.column ?? [], ends);
  if (columns === null) return exitUsage;
  const read = await readMap(flags.into, ends);
  if (typeof read === "number") return read;
  const { text, loaded } = read;
  const exports: { path: string; bytes: Uint8Array }[] = [];
  for (const path of files) {
    const bytes = await orSaid(readBytes("the inventory", path), ends);
    if (bytes === null) return exitUsage;
    exports.push({ path, bytes });
  }
  const inventory = readInventory(exports, {
    kind: flags.from ?? null,
    columns,
    netboxSites: flags.netboxSites ?? "buildings",
  });
  const upsert = upsertInventory(loaded.map, inventory);
  const faults = [...inventory.problems, ...upsert.conflicts];
  const screen: Screen = screenOf(ends.stdout, ends.environment, flags.color !== false);
  if (flags.output === "json") {
    const { map: _map, ...diff } = upsert;
    ends.stdout.write(
      `${JSON.stringify({ schema: "cordon.map-import/1", rows: inventory.rows, problems: inventory.problems, remarks: inventory.remarks, ...diff }, null, 2)}\n`,
    );
  } else {
    writeLines(
      ends.stdout,
      faults.map((fault) => harmless(formatRowProblem(fault))),
    );
    writeLines(ends.stdout, previewLines(inventory, upsert, screen));
  }
  if (flags.check === true) return faults.length > 0 ? exitFaults : exitFine;
  if (faults.length > 0 && flags.skipBadRows !== true) {
    writeLines(ends.stderr, [
      "Nothing was written: correct the rows, or repeat with --skip-bad-rows to use the others",
    ]);
    return exitFaults;
  }
  if (upsert.added.length + upsert.changed.length === 0) return faults.length > 0 ? exitFaults : exitFine;
  const written = applyUpsert(text, loaded.map, upsert);
  const again = loadMap(written, flags.into, ends.nowMs());
  if (!again.ok) {
    writeLines(ends.stderr, [
      "Nothing was written: the map would have these problems",
      ...problemLines(again.problems),
    ]);
    return exitFaults;
  }
  if ((await orSaid(replaceFile("the map", flags.into, written), ends)) === null) return exitUsage;
  writeLines(ends.stderr, [`Wrote ${harmless(flags.into)}`]);
  return faults.length > 0 ? exitFaults : exitFine;
}

/** `address=IP` → the heading of each field; null when one is not of that form or not a field. */
function columnsOf(pairs: readonly string[], ends: MapEnds): Record<string, string> | null {
  const columns: Record<string, string> = {};
  for (const pair of pairs) {
    const [field, heading] = [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)];
    if (!pair.includes("=") || !Object.hasOwn(columnHeadings, field) || heading === "") {
      const known = Object.keys(columnHeadings).join(", ");
      writeLines(ends.stderr, [
        `Cannot use --column: it must be FIELD=HEADING with a field of ${known}, got ${harmless(pair)}`,
      ]);
      return null;
    }
    columns[field] = heading;
  }
  return columns;
}

/** Reads and loads a map; what is wrong with it is said, and the exit code is given instead. */
async function readMap(
  path: string,
  ends: MapEnds,
): Promise<{ readonly text: string; readonly loaded: Extract<LoadedMap, { ok: true }> } | number> {
  const text = await orSaid(readText("the map", path), ends);
  if (text === null) return exitUsage;
  const loaded = loadMap(text, path, ends.nowMs());
  if (loaded.ok) return { text, loaded };
  writeLines(ends.stderr, problemLines(loaded.problems));
  return exitFaults;
}

/** What reading or writing a file gives; null when it failed, which is said then. */
async function orSaid<T>(work: Promise<T>, ends: MapEnds): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    writeLines(ends.stderr, [harmless(error instanceof Error ? error.message : String(error))]);
    return null;
  }
}

const problemLines = (problems: Extract<LoadedMap, { ok: false }>["problems"]): string[] =>
  problems.map((problem) => harmless(formatProblem(problem)));

function writeLines(output: Output, lines: readonly string[]): void {
  if (lines.length > 0) output.write(`${lines.join("\n")}\n`);
}

// The rules of the house, run as tests: first on the tree, then on modules made to break each rule, so that no rule can
// fall silent. Rules: test/house/rules.ts and test/house/pages.ts; why: ARCHITECTURE.md.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type Module, parseModule, readFiles } from "./house/modules.ts";
import {
  findDeadLinks,
  findUnknownCommands,
  findUntestedInvariants,
  glossaryNames,
  invariantIds,
  type Page,
} from "./house/pages.ts";
import {
  fileLinesMax,
  findBadMessages,
  findBadNames,
  findBannedUses,
  findCycles,
  findForbiddenImports,
  findForbiddenWords,
  findTooLong,
} from "./house/rules.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const folders = ["src", "test", "bench", "lab"].filter((folder) => existsSync(join(root, folder)));
const files = folders.flatMap((folder) => readFiles(root, folder, [".ts"]));
const modules = files.map(parseModule);
const sources = modules.filter((module) => module.path.startsWith("src/"));
const pages: Page[] = [
  ...["README.md", "ARCHITECTURE.md", "CHANGELOG.md"].map((path) => ({
    path,
    text: readFileSync(join(root, path), "utf8"),
  })),
  ...["docs", "examples", "test", "bench", "lab"].flatMap((folder) => readFiles(root, folder, [".md"])),
];
const page = (path: string): string => pages.find((each) => each.path === path)?.text ?? "";
const scripts = Object.keys(
  (JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { readonly scripts: Record<string, string> })
    .scripts,
);

/** Files that are mostly a table of data and may be longer than others. */
const dataTables = ["src/telemetry/exports/fields-table.ts"];

describe("the tree", () => {
  it("was seen at all", () => {
    expect(sources.length).toBeGreaterThan(50);
    expect(sources.filter((module) => module.imports.length > 0).length).toBeGreaterThan(40);
    for (const folder of ["kit", "model", "hospital", "telemetry", "detection", "cli"]) {
      expect(
        sources.some((module) => module.path.startsWith(`src/${folder}/`)),
        folder,
      ).toBe(true);
    }
    expect(pages.length).toBeGreaterThan(6);
  });
  it("imports in the allowed directions only", () => expect(findForbiddenImports(modules)).toEqual([]));
  it("imports only files that are there", () => {
    const missing = modules.flatMap(({ path, imports }) =>
      imports
        .filter(({ target }) => target !== null && !existsSync(join(root, target)))
        .map(({ specifier }) => `${path}: ${specifier}`),
    );
    expect(missing).toEqual([]);
  });
  it("has no import cycles", () => expect(findCycles(modules)).toEqual([]));
  it("has no banned names", () => expect(findBadNames(files.map((file) => file.path))).toEqual([]));
  it("takes time and chance as arguments", () => expect(findBannedUses(modules)).toEqual([]));
  it(`keeps files under ${fileLinesMax} lines and functions short`, () => {
    const warnings = findTooLong(sources, "warn", dataTables);
    if (warnings.length > 0) console.warn(`growing long:\n${warnings.join("\n")}`);
    expect(findTooLong(sources, "hard", dataTables)).toEqual([]);
  });
  it("words every error the same way", () => expect(findBadMessages(modules)).toEqual([]));
  it("speaks only of itself", () => expect(findForbiddenWords([...files, ...pages])).toEqual([]));
});

describe("the pages", () => {
  it("link to files that are there", () =>
    expect(findDeadLinks(pages, (path) => existsSync(join(root, path)))).toEqual([]));
  it("name commands that exist", () => {
    const subcommands = ["start", "inspect", "simulate", "plan", "walls", "map", "doctor"];
    const shown = pages.filter(({ path }) => /^(README|ARCHITECTURE)|^docs\/(?!decisions)/.test(path));
    expect(findUnknownCommands(shown, scripts, subcommands)).toEqual([]);
  });
  it("list invariants that are each tested by their id", () => {
    const ids = invariantIds(page("docs/invariants.md"));
    expect(ids.length).toBeGreaterThan(5);
    expect(new Set(ids).size).toBe(ids.length);
    expect(
      findUntestedInvariants(
        ids,
        files.filter((file) => file.path.endsWith(".test.ts")),
      ),
    ).toEqual([]);
  });
  it("explain words that the code exports", () => {
    const names = glossaryNames(page("docs/glossary.md"));
    const exported = new Set(sources.flatMap((module) => module.exports));
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => !exported.has(name))).toEqual([]);
  });
  it("give a reason for every package", () => {
    const { dependencies, devDependencies, optionalDependencies } = JSON.parse(
      readFileSync(join(root, "package.json"), "utf8"),
    ) as Record<string, Record<string, string>>;
    const reasons = page("docs/decisions/dependencies.md");
    const names = [dependencies, devDependencies, optionalDependencies].flatMap((each) => Object.keys(each));
    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => !reasons.includes(`| ${name} |`))).toEqual([]);
  });
});

describe("a broken rule is found:", () => {
  const made = (path: string, text: string): Module => parseModule({ path, text });

  it.each([
    ["a stage in the model", "src/model/x.ts", 'import { detect } from "../detection/detect.ts";'],
    ["the model in the kit", "src/kit/x.ts", 'import type { Host } from "../model/units.ts";'],
    [
      "a stage in a stage, by type only",
      "src/detection/x.ts",
      'import type { Decoder } from "../telemetry/collect.ts";',
    ],
    ["a stage in a stage, by re-export", "src/detection/x.ts", 'export { sniff } from "../telemetry/collect.ts";'],
    ["a stage in a stage, at run time", "src/detection/x.ts", 'await import("../telemetry/collect.ts");'],
    ["a stage in a stage, in a type", "src/detection/x.ts", 'let x: import("../telemetry/collect.ts").Sniffed;'],
    ["planning in simulation", "src/simulation/x.ts", 'import { plan } from "../planning/plan.ts";'],
    ["a part of a stage from outside", "src/cli/x.ts", 'import { decode } from "../telemetry/pcap.ts";'],
    ["a part of care in planning", "src/planning/x.ts", 'import { loss } from "../care/loss.ts";'],
    ["a package in detection", "src/detection/x.ts", 'import { z } from "zod";'],
    ["the command line in a stage", "src/hospital/x.ts", 'import { en } from "../cli/words.ts";'],
    ["a test in the source", "src/cli/x.ts", 'import { samples } from "../../test/golden/samples.ts";'],
    ["a folder without a rule", "src/extras/x.ts", 'import { a } from "./y.ts";'],
  ])("import of %s", (_, path, text) => expect(findForbiddenImports([made(path, text)])).toHaveLength(1));

  it.each([
    ["src/planning/x.ts", 'import { simulate } from "../simulation/simulate.ts";'],
    ["src/planning/x.ts", 'import { assess } from "../care/assess.ts";'],
    ["src/planning/solve.ts", 'import highs from "highs";'],
    ["src/cordon.ts", 'import { collectFiles } from "./telemetry/collect.ts";'],
    ["src/detection/x.ts", 'import { limits } from "../limits.ts"; import { createHash } from "node:crypto";'],
    ["src/hospital/x.ts", 'import { parseDocument } from "yaml";'],
    ["src/detection/x.test.ts", 'import { z } from "zod"; import { decode } from "../telemetry/pcap.ts";'],
  ])("but an allowed import in %s is not", (path, text) =>
    expect(findForbiddenImports([made(path, text)])).toEqual([]),
  );

  it("a cycle, also through types", () => {
    const cycle = [
      made("src/kit/a.ts", 'import { b } from "./b.ts";'),
      made("src/kit/b.ts", 'export * from "./c.ts";'),
      made("src/kit/c.ts", 'import type { a } from "./a.ts";'),
    ];
    expect(findCycles(cycle)).toEqual(["src/kit/a.ts → src/kit/b.ts → src/kit/c.ts → src/kit/a.ts"]);
    expect(findCycles(cycle.slice(0, 2))).toEqual([]);
  });

  it.each([
    "Date.now()",
    "const now = Date.now;",
    "new Date()",
    "performance.now()",
    'Math["random"]()',
    "setTimeout(f, 1)",
    "globalThis.Date.now()",
    "process.hrtime()",
    "console.log(1)",
  ])("%s", (text) => {
    expect(findBannedUses([made("src/model/x.ts", text)])).toHaveLength(1);
    expect(findBannedUses([made("src/main.ts", text)])).toEqual([]);
  });
  it("but a date made from a number is none", () => {
    expect(findBannedUses([made("src/model/x.ts", "new Date(5).toISOString(); Math.max(1, 2); clock.now();")])).toEqual(
      [],
    );
  });

  it.each([
    "src/cli/utils.ts",
    "src/common/flow.ts",
    "src/model/flow-types.ts",
    "src/model/FlowTable.ts",
    "src/core/x.ts",
  ])("the name %s", (path) => expect(findBadNames([path]).length).toBeGreaterThan(0));

  it("a long file, a long function and a long page that joins the stages", () => {
    const lines = (count: number): string => Array.from({ length: count }, (_, at) => `let x${at};`).join("\n");
    expect(findTooLong([made("src/model/x.ts", lines(451))], "hard")).toHaveLength(1);
    expect(findTooLong([made("src/model/x.ts", `function f() {\n${lines(100)}\n}`)], "hard")).toHaveLength(1);
    expect(findTooLong([made("src/cordon.ts", lines(201))], "hard")).toHaveLength(1);
    expect(findTooLong([made("src/model/x.ts", lines(450))], "hard")).toEqual([]);
  });

  it.each([
    ["throw new Error('Something went wrong')", 1],
    ["throw new Error(`Cannot read ${path}: it must be there, got none.`)", 1],
    ["throw new RangeError('Cannot set: x is ' + x)", 1],
    ["throw new Error(`Cannot read ${path}: it must be there, got none`)", 0],
    ["throw new Error('Cannot set x: it must be ' + rule + ', got ' + x)", 0],
    ["throw new Error(message)", 0],
  ])("the message of %s", (text, count) => expect(findBadMessages([made("src/model/x.ts", text)])).toHaveLength(count));

  it("a word that must not be there", () => {
    const joined = (...parts: readonly string[]): string => parts.join("");
    const texts = [
      joined("// TO", "DO later"),
      joined("FIX", "ME"),
      joined('see "/wo', 'rk/main"'),
      joined("../sha", "red/data"),
      joined("/ho", "me/someone"),
    ];
    for (const text of texts) expect(findForbiddenWords([{ path: "x.ts", text }]), text).toHaveLength(1);
    expect(findForbiddenWords([{ path: "x.ts", text: "at work/out, todo lists, a /rootless path" }])).toEqual([]);
  });

  it("a dead link, an unknown command, an untested invariant", () => {
    const broken = { path: "docs/a.md", text: "[x](gone.md) [y](../README.md#z) [w](https://example.org)" };
    expect(findDeadLinks([broken], (path) => path === "README.md")).toEqual([
      "docs/a.md: link to gone.md leads nowhere",
    ]);
    const commands = { path: "a.md", text: "npm run gone, npm test, `cordon fly FILE`, `cordon inspect FILE`" };
    expect(findUnknownCommands([commands], ["test"], ["inspect"])).toHaveLength(2);
    const tests = [{ path: "a.test.ts", text: ["it(", '"T1 holds", f); it.each([1])(', '"T9 holds", f)'].join("") }];
    expect(findUntestedInvariants(["T1", "T2"], tests)).toHaveLength(2);
  });

  it("a file that does not parse", () => {
    expect(() => made("src/kit/x.ts", "const = ;")).toThrow(/^Cannot parse src\/kit\/x\.ts/);
  });
});

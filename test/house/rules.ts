// The rules of the house as data and as functions from modules to sentences. No files are read here, so that the test
// can feed them modules that break each rule. An empty list means that the rule holds.

import type { Module } from "./modules.ts";

/** A stage: its folder under src/ and the one file that may be imported from outside it. */
export const stageEntries: Readonly<Record<string, string>> = {
  hospital: "load.ts",
  telemetry: "collect.ts",
  detection: "detect.ts",
  simulation: "simulate.ts",
  planning: "plan.ts",
  enforcement: "enforce.ts",
  care: "assess.ts",
  recovery: "recover.ts",
  mail: "trace.ts",
  evidence: "record.ts",
  duties: "notify.ts",
};

/** The only arrows between stages. */
const stageArrows: readonly (readonly [from: string, to: string])[] = [
  ["planning", "simulation"],
  ["planning", "care"],
];

/** Which layers each layer may import; a stage also imports itself. `limits` is open to all. */
const layers: Readonly<Record<string, readonly string[]>> = {
  limits: [],
  kit: ["kit", "limits"],
  model: ["kit", "model", "limits"],
  config: ["kit", "model", "limits"],
  stage: ["kit", "model", "limits"],
  store: ["kit", "model", "limits", "store"],
  api: ["kit", "model", "limits", "config", "store", "stage", "inspect-result", "cordon", "api"],
  cli: [
    "kit",
    "model",
    "limits",
    "config",
    "store",
    "stage",
    "inspect-result",
    "rehearsal-result",
    "replay",
    "cordon",
    "api",
    "cli",
  ],
  // The published form of a result: what cordon.ts gives and everybody outside reads.
  "inspect-result": ["kit", "model", "limits", "stage"],
  "rehearsal-result": ["kit", "model", "limits", "stage", "replay"],
  // A crisis played again: joins simulation and care, as cordon.ts joins the stages of an inspection.
  replay: ["kit", "model", "limits", "stage"],
  cordon: ["kit", "model", "limits", "config", "store", "stage", "inspect-result"],
  main: ["kit", "model", "limits", "config", "stage", "cordon", "api", "cli"],
};

/** Layers and stages that use no package from outside (but the one that is named). */
const withoutPackages = new Set(["limits", "kit", "model", "detection", "simulation", "planning"]);
const packageExceptions: Readonly<Record<string, readonly string[]>> = { "src/planning/solve.ts": ["highs"] };

const bannedNames = [
  "utils",
  "util",
  "helpers",
  "helper",
  "common",
  "core",
  "shared",
  "types",
  "manager",
  "service",
  "handler",
];

/** Where the clock, chance and the console may be used at all. */
const useExceptions: readonly { readonly path: RegExp; readonly uses: RegExp }[] = [
  { path: /^src\/kit\/clock\.ts$/, uses: /^(Date|performance|set)/ },
  { path: /^src\/kit\/random\.ts$/, uses: /^Math\.random$/ },
  { path: /^src\/main\.ts$/, uses: /./ },
  { path: /^bench\//, uses: /./ },
  { path: /^lab\//, uses: /^console\./ },
];
const bannedUses =
  /^(Date\.now|new Date\(\)|performance\..*|Math\.random|setTimeout|setInterval|setImmediate|console\..*|process\.hrtime)$/;

export const fileLinesMax = 450;
export const fileLinesWarn = 400;
export const functionLinesMax = 90;
export const functionLinesWarn = 70;
export const cordonLinesMax = 200;

function isTest(path: string): boolean {
  return path.endsWith(".test.ts") || path.startsWith("test/");
}

/** Layer of a file under src/: `kit`, `stage`, `cli`, …; and the stage's name when it is one. */
function placeOf(path: string): { readonly layer: string; readonly folder: string } | null {
  const match = /^src\/(?:([^/]+)\/.*|([^/]+)\.ts)$/.exec(path);
  if (match === null) return null;
  const folder = match[1] ?? match[2];
  return { layer: Object.hasOwn(stageEntries, folder) ? "stage" : folder, folder };
}

/** Import direction: layers, stage entries, stage arrows, packages. */
export function findForbiddenImports(modules: readonly Module[]): string[] {
  const faults: string[] = [];
  for (const module of modules) {
    const from = placeOf(module.path);
    if (from === null || isTest(module.path)) continue;
    const allowed = layers[from.layer];
    if (allowed === undefined) {
      faults.push(`${module.path}: no rule says what ${from.folder}/ may import`);
      continue;
    }
    for (const { specifier, target, line } of module.imports) {
      const fault =
        target === null ? packageFault(module.path, from.folder, specifier) : importFault(from, allowed, target);
      if (fault !== null) faults.push(`${module.path}:${line}: imports ${specifier}: ${fault}`);
    }
  }
  return faults;
}

function importFault(
  from: { readonly layer: string; readonly folder: string },
  allowed: readonly string[],
  target: string,
): string | null {
  const to = placeOf(target);
  if (to === null) return "it is outside src/";
  if (to.folder === from.folder) return null;
  if (from.layer === "stage" && to.layer === "stage") {
    const hasArrow = stageArrows.some(([begin, end]) => begin === from.folder && end === to.folder);
    if (!hasArrow) return `${from.folder} and ${to.folder} are stages and never import each other`;
  } else if (!allowed.includes(to.layer)) {
    return `${from.layer} must not import ${to.layer}`;
  }
  if (to.layer === "stage" && target !== `src/${to.folder}/${stageEntries[to.folder]}`) {
    return `only src/${to.folder}/${stageEntries[to.folder]} may be imported from outside ${to.folder}/`;
  }
  return null;
}

function packageFault(path: string, folder: string, specifier: string): string | null {
  if (specifier.startsWith("node:") || !withoutPackages.has(folder)) return null;
  if (packageExceptions[path]?.includes(specifier)) return null;
  return `${folder} uses no packages`;
}

/** Cycles of imports, each told once, from its first file in the alphabet. */
export function findCycles(modules: readonly Module[]): string[] {
  const targets = new Map(modules.map((module) => [module.path, module.imports.flatMap((each) => each.target ?? [])]));
  const state = new Map<string, "open" | "done">();
  const cycles: string[] = [];
  const path: string[] = [];
  const visit = (file: string): void => {
    if (state.get(file) === "done" || !targets.has(file)) return;
    if (state.get(file) === "open") {
      cycles.push([...path.slice(path.indexOf(file)), file].join(" → "));
      return;
    }
    state.set(file, "open");
    path.push(file);
    for (const target of targets.get(file) ?? []) visit(target);
    path.pop();
    state.set(file, "done");
  };
  for (const file of [...targets.keys()].sort()) visit(file);
  return cycles;
}

/** Banned names of files and folders, and names that are not kebab-case. */
export function findBadNames(paths: readonly string[]): string[] {
  const faults: string[] = [];
  for (const path of paths) {
    for (const part of path.split("/")) {
      const words = part.replace(/(\.test|\.proof)?\.[a-z]+$/, "");
      if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(words)) faults.push(`${path}: ${part} is not kebab-case`);
      if (words.split("-").some((word) => bannedNames.includes(word))) faults.push(`${path}: ${part} is a banned name`);
    }
  }
  return [...new Set(faults)];
}

/** Clock, chance and console where they do not belong. Tests may not roll dice without a seed either. */
export function findBannedUses(modules: readonly Module[]): string[] {
  return modules.flatMap((module) =>
    module.uses
      .filter(({ text }) => (isTest(module.path) ? text === "Math.random" : bannedUses.test(text)))
      .filter(({ text }) => !useExceptions.some((each) => each.path.test(module.path) && each.uses.test(text)))
      .map(({ text, line }) => `${module.path}:${line}: uses ${text}`),
  );
}

/** Files and functions that grew too long. Tables of data may be longer: name the file in `exempt`. */
export function findTooLong(
  modules: readonly Module[],
  limit: "hard" | "warn",
  exempt: readonly string[] = [],
): string[] {
  const [fileMax, functionMax] =
    limit === "hard" ? [fileLinesMax, functionLinesMax] : [fileLinesWarn, functionLinesWarn];
  const faults: string[] = [];
  for (const { path, lineCount, functions } of modules) {
    if (isTest(path) || exempt.includes(path)) continue;
    const max = path === "src/cordon.ts" ? cordonLinesMax : fileMax;
    if (lineCount > max) faults.push(`${path}: ${lineCount} lines, ${max} allowed`);
    for (const { name, line, lineCount: length } of functions) {
      if (length > functionMax) faults.push(`${path}:${line}: ${name} has ${length} lines, ${functionMax} allowed`);
    }
  }
  return faults;
}

/** Messages of errors: `Cannot <do>: <what> must be <rule>, got <value>`, no full stop. */
export function findBadMessages(modules: readonly Module[]): string[] {
  return modules.flatMap((module) =>
    isTest(module.path)
      ? []
      : module.errorMessages
          .filter(({ text }) => !isGoodMessage(text))
          .map(({ text, line }) => `${module.path}:${line}: ${JSON.stringify(text)}`),
  );
}

function isGoodMessage(text: string): boolean {
  if (/^…$/.test(text) || text.startsWith("Assertion failed: ")) return true;
  return /^Cannot [^:]+(:[^:]+)?: .+ must .+, got .+/s.test(text) && !/[.]$/.test(text.split("\n")[0]);
}

/** Written in halves, so that this file does not hold the words itself. */
const joined = (...parts: readonly string[]): string => parts.join("");
const pathStart = "(^|[\\s\"'`(=:])";

/** Words that must not stand in the tree. */
const forbiddenWords: readonly (readonly [RegExp, string])[] = [
  [new RegExp(joined("\\bTO", "DO\\b")), "unfinished work is not marked in the tree"],
  [new RegExp(joined("\\bFIX", "ME\\b")), "unfinished work is not marked in the tree"],
  [new RegExp(joined(pathStart, "/wo", "rk/"), "m"), "a path of one machine"],
  [new RegExp(joined(pathStart, "/(root|home)/[a-z]"), "m"), "a path of one machine"],
  [new RegExp(joined("\\.\\./sha", "red\\b")), "a path outside the project"],
];

export function findForbiddenWords(files: readonly { readonly path: string; readonly text: string }[]): string[] {
  const faults: string[] = [];
  for (const { path, text } of files) {
    for (const [pattern, why] of forbiddenWords) {
      const match = pattern.exec(text);
      if (match === null) continue;
      const line = text.slice(0, match.index).split("\n").length;
      faults.push(`${path}:${line}: ${JSON.stringify(match[0].trim())}: ${why}`);
    }
  }
  return faults;
}

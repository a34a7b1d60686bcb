// The map's entry: the text of hospital.yaml in, a HospitalMap or every problem at once out. Faulty elements are left
// out and the rest is still checked, so that one misspelt key does not hide the other faults.

import { LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { limits } from "../limits.ts";
import type { HospitalMap } from "../model/map.ts";
import type { Millis } from "../model/units.ts";
import { CrossCheck, checkReferences, idSections, type KnownIds } from "./cross-check.ts";
import { findingsOf } from "./findings.ts";
import { type Finding, formatPath, Locator, nearestWord, type Path, type Problem } from "./problems.ts";
import { listSections, mapSchema } from "./schema.ts";
import { faultsOf } from "./schema-faults.ts";
import { MapTerrain } from "./terrain.ts";

export { applyUpsert } from "./apply.ts";
export { newBuilding, newHost, newMap, newSegment } from "./blank.ts";
export { createDraft, type Draft, type DraftedMap, writeDraft } from "./draft.ts";
export {
  formatRowProblem,
  type Inventory,
  type InventoryFile,
  type InventoryKind,
  type InventoryOptions,
  inventoryDefaults,
  inventoryKinds,
  type RowProblem,
} from "./inventory.ts";
export { columnHeadings } from "./inventory-csv.ts";
export { readInventory } from "./inventory-read.ts";
export { type Change, type Upsert, upsertInventory } from "./upsert.ts";
export type { FieldChange } from "./upsert-compare.ts";
export { type Finding, formatFinding, formatProblem, type Problem } from "./problems.ts";
export { type Estate, type EstateSite, mapOfEstate } from "./estate.ts";
export { type LoadedScenario, loadScenario } from "./scenario.ts";
export { mapJsonSchema } from "./schema.ts";
export { type ReadWorm, readWorm } from "./worm-file.ts";
export { writeMap } from "./write.ts";

export type LoadedMap =
  | { readonly ok: true; readonly map: HospitalMap; readonly findings: readonly Finding[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Reads a map. Never throws on bad text.
 * @param path   how the file is called in messages
 * @param nowMs  the present, for what expires; null leaves those findings out
 */
export function loadMap(text: string, path: string, nowMs: Millis | null = null): LoadedMap {
  if (text.length > limits.mapTextMax) {
    const rule = `at most ${limits.mapTextMax} characters`;
    return refused([{ file: path, line: 1, column: 1, at: "", rule, got: `${text.length}`, suggestion: null }]);
  }
  try {
    return readMap(text, path, nowMs);
  } catch (error) {
    // The YAML parser recurses, so nesting without end ends the stack; that is the file's fault.
    const got = error instanceof RangeError ? "values nested too deep" : String(error);
    return refused([{ file: path, line: 1, column: 1, at: "", rule: "readable YAML", got, suggestion: null }]);
  }
}

/** The map as detection asks it. */
export function terrainOf(map: HospitalMap): MapTerrain {
  return new MapTerrain(map);
}

function refused(problems: readonly Problem[]): LoadedMap {
  return { ok: false, problems };
}

function readMap(text: string, file: string, nowMs: Millis | null): LoadedMap {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    logLevel: "error",
  });
  const locator = new Locator(document, lines);
  if (document.errors.length > 0) {
    return refused(
      document.errors.slice(0, limits.mapProblemsMax).map((error) => {
        const { line, col } = lines.linePos(error.pos[0]);
        const got = error.message.replaceAll(/\s+/g, " ");
        return {
          file,
          line: Math.max(1, line),
          column: Math.max(1, col),
          at: "",
          rule: "correct YAML",
          got,
          suggestion: null,
        };
      }),
    );
  }
  const raw: unknown = document.toJS({ maxAliasCount: 100 });
  const problemAt = (at: Path, rule: string, got: string, suggestion: string | null, key?: string): Problem => {
    const shown = key === undefined ? at : [...at, key];
    return { file, ...locator.positionOf(at, key), at: formatPath(shown), rule, got, suggestion };
  };
  const problems: Problem[] = [];
  const parsed = parseLeniently(raw, problemAt, problems);
  if (parsed === null) return refused(sorted(problems));
  const check = new CrossCheck(parsed.map, parsed.known);
  checkReferences(check);
  const original = (at: Path): Path => parsed.originalPath(at);
  for (const each of check.remarks) problems.push(problemAt(original(each.path), each.rule, each.got, each.suggestion));
  if (problems.length > 0) return refused(sorted(problems));
  const findings = findingsOf(parsed.map, nowMs).map((each): Finding => {
    const kind = each.kind ?? "host-without-building";
    return { file, ...locator.positionOf(each.path), at: formatPath(each.path), kind, message: each.rule };
  });
  return { ok: true, map: parsed.map, findings: findings.sort((a, b) => a.line - b.line || a.column - b.column) };
}

function sorted(problems: readonly Problem[]): readonly Problem[] {
  return [...problems].sort((a, b) => a.line - b.line || a.column - b.column).slice(0, limits.mapProblemsMax);
}

type ProblemAt = (at: Path, rule: string, got: string, suggestion: string | null, key?: string) => Problem;

interface LenientMap {
  readonly map: HospitalMap;
  readonly known: KnownIds;
  readonly originalPath: (path: Path) => Path;
}

/** Parses; faulty list elements are reported and left out. Null when the rest has faults too. */
function parseLeniently(raw: unknown, problemAt: ProblemAt, problems: Problem[]): LenientMap | null {
  const first = mapSchema.safeParse(raw);
  if (first.success) {
    return { map: first.data, known: knownIds(first.data), originalPath: (path) => path };
  }
  const faults = first.error.issues.flatMap((issue) => faultsOf(issue, raw, mapSchema));
  // A misspelt key is one fault, not two: the right one is not reported as missing beside it.
  const meant = new Set(
    faults.flatMap(({ at, key, suggestion }) => (key ? formatPath([...at, suggestion ?? ""]) : [])),
  );
  for (const { at, rule, got, suggestion, key } of faults) {
    if (rule.startsWith("given") && meant.has(formatPath(at))) continue;
    problems.push(problemAt(at, rule, got, suggestion, key));
  }
  if (raw === null || typeof raw !== "object" || Array.isArray(raw)) return null;
  const pruned = withoutFaults(raw as Record<string, unknown>, first.error.issues);
  const second = pruned === null ? null : mapSchema.safeParse(pruned.raw);
  if (pruned === null || second?.success !== true) return null;
  return {
    map: second.data,
    known: knownIds(raw as Record<string, unknown>),
    originalPath: (path) => {
      const [section, index, ...rest] = path;
      const indices = typeof section === "string" ? pruned.kept.get(section) : undefined;
      return indices === undefined || typeof index !== "number" ? path : [section, indices[index], ...rest];
    },
  };
}

interface PrunedMap {
  readonly raw: Readonly<Record<string, unknown>>;
  /** Positions in the file of the elements that were kept, by section. */
  readonly kept: ReadonlyMap<string, readonly number[]>;
}

/** The file without its faulty elements and values; null when a whole list cannot be read, since its ids are lost. */
function withoutFaults(raw: Readonly<Record<string, unknown>>, issues: readonly z.core.$ZodIssue[]): PrunedMap | null {
  const faulty = new Map<string, Set<number>>();
  const pruned: Record<string, unknown> = { name: "unnamed", ...raw, schema: "cordon.map/1" };
  for (const issue of issues) {
    const [section, index] = issue.path;
    if (section === undefined && issue.code === "unrecognized_keys") for (const key of issue.keys) delete pruned[key];
    if (typeof section !== "string" || section === "schema") continue;
    if (listSections.includes(section) && typeof index === "number") {
      faulty.set(section, (faulty.get(section) ?? new Set()).add(index));
    } else if (section in idSections) return null;
    else if (section === "name") pruned.name = "unnamed";
    else delete pruned[section];
  }
  const kept = new Map<string, readonly number[]>();
  for (const [section, dropped] of faulty) {
    const elements = raw[section];
    if (!Array.isArray(elements)) continue;
    const indices = [...elements.keys()].filter((index) => !dropped.has(index));
    kept.set(section, indices);
    if (section in pruned) pruned[section] = indices.map((index: number): unknown => elements[index]);
  }
  return { raw: pruned, kept };
}

/** Ids by section; a misspelt section counts as the one it is nearest to, so that its ids are not reported too. */
function knownIds(raw: HospitalMap | Record<string, unknown>): KnownIds {
  const known = new Map<string, Set<string>>(Object.keys(idSections).map((section) => [section, new Set()]));
  for (const [key, elements] of Object.entries(raw)) {
    const ids = known.get(known.has(key) || key in mapSchema.shape ? key : (nearestWord(key, known.keys()) ?? ""));
    if (ids === undefined || !Array.isArray(elements)) continue;
    for (const each of elements) {
      const id: unknown = each !== null && typeof each === "object" ? (each as { id?: unknown }).id : undefined;
      if (typeof id === "string") ids.add(id);
    }
  }
  return known;
}

// What can be wrong with a map, and where: a path into the file becomes a line and a column. Nearest words for
// misspelt keys and ids come from the edit distance.

import { type Document, isMap, isNode, isPair, isScalar, type LineCounter } from "yaml";

export type Path = readonly (string | number)[];

/** Something that stops the map from being used. */
export interface Problem {
  readonly file: string;
  /** Both start at 1. */
  readonly line: number;
  readonly column: number;
  /** `segments[3].use`; empty for the whole file. */
  readonly at: string;
  /** What must hold. */
  readonly rule: string;
  readonly got: string;
  readonly suggestion: string | null;
}

/** Something worth knowing or filling in; the map can be used without. */
export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly at: string;
  /** A closed word, for filters: `host-without-building`. */
  readonly kind: FindingKind;
  readonly message: string;
}

export const findingKinds = [
  "host-without-building",
  "host-without-segment",
  "host-without-address",
  "segment-without-building",
  "segment-without-block",
  "building-without-site",
  "building-without-segment",
  "boundary-without-point",
  "service-without-stand-in",
  "service-without-needs",
  "need-without-crossing",
  "laptops-without-use",
  "talker-expired",
  "secret-in-settings",
  "point-without-path",
  "more-hosts-than-expected",
  "more-hosts-than-addresses",
  "contact-on-ip-phone",
  "emergency-missing",
] as const;
export type FindingKind = (typeof findingKinds)[number];

/** A remark about a place in the map, before it has a line. */
export interface Remark {
  readonly path: Path;
  /** Set for a finding, null for a problem. */
  readonly kind: FindingKind | null;
  readonly rule: string;
  readonly got: string;
  readonly suggestion: string | null;
}

/** `["segments", 3, "use"]` → `segments[3].use`. */
export function formatPath(path: Path): string {
  return path.map((step, at) => (typeof step === "number" ? `[${step}]` : at === 0 ? step : `.${step}`)).join("");
}

/** One line: `hospital.yaml:12:5: Cannot read the map: segments[3].use must be one of …, got "x" (did you mean "y"?)`. */
export function formatProblem(problem: Problem): string {
  const near = problem.suggestion;
  const hint = near === null ? "" : ` (did you mean ${near.startsWith('"') ? near : JSON.stringify(near)}?)`;
  const subject = problem.at === "" ? "the file" : problem.at;
  return `${problem.file}:${problem.line}:${problem.column}: Cannot read the map: ${subject} must be ${problem.rule}, got ${problem.got}${hint}`;
}

export function formatFinding(finding: Finding): string {
  return `${finding.file}:${finding.line}:${finding.column}: ${finding.message} [${finding.kind}]`;
}

/** Finds the line of a path; a missing node takes the place of the nearest one above it. */
export class Locator {
  readonly #document: Document;
  readonly #lines: LineCounter;

  constructor(document: Document, lines: LineCounter) {
    this.#document = document;
    this.#lines = lines;
  }

  /** Position of the value at `path`, or of the key `key` inside it. */
  positionOf(path: Path, key?: string): { line: number; column: number } {
    if (key !== undefined) {
      const node = this.#nodeAt(path);
      if (isMap(node)) {
        const pair = node.items.find((each) => isPair(each) && isScalar(each.key) && String(each.key.value) === key);
        if (pair && isNode(pair.key) && pair.key.range) return this.#at(pair.key.range[0]);
      }
    }
    for (let depth = path.length; depth >= 0; depth--) {
      const node = this.#nodeAt(path.slice(0, depth));
      if (isNode(node) && node.range) return this.#at(node.range[0]);
    }
    return { line: 1, column: 1 };
  }

  #nodeAt(path: Path): unknown {
    try {
      return path.length === 0 ? this.#document.contents : this.#document.getIn(path, true);
    } catch {
      return null; // A path through a scalar: the caller looks one level up.
    }
  }

  #at(offset: number): { line: number; column: number } {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }
}

/** A value as it is shown in a message: short, quoted when it is text. */
export function shownValue(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : `a list of ${value.length}`;
  if (value !== null && typeof value === "object") return "keys and values";
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 80 ? `${text.slice(0, 77)}…${text.at(-1) === '"' ? '"' : ""}` : text;
}

/** The nearest of `words` to a misspelt one; null when none is near (a third of the letters may differ). */
export function nearestWord(word: string, words: Iterable<string>): string | null {
  const wanted = word.toLowerCase();
  const worst = Math.max(1, Math.floor(wanted.length / 3));
  let best: string | null = null;
  let bestDistance = worst + 1;
  for (const candidate of words) {
    if (Math.abs(candidate.length - wanted.length) >= bestDistance) continue;
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** Edits (insert, delete, replace, swap of neighbours) from one word to another: optimal string alignment. */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const cost = a[row - 1] === b[column - 1] ? 0 : 1;
      let distance = Math.min(above[column] + 1, current[column - 1] + 1, above[column - 1] + cost);
      const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (isSwap) distance = Math.min(distance, before[column - 2] + 1);
      current.push(distance);
    }
    [before, above] = [above, current];
  }
  return above[b.length];
}

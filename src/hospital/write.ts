// A map as the text of hospital.yaml: keys in the order of the schema, defaults left out, short things on one line.
// Reading the text again gives the same map.

import { type Document, isCollection, isMap, isPair, isScalar, isSeq, Document as YamlDocument } from "yaml";
import type { HospitalMap } from "../model/map.ts";
import { mapSchema } from "./schema.ts";

/** Comments to set before an element: a path of section and index, and the text. */
export interface MapComment {
  readonly section: string;
  /** -1 for the section itself. */
  readonly index: number;
  readonly text: string;
}

export function writeMap(map: HospitalMap, comments: readonly MapComment[] = [], header = ""): string {
  const document = new YamlDocument(withoutDefaults(map));
  shorten(document);
  for (const { section, index, text } of comments) {
    const node: unknown = index < 0 ? document.get(section, true) : document.getIn([section, index], true);
    if (!isCollection(node)) continue;
    node.commentBefore = [node.commentBefore, spaced(text)].filter(Boolean).join("\n");
  }
  if (header !== "") document.commentBefore = spaced(header);
  return document.toString({ lineWidth: 118, flowCollectionPadding: true, indentSeq: true });
}

/** The element of a section as it is written: defaults left out. */
export function withoutDefaultsIn(section: string, element: unknown): unknown {
  const whole = withoutDefaults({ [section]: [element] }) as Record<string, unknown[]>;
  return whole[section]?.[0];
}

function spaced(text: string): string {
  return text
    .split("\n")
    .map((line) => (line === "" ? "" : ` ${line}`))
    .join("\n");
}

const always = new Set(["schema", "name", "timeZone", "crossingDefault"]);

function withoutDefaults(map: HospitalMap | Record<string, unknown>): unknown {
  const written: Record<string, unknown> = {};
  for (const key of Object.keys(mapSchema.shape)) {
    const value = (map as Record<string, unknown>)[key];
    if (value === undefined) continue;
    const kept = trimmed(value, defaultsOf(key));
    if (always.has(key) || kept !== undefined) written[key] = kept ?? value;
  }
  return written;
}

/** Values that may be left out, by key, for the elements of a section. Nulls, false and empty lists always may. */
function defaultsOf(section: string): Readonly<Record<string, unknown>> {
  const perSection: Record<string, Record<string, unknown>> = {
    calendar: { morning: "08:00-13:00", afternoon: "13:00-18:30" },
    hosts: { role: "unknown" },
    enforcementPoints: { failureProbability: 0 },
    services: { harmPerHour: 1, toleratedMinutes: 0, seats: 0 },
    protected: { rule: "never" },
    laptops: { readyMinutes: 0, network: "none" },
  };
  return perSection[section] ?? {};
}

/** Undefined when the whole value may be left out. */
function trimmed(value: unknown, defaults: Readonly<Record<string, unknown>>): unknown {
  if (value === null || value === false) return undefined;
  if (Array.isArray(value)) {
    if (value.length === 0) return undefined;
    return value.map((each: unknown) => (isRecord(each) ? trimmedRecord(each, defaults) : each));
  }
  if (!isRecord(value)) return value;
  const record = trimmedRecord(value, defaults);
  return Object.keys(record).length === 0 ? undefined : record;
}

function trimmedRecord(
  value: Readonly<Record<string, unknown>>,
  defaults: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (const [key, each] of Object.entries(value)) {
    if (Object.hasOwn(defaults, key) && defaults[key] === each) continue;
    // The driver's settings are its own: nothing in them is a default of ours.
    const kept = key === "settings" ? (Object.keys(each as object).length > 0 ? each : undefined) : trimmed(each, {});
    if (key === "consultations" && each !== null) record[key] = withoutEmptyDays(each as Record<string, unknown>);
    else if (kept !== undefined) record[key] = kept;
  }
  return record;
}

function withoutEmptyDays(days: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(days).filter(([, counts]) => !Array.isArray(counts) || counts.some((count) => count !== 0)),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** Puts lists of words, and records whose values are all short, on one line; a blank line before each section. */
function shorten(document: Document): void {
  if (!isMap(document.contents)) return;
  for (const [index, pair] of document.contents.items.entries()) {
    const isApart = isCollection(pair.value) || String(pair.key) === "crossingDefault";
    if (isScalar(pair.key) && isApart && index > 0) pair.key.spaceBefore = true;
    if (isSeq(pair.value)) for (const element of pair.value.items) shortenNode(element, 0);
    else shortenNode(pair.value, 0);
  }
}

const LINE_MAX = 104;

/** Lays out one element: short records and lists on one line. */
export function layOut(node: unknown): void {
  shortenNode(node, 0);
}

function shortenNode(node: unknown, depth: number): void {
  if (!isCollection(node)) return;
  if (widthOf(node) + depth * 2 <= LINE_MAX) {
    node.flow = true;
    return;
  }
  for (const item of node.items) shortenNode(isPair(item) ? item.value : item, depth + 1);
}

function widthOf(node: unknown): number {
  if (isPair(node)) return widthOf(node.key) + widthOf(node.value) + 4;
  if (isCollection(node)) return node.items.reduce((width: number, item) => width + widthOf(item) + 2, 4);
  return isScalar(node) ? String(node.value).length + 2 : 4;
}

// The beginning of a JSON text in, the format of its records out: Zeek, EVE or Windows events, one record a line,
// several a line, or one array of them.

import type { Format } from "./decoder.ts";
import { zeekFormatOfKeys } from "./logs/zeek-paths.ts";

const recordsTried = 20;

type Sniffed = { readonly format: Format } | { readonly refused: string };

export function sniffJson(text: string, isWhole: boolean): Sniffed {
  let best: Format | null = null;
  let seen = 0;
  for (const record of firstRecords(text)) {
    seen++;
    const format = formatOfRecord(record);
    if (format !== null && (best === null || best === "zeek-other")) best = format;
    if (best !== null && best !== "zeek-other") break;
  }
  if (best !== null) return { format: best };
  if (seen === 0) return incomplete(text, isWhole);
  return { refused: `the input must be a Zeek, Suricata or Windows log, got JSON of another kind (${keysOf(text)})` };
}

/** No whole record in the head: a long first record is told by its keys, a cut one is refused. */
function incomplete(text: string, isWhole: boolean): Sniffed {
  if (!isWhole || text.length > 32_768) {
    const keys: Record<string, unknown> = {};
    for (const match of text.matchAll(/"([^"\\]{1,60})"\s*:\s*("(?:[^"\\]|\\.){0,200}"|[-0-9.]+|[{[])/g))
      keys[match[1]] ??= match[2];
    const format = formatOfRecord(keys);
    if (format !== null) return { format };
  }
  if (/^\[\s*\]?\s*$/.test(text)) return { refused: "the input must be a log with records, got an empty JSON array" };
  return { refused: "the input must be complete, got JSON that is cut or broken inside its first record" };
}

const keysOf = (text: string): string =>
  [...text.slice(0, 400).matchAll(/"([^"\\]{1,30})"\s*:/g)]
    .slice(0, 4)
    .map((match) => match[1].replace(/[^ -~]/g, "?"))
    .join(", ");

function formatOfRecord(record: Readonly<Record<string, unknown>>): Format | null {
  if (typeof record["event_type"] === "string" && record["timestamp"] !== undefined) return "eve";
  if (isWindowsEvent(record)) return "windows-json";
  return zeekFormatOfKeys(record);
}

/** Flat (NXLog), nested winlog (Winlogbeat) or nested Event (evtx_dump) records. */
export function isWindowsEvent(record: Readonly<Record<string, unknown>>): boolean {
  if (record["EventID"] !== undefined || record["EventId"] !== undefined) return true;
  if (typeof record["winlog"] === "object" || record["winlog.event_id"] !== undefined) return true;
  const event = record["Event"];
  if (event === "{") return record["System"] !== undefined;
  return typeof event === "object" && event !== null && "System" in event;
}

/** The first complete objects, whatever stands between them. */
function* firstRecords(text: string): Generator<Record<string, unknown>> {
  let found = 0;
  for (let at = text.indexOf("{"); at !== -1 && found < recordsTried; found++) {
    const end = endOfObject(text, at);
    if (end === -1) return;
    try {
      yield JSON.parse(text.slice(at, end)) as Record<string, unknown>;
    } catch {
      return;
    }
    at = text.indexOf("{", end);
  }
}

/** The index after the brace that closes the one at `begin`; -1 when it is not there. */
function endOfObject(text: string, begin: number): number {
  let depth = 0;
  let isInText = false;
  for (let at = begin; at < text.length; at++) {
    const letter = text[at];
    if (isInText) {
      if (letter === "\\") at++;
      else if (letter === '"') isInText = false;
    } else if (letter === '"') isInText = true;
    else if (letter === "{" || letter === "[") depth++;
    else if ((letter === "}" || letter === "]") && --depth === 0) return at + 1;
  }
  return -1;
}

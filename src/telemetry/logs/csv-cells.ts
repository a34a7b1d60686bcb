// Cells of a CSV row in, times, ports, flags and counts out. Programs write these in many ways; a cell that can not be
// read gives NaN or -1.

import type { Millis } from "../../model/units.ts";
import { csvFields, type CsvField } from "./csv-header.ts";
import { asciiText, type FieldSet, readDecimal, readIsoMs, secondsToMs } from "./lines-fields.ts";

const slotOf = Object.fromEntries(csvFields.map((field, slot) => [field, slot])) as Record<CsvField, number>;
export const cellSlots = slotOf;

/** Seconds or milliseconds since 1970, ISO 8601, or nfdump's `2011-08-16 11:53:48.123` (taken as UTC). */
export function readCellTime(fields: FieldSet, slot: number): Millis {
  const { bytes } = fields;
  const begin = fields.begin[slot];
  const end = fields.end[slot];
  const number = readDecimal(bytes, begin, end);
  // Above 1e11 a count of seconds would be beyond the year 5000: it is milliseconds; above 1e14, microseconds.
  if (number > 1e17) return number / 1e6;
  if (number > 1e14) return number / 1000;
  if (number > 1e11) return number;
  if (!Number.isNaN(number)) return secondsToMs(number);
  return readIsoMs(bytes, begin, end);
}

/** Start and duration of a row, from whichever of start, end and duration it has. */
export function readSpan(fields: FieldSet): { startMs: Millis; durationMs: Millis } {
  const endMs = fields.has(slotOf.end) ? readCellTime(fields, slotOf.end) : Number.NaN;
  let durationMs = fields.has(slotOf.duration) ? secondsToMs(fields.decimal(slotOf.duration)) : Number.NaN;
  if (fields.has(slotOf.durationMs)) durationMs = fields.decimal(slotOf.durationMs);
  let startMs = fields.has(slotOf.start) ? readCellTime(fields, slotOf.start) : Number.NaN;
  if (Number.isNaN(startMs)) startMs = Number.isNaN(durationMs) ? endMs : endMs - durationMs;
  if (!(durationMs >= 0)) durationMs = endMs > startMs ? endMs - startMs : 0;
  return { startMs, durationMs };
}

/** A plain or hexadecimal port, 0 when the cell is empty; -1 when it is none. */
export function readPort(fields: FieldSet, slot: number): number {
  if (!fields.has(slot)) return 0;
  const port = fields.integer(slot);
  if (port !== -1) return port <= 65_535 ? port : -1;
  const text = fields.text(slot);
  if (/^0x[0-9a-f]{1,4}$/i.test(text)) return Number.parseInt(text, 16);
  return text === "-" || text === "*" ? 0 : -1;
}

/** ICMP type * 256 + code: from cells of their own, nfdump's `8.0`, or a target port that holds both; -1 when untold. */
export function readIcmp(fields: FieldSet): number {
  if (fields.has(slotOf.icmpType))
    return fields.integer(slotOf.icmpType) * 256 + Math.max(0, fields.integer(slotOf.icmpCode));
  const text = fields.text(slotOf.targetPort);
  const dotted = /^(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (dotted) return Number(dotted[1]) * 256 + Number(dotted[2]);
  return readPort(fields, slotOf.targetPort);
}

/** A count; numbers with a unit (`1.2 M`, as some tools print them) are read too. -1 when absent. */
export function readCount(fields: FieldSet, slot: number): number {
  if (!fields.has(slot)) return -1;
  const count = fields.integer(slot);
  if (count !== -1) return count;
  const scaled = /^(\d+(?:\.\d+)?)\s*([KMGT]?)$/i.exec(fields.text(slot));
  if (!scaled) return -1;
  return Math.round(Number(scaled[1]) * 1000 ** " KMGT".indexOf(scaled[2].toUpperCase() || " "));
}

const flagLetters = "FSRPAU";

/** TCP flags as a number, as hexadecimal, or as letters (`.AP.SF`, `SA`); -1 when untold. */
export function readFlagCell(fields: FieldSet, slot: number): number {
  if (!fields.has(slot)) return -1;
  const text = asciiText(fields.bytes, fields.begin[slot], fields.end[slot]);
  if (/^\d{1,3}$/.test(text)) return Number(text) & 63;
  if (/^0x[0-9a-f]{1,4}$/i.test(text)) return Number.parseInt(text, 16) & 63;
  if (!/^[A-Z.]{1,8}$/i.test(text)) return -1;
  let flags = 0;
  for (const letter of text.toUpperCase()) {
    const bit = flagLetters.indexOf(letter);
    if (bit >= 0) flags |= 1 << bit;
  }
  return flags;
}

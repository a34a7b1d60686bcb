// NetFlow v5: a header of 24 bytes and up to 30 records of 48, always alike. In: one datagram; out: rows.
// Its times count from the boot of the router in 32 bits that wrap after 49.7 days.

import type { Domain } from "./exporters.ts";
import type { SetReader } from "./export-stream-sets.ts";
import type { ExportMoment } from "./fields-table.ts";
import { compileTemplate, type Template, type TemplateField } from "./templates.ts";

export const HEADER_BYTES_5 = 24;
export const RECORD_BYTES_5 = 48;

/** The record in the field ids of v9: source, target, next hop, interfaces, packets, bytes, first, last, ports, … */
const recordFields: readonly (readonly [id: number, bytes: number])[] = [
  [8, 4],
  [12, 4],
  [15, 4],
  [10, 2],
  [14, 2],
  [2, 4],
  [1, 4],
  [22, 4],
  [21, 4],
  [7, 2],
  [11, 2],
  [0, 1],
  [6, 1],
  [4, 1],
  [5, 1],
  [16, 2],
  [17, 2],
  [9, 1],
  [13, 1],
  [0, 2],
];

const template5 = compileTemplate(
  5,
  recordFields.map(([id, bytes]): TemplateField => ({ enterprise: 0, id, bytes })),
  false,
  true,
) as Template;

/** Engine type and id: a router's line cards count their flows apart. */
export function domainIdOf5(view: DataView): number {
  return view.getUint16(20);
}

/** Time of export in ms: whole seconds and the rest in nanoseconds. */
export function exportMsOf5(view: DataView): number {
  return view.getUint32(8) * 1000 + Math.min(999_999_999, view.getUint32(12)) / 1_000_000;
}

/** Reads a datagram whose header is complete. Counts `truncated` when records announced are not there. */
export function decodeNetflow5(view: DataView, domain: Domain, reader: SetReader, moment: ExportMoment): void {
  const announced = view.getUint16(2);
  const present = Math.min(announced, Math.floor((view.byteLength - HEADER_BYTES_5) / RECORD_BYTES_5));
  if (present < announced) reader.skipped.add("truncated");
  const sampling = view.getUint16(22);
  // Two bits of mode, 14 of interval. Several exporters set the interval alone; 0 and 1 are "none".
  domain.samplingRate = Math.max(1, sampling & 0x3fff);
  domain.sequence.observe(view.getUint32(16), announced);
  moment.uptimeMs = view.getUint32(4);
  reader.read(domain, template5, view, HEADER_BYTES_5, HEADER_BYTES_5 + present * RECORD_BYTES_5, moment);
}

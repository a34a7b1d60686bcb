// NetFlow v9 (RFC 3954): a header of 20 bytes, then flow sets. In: one datagram; out: rows and templates.
// The header's count is unreliable in the field (records, sets, or zero), so the walk goes by the lengths of the sets.

import type { Domain } from "./exporters.ts";
import type { SetReader } from "./export-stream-sets.ts";
import type { ExportMoment } from "./fields-table.ts";
import { readOptionsTemplates9, readTemplates9 } from "./templates.ts";

export const HEADER_BYTES_9 = 20;

/** Reads a datagram whose header is complete. */
export function decodeNetflow9(view: DataView, domain: Domain, reader: SetReader, moment: ExportMoment): void {
  const uptimeMs = view.getUint32(4);
  // Exporters that send absolute times leave the uptime 0; relative times then count from the latest of the set.
  moment.uptimeMs = uptimeMs === 0 ? NaN : uptimeMs;
  domain.sequence.observe(view.getUint32(12), 1);
  const end = view.byteLength;
  let at = HEADER_BYTES_9;
  while (at + 4 <= end) {
    const setId = view.getUint16(at);
    const setBytes = view.getUint16(at + 2);
    if (setBytes < 4) {
      if (setId !== 0 || setBytes !== 0) reader.skipped.add("malformed"); // zeros: the rest is filling
      return;
    }
    let setEnd = at + setBytes;
    if (setEnd > end) {
      reader.skipped.add("truncated");
      setEnd = end;
    }
    readFlowSet9(view, setId, at + 4, setEnd, domain, reader, moment);
    at += setBytes;
  }
}

function readFlowSet9(
  view: DataView,
  setId: number,
  at: number,
  end: number,
  domain: Domain,
  reader: SetReader,
  moment: ExportMoment,
): void {
  if (setId === 0) reader.welcome(domain, readTemplates9(view, at, end, domain.templates));
  else if (setId === 1) reader.welcome(domain, readOptionsTemplates9(view, at, end, domain.templates));
  else if (setId >= 256) reader.readOrKeep(domain, setId, view, at, end, moment);
  else reader.skipped.add("unsupported");
}

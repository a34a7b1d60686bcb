// IPFIX (RFC 7011): a header of 16 bytes with the length of the message, then sets. In: one message; out: rows and
// templates. Its sequence counts data records, so a message whose template is unknown leaves the sequence in doubt.

import type { Domain } from "./exporters.ts";
import type { SetReader } from "./export-stream-sets.ts";
import type { ExportMoment } from "./fields-table.ts";
import { readTemplates10 } from "./templates.ts";

export const HEADER_BYTES_10 = 16;

/** Reads a message whose header is complete. */
export function decodeIpfix(view: DataView, domain: Domain, reader: SetReader, moment: ExportMoment): void {
  moment.uptimeMs = NaN;
  const announced = view.getUint16(2);
  const end = Math.min(view.byteLength, announced);
  let isTruncated = announced > view.byteLength;
  let at = HEADER_BYTES_10;
  let dataRecords = 0;
  while (at + 4 <= end) {
    const setId = view.getUint16(at);
    const setBytes = view.getUint16(at + 2);
    if (setBytes < 4) {
      reader.skipped.add("malformed");
      break;
    }
    let setEnd = at + setBytes;
    if (setEnd > end) {
      isTruncated = true;
      setEnd = end;
    }
    if (setId === 2 || setId === 3) {
      reader.welcome(domain, readTemplates10(view, at + 4, setEnd, setId === 3, domain.templates));
    } else if (setId >= 256) {
      const count = reader.readOrKeep(domain, setId, view, at + 4, setEnd, moment);
      dataRecords = count < 0 || dataRecords < 0 ? -1 : dataRecords + count;
    } else reader.skipped.add("unsupported");
    at += setBytes;
  }
  if (isTruncated) reader.skipped.add("truncated");
  domain.sequence.observe(view.getUint32(8), isTruncated ? -1 : dataRecords);
}

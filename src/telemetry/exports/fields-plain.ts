// Plain records: fixed length, IPv4, one direction, the usual fields at the usual lengths, as in NetFlow v5 and most
// templates. In: the read operations of a template; out: where those fields lie. Such records are written as rows
// straight from the bytes; only one that has to wait, or is odd, comes into the record table.

import type { Column } from "../../kit/column.ts";
import {
  BYTES,
  FLAGS,
  PACKETS,
  PROTOCOL,
  READ_UNSIGNED,
  SOURCE4,
  SOURCE6,
  SOURCE_PORT,
  TARGET4,
  TARGET6,
  TARGET_PORT,
} from "./fields.ts";
import type { ReadOperation } from "./fields-table.ts";

const TWO_32 = 4_294_967_296;

/** Offsets within a record; the two counts are of 4 or 8 bytes. */
export interface PlainLayout {
  readonly recordBytes: number;
  readonly sourceAt: number;
  readonly targetAt: number;
  readonly sourcePortAt: number;
  readonly targetPortAt: number;
  readonly protocolAt: number;
  readonly flagsAt: number;
  readonly bytesAt: number;
  readonly bytesLength: number;
  readonly packetsAt: number;
  readonly packetsLength: number;
  /** What is read for every record all the same: times, flags, and whatever else the template has. */
  readonly others: readonly ReadOperation[];
}

/** The plain records that are being read. Reused for every set. */
export interface PlainSet {
  view: DataView;
  /** Where record 0 begins. */
  at: number;
  layout: PlainLayout;
}

/** Slots that are read from the bytes when they are needed. */
const lengthOfSlot: ReadonlyMap<number, readonly number[]> = new Map([
  [SOURCE4, [4]],
  [TARGET4, [4]],
  [SOURCE_PORT, [2]],
  [TARGET_PORT, [2]],
  [PROTOCOL, [1]],
  [FLAGS, [1]],
  [BYTES, [4, 8]],
  [PACKETS, [4, 8]],
]);

/** Null when a field is missing, or longer or shorter than usual. */
export function plainLayoutOf(operations: readonly ReadOperation[], recordBytes: number): PlainLayout | null {
  const found = new Map<number, ReadOperation>();
  for (const operation of operations) {
    const { slot, read, length } = operation;
    if (slot === SOURCE6 || slot === TARGET6) return null;
    if (!lengthOfSlot.has(slot)) continue;
    if (found.has(slot) || read !== READ_UNSIGNED || !lengthOfSlot.get(slot)?.includes(length)) return null;
    found.set(slot, operation);
  }
  if (found.size < lengthOfSlot.size) return null;
  const offsetOf = (slot: number): number => found.get(slot)?.offset ?? 0;
  return {
    recordBytes,
    sourceAt: offsetOf(SOURCE4),
    targetAt: offsetOf(TARGET4),
    sourcePortAt: offsetOf(SOURCE_PORT),
    targetPortAt: offsetOf(TARGET_PORT),
    protocolAt: offsetOf(PROTOCOL),
    flagsAt: offsetOf(FLAGS),
    bytesAt: offsetOf(BYTES),
    bytesLength: found.get(BYTES)?.length ?? 0,
    packetsAt: offsetOf(PACKETS),
    packetsLength: found.get(PACKETS)?.length ?? 0,
    others: operations.filter(({ slot }) => slot === FLAGS || !found.has(slot)),
  };
}

/** A count of 4 or 8 bytes. */
export function readCount(view: DataView, at: number, length: number): number {
  return length === 4 ? view.getUint32(at) : view.getUint32(at) * TWO_32 + view.getUint32(at + 4);
}

/** Brings one record into its row of the record table: what `others` did not. */
export function readPlainRecord(columns: readonly Column<number>[], record: number, set: PlainSet): void {
  const { view, layout } = set;
  const at = set.at + record * layout.recordBytes;
  columns[SOURCE4][record] = view.getUint32(at + layout.sourceAt);
  columns[TARGET4][record] = view.getUint32(at + layout.targetAt);
  columns[SOURCE_PORT][record] = view.getUint16(at + layout.sourcePortAt);
  columns[TARGET_PORT][record] = view.getUint16(at + layout.targetPortAt);
  columns[PROTOCOL][record] = view.getUint8(at + layout.protocolAt);
  columns[BYTES][record] = readCount(view, at + layout.bytesAt, layout.bytesLength);
  columns[PACKETS][record] = readCount(view, at + layout.packetsAt, layout.packetsLength);
}

// The record table: export records of one set as columns, before anybody asked who began. In: the bytes of a set and
// the read operations of its template; out: filled columns. A slot the template lacks holds its "absent" value.

import { type Column, float64Column } from "../../kit/column.ts";
import {
  absentValueOf,
  BOOT_MS,
  END_MS,
  READ_DELTA_MICROS,
  READ_MICROS,
  READ_MILLIS,
  READ_NTP,
  READ_OR_FLAGS,
  READ_SECONDS,
  READ_UNSIGNED,
  READ_UPTIME,
  SLOT_COUNT,
  START_MS,
} from "./fields.ts";

/** Rows of the record table; longer sets are read in parts. */
export const RECORD_ROWS_MAX = 1_024;

/** Columns begin these many cache lines apart: a power of two apart they would all compete for the same lines. */
const SHIFT_LINES = 5;
const LINES_PER_PAGE = 64;
const LINE_ROWS = 8;

const TWO_32 = 4_294_967_296;
const NTP_TO_UNIX_S = 2_208_988_800;

/** One field to read: `offset` in the record (fixed templates), or `field` by position (templates of variable length). */
export interface ReadOperation {
  readonly slot: number;
  readonly read: number;
  readonly offset: number;
  readonly length: number;
  readonly field: number;
  /** Which word of a longer field (IPv6 address) this is. */
  readonly part: number;
}

/** The moment an exporter speaks of: what its relative times count from. */
export interface ExportMoment {
  exportMs: number;
  /** Exporter's uptime at `exportMs`, ms (modulo 2^32); NaN when not known. */
  uptimeMs: number;
}

export class RecordTable {
  readonly columns: readonly Column<number>[];
  readonly #isDirty = new Uint8Array(SLOT_COUNT);
  readonly #isRead = new Uint8Array(SLOT_COUNT);
  /** Whose absent slots are clean still; asked for every datagram, and most are of one template. */
  #cleanFor: readonly ReadOperation[] | null = null;

  constructor() {
    this.columns = Array.from({ length: SLOT_COUNT }, (_, slot) => {
      const begin = ((slot * SHIFT_LINES) % LINES_PER_PAGE) * LINE_ROWS;
      const column = float64Column<number>(RECORD_ROWS_MAX + LINES_PER_PAGE * LINE_ROWS);
      column.fill(absentValueOf(slot));
      return column.subarray(begin, begin + RECORD_ROWS_MAX);
    });
  }

  /** Makes every slot that `operations` do not write hold its absent value. Costs nothing while templates stay alike. */
  begin(operations: readonly ReadOperation[]): void {
    if (operations === this.#cleanFor) return;
    const { columns } = this;
    const isRead = this.#isRead.fill(0);
    let joins = false;
    for (const operation of operations) {
      isRead[operation.slot] = 1;
      if (operation.read !== READ_OR_FLAGS) continue;
      joins = true;
      columns[operation.slot].fill(absentValueOf(operation.slot));
    }
    for (let slot = 0; slot < SLOT_COUNT; slot++) {
      if (isRead[slot] === 0 && this.#isDirty[slot] === 1) columns[slot].fill(absentValueOf(slot));
    }
    this.#isDirty.set(isRead);
    this.#cleanFor = joins ? null : operations;
  }

  /** Forgets that a column holds absent values: for code that writes columns itself. */
  touch(slot: number): void {
    this.#isDirty[slot] = 1;
    if (this.#isRead[slot] === 0) this.#cleanFor = null;
  }
}

/** Reads `count` records of fixed length that begin at `at`, one column after the other. */
export function readRecords(
  table: RecordTable,
  view: DataView,
  at: number,
  recordBytes: number,
  count: number,
  operations: readonly ReadOperation[],
  moment: ExportMoment,
): void {
  for (const { slot, read, offset, length } of operations) {
    const column = table.columns[slot];
    if (read !== READ_UNSIGNED) readTimes(column, view, at + offset, recordBytes, count, read, length, moment);
    else if (length === 4) readWords(column, view, at + offset, recordBytes, count);
    else if (length === 2) readHalves(column, view, at + offset, recordBytes, count);
    else if (length === 1) readBytes(column, view, at + offset, recordBytes, count);
    else if (length === 8) readLongs(column, view, at + offset, recordBytes, count);
    else for (let row = 0; row < count; row++) column[row] = unsigned(view, at + offset + row * recordBytes, length);
  }
}

function readWords(column: Column<number>, view: DataView, at: number, stride: number, count: number): void {
  for (let row = 0; row < count; row++, at += stride) column[row] = view.getUint32(at);
}

function readHalves(column: Column<number>, view: DataView, at: number, stride: number, count: number): void {
  for (let row = 0; row < count; row++, at += stride) column[row] = view.getUint16(at);
}

function readBytes(column: Column<number>, view: DataView, at: number, stride: number, count: number): void {
  for (let row = 0; row < count; row++, at += stride) column[row] = view.getUint8(at);
}

function readLongs(column: Column<number>, view: DataView, at: number, stride: number, count: number): void {
  for (let row = 0; row < count; row++, at += stride)
    column[row] = view.getUint32(at) * TWO_32 + view.getUint32(at + 4);
}

function readTimes(
  column: Column<number>,
  view: DataView,
  at: number,
  stride: number,
  count: number,
  read: number,
  length: number,
  moment: ExportMoment,
): void {
  if (read === READ_UPTIME && length === 4 && !Number.isNaN(moment.uptimeMs)) {
    const { exportMs, uptimeMs } = moment;
    const uptime = uptimeMs | 0;
    for (let row = 0; row < count; row++, at += stride) column[row] = exportMs - ((uptime - view.getUint32(at)) | 0);
    return;
  }
  for (let row = 0; row < count; row++, at += stride) {
    column[row] = readField(column[row], view, at, length, read, moment);
  }
}

/** One field by its kind of reading. `before` is what the slot holds, for kinds that join. */
export function readField(
  before: number,
  view: DataView,
  at: number,
  length: number,
  read: number,
  moment: ExportMoment,
): number {
  const value = unsigned(view, at, length);
  switch (read) {
    case READ_SECONDS:
      return value * 1000;
    case READ_NTP:
      return (view.getUint32(at) - NTP_TO_UNIX_S) * 1000 + (view.getUint32(at + 4) / TWO_32) * 1000;
    case READ_UPTIME:
      // Without a known uptime the raw value stays; `resolveUptime` moves it once the latest of the set is known.
      return Number.isNaN(moment.uptimeMs) ? value : moment.exportMs - ((moment.uptimeMs - value) | 0);
    case READ_DELTA_MICROS:
      return moment.exportMs - value / 1000;
    case READ_MICROS:
      return value / 1000;
    case READ_OR_FLAGS:
      return before < 0 ? value : before | value;
    case READ_MILLIS:
    default:
      return value;
  }
}

/** Unsigned big-endian number of 1 to 8 bytes; above 2^53 it loses its lowest bits. */
export function unsigned(view: DataView, at: number, length: number): number {
  let value = 0;
  for (let end = at + length; at < end; at++) value = value * 256 + view.getUint8(at);
  return value;
}

/**
 * Uptime-relative times of an exporter that never said when it began: its boot time if a record tells it, else the
 * latest end of the set is taken for the moment of export. Off by the export delay at most.
 */
export function resolveUptime(table: RecordTable, count: number, exportMs: number, bootMs: number): void {
  const { columns } = table;
  const start = columns[START_MS];
  const end = columns[END_MS];
  const boot = columns[BOOT_MS];
  let newest = 0;
  for (let row = 0; row < count; row++) newest = Math.max(newest, start[row], end[row]);
  for (let row = 0; row < count; row++) {
    const base = boot[row] > 0 ? boot[row] : bootMs > 0 ? bootMs : exportMs - newest;
    if (start[row] > 0) start[row] += base;
    if (end[row] > 0) end[row] += base;
  }
}

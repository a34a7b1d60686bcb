// Writes turned records as rows of the flow table: from the record table, or from the pairing table when a record had
// to wait. One direction per record: the columns of the other one stay NOT_SEEN until its record is known.

import type { Column } from "../../kit/column.ts";
import type { BatchWriter } from "../../model/batch.ts";
import {
  DIRECTION_GUESSED,
  NOT_SEEN,
  type Outcome,
  PHASE_CLOSING,
  PHASE_WHOLE,
  PROTOCOL_ICMP,
  PROTOCOL_ICMP6,
} from "../../model/flow.ts";
import type { HostIndex, Millis, SensorIndex } from "../../model/units.ts";
import type { BothWays } from "./direction-biflow.ts";
import { PairKey, type PairTable } from "./direction-pairs.ts";
import { hasPorts } from "./direction-rules.ts";
import { writeSettled } from "./direction-settled.ts";
import type { TurnTally } from "./exporters.ts";
import {
  BYTES,
  END_MS,
  ICMP_CODE,
  ICMP_TYPE,
  ICMP_TYPE_CODE,
  PACKETS,
  PROTOCOL,
  SOURCE4,
  SOURCE6,
  SOURCE_PORT,
  START_MS,
  TARGET4,
  TARGET6,
  TARGET_PORT,
} from "./fields.ts";
import type { PlainSet } from "./fields-plain.ts";
import { RECORD_ROWS_MAX, type RecordTable } from "./fields-table.ts";
import { isUnicast } from "../packets/packet.ts";

export class RowWriter {
  sensor = 0 as SensorIndex;
  /** Hosts that had given way when the records at hand were interned. */
  evictedCount = 0;
  readonly #writer: BatchWriter;
  readonly #columns: readonly Column<number>[];
  /** Addresses of a part's sources, then of its targets `#span` further; and their host rows, in the same places. */
  readonly #addresses = new Int32Array(2 * RECORD_ROWS_MAX);
  readonly #ends = new Int32Array(2 * RECORD_ROWS_MAX);
  #span = 0;
  readonly #key = new PairKey();
  #flow = 0;

  constructor(writer: BatchWriter, table: RecordTable) {
    this.#writer = writer;
    this.#columns = table.columns;
  }

  /** Most records that may be interned at once, so that no batch is handed on before their rows are written. */
  get recordsMax(): number {
    return Math.max(1, Math.min(RECORD_ROWS_MAX, this.#writer.flows.capacity >> 2));
  }

  /**
   * Interns both ends of records `begin`..`end`-1 in a loop of their own: look-ups that miss the cache then overlap.
   * Makes room for their rows first (two at most each), since a full batch takes its hosts along.
   */
  intern(begin: number, end: number): void {
    const addresses = this.#addresses;
    const source4 = this.#columns[SOURCE4];
    const target4 = this.#columns[TARGET4];
    const span = end - begin;
    for (let record = begin; record < end; record++) {
      addresses[record] = source4[record];
      addresses[record + span] = target4[record];
    }
    this.#internPart(begin, end);
    for (let record = begin; record < end; record++) {
      if (source4[record] === 0 && target4[record] === 0) this.#intern6(record);
    }
  }

  /** As intern(), from the bytes of plain records. */
  internPlain(set: PlainSet, begin: number, end: number): void {
    const addresses = this.#addresses;
    const { view, layout } = set;
    const { recordBytes, sourceAt, targetAt } = layout;
    const span = end - begin;
    let at = set.at + begin * recordBytes;
    for (let record = begin; record < end; record++, at += recordBytes) {
      addresses[record] = view.getInt32(at + sourceAt);
      addresses[record + span] = view.getInt32(at + targetAt);
    }
    this.#internPart(begin, end);
  }

  #internPart(begin: number, end: number): void {
    const writer = this.#writer;
    const span = end - begin;
    if (writer.flows.length + 2 * span > writer.flows.capacity) writer.flush();
    this.#span = span;
    this.evictedCount = writer.hosts.evictedCount;
    writer.hosts.internAll4(this.#addresses, this.#ends, begin, end + span);
  }

  #intern6(record: number): void {
    const c = this.#columns;
    const { hosts } = this.#writer;
    this.#ends[record] = hosts.intern6(
      c[SOURCE6][record],
      c[SOURCE6 + 1][record],
      c[SOURCE6 + 2][record],
      c[SOURCE6 + 3][record],
    );
    this.#ends[record + this.#span] = hosts.intern6(
      c[TARGET6][record],
      c[TARGET6 + 1][record],
      c[TARGET6 + 2][record],
      c[TARGET6 + 3][record],
    );
  }

  /** Rows of the run of plain records from `begin` on that need nothing else. Gives the record that ends it, or `end`. */
  writeSettled(set: PlainSet, begin: number, end: number, tally: TurnTally): number {
    const { flows } = this.#writer;
    return writeSettled(set, this.#columns, this.#ends, this.#span, begin, end, flows, this.sensor, tally);
  }

  /** A row from record `record`, interned before. `isTurned`: the record is of the side that answered. */
  write(
    record: number,
    isTurned: boolean,
    targetPort: number,
    phase: number,
    outcome: Outcome,
    direction: number,
  ): void {
    const columns = this.#columns;
    const flow = this.#writer.row();
    const { flows } = this.#writer;
    const from = this.#ends[record] as HostIndex;
    const to = this.#ends[record + this.#span] as HostIndex;
    const protocol = columns[PROTOCOL][record];
    const startMs = columns[START_MS][record];
    flows.atMs[flow] = startMs;
    flows.startMs[flow] = startMs;
    flows.durationMs[flow] = columns[END_MS][record] - startMs;
    flows.source[flow] = isTurned ? to : from;
    flows.target[flow] = isTurned ? from : to;
    flows.sourcePort[flow] = hasPorts(protocol) ? columns[isTurned ? TARGET_PORT : SOURCE_PORT][record] : 0;
    flows.targetPort[flow] = targetPort;
    flows.protocol[flow] = protocol;
    flows.phase[flow] = phase;
    flows.outcome[flow] = outcome;
    flows.direction[flow] = direction;
    flows.bytes[flow] = isTurned ? NOT_SEEN : columns[BYTES][record];
    flows.packets[flow] = isTurned ? NOT_SEEN : columns[PACKETS][record];
    flows.bytesBack[flow] = isTurned ? columns[BYTES][record] : NOT_SEEN;
    flows.packetsBack[flow] = isTurned ? columns[PACKETS][record] : NOT_SEEN;
    flows.sensor[flow] = this.sensor;
    this.#flow = flow;
  }

  /** Both ends are unicast IPv6 addresses. */
  isUsable6(record: number): boolean {
    const c = this.#columns;
    return (
      isUnicast(6, c[SOURCE6][record], c[SOURCE6 + 1][record], c[SOURCE6 + 2][record], c[SOURCE6 + 3][record]) &&
      isUnicast(6, c[TARGET6][record], c[TARGET6 + 1][record], c[TARGET6 + 2][record], c[TARGET6 + 3][record])
    );
  }

  /** What goes into `targetPort`: the port of who answers, or type and code of ICMP. */
  targetPortOf(record: number, protocol: number, isTurned: boolean): number {
    if (protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMP6) return this.icmpTypeCode(record);
    if (!hasPorts(protocol)) return 0;
    return this.#columns[isTurned ? SOURCE_PORT : TARGET_PORT][record];
  }

  /** Type * 256 + code of an ICMP record. */
  icmpTypeCode(record: number): number {
    const c = this.#columns;
    if (c[ICMP_TYPE][record] >= 0) return c[ICMP_TYPE][record] * 256 + c[ICMP_CODE][record];
    // NetFlow v5 and many v9 exporters put type and code into the target port.
    return c[ICMP_TYPE_CODE][record] >= 0 ? c[ICMP_TYPE_CODE][record] : c[TARGET_PORT][record];
  }

  /** The outcome of an opening written earlier. */
  writeClosing(table: PairTable, row: number, outcome: Outcome, atMs: Millis): void {
    this.#writeWaiting(table, row, PHASE_CLOSING, outcome, table.direction(row), atMs);
  }

  /** A record that waited because nothing told who began. */
  writeWhole(table: PairTable, row: number, outcome: Outcome): void {
    this.#writeWaiting(table, row, PHASE_WHOLE, outcome, DIRECTION_GUESSED, table.startMs(row));
  }

  #writeWaiting(table: PairTable, row: number, phase: number, outcome: Outcome, direction: number, atMs: Millis): void {
    const flow = this.#writer.row();
    const { flows, hosts } = this.#writer;
    const key = this.#key;
    table.readKey(row, key);
    const { isV6, s3, t3 } = key;
    if (hosts.evictedCount === table.evictedCount(row)) {
      flows.source[flow] = hosts.use(key.sourceHost);
      flows.target[flow] = hosts.use(key.targetHost);
    } else {
      flows.source[flow] = isV6 ? hosts.intern6(key.s0, key.s1, key.s2, s3) : hosts.intern4(s3);
      flows.target[flow] = isV6 ? hosts.intern6(key.t0, key.t1, key.t2, t3) : hosts.intern4(t3);
    }
    flows.atMs[flow] = atMs;
    flows.startMs[flow] = table.startMs(row);
    flows.durationMs[flow] = table.endMs(row) - table.startMs(row);
    flows.sourcePort[flow] = key.sourcePort;
    flows.targetPort[flow] = key.targetPort;
    flows.protocol[flow] = key.protocol;
    flows.phase[flow] = phase;
    flows.outcome[flow] = outcome;
    flows.direction[flow] = direction;
    flows.bytes[flow] = table.bytes(row);
    flows.packets[flow] = table.packets(row);
    flows.bytesBack[flow] = NOT_SEEN;
    flows.packetsBack[flow] = NOT_SEEN;
    flows.sensor[flow] = table.sensor(row) as SensorIndex;
    this.#flow = flow;
  }

  /** The way back of the row written last, once its record is known. */
  setBack(bytes: number, packets: number): void {
    this.#writer.flows.bytesBack[this.#flow] = bytes;
    this.#writer.flows.packetsBack[this.#flow] = packets;
  }

  /** Both ways of the row written last, from one record that has both. */
  setBothWays(both: BothWays): void {
    const { flows } = this.#writer;
    const flow = this.#flow;
    if (!both.isTurned) {
      this.setBack(both.bytesBack, both.packetsBack);
      return;
    }
    flows.bytes[flow] = both.bytesBack;
    flows.packets[flow] = both.packetsBack;
  }

  /** The key of the conversation of a record, who began first. */
  fillKey(key: PairKey, record: number, isV6: boolean, isTurned: boolean, targetPort: number): void {
    const c = this.#columns;
    const s = isTurned ? TARGET6 : SOURCE6;
    const t = isTurned ? SOURCE6 : TARGET6;
    key.isV6 = isV6;
    if (isV6) {
      key.s0 = c[s][record] | 0;
      key.s1 = c[s + 1][record] | 0;
      key.s2 = c[s + 2][record] | 0;
      key.s3 = c[s + 3][record] | 0;
      key.t0 = c[t][record] | 0;
      key.t1 = c[t + 1][record] | 0;
      key.t2 = c[t + 2][record] | 0;
      key.t3 = c[t + 3][record] | 0;
    } else {
      key.s3 = c[isTurned ? TARGET4 : SOURCE4][record] | 0;
      key.t3 = c[isTurned ? SOURCE4 : TARGET4][record] | 0;
    }
    const protocol = c[PROTOCOL][record];
    key.sourceHost = this.#ends[isTurned ? record + this.#span : record] as HostIndex;
    key.targetHost = this.#ends[isTurned ? record : record + this.#span] as HostIndex;
    key.sourcePort = hasPorts(protocol) ? c[isTurned ? TARGET_PORT : SOURCE_PORT][record] : 0;
    key.targetPort = targetPort;
    key.protocol = protocol;
    key.seal();
  }
}

/** Both ends are unicast IPv4 addresses. */
export function isUsable4(source: number, target: number): boolean {
  return isUnicast(4, 0, 0, 0, source) && isUnicast(4, 0, 0, 0, target);
}

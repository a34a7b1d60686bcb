// The flow table: what telemetry writes and detection reads. One row is one thing an exporter, a log or a capture
// said about a conversation, already turned so that `source` is who began it.

import { type Column, float32Column, float64Column, int32Column, uint8Column, uint16Column } from "../kit/column.ts";
import { orderOf } from "../kit/order.ts";
import type { HostIndex, Millis, SensorIndex } from "./units.ts";

/** IANA protocol numbers that have a meaning here. ARP has none, so it takes 0 (HOPOPT), which never carries a flow. */
export const PROTOCOL_ARP = 0;
export const PROTOCOL_ICMP = 1;
export const PROTOCOL_TCP = 6;
export const PROTOCOL_UDP = 17;
export const PROTOCOL_ICMP6 = 58;
export const PROTOCOL_SCTP = 132;

/** When in its life the row speaks of a flow. A bit mask: a whole flow is both. */
export const PHASE_OPENING = 1; // the first packet was seen; the outcome is not known yet
export const PHASE_CLOSING = 2; // the outcome of a flow whose opening has its own, earlier row
export const PHASE_WHOLE = 3; // one row says all (flow exports, logs)
export const PHASE_ENDED = 4; // final sizes of a flow whose outcome was told by an earlier row; says nothing else

/** What became of the attempt. */
export const OUTCOME_UNKNOWN = 0;
export const OUTCOME_ANSWERED = 1;
export const OUTCOME_REFUSED = 2;
export const OUTCOME_UNANSWERED = 3;
export type Outcome = 0 | 1 | 2 | 3;

/** How sure the row is about who began: an initiator seen beginning outweighs a guess from port numbers. */
export const DIRECTION_GUESSED = 0;
export const DIRECTION_FROM_PORTS = 1;
export const DIRECTION_SEEN = 2;

/** "Not known" in the columns of the way back (a sensor that sees one direction only). */
export const NOT_SEEN = -1;

/**
 * Columns; row `flow` of each is the same flow. Rows of a finished batch are sorted by `atMs`.
 *
 * | atMs | startMs | source | target | sourcePort | targetPort | protocol | phase   | outcome    | bytes | bytesBack |
 * | 1000 | 1000    | 3      | 9      | 50123      | 445        | 6        | OPENING | UNKNOWN    | 66    | -1        |
 * | 4000 | 1000    | 3      | 9      | 50123      | 445        | 6        | CLOSING | UNANSWERED | 198   | 0         |
 * | 5000 | 5000    | 3      | 12     | 0          | 0          | 0 (ARP)  | WHOLE   | UNKNOWN    | 42    | -1        |
 *
 * ICMP rows hold type * 256 + code in `targetPort`. Ports of other protocols without ports are 0.
 */
export interface FlowTable {
  length: number;
  readonly capacity: number;
  /** When this row became known on the wire: the sort key. Start for openings and whole rows, decision time for closings. */
  atMs: Column<Millis>;
  /** First packet of the flow. */
  startMs: Column<Millis>;
  durationMs: Column<Millis>;
  source: Column<HostIndex>;
  target: Column<HostIndex>;
  sourcePort: Column<number>;
  targetPort: Column<number>;
  protocol: Column<number>;
  phase: Column<number>;
  outcome: Column<Outcome>;
  direction: Column<number>;
  /** Source to target, IP bytes where known. NOT_SEEN when this sensor cannot tell. */
  bytes: Column<number>;
  packets: Column<number>;
  /** Target to source. NOT_SEEN when this sensor cannot tell; 0 when it can and there was none. */
  bytesBack: Column<number>;
  packetsBack: Column<number>;
  sensor: Column<SensorIndex>;
}

/** One row as an object: for tests, API and logs, not for hot paths. */
export interface FlowRecord {
  readonly atMs: Millis;
  readonly startMs: Millis;
  readonly durationMs: Millis;
  readonly source: HostIndex;
  readonly target: HostIndex;
  readonly sourcePort: number;
  readonly targetPort: number;
  readonly protocol: number;
  readonly phase: number;
  readonly outcome: Outcome;
  readonly direction: number;
  readonly bytes: number;
  readonly packets: number;
  readonly bytesBack: number;
  readonly packetsBack: number;
  readonly sensor: SensorIndex;
}

export function createFlowTable(capacity: number): FlowTable {
  return {
    length: 0,
    capacity,
    atMs: float64Column(capacity),
    startMs: float64Column(capacity),
    durationMs: float32Column(capacity),
    source: int32Column(capacity),
    target: int32Column(capacity),
    sourcePort: uint16Column(capacity),
    targetPort: uint16Column(capacity),
    protocol: uint8Column(capacity),
    phase: uint8Column(capacity),
    outcome: uint8Column(capacity),
    direction: uint8Column(capacity),
    bytes: float32Column(capacity),
    packets: float32Column(capacity),
    bytesBack: float32Column(capacity),
    packetsBack: float32Column(capacity),
    sensor: uint16Column(capacity),
  };
}

const columnNames = [
  "atMs",
  "startMs",
  "durationMs",
  "source",
  "target",
  "sourcePort",
  "targetPort",
  "protocol",
  "phase",
  "outcome",
  "direction",
  "bytes",
  "packets",
  "bytesBack",
  "packetsBack",
  "sensor",
] as const;

/** Writes one row. The table must have room. */
export function appendFlow(table: FlowTable, record: FlowRecord): number {
  const flow = table.length++;
  writeFlow(table, flow, record);
  return flow;
}

/** Fills a row that is there already, as a batch writer gives it. */
export function writeFlow(table: FlowTable, flow: number, record: FlowRecord): void {
  for (const name of columnNames) (table[name] as Column<number>)[flow] = record[name];
}

export function readFlow(table: FlowTable, flow: number): FlowRecord {
  const record = {} as Record<string, number>;
  for (const name of columnNames) record[name] = table[name][flow];
  return record as unknown as FlowRecord;
}

type Gather = (from: Column<number>, to: Column<number>, order: Uint32Array, length: number) => void;

/** One loop per element width: a loop that meets several kinds of typed array is compiled for none (10 times slower). */
const gatherFloat64: Gather = (from, to, order, length) => {
  for (let flow = 0; flow < length; flow++) to[flow] = from[order[flow]];
};
const gatherFloat32: Gather = (from, to, order, length) => {
  for (let flow = 0; flow < length; flow++) to[flow] = from[order[flow]];
};
const gatherInt32: Gather = (from, to, order, length) => {
  for (let flow = 0; flow < length; flow++) to[flow] = from[order[flow]];
};
const gatherUint16: Gather = (from, to, order, length) => {
  for (let flow = 0; flow < length; flow++) to[flow] = from[order[flow]];
};
const gatherUint8: Gather = (from, to, order, length) => {
  for (let flow = 0; flow < length; flow++) to[flow] = from[order[flow]];
};

const gatherOf: Readonly<Record<(typeof columnNames)[number], Gather>> = {
  atMs: gatherFloat64,
  startMs: gatherFloat64,
  durationMs: gatherFloat32,
  source: gatherInt32,
  target: gatherInt32,
  sourcePort: gatherUint16,
  targetPort: gatherUint16,
  protocol: gatherUint8,
  phase: gatherUint8,
  outcome: gatherUint8,
  direction: gatherUint8,
  bytes: gatherFloat32,
  packets: gatherFloat32,
  bytesBack: gatherFloat32,
  packetsBack: gatherFloat32,
  sensor: gatherUint16,
};

/**
 * Sorts the rows by `atMs`, stable. A table that is sorted already costs one pass; otherwise every column is
 * gathered once into `spare`, whose columns are swapped in. Both tables must have the same capacity.
 */
export function sortFlows(table: FlowTable, spare: FlowTable): void {
  const { atMs, length } = table;
  let isSorted = true;
  for (let flow = 1; flow < length; flow++) {
    if (atMs[flow] < atMs[flow - 1]) {
      isSorted = false;
      break;
    }
  }
  if (isSorted) return;
  const order = orderOf(atMs, length);
  for (const name of columnNames) {
    const from = table[name] as Column<number>;
    const to = spare[name] as Column<number>;
    gatherOf[name](from, to, order, length);
    (table as unknown as Record<string, unknown>)[name] = to;
    (spare as unknown as Record<string, unknown>)[name] = from;
  }
}

// The common record, settled by itself: IPv4, TCP, acknowledged data or an orderly end, and ports that tell the server.
// In: the bytes of plain records with both ends interned; out: rows of the flow table, a run of such records in one loop.

import type { Column } from "../../kit/column.ts";
import {
  DIRECTION_FROM_PORTS,
  type FlowTable,
  NOT_SEEN,
  OUTCOME_ANSWERED,
  PHASE_WHOLE,
  PROTOCOL_TCP,
} from "../../model/flow.ts";
import type { HostIndex, SensorIndex } from "../../model/units.ts";
import { FLAGS_ESTABLISHED, flagsMeaning, serverRankOfTcp } from "./direction-rules.ts";
import type { TurnTally } from "./exporters.ts";
import { END_MS, START_MS } from "./fields.ts";
import { type PlainSet, readCount } from "./fields-plain.ts";

/**
 * Appends rows for records from `begin` on, up to the first that is not of this kind or to `end`; gives that record.
 * The same rows come out as from RecordTurner record by record. The table must have room. Read from the bytes, not
 * from the record table: seven columns less to write and to read again.
 * @param columns  of the record table: times
 * @param ends  host rows: of the source of `record` at `record`, of its target `span` further
 */
export function writeSettled(
  set: PlainSet,
  columns: readonly Column<number>[],
  ends: Int32Array,
  span: number,
  begin: number,
  end: number,
  flows: FlowTable,
  sensor: SensorIndex,
  tally: TurnTally,
): number {
  const { view, layout } = set;
  const { recordBytes, sourceAt, targetAt, sourcePortAt, targetPortAt, protocolAt, flagsAt } = layout;
  const { bytesAt, bytesLength, packetsAt, packetsLength } = layout;
  const starts = columns[START_MS];
  const stops = columns[END_MS];
  const { atMs, startMs, durationMs, source, target, sourcePort, targetPort } = flows;
  const { protocol, phase, outcome, direction, bytes, packets, bytesBack, packetsBack } = flows;
  const sensors = flows.sensor;
  const first = flows.length;
  let flow = first;
  let turned = 0;
  let record = begin;
  for (let at = set.at + begin * recordBytes; record < end; record++, at += recordBytes) {
    if (view.getUint8(at + protocolAt) !== PROTOCOL_TCP) break;
    if (flagsMeaning[view.getUint8(at + flagsAt) & 63] !== FLAGS_ESTABLISHED) break;
    if (!isUnicast4(view.getUint8(at + sourceAt)) || !isUnicast4(view.getUint8(at + targetAt))) break;
    const fromPort = view.getUint16(at + sourcePortAt);
    const toPort = view.getUint16(at + targetPortAt);
    const rank = serverRankOfTcp[toPort] - serverRankOfTcp[fromPort];
    if (rank === 0) break;
    const isTurned = rank < 0;
    const start = starts[record];
    const byteCount = readCount(view, at + bytesAt, bytesLength);
    const packetCount = readCount(view, at + packetsAt, packetsLength);
    const from = ends[record] as HostIndex;
    const to = ends[record + span] as HostIndex;
    atMs[flow] = start;
    startMs[flow] = start;
    durationMs[flow] = stops[record] - start;
    protocol[flow] = PROTOCOL_TCP;
    phase[flow] = PHASE_WHOLE;
    outcome[flow] = OUTCOME_ANSWERED;
    direction[flow] = DIRECTION_FROM_PORTS;
    sensors[flow] = sensor;
    source[flow] = isTurned ? to : from;
    target[flow] = isTurned ? from : to;
    sourcePort[flow] = isTurned ? toPort : fromPort;
    targetPort[flow] = isTurned ? fromPort : toPort;
    bytes[flow] = isTurned ? NOT_SEEN : byteCount;
    packets[flow] = isTurned ? NOT_SEEN : packetCount;
    bytesBack[flow] = isTurned ? byteCount : NOT_SEEN;
    packetsBack[flow] = isTurned ? packetCount : NOT_SEEN;
    if (isTurned) turned++;
    flow++;
  }
  flows.length = flow;
  tally.serverSide += turned;
  tally.clientSide += flow - first - turned;
  return record;
}

/** By the first byte, as in isUnicast() of packets: neither unspecified nor loopback, multicast or broadcast. */
function isUnicast4(top: number): boolean {
  return top < 224 && top !== 0 && top !== 127;
}

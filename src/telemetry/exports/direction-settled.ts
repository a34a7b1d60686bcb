// The common record, settled by itself: IPv4, TCP, acknowledged data or an orderly end, and ports that tell the server.
// In: the record table with both ends interned; out: rows of the flow table, a run of such records in one loop.

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
import {
  BYTES,
  END_MS,
  FLAGS,
  PACKETS,
  PROTOCOL,
  SOURCE4,
  SOURCE_PORT,
  START_MS,
  TARGET4,
  TARGET_PORT,
} from "./fields.ts";

/**
 * Appends rows for records from `begin` on, up to the first that is not of this kind or to `end`; gives that record.
 * The same rows come out as from RecordTurner record by record. The table must have room.
 * @param from  host rows of the records' sources
 * @param to  host rows of the records' targets
 */
export function writeSettled(
  columns: readonly Column<number>[],
  from: Int32Array,
  to: Int32Array,
  begin: number,
  end: number,
  flows: FlowTable,
  sensor: SensorIndex,
  tally: TurnTally,
): number {
  const source4 = columns[SOURCE4];
  const target4 = columns[TARGET4];
  const sourcePorts = columns[SOURCE_PORT];
  const targetPorts = columns[TARGET_PORT];
  const protocols = columns[PROTOCOL];
  const flags = columns[FLAGS];
  const recordBytes = columns[BYTES];
  const recordPackets = columns[PACKETS];
  const starts = columns[START_MS];
  const ends = columns[END_MS];
  const { atMs, startMs, durationMs, source, target, sourcePort, targetPort } = flows;
  const { protocol, phase, outcome, direction, bytes, packets, bytesBack, packetsBack } = flows;
  const sensors = flows.sensor;
  const first = flows.length;
  let flow = first;
  let turned = 0;
  let record = begin;
  for (; record < end; record++) {
    // Of the flags -1 is "not known"; its low bits must not be read.
    if (protocols[record] !== PROTOCOL_TCP || flags[record] <= 0) break;
    if (flagsMeaning[flags[record] & 63] !== FLAGS_ESTABLISHED) break;
    if (!isUnicast4(source4[record]) || !isUnicast4(target4[record])) break;
    const fromPort = sourcePorts[record];
    const toPort = targetPorts[record];
    const rank = serverRankOfTcp[toPort] - serverRankOfTcp[fromPort];
    if (rank === 0 || Number.isNaN(rank)) break; // alike, or no number: a port field of more than two bytes
    const start = starts[record];
    const isTurned = rank < 0;
    atMs[flow] = start;
    startMs[flow] = start;
    durationMs[flow] = ends[record] - start;
    protocol[flow] = PROTOCOL_TCP;
    phase[flow] = PHASE_WHOLE;
    outcome[flow] = OUTCOME_ANSWERED;
    direction[flow] = DIRECTION_FROM_PORTS;
    sensors[flow] = sensor;
    if (isTurned) {
      turned++;
      source[flow] = to[record] as HostIndex;
      target[flow] = from[record] as HostIndex;
      sourcePort[flow] = toPort;
      targetPort[flow] = fromPort;
      bytes[flow] = NOT_SEEN;
      packets[flow] = NOT_SEEN;
      bytesBack[flow] = recordBytes[record];
      packetsBack[flow] = recordPackets[record];
    } else {
      source[flow] = from[record] as HostIndex;
      target[flow] = to[record] as HostIndex;
      sourcePort[flow] = fromPort;
      targetPort[flow] = toPort;
      bytes[flow] = recordBytes[record];
      packets[flow] = recordPackets[record];
      bytesBack[flow] = NOT_SEEN;
      packetsBack[flow] = NOT_SEEN;
    }
    flow++;
  }
  flows.length = flow;
  tally.serverSide += turned;
  tally.clientSide += flow - first - turned;
  return record;
}

/** As in isUnicast() of packets: neither unspecified nor loopback, multicast or broadcast. */
function isUnicast4(address: number): boolean {
  const top = address >>> 24;
  return top < 224 && top !== 0 && top !== 127;
}

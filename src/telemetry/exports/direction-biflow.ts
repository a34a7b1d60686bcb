// Records that hold both directions (RFC 5103 biflows, sessions of firewalls) or an event (firewall, NAT). In: one row
// of the record table; out: who began and the outcome, from this one record. Unlike one-way records nothing waits.

import type { Column } from "../../kit/column.ts";
import {
  DIRECTION_FROM_PORTS,
  DIRECTION_SEEN,
  NOT_SEEN,
  OUTCOME_ANSWERED,
  OUTCOME_REFUSED,
  OUTCOME_UNANSWERED,
  OUTCOME_UNKNOWN,
  type Outcome,
  PHASE_OPENING,
  PHASE_WHOLE,
  PROTOCOL_ICMP,
  PROTOCOL_ICMP6,
  PROTOCOL_TCP,
} from "../../model/flow.ts";
import {
  FLAGS_RESET,
  hasPorts,
  readTcpFlags,
  SENDER_IS_SERVER,
  SENDER_UNKNOWN,
  sideByPorts,
} from "./direction-rules.ts";
import {
  BIFLOW_DIRECTION,
  BYTES,
  BYTES_BACK,
  FIREWALL_EVENT,
  FIRST_FLAGS,
  FIRST_FLAGS_BACK,
  FLAGS,
  FLAGS_BACK,
  NAT_EVENT,
  OUT_BYTES,
  OUT_PACKETS,
  PACKETS,
  PACKETS_BACK,
  PROTOCOL,
  SOURCE_PORT,
  TARGET_PORT,
} from "./fields.ts";

const SYN = 2;
const RST = 4;
const ACK = 16;

/** Reused for every record. `phase` 0: the record says nothing about a contact. */
export interface BothWays {
  isTurned: boolean;
  phase: number;
  outcome: Outcome;
  direction: number;
  bytesBack: number;
  packetsBack: number;
}

/** Slots of which one is enough to come here. */
export const twoWaySlots: readonly number[] = [
  BYTES_BACK,
  PACKETS_BACK,
  FLAGS_BACK,
  FIREWALL_EVENT,
  NAT_EVENT,
  BIFLOW_DIRECTION,
  FIRST_FLAGS,
  OUT_PACKETS,
];

/** Fills `both`; false when the record turns out to be one-way. */
export function readBothWays(columns: readonly Column<number>[], record: number, both: BothWays): boolean {
  both.isTurned = false;
  both.direction = DIRECTION_SEEN;
  both.bytesBack = columns[BYTES_BACK][record];
  both.packetsBack = columns[PACKETS_BACK][record];
  if (isFirewallEvent(columns, record)) return readFirewallEvent(columns, record, both);
  if (columns[NAT_EVENT][record] > 0 && columns[BYTES][record] < 0) return readNatEvent(columns, record, both);
  if (both.packetsBack < 0 && both.bytesBack < 0 && columns[FLAGS_BACK][record] < 0) {
    if (!readOutCounters(columns, record, both)) return false;
  }
  both.phase = PHASE_WHOLE;
  both.outcome = outcomeOf(columns, record, both);
  findInitiator(columns, record, both);
  return true;
}

/**
 * Cisco ASA tells sessions: no packet count, or both directions, and its source is who began. Palo Alto and Barracuda put
 * the same field into one-way records of either side: those are read by flags and ports, but for a denial.
 */
function isFirewallEvent(columns: readonly Column<number>[], record: number): boolean {
  const event = columns[FIREWALL_EVENT][record];
  if (event <= 0) return false;
  if (event === 3) return true;
  const protocol = columns[PROTOCOL][record];
  if (protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMP6) return false;
  return columns[PACKETS][record] < 0 || columns[BYTES_BACK][record] >= 0;
}

/** IANA firewallEvent: 1 created, 2 deleted, 3 denied, 4 alert, 5 update. The exporter's source is who began. */
function readFirewallEvent(columns: readonly Column<number>[], record: number, both: BothWays): boolean {
  switch (columns[FIREWALL_EVENT][record]) {
    case 1:
      both.phase = PHASE_OPENING;
      both.outcome = OUTCOME_UNKNOWN;
      both.bytesBack = NOT_SEEN;
      both.packetsBack = NOT_SEEN;
      return true;
    case 3:
      both.phase = PHASE_WHOLE;
      both.outcome = OUTCOME_REFUSED;
      both.bytesBack = 0;
      both.packetsBack = 0;
      return true;
    case 2:
    case 5:
      both.phase = PHASE_WHOLE;
      both.outcome = outcomeOf(columns, record, both);
      return true;
    default:
      both.phase = 0;
      return true;
  }
}

/** IANA natEvent: 1, 4 and 6 create a session; the others end one or speak of pools. */
function readNatEvent(columns: readonly Column<number>[], record: number, both: BothWays): boolean {
  const event = columns[NAT_EVENT][record];
  both.phase = event === 1 || event === 4 || event === 6 ? PHASE_WHOLE : 0;
  both.outcome = OUTCOME_UNKNOWN;
  return true;
}

/**
 * Fields 23 and 24: the way back for FortiGate and nProbe, but the same packets after routing for Cisco. Equal counts
 * are the latter; zero may be either and stays unknown.
 */
function readOutCounters(columns: readonly Column<number>[], record: number, both: BothWays): boolean {
  const packets = columns[OUT_PACKETS][record];
  const bytes = columns[OUT_BYTES][record];
  const forward = columns[PACKETS][record];
  if (packets <= 0 || forward <= 0) {
    if (packets > 0 && forward < 0) {
      columns[PACKETS][record] = packets; // an egress record of Cisco: its only counters
      columns[BYTES][record] = bytes;
    }
    return false;
  }
  if (packets === forward && bytes === columns[BYTES][record]) return false;
  both.packetsBack = packets;
  both.bytesBack = bytes;
  return true;
}

function outcomeOf(columns: readonly Column<number>[], record: number, both: BothWays): Outcome {
  const isTcp = columns[PROTOCOL][record] === PROTOCOL_TCP;
  // Of the two counts an exporter that sees both ways sends, the way back is the one that answers.
  const back = both.packetsBack >= 0 ? both.packetsBack : both.bytesBack;
  const forward = columns[PACKETS][record] >= 0 ? columns[PACKETS][record] : columns[BYTES][record];
  if (back < 0) return OUTCOME_UNKNOWN;
  if (back === 0 || forward === 0) return isTcp ? OUTCOME_UNANSWERED : OUTCOME_UNKNOWN;
  if (!isTcp) return OUTCOME_ANSWERED;
  const flagsBack = columns[FLAGS_BACK][record];
  if (flagsBack > 0) {
    const flags = columns[FLAGS][record];
    const isReset = readTcpFlags(flagsBack) === FLAGS_RESET || readTcpFlags(flags) === FLAGS_RESET;
    return isReset ? OUTCOME_REFUSED : OUTCOME_ANSWERED;
  }
  const isTiny = both.packetsBack >= 0 ? both.packetsBack <= 1 : both.bytesBack <= 60;
  return isTiny ? OUTCOME_UNKNOWN : OUTCOME_ANSWERED; // one small packet: a SYN ACK or a reset
}

/** The sender of a biflow began, unless the record says otherwise, or the exporter only saw the middle. */
function findInitiator(columns: readonly Column<number>[], record: number, both: BothWays): void {
  const stated = columns[BIFLOW_DIRECTION][record];
  if (stated === 1 || stated === 2) {
    both.isTurned = stated === 2;
    return;
  }
  const first = columns[FIRST_FLAGS][record];
  const firstBack = columns[FIRST_FLAGS_BACK][record];
  if ((first & (SYN | ACK)) === SYN) return;
  if ((firstBack & (SYN | ACK)) === SYN) {
    both.isTurned = true;
    return;
  }
  const flags = columns[FLAGS][record];
  const flagsBack = columns[FLAGS_BACK][record];
  if (flags > 0 && (flags & (SYN | ACK)) === SYN) return;
  if (flagsBack > 0 && (flagsBack & (SYN | ACK)) === SYN) {
    both.isTurned = true;
    return;
  }
  if (flags > 0 && flags & SYN && !(flags & RST)) return;
  const protocol = columns[PROTOCOL][record];
  if (!hasPorts(protocol)) return;
  const side = sideByPorts(protocol, columns[SOURCE_PORT][record], columns[TARGET_PORT][record]);
  if (side === SENDER_UNKNOWN) return;
  both.isTurned = side === SENDER_IS_SERVER;
  both.direction = DIRECTION_FROM_PORTS;
}

// CSV rows that hold both directions in, flow rows out: Argus, Zeek-like, Elastic-like and NetFlow tools that merge.
// Outcome from the state column where it is one we know, else from flags, else from what came back.

import {
  DIRECTION_SEEN,
  NOT_SEEN,
  OUTCOME_ANSWERED,
  OUTCOME_REFUSED,
  OUTCOME_UNANSWERED,
  OUTCOME_UNKNOWN,
  type Outcome,
  PROTOCOL_ICMP,
  PROTOCOL_ICMP6,
  PROTOCOL_TCP,
} from "../../model/flow.ts";
import type { SensorIndex } from "../../model/units.ts";
import { cellSlots, readCount, readFlagCell, readIcmp, readPort, readSpan } from "./csv-cells.ts";
import type { DecoderContext } from "../decoder.ts";
import type { FieldSet } from "./lines-fields.ts";
import { flagsOutcome, REPLY_ONLY } from "./lines-outcome.ts";
import { LogRow, readProtocol } from "./lines-row.ts";
import type { LogTally } from "./lines-tally.ts";
import { readConnState, STATE_NONE, STATE_OTH, tcpOutcome } from "./zeek-outcome.ts";

/** Six SYNs with all their options and headers, the most that common systems send: above it there was a connection. */
const ATTEMPT_BYTES_MAX = 480;

export class CsvTwoWay {
  hasOutcome = false;
  readonly #context: DecoderContext;
  readonly #tally: LogTally;
  readonly #sensor: SensorIndex;
  readonly #row = new LogRow();

  constructor(context: DecoderContext, tally: LogTally, sensor: SensorIndex) {
    this.#context = context;
    this.#tally = tally;
    this.#sensor = sensor;
  }

  take(fields: FieldSet): void {
    const row = this.#row;
    const { skipped } = this.#tally;
    const { startMs, durationMs } = readSpan(fields);
    row.startMs = startMs;
    row.durationMs = durationMs;
    row.protocol = readProtocol(fields.bytes, fields.begin[cellSlots.protocol], fields.end[cellSlots.protocol]);
    const isIcmp = row.protocol === PROTOCOL_ICMP || row.protocol === PROTOCOL_ICMP6;
    const hasEnds = fields.address(cellSlots.source, row.source) && fields.address(cellSlots.target, row.target);
    row.sourcePort = readPort(fields, cellSlots.sourcePort);
    row.targetPort = isIcmp ? readIcmp(fields) : readPort(fields, cellSlots.targetPort);
    if (!hasEnds || row.sourcePort === -1 || row.targetPort === -1 || row.targetPort > 65_535) skipped.add("bad-line");
    else if (!row.isAccepted(this.#tally)) return;
    else if (!this.#judge(fields, isIcmp)) skipped.add("reply-without-request");
    else {
      this.#tally.flows++;
      if (row.outcome !== OUTCOME_UNKNOWN) this.hasOutcome = true;
      row.write(this.#context.writer, this.#sensor);
    }
  }

  #judge(fields: FieldSet, isIcmp: boolean): boolean {
    const row = this.#row;
    this.#readCounts(fields);
    const flags = readFlagCell(fields, cellSlots.flags);
    const flagsBack = readFlagCell(fields, cellSlots.flagsBack);
    const state = fields.text(cellSlots.state);
    const outcome = this.#outcome(state, flags, flagsBack);
    if (outcome === REPLY_ONLY || row.isLoneReply()) return false;
    row.outcome = outcome;
    if (isIcmp) {
      row.direction = DIRECTION_SEEN;
      return row.setIcmp(row.targetPort >> 8, row.targetPort & 255);
    }
    const arrow = fields.text(cellSlots.direction);
    if (arrow.includes("<") && !arrow.includes(">")) {
      row.turn();
      row.direction = DIRECTION_SEEN;
    } else if (arrow.includes("->") || (flags > 0 && (flags & 2) !== 0) || /^(S|REJ|RST)/.test(state)) {
      row.direction = DIRECTION_SEEN;
    } else row.turnByPorts();
    return true;
  }

  /** Totals of both directions tell that something went each way only where one of the ways is counted too. */
  #readCounts(fields: FieldSet): void {
    const row = this.#row;
    row.bytes = readCount(fields, cellSlots.bytes);
    row.packets = readCount(fields, cellSlots.packets);
    row.bytesBack = readCount(fields, cellSlots.bytesBack);
    row.packetsBack = readCount(fields, cellSlots.packetsBack);
    const bytesTotal = readCount(fields, cellSlots.bytesTotal);
    const packetsTotal = readCount(fields, cellSlots.packetsTotal);
    if (row.bytesBack === NOT_SEEN && bytesTotal >= row.bytes && row.bytes >= 0) row.bytesBack = bytesTotal - row.bytes;
    if (row.packetsBack === NOT_SEEN && packetsTotal >= row.packets && row.packets >= 0) {
      row.packetsBack = packetsTotal - row.packets;
    }
  }

  #outcome(state: string, flags: number, flagsBack: number): Outcome | typeof REPLY_ONLY {
    const row = this.#row;
    const byState = outcomeOfState(state, row.protocol);
    if (byState !== OUTCOME_UNKNOWN) return byState;
    if (row.protocol === PROTOCOL_TCP && (flags > 0 || flagsBack > 0)) {
      return flagsOutcome(flags, flagsBack, row.packets, row.packetsBack);
    }
    const back = row.packetsBack === NOT_SEEN ? row.bytesBack : row.packetsBack;
    if (back === NOT_SEEN) return OUTCOME_UNKNOWN;
    if (back > 0) return OUTCOME_ANSWERED;
    // Who sends more than a few attempts weigh was answered out of sight, or is in the middle of a connection.
    const isAttempt = row.protocol !== PROTOCOL_TCP || row.bytes <= ATTEMPT_BYTES_MAX;
    return isAttempt ? OUTCOME_UNANSWERED : OUTCOME_UNKNOWN;
  }
}

/**
 * Zeek states, Argus states (`CON`, `REQ`, `INT`, `FIN`, `RST`, `URP`) and Argus flag pairs (`S_`, `SR_SA`: what the
 * source sent, what came back).
 */
function outcomeOfState(state: string, protocol: number): Outcome | typeof REPLY_ONLY {
  if (state === "") return OUTCOME_UNKNOWN;
  const bytes = Buffer.from(state);
  const zeek = readConnState(bytes, 0, bytes.length);
  if (zeek !== STATE_NONE && zeek !== STATE_OTH && protocol === PROTOCOL_TCP) return tcpOutcome(zeek, 0);
  const pair = /^([FSRPAEUC]*)_([FSRPAEUC]*)$/.exec(state);
  if (pair) return flagsOutcome(bitsOf(pair[1]), bitsOf(pair[2]), NOT_SEEN, pair[2] === "" ? 0 : 1);
  switch (state.toUpperCase()) {
    case "CON":
    case "ACC":
    case "CLO":
    case "FIN":
    case "ESTABLISHED":
      return OUTCOME_ANSWERED;
    case "REQ":
    case "INT":
    case "SYN_SENT":
      return OUTCOME_UNANSWERED;
    case "URP":
    case "URH":
    case "URN":
      return OUTCOME_REFUSED;
    default:
      return OUTCOME_UNKNOWN;
  }
}

function bitsOf(letters: string): number {
  let flags = 0;
  for (const letter of letters) {
    const bit = "FSRPAU".indexOf(letter);
    if (bit >= 0) flags |= 1 << bit;
  }
  return flags;
}

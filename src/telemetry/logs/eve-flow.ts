// EVE `flow` and `netflow` events in, flow rows out. Outcome from TCP flags where they were tracked, else from what came
// back. `netflow` events are one direction each; the second one follows the first and completes it.

import {
  DIRECTION_SEEN,
  OUTCOME_ANSWERED,
  OUTCOME_UNANSWERED,
  OUTCOME_UNKNOWN,
  type Outcome,
  PROTOCOL_ICMP,
  PROTOCOL_ICMP6,
  PROTOCOL_TCP,
} from "../../model/flow.ts";
import type { BatchWriter } from "../../model/batch.ts";
import type { SensorIndex } from "../../model/units.ts";
import * as slots from "./eve-fields.ts";
import { asciiText, type FieldSet, hexDigit } from "./lines-fields.ts";
import { LogRow, readProtocol } from "./lines-row.ts";
import type { LogTally } from "./lines-tally.ts";
import { OneWayWatch } from "./one-way-watch.ts";
import { flagsOutcome, REPLY_ONLY } from "./lines-outcome.ts";

const LETTER_N = 110;

export class EveFlow {
  hasEvents = false;
  readonly #writer: BatchWriter;
  readonly #tally: LogTally;
  readonly #sensor: SensorIndex;
  readonly #row = new LogRow();
  readonly #half = new LogRow();
  #halfId = "";
  #halfFlags = -1;
  #hasFlowEvents = false;
  readonly #oneWay = new OneWayWatch();

  constructor(writer: BatchWriter, tally: LogTally, sensor: SensorIndex) {
    this.#writer = writer;
    this.#tally = tally;
    this.#sensor = sensor;
  }

  isOneWay(): boolean {
    return this.#oneWay.isOneWay();
  }

  takeFlow(fields: FieldSet): void {
    this.hasEvents = true;
    this.#hasFlowEvents = true;
    const row = this.#row;
    if (!this.#readEnds(row, fields, slots.START, slots.END)) return;
    row.packets = fields.integer(slots.PACKETS);
    row.packetsBack = fields.integer(slots.PACKETS_BACK);
    row.bytes = fields.integer(slots.BYTES);
    row.bytesBack = fields.integer(slots.BYTES_BACK);
    const isNew = fields.bytes[fields.begin[slots.STATE]] === LETTER_N;
    this.#finish(row, readFlags(fields, slots.FLAGS), readFlags(fields, slots.FLAGS_BACK), isNew);
  }

  /** A file with `flow` events says everything in them; its `netflow` events are the same again. */
  takeNetflow(fields: FieldSet): void {
    this.hasEvents = true;
    if (this.#hasFlowEvents) {
      this.#tally.skipped.add("duplicate");
      return;
    }
    const half = this.#half;
    const id = fields.text(slots.FLOW_ID);
    if (this.#halfId !== "" && id === this.#halfId) {
      this.#halfId = "";
      half.packetsBack = fields.integer(slots.NETFLOW_PACKETS);
      half.bytesBack = fields.integer(slots.NETFLOW_BYTES);
      this.#finish(half, this.#halfFlags, readFlags(fields, slots.NETFLOW_FLAGS), false);
      return;
    }
    this.end();
    if (!this.#readEnds(half, fields, slots.NETFLOW_START, slots.NETFLOW_END)) return;
    half.packets = fields.integer(slots.NETFLOW_PACKETS);
    half.bytes = fields.integer(slots.NETFLOW_BYTES);
    half.packetsBack = 0;
    half.bytesBack = 0;
    this.#halfFlags = readFlags(fields, slots.NETFLOW_FLAGS);
    this.#halfId = id;
    if (id === "") this.#finish(half, this.#halfFlags, -1, true);
  }

  /** Writes a `netflow` record whose other direction did not come. */
  end(): void {
    if (this.#halfId === "") return;
    this.#halfId = "";
    this.#finish(this.#half, this.#halfFlags, -1, true);
  }

  /** Time, addresses, ports, protocol; false, and counted, when there is no row in it. */
  #readEnds(row: LogRow, fields: FieldSet, startSlot: number, endSlot: number): boolean {
    const { skipped } = this.#tally;
    row.startMs = fields.timeMs(fields.has(startSlot) ? startSlot : slots.TIMESTAMP);
    const endMs = fields.has(endSlot) ? fields.timeMs(endSlot) : row.startMs;
    row.durationMs = endMs > row.startMs ? endMs - row.startMs : 0;
    if (!fields.address(slots.SOURCE, row.source) || !fields.address(slots.TARGET, row.target)) {
      skipped.add("bad-line");
      return false;
    }
    row.protocol = readProtocol(fields.bytes, fields.begin[slots.PROTOCOL], fields.end[slots.PROTOCOL]);
    row.sourcePort = Math.max(0, fields.integer(slots.SOURCE_PORT)) & 0xffff;
    row.targetPort = Math.max(0, fields.integer(slots.TARGET_PORT)) & 0xffff;
    if (!row.isAccepted(this.#tally)) return false;
    if (row.protocol !== PROTOCOL_ICMP && row.protocol !== PROTOCOL_ICMP6) return true;
    if (row.setIcmp(fields.integer(slots.ICMP_TYPE), Math.max(0, fields.integer(slots.ICMP_CODE)))) return true;
    skipped.add("reply-without-request");
    return false;
  }

  #finish(row: LogRow, flags: number, flagsBack: number, isNew: boolean): void {
    const outcome = this.#outcome(row, flags, flagsBack, isNew);
    if (outcome === REPLY_ONLY || row.isLoneReply()) {
      this.#tally.skipped.add("reply-without-request");
      return;
    }
    row.outcome = outcome;
    row.direction = DIRECTION_SEEN;
    if (row.protocol === PROTOCOL_TCP) {
      this.#oneWay.take(row);
      // Without a SYN from the source the sensor came in the middle and took the first packet's sender for the client.
      if (flags > 0 && (flags & 2) === 0) row.turnByPorts();
    }
    this.#tally.flows++;
    row.write(this.#writer, this.#sensor);
  }

  #outcome(row: LogRow, flags: number, flagsBack: number, isNew: boolean): Outcome | typeof REPLY_ONLY {
    const hasAnswer = row.packetsBack > 0;
    if (row.protocol !== PROTOCOL_TCP) {
      if (hasAnswer) return OUTCOME_ANSWERED;
      return row.packetsBack === 0 && !this.isOneWay() ? OUTCOME_UNANSWERED : OUTCOME_UNKNOWN;
    }
    if (flags > 0 || flagsBack > 0) return flagsOutcome(flags, flagsBack, row.packets, row.packetsBack);
    if (!hasAnswer) return row.packetsBack === 0 ? OUTCOME_UNANSWERED : OUTCOME_UNKNOWN;
    // No flags were tracked: a session that stayed "new" may be a refusal; three packets each way are more than one.
    return !isNew || (row.packets >= 3 && row.packetsBack >= 3) ? OUTCOME_ANSWERED : OUTCOME_UNKNOWN;
  }
}

/** TCP flags as hexadecimal text; -1 when they are absent or not tracked ("00"). */
function readFlags(fields: FieldSet, slot: number): number {
  const { bytes } = fields;
  const begin = fields.begin[slot];
  const end = fields.end[slot];
  if (begin === end || end - begin > 4) return -1;
  if (end - begin === 2 && hexDigit(bytes[begin]) !== -1 && hexDigit(bytes[begin + 1]) !== -1) {
    const plain = hexDigit(bytes[begin]) * 16 + hexDigit(bytes[begin + 1]);
    return plain > 0 ? plain & 63 : -1;
  }
  const flags = Number.parseInt(asciiText(bytes, begin, end), 16);
  return flags > 0 ? flags & 63 : -1;
}

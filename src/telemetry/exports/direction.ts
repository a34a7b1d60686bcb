// Turns export records so that `source` is who began, and gives each its outcome. In: the record table; out: rows of
// the flow table. Exports mostly tell one direction per record, so some records wait for the other one (rules and
// windows: docs/protocols.md, "Flow exports"). An attempt is written as an opening at once: nobody waits for it.

import type { Column } from "../../kit/column.ts";
import { limits } from "../../limits.ts";
import type { BatchWriter } from "../../model/batch.ts";
import {
  DIRECTION_FROM_PORTS,
  DIRECTION_GUESSED,
  DIRECTION_SEEN,
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
import type { Millis, SensorIndex } from "../../model/units.ts";
import { CROWDED, PairKey, PairTable } from "./direction-pairs.ts";
import {
  FLAGS_ATTEMPT,
  FLAGS_ESTABLISHED,
  FLAGS_NONE,
  FLAGS_RESET,
  FLAGS_SYN_REPLY,
  flagsMeaning,
  hasPorts,
  ICMP_ERROR,
  ICMP_NOTICE,
  ICMP_REPLY,
  icmpRequestOf,
  readIcmpType,
  SENDER_IS_CLIENT,
  SENDER_IS_SERVER,
  SENDER_UNKNOWN,
  sideByPorts,
} from "./direction-rules.ts";
import { readBothWays, type BothWays } from "./direction-biflow.ts";
import { isUsable4, RowWriter } from "./direction-rows.ts";
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
import { type PlainLayout, type PlainSet, readPlainRecord } from "./fields-plain.ts";
import type { RecordTable } from "./fields-table.ts";

/** An attempt waits this long (time of arrival) for the record of the way back before it counts as not answered. */
export const replyWindowMs = 2_000;
/** A reply is kept this long for its request: exporters send finished conversations at once, attempts after an idle timer. */
export const requestWindowMs = 60_000;
/** Two records are one conversation when their times overlap within this much. */
const overlapSlackMs = 2_000;

/** Whose records are being turned. */
export interface TurnSource {
  readonly sensor: SensorIndex;
  /** The exporter looks at one packet in n: a missing reply proves nothing. */
  readonly isSampled: boolean;
  readonly tally: TurnTally;
  readonly times: { readonly lastMs: Millis };
}

export class RecordTurner {
  /** Attempts and requests whose opening row is out and whose outcome is not. */
  readonly #openers = new PairTable(limits.pairedRecordsMax);
  /** Replies whose request has not come. */
  readonly #replies = new PairTable(limits.pairedRecordsMax);
  /** Records that do not tell who began: the other direction decides by its time. */
  readonly #undirected = new PairTable(limits.pairedRecordsMax);
  readonly #rows: RowWriter;
  readonly #key = new PairKey();
  readonly #set = {} as PlainSet;
  readonly #columns: readonly Column<number>[];
  readonly #waitingColumns: readonly Column<number>[];
  readonly #both: BothWays = { isTurned: false, phase: 0, outcome: 0, direction: 0, bytesBack: -1, packetsBack: -1 };
  #sampledSensors = new Uint8Array(limits.sensorsMax);
  #nowMs = -Infinity;
  #newestMs = -Infinity;
  #isEnding = false;

  constructor(writer: BatchWriter, table: RecordTable) {
    this.#columns = table.columns;
    this.#waitingColumns = [START_MS, END_MS, BYTES, PACKETS].map((slot) => table.columns[slot]);
    this.#rows = new RowWriter(writer, table);
  }

  get overflowCount(): number {
    return this.#openers.overflowCount + this.#replies.overflowCount + this.#undirected.overflowCount;
  }

  /** Turns rows 0..count-1 of the record table. `isTwoWay`: the template can hold both directions or an event. */
  turn(count: number, isTwoWay: boolean, source: TurnSource): void {
    this.#listen(source);
    const step = this.#rows.recordsMax;
    for (let begin = 0; begin < count; begin += step) {
      const end = Math.min(count, begin + step);
      this.#rows.intern(begin, end);
      for (let record = begin; record < end; record++) this.#turnRecord(record, isTwoWay, source.tally);
    }
  }

  /** Turns `count` plain records, the first at `at`. What the layout counts as others is in the record table already. */
  turnPlain(layout: PlainLayout, view: DataView, at: number, count: number, source: TurnSource): void {
    this.#listen(source);
    const set = this.#set;
    set.layout = layout;
    set.view = view;
    set.at = at;
    const rows = this.#rows;
    const step = rows.recordsMax;
    for (let begin = 0; begin < count; begin += step) {
      const end = Math.min(count, begin + step);
      rows.internPlain(set, begin, end);
      for (let record = begin; record < end; record++) {
        record = rows.writeSettled(set, record, end, source.tally);
        if (record === end) break;
        readPlainRecord(this.#columns, record, set);
        this.#turnRecord(record, false, source.tally);
      }
    }
  }

  #listen(source: TurnSource): void {
    this.#rows.sensor = source.sensor;
    this.#sampledSensors[source.sensor] = source.isSampled ? 1 : 0;
    if (source.times.lastMs > this.#newestMs) this.#newestMs = source.times.lastMs;
  }

  #turnRecord(record: number, isTwoWay: boolean, tally: TurnTally): void {
    const columns = this.#columns;
    const source = columns[SOURCE4][record];
    const target = columns[TARGET4][record];
    const isV6 = source === 0 && target === 0;
    if (isV6 ? !this.#rows.isUsable6(record) : !isUsable4(source, target)) {
      tally.noAddress++;
      return;
    }
    if (isTwoWay && this.#turnTwoWay(record, tally)) return;
    const protocol = columns[PROTOCOL][record];
    if (protocol === PROTOCOL_TCP) this.#turnTcp(record, isV6, columns[FLAGS][record], tally);
    else if (protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMP6) this.#turnIcmp(record, isV6, protocol, tally);
    else this.#turnByPorts(record, isV6, protocol, FLAGS_NONE, tally);
  }

  /** Tells the time of arrival: what waited too long is settled. */
  advance(nowMs: Millis): void {
    if (nowMs <= this.#nowMs) return;
    this.#nowMs = nowMs;
    this.#settleDue(nowMs);
  }

  /** No more input: everything that waits is settled. */
  end(): void {
    this.#isEnding = true;
    this.#settleDue(Infinity);
  }

  /** Replies given up since the last call: their request was never seen. */
  takeLostReplies(): number {
    const lost = this.#lostReplies;
    this.#lostReplies = 0;
    return lost;
  }
  #lostReplies = 0;

  /** Biflows (RFC 5103), sessions counted both ways, firewall and NAT events. False when the record is one-way after all. */
  #turnTwoWay(record: number, tally: TurnTally): boolean {
    const both = this.#both;
    if (!readBothWays(this.#columns, record, both)) return false;
    if (both.phase === 0) {
      tally.unsupported++;
      return true;
    }
    const protocol = this.#columns[PROTOCOL][record];
    tally.twoWay++;
    this.#rows.write(
      record,
      both.isTurned,
      this.#rows.targetPortOf(record, protocol, both.isTurned),
      both.phase,
      both.outcome,
      both.direction,
    );
    this.#rows.setBothWays(both);
    return true;
  }

  #turnTcp(record: number, isV6: boolean, flags: number, tally: TurnTally): void {
    const meaning = flags <= 0 ? FLAGS_NONE : flagsMeaning[flags & 63];
    if (meaning === FLAGS_ESTABLISHED) {
      this.#turnEstablished(record, isV6, tally);
    } else if (meaning === FLAGS_ATTEMPT) {
      tally.clientSide++;
      this.#open(record, isV6, FLAGS_ATTEMPT, this.#columns[TARGET_PORT][record], DIRECTION_SEEN, tally);
    } else if (meaning === FLAGS_RESET) {
      tally.serverSide++;
      this.#answer(record, isV6, FLAGS_RESET, this.#columns[SOURCE_PORT][record], tally);
    } else if (meaning === FLAGS_SYN_REPLY) {
      this.#turnHandshake(record, isV6, tally);
    } else {
      const packets = this.#columns[PACKETS][record];
      // Three SYNs of Windows or seven of Linux have 60 bytes at most; a conversation has more of one or the other.
      const hasData = packets >= 8 || (packets >= 3 && this.#columns[BYTES][record] > packets * 64);
      if (hasData) this.#turnEstablished(record, isV6, tally);
      else this.#turnByPorts(record, isV6, PROTOCOL_TCP, FLAGS_NONE, tally);
    }
  }

  /** Both sides spoke: only who began is open, and that the ports tell at once, or the other direction's time. */
  #turnEstablished(record: number, isV6: boolean, tally: TurnTally): void {
    const sourcePort = this.#columns[SOURCE_PORT][record];
    const targetPort = this.#columns[TARGET_PORT][record];
    const side = sideByPorts(PROTOCOL_TCP, sourcePort, targetPort);
    if (side === SENDER_UNKNOWN) {
      this.#turnUndirected(record, isV6, PROTOCOL_TCP, FLAGS_ESTABLISHED, tally);
      return;
    }
    const isTurned = side === SENDER_IS_SERVER;
    if (isTurned) tally.serverSide++;
    else tally.clientSide++;
    const port = isTurned ? sourcePort : targetPort;
    this.#rows.write(record, isTurned, port, PHASE_WHOLE, OUTCOME_ANSWERED, DIRECTION_FROM_PORTS);
  }

  /** SYN and ACK, no data: the answer of a server, or a client's handshake that came to nothing. */
  #turnHandshake(record: number, isV6: boolean, tally: TurnTally): void {
    const sourcePort = this.#columns[SOURCE_PORT][record];
    const side = sideByPorts(PROTOCOL_TCP, sourcePort, this.#columns[TARGET_PORT][record]);
    const isOnePacket = this.#columns[PACKETS][record] === 1;
    if (isOnePacket || side === SENDER_IS_SERVER) {
      tally.serverSide++;
      this.#answer(record, isV6, FLAGS_SYN_REPLY, sourcePort, tally);
    } else this.#turnEstablished(record, isV6, tally);
  }

  #turnIcmp(record: number, isV6: boolean, protocol: number, tally: TurnTally): void {
    const typeCode = this.#rows.icmpTypeCode(record);
    const kind = readIcmpType(protocol, typeCode >> 8);
    if (kind === ICMP_ERROR) {
      tally.repliesLost++;
    } else if (kind === ICMP_REPLY) {
      tally.serverSide++;
      this.#answer(record, isV6, FLAGS_NONE, icmpRequestOf(protocol, typeCode >> 8) * 256, tally);
    } else if (kind === ICMP_NOTICE) {
      this.#rows.write(record, false, typeCode, PHASE_WHOLE, OUTCOME_UNKNOWN, DIRECTION_SEEN);
    } else {
      tally.clientSide++;
      this.#open(record, isV6, FLAGS_NONE, typeCode, DIRECTION_SEEN, tally);
    }
  }

  /** No flags: ports tell who began, the other direction tells whether it was answered. */
  #turnByPorts(record: number, isV6: boolean, protocol: number, meaning: number, tally: TurnTally): void {
    const sourcePort = this.#columns[SOURCE_PORT][record];
    const targetPort = this.#columns[TARGET_PORT][record];
    const side = hasPorts(protocol) ? sideByPorts(protocol, sourcePort, targetPort) : SENDER_UNKNOWN;
    if (side === SENDER_IS_CLIENT) {
      tally.clientSide++;
      this.#open(record, isV6, meaning, targetPort, DIRECTION_FROM_PORTS, tally);
    } else if (side === SENDER_IS_SERVER) {
      tally.serverSide++;
      this.#answer(record, isV6, meaning, sourcePort, tally);
    } else this.#turnUndirected(record, isV6, protocol, meaning, tally);
  }

  /** A record of the side that began. */
  #open(record: number, isV6: boolean, meaning: number, port: number, direction: number, tally: TurnTally): void {
    const replies = this.#replies;
    this.#fillKey(record, isV6, false, port);
    const reply = replies.find(this.#key);
    if (reply >= 0 && this.#overlaps(replies, reply, record)) {
      const outcome = outcomeOfReply(replies.meaning(reply));
      this.#rows.write(record, false, port, PHASE_WHOLE, outcome, direction);
      this.#rows.setBack(replies.bytes(reply), replies.packets(reply));
      replies.settle(reply);
      return;
    }
    const openers = this.#openers;
    const known = openers.find(this.#key);
    if (known >= 0 && openers.startMs(known) === this.#columns[START_MS][record]) {
      tally.duplicates++; // the same packets exported twice: on the way in and on the way out
      return;
    }
    if (known === CROWDED) {
      const outcome = meaning === FLAGS_ATTEMPT ? OUTCOME_UNANSWERED : OUTCOME_UNKNOWN;
      this.#rows.write(record, false, port, PHASE_WHOLE, outcome, direction);
      openers.overflowCount++;
      return;
    }
    this.#rows.write(record, false, port, PHASE_OPENING, OUTCOME_UNKNOWN, direction);
    this.#addTo(openers, record, meaning, direction, replyWindowMs);
  }

  /** A record of the side that answered. Without its request it is no contact: backscatter looks just so. */
  #answer(record: number, isV6: boolean, meaning: number, port: number, tally: TurnTally): void {
    const openers = this.#openers;
    this.#fillKey(record, isV6, true, port);
    const opener = openers.find(this.#key);
    if (opener >= 0 && this.#overlaps(openers, opener, record)) {
      const atMs = Math.max(openers.startMs(opener), this.#columns[START_MS][record]);
      this.#rows.writeClosing(openers, opener, outcomeOfReply(meaning), atMs);
      this.#rows.setBack(this.#columns[BYTES][record], this.#columns[PACKETS][record]);
      openers.settle(opener);
      return;
    }
    if (this.#replies.find(this.#key) !== -1) tally.repliesLost++;
    else this.#addTo(this.#replies, record, meaning, 0, requestWindowMs);
  }

  /** Ports are alike (137 and 137, two high ports) or there are none: who was first began. */
  #turnUndirected(record: number, isV6: boolean, protocol: number, meaning: number, tally: TurnTally): void {
    const waiting = this.#undirected;
    const columns = this.#columns;
    const ports = hasPorts(protocol);
    this.#fillKey(record, isV6, true, ports ? columns[SOURCE_PORT][record] : 0);
    const other = waiting.find(this.#key);
    if (other >= 0 && this.#overlaps(waiting, other, record)) {
      const since = waiting.startMs(other) - columns[START_MS][record];
      // At the same millisecond the lower port is the server's; the key is that of the waiting record.
      const isOtherFirst = since < 0 || (since === 0 && this.#key.targetPort <= this.#key.sourcePort);
      tally.clientSide++;
      tally.serverSide++;
      if (isOtherFirst) {
        this.#rows.writeWhole(waiting, other, OUTCOME_ANSWERED);
        this.#rows.setBack(columns[BYTES][record], columns[PACKETS][record]);
      } else {
        const port = ports ? columns[TARGET_PORT][record] : 0;
        this.#rows.write(record, false, port, PHASE_WHOLE, OUTCOME_ANSWERED, DIRECTION_GUESSED);
        this.#rows.setBack(waiting.bytes(other), waiting.packets(other));
      }
      waiting.settle(other);
      return;
    }
    this.#fillKey(record, isV6, false, ports ? columns[TARGET_PORT][record] : 0);
    const known = waiting.find(this.#key);
    if (known === -1) this.#addTo(waiting, record, meaning, DIRECTION_GUESSED, replyWindowMs);
    else if (known >= 0 && waiting.startMs(known) === columns[START_MS][record]) tally.duplicates++;
    else {
      const outcome = meaning === FLAGS_ESTABLISHED ? OUTCOME_ANSWERED : OUTCOME_UNKNOWN;
      const port = ports ? columns[TARGET_PORT][record] : 0;
      this.#rows.write(record, false, port, PHASE_WHOLE, outcome, DIRECTION_GUESSED);
    }
  }

  #fillKey(record: number, isV6: boolean, isTurned: boolean, port: number): void {
    this.#rows.fillKey(this.#key, record, isV6, isTurned, port);
  }

  #addTo(table: PairTable, record: number, meaning: number, direction: number, windowMs: Millis): void {
    if (table.isFull) this.#makeRoom(table);
    const row = table.add(this.#key, meaning, direction, this.#rows.sensor);
    table.fill(row, this.#waitingColumns, record, this.#nowMs + windowMs, this.#rows.evictedCount);
  }

  #overlaps(table: PairTable, row: number, record: number): boolean {
    const columns = this.#columns;
    return (
      columns[START_MS][record] <= table.endMs(row) + overlapSlackMs &&
      table.startMs(row) <= columns[END_MS][record] + overlapSlackMs
    );
  }

  #makeRoom(table: PairTable): void {
    const oldest = table.oldestDue(Infinity);
    if (oldest < 0 || !table.isFull) return;
    table.overflowCount++;
    this.#settle(table, oldest);
  }

  #settleDue(nowMs: Millis): void {
    this.#settleTable(this.#openers, nowMs);
    this.#settleTable(this.#replies, nowMs);
    this.#settleTable(this.#undirected, nowMs);
  }

  #settleTable(table: PairTable, nowMs: Millis): void {
    for (let row = table.oldestDue(nowMs); row >= 0; row = table.oldestDue(nowMs)) this.#settle(table, row);
  }

  /** The other direction did not come. */
  #settle(table: PairTable, row: number): void {
    if (table === this.#replies) this.#lostReplies++;
    else if (table === this.#undirected) {
      const outcome = table.meaning(row) === FLAGS_ESTABLISHED ? OUTCOME_ANSWERED : OUTCOME_UNKNOWN;
      this.#rows.writeWhole(table, row, outcome);
    } else {
      // A cumulative SYN without ACK proves it: whoever hears an answer acknowledges or resets it. Sampling hides that.
      // So does the end of the input, when the first SYN is so young that the answer may have been on its way.
      const isCutShort = this.#isEnding && table.startMs(row) + replyWindowMs > this.#newestMs;
      const isAttempt = table.meaning(row) === FLAGS_ATTEMPT;
      const isProved = isAttempt && !isCutShort && this.#sampledSensors[table.sensor(row)] === 0;
      const outcome = isProved ? OUTCOME_UNANSWERED : OUTCOME_UNKNOWN;
      this.#rows.writeClosing(table, row, outcome, table.endMs(row) + replyWindowMs);
    }
    table.settle(row);
  }
}

function outcomeOfReply(meaning: number): Outcome {
  return meaning === FLAGS_RESET ? OUTCOME_REFUSED : OUTCOME_ANSWERED;
}

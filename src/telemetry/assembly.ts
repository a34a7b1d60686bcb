// Packets in, flow rows out: an opening row at the first packet of a conversation, a closing row when it is known what
// became of it. Event time comes from the packets alone. An answer whose question was not seen makes no row.

import type { BatchWriter } from "../model/batch.ts";
import {
  DIRECTION_FROM_PORTS,
  DIRECTION_GUESSED,
  DIRECTION_SEEN,
  NOT_SEEN,
  OUTCOME_ANSWERED,
  OUTCOME_REFUSED,
  OUTCOME_UNANSWERED,
  OUTCOME_UNKNOWN,
  type Outcome,
  PHASE_CLOSING,
  PHASE_OPENING,
  PROTOCOL_ARP,
  PROTOCOL_ICMP,
  PROTOCOL_ICMP6,
  PROTOCOL_SCTP,
  PROTOCOL_TCP,
} from "../model/flow.ts";
import type { HostIndex, SensorIndex } from "../model/units.ts";
import { looksLikeAnswer, SERVER_FIRST, SERVER_SECOND, SERVER_UNKNOWN, serverSide } from "./assembly-direction.ts";
import { AssemblyTable } from "./assembly-table.ts";
import {
  JUMP_BACK_MS,
  JUMP_FORWARD_MS,
  LIST_COUNT,
  LIST_FINISHED,
  LIST_IDLE_DATAGRAM,
  LIST_IDLE_SHORT,
  LIST_IDLE_TCP,
  LIST_ORPHAN,
  LIST_SETTLE,
  LIST_WAIT_ARP,
  LIST_WAIT_DATAGRAM,
  LIST_WAIT_ICMP,
  LIST_WAIT_TCP,
  listTimeoutMs,
} from "./assembly-timing.ts";
import { type Packet, TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from "./packet.ts";
import { SKIP_REPLY, type SkipTally } from "./packet-skip.ts";

const STATE_ORPHAN = 0; // only answers seen: no row yet
const STATE_WAITING = 1; // opening row written, outcome unknown
const STATE_SETTLING = 2; // answered, closing row held back
const STATE_CLOSED = 3; // closing row written

const INITIATOR = 1; // side of the initiator
const DIRECTION_SHIFT = 1; // two bits
const FIN_SHIFT = 3; // one bit per side
const FINISHED = 32;
/** For the reader of payloads: it has looked at, or keeps something for, this flow. */
export const FLAG_LOOKED = 64;
export const FLAG_KEPT = 128;

const SCTP_INIT = 1;
const SCTP_INIT_ACK = 2;
const SCTP_ABORT = 6;

/** Told when a flow is forgotten, if FLAG_KEPT was set on it. `isCurrent`: its hosts still have their rows. */
export type ReleaseFlow = (row: number, isCurrent: boolean) => void;

export class Assembler {
  readonly table: AssemblyTable;
  flows = 0;
  /** Conversations of TCP whose beginning was not seen. */
  midStreamFlows = 0;
  /** Flows with packets both ways, and flows that must have had answers the sensor did not see. */
  twoWayFlows = 0;
  unseenAnswers = 0;
  /** Closed early because the table was full; not followed because of colliding keys; lost with their host row. */
  evictedFlows = 0;
  unfollowedPackets = 0;
  lostFlows = 0;
  jumps = 0;
  largestJumpMs = 0;
  readonly #writer: BatchWriter;
  readonly #sensor: SensorIndex;
  readonly #skips: SkipTally;
  readonly #release: ReleaseFlow;
  #clockMs = Number.NEGATIVE_INFINITY;
  #deadlineMs = Number.POSITIVE_INFINITY;
  /** Side of the sender of the packet at hand. */
  #side = 0;

  constructor(
    writer: BatchWriter,
    sensor: SensorIndex,
    skips: SkipTally,
    release: ReleaseFlow,
    table: AssemblyTable = new AssemblyTable(),
  ) {
    this.#writer = writer;
    this.#sensor = sensor;
    this.#skips = skips;
    this.#release = release;
    this.table = table;
  }

  /** Moves event time on: closes what has waited long enough. Must come before the packet of that time. */
  advance(atMs: number): void {
    const stepMs = atMs - this.#clockMs;
    if (stepMs > JUMP_FORWARD_MS || stepMs < -JUMP_BACK_MS) {
      if (this.#clockMs !== Number.NEGATIVE_INFINITY) {
        this.#closeAll();
        this.jumps++;
        if (Math.abs(stepMs) > Math.abs(this.largestJumpMs)) this.largestJumpMs = stepMs;
      }
      this.#clockMs = atMs;
    } else if (stepMs > 0) {
      this.#clockMs = atMs;
      if (atMs >= this.#deadlineMs) this.#expire();
    }
  }

  /** The capture is over: closes every open flow, as unknown where the answer may still have come. */
  end(): void {
    this.#closeAll();
  }

  /** Takes a TCP packet. Returns the row of its flow, or -1 when it belongs to none. */
  tcp(packet: Packet, source: HostIndex, target: HostIndex): number {
    const flags = packet.tcpFlags;
    const isOpening = (flags & (TCP_SYN | TCP_ACK | TCP_RST)) === TCP_SYN;
    let row = this.#find(source, packet.sourcePort, target, packet.targetPort, PROTOCOL_TCP);
    if (row >= 0 && isOpening) row = this.#reopened(row, packet);
    if (row < 0) return this.#beginTcp(packet, source, target, isOpening);
    if (this.table.state[row] === STATE_ORPHAN) return this.#adoptTcp(row, packet);
    this.#account(row, packet);
    this.#judgeTcp(row, packet);
    return row;
  }

  /** Takes a UDP or SCTP packet. Returns the row of its flow, or -1. */
  datagram(packet: Packet, source: HostIndex, target: HostIndex): number {
    const { protocol, sourcePort, targetPort } = packet;
    const isSctp = protocol === PROTOCOL_SCTP;
    const row = this.#find(source, sourcePort, target, targetPort, protocol);
    if (row < 0) {
      const { chunkType } = packet;
      const isAnswer = isSctp
        ? chunkType === SCTP_INIT_ACK || chunkType === SCTP_ABORT
        : looksLikeAnswer(protocol, sourcePort, targetPort);
      // Whoever sends the first datagram has begun, unless it looks like an answer: high ports alone prove nothing.
      const isByPorts = isAnswer || serverSide(protocol, sourcePort, targetPort) === SERVER_SECOND;
      const guess = isByPorts ? DIRECTION_FROM_PORTS : DIRECTION_GUESSED;
      const direction = isSctp && chunkType === SCTP_INIT ? DIRECTION_SEEN : guess;
      return this.#begin(packet, source, target, protocol, isAnswer, direction, isAnswer, LIST_WAIT_DATAGRAM);
    }
    const isFromInitiator = this.#isFromInitiator(row);
    if (this.table.state[row] === STATE_ORPHAN) {
      if (!isFromInitiator) return this.#orphanAgain(row);
      this.#account(row, packet);
      this.#adopt(row, packet, LIST_WAIT_DATAGRAM);
      this.#answered(row);
      return row;
    }
    this.#account(row, packet);
    if (isFromInitiator || this.table.state[row] !== STATE_WAITING) return row;
    if (isSctp && packet.chunkType === SCTP_ABORT) this.#close(row, OUTCOME_REFUSED, this.#clockMs);
    else this.#answered(row);
    return row;
  }

  /** An ICMP question (`type` of the question, 8 or 128 for ping) or, with `isReply`, the answer to it. */
  query(packet: Packet, source: HostIndex, target: HostIndex, kind: number, isReply: boolean): void {
    const { protocol } = packet;
    packet.sourcePort = isReply ? kind : 0;
    packet.targetPort = isReply ? 0 : kind;
    const row = this.#find(source, packet.sourcePort, target, packet.targetPort, protocol);
    if (row < 0) {
      if (isReply) this.#skips[SKIP_REPLY]++;
      else {
        const list = protocol === PROTOCOL_ARP ? LIST_WAIT_ARP : LIST_WAIT_ICMP;
        this.#begin(packet, source, target, protocol, false, DIRECTION_SEEN, false, list);
      }
      return;
    }
    this.#account(row, packet);
    if (isReply && this.table.state[row] === STATE_WAITING) this.#answered(row);
  }

  /**
   * An ICMP error that quotes a packet from `source` to `target`: refuses the flow that packet opened.
   * Returns whether such a flow is followed at all.
   */
  error(quoted: Packet, source: HostIndex, target: HostIndex): boolean {
    const row = this.#find(source, quoted.sourcePort, target, quoted.targetPort, quoted.protocol);
    if (row < 0 || this.table.state[row] === STATE_ORPHAN) return false;
    if (this.table.state[row] === STATE_WAITING && this.#isFromInitiator(row)) {
      this.#close(row, OUTCOME_REFUSED, this.#clockMs);
    }
    return true;
  }

  /** The conversation with these two ends; sets the side of the first one. */
  #find(from: HostIndex, fromPort: number, to: HostIndex, toPort: number, protocol: number): number {
    const { table } = this;
    const isFirst = from < to || (from === to && fromPort <= toPort);
    this.#side = isFirst ? 0 : 1;
    const row = isFirst
      ? table.find(from, fromPort, to, toPort, protocol)
      : table.find(to, toPort, from, fromPort, protocol);
    if (row < 0) return row;
    if (!this.#isCurrent(row)) {
      this.#lose(row);
      return -1;
    }
    const list = table.listOf(row);
    if (this.#clockMs - table.lastMs[row] <= listTimeoutMs[list] || table.state[row] !== STATE_CLOSED) return row;
    this.#forget(row);
    return -1;
  }

  /** Whether both hosts still have the rows they had when the flow began. */
  #isCurrent(row: number): boolean {
    const { host2, generation2 } = this.table;
    const { generation } = this.#writer.hosts;
    return (
      generation[host2[2 * row]] === generation2[2 * row] && generation[host2[2 * row + 1]] === generation2[2 * row + 1]
    );
  }

  #isFromInitiator(row: number): boolean {
    return (this.table.flags[row] & INITIATOR) === this.#side;
  }

  #directionOf(row: number): number {
    return (this.table.flags[row] >> DIRECTION_SHIFT) & 3;
  }

  /** A SYN on a known pair of ends: a repetition, the true beginning of what was guessed, or a new conversation (-1). */
  #reopened(row: number, packet: Packet): number {
    const { table } = this;
    const state = table.state[row];
    if (state === STATE_ORPHAN) {
      this.#forget(row);
      return -1;
    }
    const isSeen = this.#directionOf(row) === DIRECTION_SEEN;
    if (isSeen && (state === STATE_WAITING || table.sequence[row] === packet.tcpSequence)) return row;
    if (!isSeen && state !== STATE_CLOSED) {
      table.flags[row] = (table.flags[row] & ~7) | this.#side | (DIRECTION_SEEN << DIRECTION_SHIFT);
      table.sequence[row] = packet.tcpSequence;
      return row;
    }
    if (state === STATE_SETTLING) this.#close(row, OUTCOME_ANSWERED, this.#clockMs);
    this.#forget(row);
    return -1;
  }

  #beginTcp(packet: Packet, source: HostIndex, target: HostIndex, isOpening: boolean): number {
    const flags = packet.tcpFlags;
    if (isOpening) {
      return this.#begin(packet, source, target, PROTOCOL_TCP, false, DIRECTION_SEEN, false, LIST_WAIT_TCP);
    }
    const isSynAck = (flags & TCP_SYN) !== 0 && (flags & TCP_ACK) !== 0;
    const side = serverSide(PROTOCOL_TCP, packet.sourcePort, packet.targetPort);
    const isBackward = isSynAck || side === SERVER_FIRST;
    const guess = side === SERVER_UNKNOWN ? DIRECTION_GUESSED : DIRECTION_FROM_PORTS;
    const direction = isSynAck ? DIRECTION_SEEN : guess;
    const isOrphan = isSynAck || (flags & TCP_RST) !== 0;
    const row = this.#begin(packet, source, target, PROTOCOL_TCP, isBackward, direction, isOrphan, LIST_WAIT_TCP);
    if (row < 0 || isOrphan) return -1;
    this.midStreamFlows++;
    this.#judgeTcp(row, packet);
    return row;
  }

  /** A packet of a conversation of which only answers were seen: the question, or more of the same. */
  #adoptTcp(row: number, packet: Packet): number {
    const isFromInitiator = this.#isFromInitiator(row);
    const isReset = (packet.tcpFlags & TCP_RST) !== 0;
    const isSynAck = (packet.tcpFlags & (TCP_SYN | TCP_ACK)) === (TCP_SYN | TCP_ACK);
    if (isReset || isSynAck) return this.#orphanAgain(row);
    this.#account(row, packet);
    this.#adopt(row, packet, LIST_WAIT_TCP);
    this.midStreamFlows++;
    if (!isFromInitiator || this.#directionOf(row) === DIRECTION_SEEN) this.#answered(row);
    this.#judgeTcp(row, packet);
    return row;
  }

  /** What a packet says about the outcome of a conversation that has its opening row. */
  #judgeTcp(row: number, packet: Packet): void {
    const { table } = this;
    const flags = packet.tcpFlags;
    const isReset = (flags & TCP_RST) !== 0;
    if (table.state[row] === STATE_WAITING) {
      if (!this.#isFromInitiator(row)) {
        if (isReset) this.#close(row, OUTCOME_REFUSED, this.#clockMs);
        else this.#answered(row);
      } else if (!isReset && (flags & TCP_ACK) !== 0 && (flags & TCP_SYN) === 0) {
        // After its SYN an initiator acknowledges only what it got. In mid-stream, only data proves a connection:
        // a bare acknowledgement may be a probe.
        if (this.#directionOf(row) === DIRECTION_SEEN || packet.payloadBytes > 0) this.#answered(row);
      }
    }
    if ((flags & (TCP_FIN | TCP_RST)) === 0) return;
    if ((flags & TCP_FIN) !== 0) table.flags[row] |= 1 << (FIN_SHIFT + this.#side);
    const bothFin = 3 << FIN_SHIFT;
    if (!isReset && (table.flags[row] & bothFin) !== bothFin) return;
    table.flags[row] |= FINISHED;
    if (table.state[row] === STATE_SETTLING) this.#close(row, OUTCOME_ANSWERED, this.#clockMs);
    else if (table.state[row] === STATE_CLOSED) this.#enlist(row, LIST_FINISHED);
  }

  /**
   * Starts following a conversation; writes its opening row unless it is only an answer (`isOrphan`).
   * `isBackward`: the sender of this packet is the one that was contacted.
   */
  #begin(
    packet: Packet,
    source: HostIndex,
    target: HostIndex,
    protocol: number,
    isBackward: boolean,
    direction: number,
    isOrphan: boolean,
    list: number,
  ): number {
    const { table } = this;
    if (table.isFull) this.#evict();
    const side = this.#side;
    const row =
      side === 0
        ? table.add(source, packet.sourcePort, target, packet.targetPort, protocol)
        : table.add(target, packet.targetPort, source, packet.sourcePort, protocol);
    if (row < 0) {
      this.unfollowedPackets++;
      return row;
    }
    const { generation } = this.#writer.hosts;
    table.generation2[2 * row] = generation[table.host2[2 * row]];
    table.generation2[2 * row + 1] = generation[table.host2[2 * row + 1]];
    table.flags[row] = (isBackward ? 1 - side : side) | (direction << DIRECTION_SHIFT);
    table.sequence[row] = packet.tcpSequence;
    table.startMs[row] = packet.atMs;
    if (isOrphan) {
      table.state[row] = STATE_ORPHAN;
      table.lastMs[row] = this.#clockMs;
      this.#enlist(row, LIST_ORPHAN);
      this.#skips[SKIP_REPLY]++;
      return row;
    }
    this.#account(row, packet);
    this.#adopt(row, packet, list);
    return row;
  }

  /** Writes the opening row and waits for the outcome. */
  #adopt(row: number, packet: Packet, list: number): void {
    const { table } = this;
    table.startMs[row] = packet.atMs;
    table.state[row] = STATE_WAITING;
    this.#enlist(row, list);
    this.flows++;
    this.#writeRow(row, PHASE_OPENING, OUTCOME_UNKNOWN, packet.atMs);
  }

  #orphanAgain(row: number): number {
    this.table.lastMs[row] = this.#clockMs;
    this.#skips[SKIP_REPLY]++;
    return -1;
  }

  #account(row: number, packet: Packet): void {
    const { table } = this;
    const side = 2 * row + this.#side;
    table.bytes2[side] += packet.ipBytes;
    table.packets2[side]++;
    table.lastMs[row] = this.#clockMs;
  }

  #answered(row: number): void {
    this.table.state[row] = STATE_SETTLING;
    this.#enlist(row, LIST_SETTLE);
  }

  /** Writes the closing row; the flow is followed until it has been idle. */
  #close(row: number, outcome: Outcome, atMs: number): void {
    const { table } = this;
    this.#writeRow(row, PHASE_CLOSING, outcome, atMs);
    table.state[row] = STATE_CLOSED;
    const isOver = outcome === OUTCOME_REFUSED || (table.flags[row] & FINISHED) !== 0;
    this.#enlist(row, isOver ? LIST_FINISHED : idleListOf(table.protocol[row]));
  }

  #enlist(row: number, list: number): void {
    this.table.enlist(row, list, this.#clockMs);
    const deadlineMs = this.#clockMs + listTimeoutMs[list];
    if (deadlineMs < this.#deadlineMs) this.#deadlineMs = deadlineMs;
  }

  /** Handles every list head whose time has come, and finds the next deadline. */
  #expire(): void {
    const { table } = this;
    let deadlineMs = Number.POSITIVE_INFINITY;
    for (let list = 0; list < LIST_COUNT; list++) {
      const timeoutMs = listTimeoutMs[list];
      for (let row = table.headOf(list); row >= 0; row = table.headOf(list)) {
        const dueMs = table.listedMs[row] + timeoutMs;
        if (dueMs > this.#clockMs) break;
        this.#due(row, list, dueMs);
      }
    }
    for (let list = 0; list < LIST_COUNT; list++) {
      const row = table.headOf(list);
      if (row >= 0) deadlineMs = Math.min(deadlineMs, table.listedMs[row] + listTimeoutMs[list]);
    }
    this.#deadlineMs = deadlineMs;
  }

  /** The wait of a row is over. Rows in idle lists that were used since go to the end of their list. */
  #due(row: number, list: number, dueMs: number): void {
    const { table } = this;
    if (list <= LIST_WAIT_ARP) this.#close(row, this.#outcomeOfSilence(row), dueMs);
    else if (list === LIST_SETTLE) this.#close(row, OUTCOME_ANSWERED, dueMs);
    else if (table.lastMs[row] > table.listedMs[row]) table.enlist(row, list, table.lastMs[row]);
    else this.#forget(row);
  }

  /** Silence after a first packet is "unanswered"; after a packet from the middle of a connection it says nothing. */
  #outcomeOfSilence(row: number): Outcome {
    const isMidStream = this.table.protocol[row] === PROTOCOL_TCP && this.#directionOf(row) !== DIRECTION_SEEN;
    return isMidStream ? OUTCOME_UNKNOWN : OUTCOME_UNANSWERED;
  }

  #closeAll(): void {
    const { table } = this;
    for (let list = 0; list < LIST_COUNT; list++) {
      for (let row = table.headOf(list); row >= 0; row = table.headOf(list)) {
        if (list <= LIST_WAIT_ARP) this.#close(row, OUTCOME_UNKNOWN, this.#clockMs);
        else if (list === LIST_SETTLE) this.#close(row, OUTCOME_ANSWERED, this.#clockMs);
        this.#forget(row);
      }
    }
    this.#deadlineMs = Number.POSITIVE_INFINITY;
  }

  /** Makes room: the flow idle for longest goes, those whose closing row is written first. */
  #evict(): void {
    const { table } = this;
    const order = [LIST_FINISHED, LIST_ORPHAN, LIST_IDLE_SHORT, LIST_IDLE_DATAGRAM, LIST_IDLE_TCP];
    for (const list of order) {
      const row = table.headOf(list);
      if (row < 0) continue;
      this.evictedFlows++;
      this.#forget(row);
      return;
    }
    for (let list = 0; list <= LIST_SETTLE; list++) {
      const row = table.headOf(list);
      if (row < 0) continue;
      this.evictedFlows++;
      this.#close(row, list === LIST_SETTLE ? OUTCOME_ANSWERED : OUTCOME_UNKNOWN, this.#clockMs);
      this.#forget(row);
      return;
    }
  }

  /** A host row was given to another address: the flow's ends are gone, its closing row cannot be written. */
  #lose(row: number): void {
    if (this.table.state[row] === STATE_WAITING || this.table.state[row] === STATE_SETTLING) this.lostFlows++;
    this.#forget(row);
  }

  #forget(row: number): void {
    if ((this.table.flags[row] & FLAG_KEPT) !== 0) this.#release(row, this.#isCurrent(row));
    this.table.remove(row);
  }

  #writeRow(row: number, phase: number, outcome: Outcome, atMs: number): void {
    const { table } = this;
    const { flows } = this.#writer;
    if (!this.#isCurrent(row)) {
      this.lostFlows++;
      return;
    }
    const from = 2 * row + (table.flags[row] & INITIATOR);
    const to = 2 * row + 1 - (table.flags[row] & INITIATOR);
    const isTwoWay = table.packets2[to] > 0 && table.packets2[from] > 0;
    const isUnseen = outcome === OUTCOME_ANSWERED && table.packets2[to] === 0;
    if (phase === PHASE_CLOSING) {
      if (isTwoWay) this.twoWayFlows++;
      if (isUnseen) this.unseenAnswers++;
    }
    const flow = this.#writer.row();
    this.#touch(table.host2[from]);
    this.#touch(table.host2[to]);
    const protocol = table.protocol[row];
    const isBackUnknown = isUnseen || (phase === PHASE_OPENING && table.packets2[to] === 0);
    flows.atMs[flow] = atMs;
    flows.startMs[flow] = table.startMs[row];
    flows.durationMs[flow] = Math.max(0, table.lastMs[row] - table.startMs[row]);
    flows.source[flow] = table.host2[from];
    flows.target[flow] = table.host2[to];
    flows.sourcePort[flow] = table.port2[from];
    flows.targetPort[flow] = protocol === PROTOCOL_ARP ? 0 : table.port2[to];
    flows.protocol[flow] = protocol;
    flows.phase[flow] = phase;
    flows.outcome[flow] = outcome;
    flows.direction[flow] = this.#directionOf(row);
    flows.bytes[flow] = table.bytes2[from];
    flows.packets[flow] = table.packets2[from];
    flows.bytesBack[flow] = isBackUnknown ? NOT_SEEN : table.bytes2[to];
    flows.packetsBack[flow] = isBackUnknown ? NOT_SEEN : table.packets2[to];
    flows.sensor[flow] = this.#sensor;
  }

  /** Marks a host as used in the batch its row has just been written to, so that it does not give way before. */
  #touch(host: HostIndex): void {
    const { hosts } = this.#writer;
    if (hosts.isIpv4(host)) hosts.intern4(hosts.lastWord(host));
    else hosts.intern(hosts.addressOf(host));
  }
}

function idleListOf(protocol: number): number {
  if (protocol === PROTOCOL_TCP) return LIST_IDLE_TCP;
  const isShort = protocol === PROTOCOL_ARP || protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMP6;
  return isShort ? LIST_IDLE_SHORT : LIST_IDLE_DATAGRAM;
}

// Packets in, flow rows out: an opening row at the first packet of a conversation, a closing row when it is known what
// became of it. Event time comes from the packets alone. An answer whose question was not seen makes no row.

import type { BatchWriter } from "../../model/batch.ts";
import {
  DIRECTION_FROM_PORTS,
  DIRECTION_GUESSED,
  DIRECTION_SEEN,
  OUTCOME_ANSWERED,
  OUTCOME_REFUSED,
  PROTOCOL_ARP,
  PROTOCOL_SCTP,
  PROTOCOL_TCP,
} from "../../model/flow.ts";
import type { HostTable } from "../../model/host-table.ts";
import type { HostIndex, SensorIndex } from "../../model/units.ts";
import { looksLikeAnswer, SERVER_FIRST, SERVER_SECOND, SERVER_UNKNOWN, serverSide } from "./assembly-direction.ts";
import {
  DIRECTION_SHIFT,
  FIN_SHIFT,
  FINISHED,
  FlowLife,
  INITIATOR,
  type ReleaseFlow,
  STATE_CLOSED,
  STATE_ORPHAN,
  STATE_SETTLING,
  STATE_WAITING,
} from "./assembly-life.ts";
import { AssemblyTable } from "./assembly-table.ts";
import {
  LIST_FINISHED,
  LIST_ORPHAN,
  LIST_WAIT_ARP,
  LIST_WAIT_DATAGRAM,
  LIST_WAIT_ICMP,
  LIST_WAIT_TCP,
  listTimeoutMs,
} from "./assembly-timing.ts";
import { int32, type Packet, TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from "./packet.ts";
import { SKIP_REPLY, type SkipTally } from "./packet-skip.ts";

const SCTP_INIT = 1;
const SCTP_INIT_ACK = 2;
const SCTP_ABORT = 6;

export class Assembler {
  readonly table: AssemblyTable;
  readonly life: FlowLife;
  /** Conversations of TCP whose beginning was not seen. */
  midStreamFlows = 0;
  /** Packets of flows that could not be followed because their keys collide. */
  unfollowedPackets = 0;
  readonly #hosts: HostTable;
  readonly #skips: SkipTally;
  /** Side of the sender of the packet at hand. */
  #side = 0;

  constructor(
    writer: BatchWriter,
    sensor: SensorIndex,
    skips: SkipTally,
    release: ReleaseFlow,
    table: AssemblyTable = new AssemblyTable(),
  ) {
    this.#hosts = writer.hosts;
    this.#skips = skips;
    this.table = table;
    this.life = new FlowLife(writer, sensor, release, table);
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
      this.life.adopt(row, packet, LIST_WAIT_DATAGRAM);
      this.life.answered(row);
      return row;
    }
    this.#account(row, packet);
    if (isFromInitiator || this.table.state[row] !== STATE_WAITING) return row;
    if (isSctp && packet.chunkType === SCTP_ABORT) this.life.close(row, OUTCOME_REFUSED, this.life.clockMs);
    else this.life.answered(row);
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
    if (isReply && this.table.state[row] === STATE_WAITING) this.life.answered(row);
  }

  /**
   * An ICMP error that quotes a packet from `source` to `target`: refuses the flow that packet opened.
   * Returns whether such a flow is followed at all.
   */
  error(quoted: Packet, source: HostIndex, target: HostIndex): boolean {
    const row = this.#find(source, quoted.sourcePort, target, quoted.targetPort, quoted.protocol);
    if (row < 0 || this.table.state[row] === STATE_ORPHAN) return false;
    if (this.table.state[row] === STATE_WAITING && this.#isFromInitiator(row)) {
      this.life.close(row, OUTCOME_REFUSED, this.life.clockMs);
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
    if (!this.life.isCurrent(row)) {
      this.life.lose(row);
      return -1;
    }
    const list = table.listOf(row);
    if (this.life.clockMs - table.lastMs[row] <= listTimeoutMs[list] || table.state[row] !== STATE_CLOSED) return row;
    this.life.forget(row);
    return -1;
  }

  #isFromInitiator(row: number): boolean {
    return (this.table.flags[row] & INITIATOR) === this.#side;
  }

  /** A SYN on a known pair of ends: a repetition, the true beginning of what was guessed, or a new conversation (-1). */
  #reopened(row: number, packet: Packet): number {
    const { table } = this;
    const state = table.state[row];
    if (state === STATE_ORPHAN) {
      this.life.forget(row);
      return -1;
    }
    const isSeen = this.life.directionOf(row) === DIRECTION_SEEN;
    if (isSeen && (state === STATE_WAITING || table.sequence[row] === packet.tcpSequence)) return row;
    if (!isSeen && state === STATE_WAITING) {
      table.flags[row] = (table.flags[row] & ~7) | this.#side | (DIRECTION_SEEN << DIRECTION_SHIFT);
      table.sequence[row] = packet.tcpSequence;
      return row;
    }
    if (state === STATE_SETTLING) this.life.close(row, OUTCOME_ANSWERED, this.life.clockMs);
    this.life.forget(row);
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
    // A SYN-ACK acknowledges the SYN that was not seen: should that come late, it is no new conversation.
    if (row >= 0 && isSynAck) this.table.sequence[row] = (int32(packet.bytes, packet.transportBegin + 8) - 1) | 0;
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
    this.life.adopt(row, packet, LIST_WAIT_TCP);
    this.midStreamFlows++;
    if (!isFromInitiator || this.life.directionOf(row) === DIRECTION_SEEN) this.life.answered(row);
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
        if (isReset) this.life.close(row, OUTCOME_REFUSED, this.life.clockMs);
        else this.life.answered(row);
      } else if (!isReset && (flags & TCP_ACK) !== 0 && (flags & TCP_SYN) === 0) {
        // After its SYN an initiator acknowledges only what it got. In mid-stream, only data proves a connection:
        // a bare acknowledgement may be a probe.
        if (this.life.directionOf(row) === DIRECTION_SEEN || packet.payloadBytes > 0) this.life.answered(row);
      }
    }
    if ((flags & (TCP_FIN | TCP_RST)) === 0) return;
    if ((flags & TCP_FIN) !== 0) table.flags[row] |= 1 << (FIN_SHIFT + this.#side);
    const bothFin = 3 << FIN_SHIFT;
    if (!isReset && (table.flags[row] & bothFin) !== bothFin) return;
    table.flags[row] |= FINISHED;
    if (table.state[row] === STATE_SETTLING) this.life.close(row, OUTCOME_ANSWERED, this.life.clockMs);
    else if (table.state[row] === STATE_CLOSED) this.life.enlist(row, LIST_FINISHED);
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
    this.life.makeRoom();
    const side = this.#side;
    const row =
      side === 0
        ? table.add(source, packet.sourcePort, target, packet.targetPort, protocol)
        : table.add(target, packet.targetPort, source, packet.sourcePort, protocol);
    if (row < 0) {
      this.unfollowedPackets++;
      return row;
    }
    const { generation } = this.#hosts;
    table.generation2[2 * row] = generation[table.host2[2 * row]];
    table.generation2[2 * row + 1] = generation[table.host2[2 * row + 1]];
    table.flags[row] = (isBackward ? 1 - side : side) | (direction << DIRECTION_SHIFT);
    table.sequence[row] = packet.tcpSequence;
    table.startMs[row] = packet.atMs;
    if (isOrphan) {
      table.state[row] = STATE_ORPHAN;
      table.lastMs[row] = this.life.clockMs;
      this.life.enlist(row, LIST_ORPHAN);
      this.#skips[SKIP_REPLY]++;
      return row;
    }
    this.#account(row, packet);
    this.life.adopt(row, packet, list);
    return row;
  }

  #orphanAgain(row: number): number {
    this.table.lastMs[row] = this.life.clockMs;
    this.#skips[SKIP_REPLY]++;
    return -1;
  }

  #account(row: number, packet: Packet): void {
    const { table } = this;
    const side = 2 * row + this.#side;
    table.bytes2[side] += packet.ipBytes;
    table.packets2[side]++;
    table.lastMs[row] = this.life.clockMs;
  }
}

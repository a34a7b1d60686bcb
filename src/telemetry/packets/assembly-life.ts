// The life of a conversation once it is in the table: opening row, waiting, closing row, idling, forgotten. Time is that
// of the packets; every wait is a list whose head is due first (assembly-timing.ts).

import type { BatchWriter } from "../../model/batch.ts";
import {
  DIRECTION_SEEN,
  NOT_SEEN,
  OUTCOME_ANSWERED,
  OUTCOME_REFUSED,
  OUTCOME_UNANSWERED,
  OUTCOME_UNKNOWN,
  type Outcome,
  PHASE_CLOSING,
  PHASE_ENDED,
  PHASE_OPENING,
  PROTOCOL_ARP,
  PROTOCOL_ICMP,
  PROTOCOL_ICMP6,
  PROTOCOL_TCP,
} from "../../model/flow.ts";
import type { HostIndex, SensorIndex } from "../../model/units.ts";
import { AssemblyTable } from "./assembly-table.ts";
import {
  JUMP_BACK_MS,
  JUMP_FORWARD_MS,
  LIST_COUNT,
  LIST_DEFERRED,
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
import type { Packet } from "./packet.ts";

export const STATE_ORPHAN = 0; // only answers seen: no row yet
export const STATE_WAITING = 1; // opening row written, outcome unknown
export const STATE_SETTLING = 2; // answered, closing row written, sizes awaited
export const STATE_CLOSED = 3; // closing row written

/** Bits of the table's `flags`: side of the initiator, direction (two bits), a FIN seen from each side, all over. */
export const INITIATOR = 1;
export const DIRECTION_SHIFT = 1;
export const FIN_SHIFT = 3;
export const FINISHED = 32;
/** For the reader of payloads: it has looked at, or keeps something for, this flow. */
export const FLAG_LOOKED = 64;
export const FLAG_KEPT = 128;

/** Flows smaller than this get no row of their sizes: nothing that size carries a program, and most flows are small. */
const ENDED_BYTES_MIN = 4_096;

/** Told when a flow is forgotten, if FLAG_KEPT was set on it. `isCurrent`: its hosts still have their rows. */
export type ReleaseFlow = (row: number, isCurrent: boolean) => void;

export class FlowLife {
  readonly table: AssemblyTable;
  flows = 0;
  /** Flows with packets both ways, and flows that must have had answers the sensor did not see. */
  twoWayFlows = 0;
  unseenAnswers = 0;
  /** Closed early because the table was full; lost with their host row. */
  evictedFlows = 0;
  lostFlows = 0;
  jumps = 0;
  largestJumpMs = 0;
  /** Event time. */
  clockMs = Number.NEGATIVE_INFINITY;
  readonly #writer: BatchWriter;
  readonly #sensor: SensorIndex;
  readonly #release: ReleaseFlow;
  #newestMs = Number.NEGATIVE_INFINITY;
  #deadlineMs = Number.POSITIVE_INFINITY;

  constructor(writer: BatchWriter, sensor: SensorIndex, release: ReleaseFlow, table: AssemblyTable) {
    this.#writer = writer;
    this.#sensor = sensor;
    this.#release = release;
    this.table = table;
  }

  /** Moves event time on: closes what has waited long enough. Must come before the packet of that time. */
  advance(atMs: number): void {
    const stepMs = atMs - this.clockMs;
    if (stepMs > JUMP_FORWARD_MS || stepMs < -JUMP_BACK_MS) {
      if (this.clockMs !== Number.NEGATIVE_INFINITY) {
        this.#closeAll(stepMs > 0 || stepMs < -JUMP_FORWARD_MS);
        this.jumps++;
        if (Math.abs(stepMs) > Math.abs(this.largestJumpMs)) this.largestJumpMs = stepMs;
      }
      this.clockMs = atMs;
      if (atMs > this.#newestMs) this.#newestMs = atMs;
    } else if (stepMs > 0) {
      this.clockMs = atMs;
      if (atMs > this.#newestMs) this.#newestMs = atMs;
      if (atMs >= this.#deadlineMs) this.#expire();
    }
  }

  /** The capture is over: closes every open flow, as unknown where the answer may still have come. */
  end(): void {
    this.#closeAll(true);
  }

  /** Whether both hosts still have the rows they had when the flow began. */
  isCurrent(row: number): boolean {
    const { host2, generation2 } = this.table;
    const { generation } = this.#writer.hosts;
    return (
      generation[host2[2 * row]] === generation2[2 * row] && generation[host2[2 * row + 1]] === generation2[2 * row + 1]
    );
  }

  directionOf(row: number): number {
    return (this.table.flags[row] >> DIRECTION_SHIFT) & 3;
  }

  /** Writes the opening row and waits for the outcome. */
  adopt(row: number, packet: Packet, list: number): void {
    const { table } = this;
    table.startMs[row] = packet.atMs;
    table.state[row] = STATE_WAITING;
    this.enlist(row, list);
    this.flows++;
    this.#writeRow(row, PHASE_OPENING, OUTCOME_UNKNOWN, packet.atMs);
  }

  /** The outcome is known: its row does not wait for the sizes, which follow when the flow ends or has settled. */
  answered(row: number): void {
    this.#writeRow(row, PHASE_CLOSING, OUTCOME_ANSWERED, this.clockMs);
    this.table.state[row] = STATE_SETTLING;
    this.enlist(row, LIST_SETTLE);
  }

  /** Writes the closing row, or the sizes of an answered flow; the flow is followed until it has been idle. */
  close(row: number, outcome: Outcome, atMs: number): void {
    const { table } = this;
    if (table.state[row] !== STATE_SETTLING) this.#writeRow(row, PHASE_CLOSING, outcome, atMs);
    else if (table.bytes2[2 * row] + table.bytes2[2 * row + 1] >= ENDED_BYTES_MIN) {
      this.#writeRow(row, PHASE_ENDED, outcome, atMs);
    }
    table.state[row] = STATE_CLOSED;
    const isOver = outcome === OUTCOME_REFUSED || (table.flags[row] & FINISHED) !== 0;
    this.enlist(row, isOver ? LIST_FINISHED : idleListOf(table.protocol[row]));
  }

  enlist(row: number, list: number): void {
    this.table.enlist(row, list, this.clockMs);
    const deadlineMs = this.clockMs + listTimeoutMs[list];
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
        if (dueMs > this.clockMs) break;
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
    if (list <= LIST_WAIT_ARP) this.close(row, this.#outcomeOfSilence(row), dueMs);
    else if (list === LIST_SETTLE) this.close(row, OUTCOME_ANSWERED, dueMs);
    else if (table.lastMs[row] > table.listedMs[row]) table.enlist(row, list, table.lastMs[row]);
    else this.forget(row);
  }

  /** Silence after a first packet is "unanswered"; after a packet from the middle of a connection it says nothing. */
  #outcomeOfSilence(row: number): Outcome {
    const isMidStream = this.table.protocol[row] === PROTOCOL_TCP && this.directionOf(row) !== DIRECTION_SEEN;
    return isMidStream ? OUTCOME_UNKNOWN : OUTCOME_UNANSWERED;
  }

  /** Closes what is open. Unless this is `final`, flows without an answer are deferred: the file is out of order. */
  #closeAll(isFinal: boolean): void {
    const { table } = this;
    for (let list = 0; list < LIST_COUNT; list++) {
      if (list === LIST_DEFERRED && !isFinal) continue;
      for (let row = table.headOf(list); row >= 0; row = table.headOf(list)) {
        if (list <= LIST_WAIT_ARP && !isFinal) {
          table.enlist(row, LIST_DEFERRED, this.clockMs);
          continue;
        }
        if (list === LIST_DEFERRED) this.#closeDeferred(row);
        else if (list <= LIST_WAIT_ARP) this.close(row, OUTCOME_UNKNOWN, this.clockMs);
        else if (list === LIST_SETTLE) this.close(row, OUTCOME_ANSWERED, this.clockMs);
        this.forget(row);
      }
    }
    this.#deadlineMs = Number.POSITIVE_INFINITY;
  }

  /** The capture reaches past the time the answer had: so there was none, however the packets are ordered. */
  #closeDeferred(row: number): void {
    const dueMs = this.table.startMs[row] + listTimeoutMs[waitListOf(this.table.protocol[row])];
    if (dueMs <= this.#newestMs) this.close(row, this.#outcomeOfSilence(row), dueMs);
    else this.close(row, OUTCOME_UNKNOWN, this.clockMs);
  }

  /** Makes room: the flow idle for longest goes, those whose closing row is written first. */
  makeRoom(): void {
    const { table } = this;
    if (!table.isFull) return;
    const order = [LIST_FINISHED, LIST_ORPHAN, LIST_IDLE_SHORT, LIST_IDLE_DATAGRAM, LIST_IDLE_TCP, LIST_DEFERRED];
    for (const list of order) {
      const row = table.headOf(list);
      if (row < 0) continue;
      this.evictedFlows++;
      if (list === LIST_DEFERRED) this.#closeDeferred(row);
      this.forget(row);
      return;
    }
    for (let list = 0; list <= LIST_SETTLE; list++) {
      const row = table.headOf(list);
      if (row < 0) continue;
      this.evictedFlows++;
      this.close(row, list === LIST_SETTLE ? OUTCOME_ANSWERED : OUTCOME_UNKNOWN, this.clockMs);
      this.forget(row);
      return;
    }
  }

  /** A host row was given to another address: the flow's ends are gone, its closing row cannot be written. */
  lose(row: number): void {
    if (this.table.state[row] === STATE_WAITING) this.lostFlows++;
    this.forget(row);
  }

  forget(row: number): void {
    if ((this.table.flags[row] & FLAG_KEPT) !== 0) this.#release(row, this.isCurrent(row));
    this.table.remove(row);
  }

  #writeRow(row: number, phase: number, outcome: Outcome, atMs: number): void {
    const { table } = this;
    const { flows } = this.#writer;
    if (!this.isCurrent(row)) {
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
    flows.direction[flow] = this.directionOf(row);
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

function waitListOf(protocol: number): number {
  if (protocol === PROTOCOL_TCP) return LIST_WAIT_TCP;
  if (protocol === PROTOCOL_ARP) return LIST_WAIT_ARP;
  return protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMP6 ? LIST_WAIT_ICMP : LIST_WAIT_DATAGRAM;
}

function idleListOf(protocol: number): number {
  if (protocol === PROTOCOL_TCP) return LIST_IDLE_TCP;
  const isShort = protocol === PROTOCOL_ARP || protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMP6;
  return isShort ? LIST_IDLE_SHORT : LIST_IDLE_DATAGRAM;
}

// The table of conversations being followed: columns, found by open addressing on the two ends and the protocol, and
// kept in one of a few waiting lists. Whichever end has the smaller (host, port) is side 0, so both directions meet.

import { type Column, float64Column, grown, int32Column, uint8Column, uint32Column } from "../../kit/column.ts";
import { combine32, mix32, slotCountFor } from "../../kit/hash.ts";
import { limits } from "../../limits.ts";
import type { HostIndex } from "../../model/units.ts";
import { LIST_COUNT } from "./assembly-timing.ts";

const NONE = -1;
/** Slots looked at before a flow is given up: an opponent who knows the hash can fill a neighbourhood. */
const PROBES_MAX = 256;

/**
 * Row `row` of each column is one conversation; columns ending in 2 hold side 0 at `2 * row` and side 1 after it.
 *
 * | host2 | ports     | protocol | state   | flags       | startMs | packets2 | list        |
 * | 3, 9  | 50123,445 | 6        | WAITING | initiator 0 | 1000    | 2, 0     | WAIT_TCP    |
 * | 9, 12 | 80,40000  | 6        | CLOSED  | initiator 1 | 1004    | 5, 7     | IDLE_TCP    |
 */
export class AssemblyTable {
  /** Rows in use. */
  count = 0;
  host2: Column<HostIndex>;
  generation2: Column<number>;
  port2: Column<number>;
  protocol: Column<number>;
  state: Column<number>;
  flags: Column<number>;
  startMs: Column<number>;
  lastMs: Column<number>;
  /** When the row entered its list. */
  listedMs: Column<number>;
  bytes2: Column<number>;
  packets2: Column<number>;
  /** First sequence number of the initiator. */
  sequence: Column<number>;
  readonly capacityMax: number;

  #hash: Column<number>;
  #list: Column<number>;
  #next: Column<number>;
  #previous: Column<number>;
  readonly #head = new Int32Array(LIST_COUNT).fill(NONE);
  readonly #tail = new Int32Array(LIST_COUNT).fill(NONE);
  /** Pairs: hash, row. */
  #slots: Column<number>;
  #slotMask: number;
  #free = NONE;
  #used = 0;

  constructor(capacityMax: number = limits.assembledFlowsMax, initial = 1024) {
    this.capacityMax = capacityMax;
    const rows = Math.min(initial, capacityMax);
    this.host2 = int32Column(rows * 2);
    this.generation2 = uint32Column(rows * 2);
    this.port2 = int32Column(rows * 2);
    this.protocol = uint8Column(rows);
    this.state = uint8Column(rows);
    this.flags = uint8Column(rows);
    this.startMs = float64Column(rows);
    this.lastMs = float64Column(rows);
    this.listedMs = float64Column(rows);
    this.bytes2 = float64Column(rows * 2);
    this.packets2 = float64Column(rows * 2);
    this.sequence = int32Column(rows);
    this.#hash = int32Column(rows);
    this.#list = uint8Column(rows);
    this.#next = int32Column(rows);
    this.#previous = int32Column(rows);
    const slotCount = slotCountFor(rows);
    this.#slots = int32Column<number>(slotCount * 2);
    this.#slots.fill(NONE);
    this.#slotMask = slotCount - 1;
  }

  get isFull(): boolean {
    return this.count >= this.capacityMax;
  }

  /** The row of this conversation, or -1. Side 0 is the first end given: call it in canonical order. */
  find(host0: HostIndex, port0: number, host1: HostIndex, port1: number, protocol: number): number {
    const hash = hashOf(host0, port0, host1, port1, protocol);
    const slots = this.#slots;
    let slot = hash & this.#slotMask;
    for (let probe = 0; probe < PROBES_MAX; probe++) {
      const row = slots[2 * slot + 1];
      if (row === NONE) return NONE;
      if (slots[2 * slot] === hash && this.#holds(row, host0, port0, host1, port1, protocol)) return row;
      slot = (slot + 1) & this.#slotMask;
    }
    return NONE;
  }

  /** Makes a row, not in any list yet; -1 when its neighbourhood of slots is full. The table must not be full. */
  add(host0: HostIndex, port0: number, host1: HostIndex, port1: number, protocol: number): number {
    if (this.#free === NONE && this.#used >= this.protocol.length) this.#grow();
    const hash = hashOf(host0, port0, host1, port1, protocol);
    const slots = this.#slots;
    let slot = hash & this.#slotMask;
    for (let probe = 0; slots[2 * slot + 1] !== NONE; probe++) {
      if (probe === PROBES_MAX - 1) return NONE;
      slot = (slot + 1) & this.#slotMask;
    }
    let row = this.#free;
    if (row === NONE) row = this.#used++;
    else this.#free = this.#next[row];
    slots[2 * slot] = hash;
    slots[2 * slot + 1] = row;
    this.count++;
    this.host2[2 * row] = host0;
    this.host2[2 * row + 1] = host1;
    this.port2[2 * row] = port0;
    this.port2[2 * row + 1] = port1;
    this.protocol[row] = protocol;
    this.bytes2[2 * row] = this.bytes2[2 * row + 1] = 0;
    this.packets2[2 * row] = this.packets2[2 * row + 1] = 0;
    this.#hash[row] = hash;
    this.#list[row] = LIST_COUNT;
    return row;
  }

  /** Takes the row out of the table and its list. */
  remove(row: number): void {
    this.#unlink(row);
    const slots = this.#slots;
    const mask = this.#slotMask;
    let hole = this.#hash[row] & mask;
    while (slots[2 * hole + 1] !== row) hole = (hole + 1) & mask;
    let next = (hole + 1) & mask;
    while (slots[2 * next + 1] !== NONE) {
      const home = slots[2 * next] & mask;
      if (((next - home) & mask) >= ((next - hole) & mask)) {
        slots[2 * hole] = slots[2 * next];
        slots[2 * hole + 1] = slots[2 * next + 1];
        hole = next;
      }
      next = (next + 1) & mask;
    }
    slots[2 * hole + 1] = NONE;
    this.#next[row] = this.#free;
    this.#free = row;
    this.count--;
  }

  /** Moves the row to the end of a list. */
  enlist(row: number, list: number, atMs: number): void {
    this.#unlink(row);
    const tail = this.#tail[list];
    this.#list[row] = list;
    this.#previous[row] = tail;
    this.#next[row] = NONE;
    if (tail === NONE) this.#head[list] = row;
    else this.#next[tail] = row;
    this.#tail[list] = row;
    this.listedMs[row] = atMs;
  }

  headOf(list: number): number {
    return this.#head[list];
  }

  listOf(row: number): number {
    return this.#list[row];
  }

  #unlink(row: number): void {
    const list = this.#list[row];
    if (list === LIST_COUNT) return;
    const next = this.#next[row];
    const previous = this.#previous[row];
    if (previous === NONE) this.#head[list] = next;
    else this.#next[previous] = next;
    if (next === NONE) this.#tail[list] = previous;
    else this.#previous[next] = previous;
    this.#list[row] = LIST_COUNT;
  }

  #holds(row: number, host0: number, port0: number, host1: number, port1: number, protocol: number): boolean {
    const { host2, port2 } = this;
    return (
      host2[2 * row] === host0 &&
      host2[2 * row + 1] === host1 &&
      port2[2 * row] === port0 &&
      port2[2 * row + 1] === port1 &&
      this.protocol[row] === protocol
    );
  }

  #grow(): void {
    const rows = Math.min(this.capacityMax, this.protocol.length * 2);
    this.host2 = grown(this.host2, rows * 2);
    this.generation2 = grown(this.generation2, rows * 2);
    this.port2 = grown(this.port2, rows * 2);
    this.protocol = grown(this.protocol, rows);
    this.state = grown(this.state, rows);
    this.flags = grown(this.flags, rows);
    this.startMs = grown(this.startMs, rows);
    this.lastMs = grown(this.lastMs, rows);
    this.listedMs = grown(this.listedMs, rows);
    this.bytes2 = grown(this.bytes2, rows * 2);
    this.packets2 = grown(this.packets2, rows * 2);
    this.sequence = grown(this.sequence, rows);
    this.#hash = grown(this.#hash, rows);
    this.#list = grown(this.#list, rows);
    this.#next = grown(this.#next, rows);
    this.#previous = grown(this.#previous, rows);
    const slotCount = slotCountFor(rows, this.#slotMask + 1);
    if (slotCount === this.#slotMask + 1) return;
    const old = this.#slots;
    const slots = int32Column<number>(slotCount * 2);
    slots.fill(NONE);
    const mask = slotCount - 1;
    for (let at = 0; at < old.length; at += 2) {
      if (old[at + 1] === NONE) continue;
      let slot = old[at] & mask;
      while (slots[2 * slot + 1] !== NONE) slot = (slot + 1) & mask;
      slots[2 * slot] = old[at];
      slots[2 * slot + 1] = old[at + 1];
    }
    this.#slots = slots;
    this.#slotMask = mask;
  }
}

function hashOf(host0: number, port0: number, host1: number, port1: number, protocol: number): number {
  return combine32(combine32(mix32(host0), host1), Math.imul(port0, 0x10001) ^ (port1 << 16) ^ protocol);
}

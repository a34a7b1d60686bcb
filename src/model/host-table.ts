// The host table: addresses in, small stable row numbers out, so that every other table is columns.
// Bounded: when full, the row unused for longest gives way (CLOCK) and its `generation` goes up; who keeps state per
// host compares generations instead of being told.

import { type Column, grown, int32Column, uint8Column, uint32Column } from "../kit/column.ts";
import { combine32, mix32, slotCountFor } from "../kit/hash.ts";
import { limits } from "../limits.ts";
import { type Address, formatAddress, formatIpv4, ipv4, ipv6 } from "./address.ts";
import { type HostIndex, NO_HOST } from "./units.ts";

const EMPTY = -1;
const UNUSED = 0;
const FAMILY6 = 0x40000000;
const ROW_MASK = 0x3fffffff;
const PINNED = 255;
const EPOCHS = 254;
/** Rows left when uses begin to be marked: twice the hosts that the flows of one batch can bring. */
const MARKING_ROOM = 4 * limits.batchRowsMax;

/**
 * Interns addresses. A slot is two words: the IPv4 address itself, or the hash of an IPv6 address, then the row
 * (with FAMILY6 set for IPv6), so that an IPv4 hit touches one cache line.
 *
 * | address   | slot key   | slot row      | w0..w3     |
 * | 10.0.0.5  | 0x0a000005 | 7             | 0 0 0 key  |
 * | 2001::1   | hash       | 8 or FAMILY6  | the words  |
 */
export class HostTable {
  /** Rows handed out so far, freed ones included. Never above `capacityMax`. */
  length = 0;
  /** Rows that had to give way since the start. */
  evictedCount = 0;
  /** Goes up each time a row is given to another address. */
  generation: Column<number>;
  /** Mixed hash of the address: what contact keys are made of, since a row may change its owner. */
  hash: Column<number>;
  readonly capacityMax: number;

  #slots: Column<number>;
  #slotMask: number;
  #family: Column<number>;
  #w0: Column<number>;
  #w1: Column<number>;
  #w2: Column<number>;
  #w3: Column<number>;
  /** Batch in which the row was last used (1..EPOCHS), 0 once the hand has passed, PINNED for ever. */
  #used: Column<number>;
  #epoch = 1;
  #hand = 0;
  /**
   * Off while the table has room for more than a batch: nothing gives way, so that a use need not be marked, which takes
   * a tenth off decoding where addresses are many. Turning it on marks every row.
   */
  #isMarking: boolean;

  constructor(capacityMax: number = limits.hostsMax, initial = 1024) {
    this.capacityMax = capacityMax;
    this.#isMarking = capacityMax <= MARKING_ROOM;
    const rows = Math.min(initial, capacityMax);
    this.generation = uint32Column(rows);
    this.hash = int32Column(rows);
    this.#family = uint8Column(rows);
    this.#w0 = uint32Column(rows);
    this.#w1 = uint32Column(rows);
    this.#w2 = uint32Column(rows);
    this.#w3 = uint32Column(rows);
    this.#used = uint8Column(rows);
    const slotCount = slotCountFor(rows);
    this.#slots = int32Column<number>(slotCount * 2);
    this.#slots.fill(EMPTY);
    this.#slotMask = slotCount - 1;
  }

  /** Begins a new batch: rows used from now on cannot give way until the next one begins. */
  beginBatch(): void {
    this.#epoch = this.#epoch === EPOCHS ? 1 : this.#epoch + 1;
  }

  /**
   * The rows of IPv4 addresses `begin`..`end`-1, like intern4() for each; an address of 0 is passed over. All slots are
   * read first, in a loop that does nothing else, so that the processor waits for many cache lines at once.
   */
  internAll4(addresses: Int32Array, rows: Int32Array, begin: number, end: number): void {
    this.readAheadSum = this.#locateAll4(addresses, rows, begin, end);
    const slots = this.#slots;
    const mask = this.#slotMask;
    const used = this.#used;
    const epoch = this.#epoch;
    const isMarking = this.#isMarking;
    for (let at = begin; at < end; at++) {
      const key = addresses[at];
      if (key === 0) continue;
      let slot = rows[at];
      let row = slots[2 * slot + 1];
      while (row !== EMPTY && (slots[2 * slot] !== key || row >= FAMILY6)) {
        slot = (slot + 1) & mask;
        row = slots[2 * slot + 1];
      }
      if (row === EMPTY) {
        rows[at] = this.intern4(key);
        if (used === this.#used) continue;
        for (at++; at < end; at++) if (addresses[at] !== 0) rows[at] = this.intern4(addresses[at]);
        return; // the table has grown, and nothing lies where it was
      }
      if (isMarking && used[row] !== epoch && used[row] !== PINNED) used[row] = epoch;
      rows[at] = row;
    }
  }
  /** Kept so that reading ahead is not left out as useless. */
  readAheadSum = 0;

  /** Home slots, into `homes`. */
  #locateAll4(addresses: Int32Array, homes: Int32Array, begin: number, end: number): number {
    const slots = this.#slots;
    const mask = this.#slotMask;
    let sum = 0;
    for (let at = begin; at < end; at++) {
      const slot = mix32(addresses[at]) & mask;
      homes[at] = slot;
      sum ^= slots[2 * slot];
    }
    return sum;
  }

  /** The row of an IPv4 address; a new one when it is not known. */
  intern4(address: number): HostIndex {
    const key = address | 0;
    const slots = this.#slots;
    let slot = mix32(key) & this.#slotMask;
    for (;;) {
      const row = slots[2 * slot + 1];
      if (row === EMPTY) return this.#add(4, 0, 0, 0, address, mix32(key), key);
      if (slots[2 * slot] === key && row < FAMILY6) {
        this.#mark(row);
        return row as HostIndex;
      }
      slot = (slot + 1) & this.#slotMask;
    }
  }

  /** The row of an IPv6 address given as four words; IPv4-mapped addresses are IPv4. */
  intern6(w0: number, w1: number, w2: number, w3: number): HostIndex {
    if ((w0 | w1) === 0 && w2 === 0xffff) return this.intern4(w3);
    const hash = combine32(combine32(combine32(mix32(w0), w1), w2), w3);
    const slots = this.#slots;
    let slot = mix32(hash) & this.#slotMask;
    for (;;) {
      const entry = slots[2 * slot + 1];
      if (entry === EMPTY) return this.#add(6, w0, w1, w2, w3, hash, hash);
      if (slots[2 * slot] === hash && entry >= FAMILY6 && this.#holds(entry & ROW_MASK, w0, w1, w2, w3)) {
        const row = entry & ROW_MASK;
        this.#mark(row);
        return row as HostIndex;
      }
      slot = (slot + 1) & this.#slotMask;
    }
  }

  intern(address: Address): HostIndex {
    return address.family === 4
      ? this.intern4(address.w3)
      : this.intern6(address.w0, address.w1, address.w2, address.w3);
  }

  /** The row is used in this batch: as interning its address anew, for who knows that it has not given way. */
  use(host: HostIndex): HostIndex {
    this.#mark(host);
    return host;
  }

  /** Keeps the row for ever: for hosts of the map and suspects. */
  pin(host: HostIndex): void {
    this.#used[host] = PINNED;
  }

  isIpv4(host: HostIndex): boolean {
    return this.#family[host] === 4;
  }

  /** The IPv4 address as a number, or the last word of an IPv6 address. */
  lastWord(host: HostIndex): number {
    return this.#w3[host];
  }

  addressOf(host: HostIndex): Address {
    return this.#family[host] === 4
      ? ipv4(this.#w3[host])
      : ipv6(this.#w0[host], this.#w1[host], this.#w2[host], this.#w3[host]);
  }

  /** Written form of the host's address. */
  format(host: HostIndex): string {
    if (host === NO_HOST) return "(unknown)";
    return this.#family[host] === 4 ? formatIpv4(this.#w3[host]) : formatAddress(this.addressOf(host));
  }

  /** Most hosts of a batch are in it more than once, and a write costs more than a look. */
  #mark(row: number): void {
    if (!this.#isMarking) return;
    const used = this.#used[row];
    if (used !== this.#epoch && used !== PINNED) this.#used[row] = this.#epoch;
  }

  /** Any row may have been used in this batch unmarked. */
  #beginMarking(): void {
    this.#isMarking = true;
    for (let row = 0; row < this.length; row++) if (this.#used[row] !== PINNED) this.#used[row] = this.#epoch;
  }

  #holds(row: number, w0: number, w1: number, w2: number, w3: number): boolean {
    return (
      this.#w3[row] === w3 >>> 0 &&
      this.#w2[row] === w2 >>> 0 &&
      this.#w1[row] === w1 >>> 0 &&
      this.#w0[row] === w0 >>> 0
    );
  }

  #add(family: 4 | 6, w0: number, w1: number, w2: number, w3: number, hash: number, key: number): HostIndex {
    let row = this.length;
    if (row < this.capacityMax) {
      this.length++;
      if (!this.#isMarking && this.capacityMax - row <= MARKING_ROOM) this.#beginMarking();
      if (row >= this.#used.length) this.#grow();
    } else {
      row = this.#evict();
    }
    this.#family[row] = family;
    this.#w0[row] = w0;
    this.#w1[row] = w1;
    this.#w2[row] = w2;
    this.#w3[row] = w3;
    this.hash[row] = hash;
    this.#used[row] = this.#epoch;
    this.#insert(key, family === 6 ? row | FAMILY6 : row);
    return row as HostIndex;
  }

  #insert(key: number, entry: number): void {
    const slots = this.#slots;
    let slot = mix32(key) & this.#slotMask;
    while (slots[2 * slot + 1] !== EMPTY) slot = (slot + 1) & this.#slotMask;
    slots[2 * slot] = key;
    slots[2 * slot + 1] = entry;
  }

  #grow(): void {
    const rows = Math.min(this.capacityMax, this.#used.length * 2);
    this.generation = grown(this.generation, rows);
    this.hash = grown(this.hash, rows);
    this.#family = grown(this.#family, rows);
    this.#w0 = grown(this.#w0, rows);
    this.#w1 = grown(this.#w1, rows);
    this.#w2 = grown(this.#w2, rows);
    this.#w3 = grown(this.#w3, rows);
    this.#used = grown(this.#used, rows);
    if (rows * 2 <= this.#slotMask + 1) return;
    const old = this.#slots;
    const slotCount = slotCountFor(rows, this.#slotMask + 1);
    this.#slots = int32Column<number>(slotCount * 2);
    this.#slots.fill(EMPTY);
    this.#slotMask = slotCount - 1;
    for (let at = 0; at < old.length; at += 2) if (old[at + 1] !== EMPTY) this.#insert(old[at], old[at + 1]);
  }

  /** Frees the first row the hand finds unused; rows of this batch and pinned rows stay. */
  #evict(): number {
    const rows = this.capacityMax;
    for (let steps = 0; steps < rows * 2; steps++) {
      const row = this.#hand;
      this.#hand = row + 1 === rows ? 0 : row + 1;
      const used = this.#used[row];
      if (used === PINNED || used === this.#epoch) continue;
      if (used !== UNUSED) {
        this.#used[row] = UNUSED;
        continue;
      }
      this.#remove(row);
      this.generation[row]++;
      this.evictedCount++;
      return row;
    }
    throw new Error(
      `Cannot intern an address: the host table must have a row that may give way, got ${rows} pinned or in use`,
    );
  }

  /** Takes a row out of the slots by backward shift, so that probing never meets a gap. */
  #remove(row: number): void {
    const slots = this.#slots;
    const mask = this.#slotMask;
    const entry = this.#family[row] === 6 ? row | FAMILY6 : row;
    const key = this.#family[row] === 6 ? this.hash[row] : this.#w3[row] | 0;
    let hole = mix32(key) & mask;
    while (slots[2 * hole + 1] !== entry) hole = (hole + 1) & mask;
    let next = (hole + 1) & mask;
    while (slots[2 * next + 1] !== EMPTY) {
      const home = mix32(slots[2 * next]) & mask;
      if (((next - home) & mask) >= ((next - hole) & mask)) {
        slots[2 * hole] = slots[2 * next];
        slots[2 * hole + 1] = slots[2 * next + 1];
        hole = next;
      }
      next = (next + 1) & mask;
    }
    slots[2 * hole + 1] = EMPTY;
  }
}

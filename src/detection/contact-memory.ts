// Which (source, target, port) were touched within the window, and whether the outcome is still awaited.
// Two generations of an open-addressing table: when half the window has passed, or the table is full, the younger one
// becomes the older and the older is forgotten. A key is 32 bits, so among n remembered contacts a new one is taken
// for a seen one with probability n / 2^32 (0.2 % at eight million): stated, not hidden.

import { type Column, uint8Column, uint32Column } from "../kit/column.ts";
import { mix32 } from "../kit/hash.ts";

/**
 * The contact window: how long a (target, port) is remembered as touched by its source: at most this long, at least half
 * of it, as a table turns over every half window. Raising it needs memory (`contactSlotsMax` in limits.ts; a slot a
 * contact) and makes fewer things new; lowering it makes daily habits look new, and with them like evidence.
 */
export const CONTACT_WINDOW_MS = 24 * 3_600_000;

/** What is remembered of a contact. */
export const CONTACT_UNKNOWN = 0; // never seen within the window
export const CONTACT_SETTLED = 1; // seen; its outcome is known or does not matter
export const CONTACT_PENDING = 2; // seen; its outcome will be evidence

const SLOTS_INITIAL = 1 << 14;
const LOAD_MAX = 0.5;
/** Four megabytes: more than the second cache of most processors holds beside everything else. */
const LARGE_SLOTS = 1 << 20;

/**
 * Bounded memory of contacts.
 *
 * `see(key, now)` answers what was known and remembers the key as settled; `mark(key, state)` changes it.
 */
export class ContactMemory {
  /** Contacts forgotten early because the table was full, not because the window had passed. */
  forgottenCount = 0;
  #young: Column<number>;
  /** State less CONTACT_SETTLED, so that a new key, settled at first, costs no write to this column. */
  #youngState: Column<number>;
  #old: Column<number>;
  #oldState: Column<number>;
  #mask: number;
  #oldMask: number;
  #count = 0;
  #oldCount = 0;
  #rotatedMs = Number.NEGATIVE_INFINITY;
  readonly #slotsMax: number;
  readonly #halfWindowMs: number;

  /** @param slotsMax  power of two; each slot costs 5 bytes, twice */
  constructor(windowMs: number, slotsMax: number) {
    this.#slotsMax = slotsMax;
    this.#halfWindowMs = windowMs / 2;
    const slots = Math.min(SLOTS_INITIAL, slotsMax);
    this.#young = uint32Column(slots);
    this.#youngState = uint8Column(slots);
    this.#old = uint32Column(slots);
    this.#oldState = uint8Column(slots);
    this.#mask = slots - 1;
    this.#oldMask = slots - 1;
  }

  /** Whether the table is so large that most look-ups have to wait for memory. */
  get isLarge(): boolean {
    return this.#mask >= LARGE_SLOTS;
  }

  /** What was known of the key; afterwards it is remembered. */
  see(key: number, nowMs: number): number {
    if (nowMs - this.#rotatedMs > this.#halfWindowMs) this.#rotateByTime(nowMs);
    const word = key === 0 ? 1 : key >>> 0;
    const young = this.#young;
    let slot = word & this.#mask;
    for (;;) {
      const held = young[slot];
      if (held === word) return this.#youngState[slot] + CONTACT_SETTLED;
      if (held === 0) break;
      slot = (slot + 1) & this.#mask;
    }
    const before = this.#oldCount === 0 ? CONTACT_UNKNOWN : this.#stateInOld(word);
    young[slot] = word;
    if (before > CONTACT_SETTLED) this.#youngState[slot] = before - CONTACT_SETTLED;
    if (++this.#count > (this.#mask + 1) * LOAD_MAX) this.#makeRoom();
    return before;
  }

  /** What is known of the key, without remembering it. */
  peek(key: number): number {
    const word = key === 0 ? 1 : key >>> 0;
    let slot = word & this.#mask;
    for (;;) {
      const held = this.#young[slot];
      if (held === word) return this.#youngState[slot] + CONTACT_SETTLED;
      if (held === 0) return this.#oldCount === 0 ? CONTACT_UNKNOWN : this.#stateInOld(word);
      slot = (slot + 1) & this.#mask;
    }
  }

  /** Reads the slots where the keys belong, for read-ahead.ts; the result means nothing. */
  touch(keys: Int32Array, count: number): number {
    const young = this.#young;
    const mask = this.#mask;
    let sum = 0;
    for (let at = 0; at < count; at++) sum ^= young[keys[at] & mask];
    return sum;
  }

  /** Sets the state of a key that was seen; UNKNOWN is no such state. */
  mark(key: number, state: number): void {
    const word = key === 0 ? 1 : key >>> 0;
    let slot = word & this.#mask;
    for (;;) {
      const held = this.#young[slot];
      if (held === word) {
        this.#youngState[slot] = state - CONTACT_SETTLED;
        return;
      }
      if (held === 0) return;
      slot = (slot + 1) & this.#mask;
    }
  }

  /** All remembered keys, for the baseline file. */
  keys(): Uint32Array {
    const all = new Set<number>();
    for (const column of [this.#young, this.#old]) for (let at = 0; at < column.length; at++) all.add(column[at]);
    all.delete(0);
    return Uint32Array.from(all).sort();
  }

  #stateInOld(word: number): number {
    let slot = word & this.#oldMask;
    for (;;) {
      const held = this.#old[slot];
      if (held === word) return this.#oldState[slot] + CONTACT_SETTLED;
      if (held === 0) return CONTACT_UNKNOWN;
      slot = (slot + 1) & this.#oldMask;
    }
  }

  #rotateByTime(nowMs: number): void {
    const isFirst = this.#rotatedMs === Number.NEGATIVE_INFINITY;
    this.#rotatedMs = nowMs;
    if (!isFirst) this.#rotate();
  }

  #rotate(): void {
    const slots = this.#mask + 1;
    this.#old = this.#young;
    this.#oldState = this.#youngState;
    this.#oldMask = this.#mask;
    this.#oldCount = this.#count;
    this.#young = uint32Column(slots);
    this.#youngState = uint8Column(slots);
    this.#count = 0;
  }

  #makeRoom(): void {
    const slots = this.#mask + 1;
    if (slots >= this.#slotsMax) {
      this.forgottenCount += this.#oldCount;
      this.#rotate();
      return;
    }
    const [keys, states] = [this.#young, this.#youngState];
    this.#young = uint32Column(slots * 2);
    this.#youngState = uint8Column(slots * 2);
    this.#mask = slots * 2 - 1;
    for (let at = 0; at < slots; at++) {
      if (keys[at] === 0) continue;
      let slot = keys[at] & this.#mask;
      while (this.#young[slot] !== 0) slot = (slot + 1) & this.#mask;
      this.#young[slot] = keys[at];
      this.#youngState[slot] = states[at];
    }
  }
}

/** Key of a contact, from the hashes of both addresses, so that it survives a change of row numbers. */
export function contactKey(sourceHash: number, targetHash: number, protocol: number, port: number): number {
  const mixed = mix32(Math.imul(sourceHash, 0x9e3779b1) ^ targetHash);
  return mix32(Math.imul(mixed, 0x85ebca6b) ^ ((protocol << 16) | port));
}

/** Key of "source touched target on some port": protocol 255 is reserved by IANA and never carries a flow. */
export function pairKey(sourceHash: number, targetHash: number): number {
  return contactKey(sourceHash, targetHash, 255, 0);
}

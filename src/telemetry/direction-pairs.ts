// The pairing table: export records that wait for the record of the other direction. In: keys already turned so that
// both directions have the same one; out: the waiting row, or rows whose time is over, oldest first. Bounded ring.

import { type Column, float64Column, int32Column, uint8Column, uint16Column } from "../kit/column.ts";
import { combine32, mix32 } from "../kit/hash.ts";
import type { Millis } from "../model/units.ts";

const NONE = -1;
/** An answer of `find`: nothing was found, and nothing may be added. */
export const CROWDED = -2;
/** Rows looked at under one hash before the search gives up: an opponent can make hashes collide. */
const CHAIN_MAX = 32;

/** A conversation, `source` being who began (or seems to have). Reused: fill it, then find or add. */
export class PairKey {
  family = 4;
  s0 = 0;
  s1 = 0;
  s2 = 0;
  s3 = 0;
  t0 = 0;
  t1 = 0;
  t2 = 0;
  t3 = 0;
  sourcePort = 0;
  targetPort = 0;
  protocol = 0;

  hash(): number {
    let hash = combine32(mix32(this.s3), this.t3);
    hash = combine32(hash, (this.sourcePort << 16) | this.targetPort);
    if (this.family === 6) hash = combine32(combine32(hash, this.s0 ^ this.s1), this.s2 ^ this.t2);
    return hash ^ this.protocol;
  }
}

/**
 * A ring of waiting rows with chained hashing; columns are filled by the caller after `add`.
 *
 * | dueMs | meaning | startMs | bytes | isWaiting |
 * | 12000 | RESET   | 9876    | 40    | 1         |
 * | 12400 | …       |         |       | 0 (settled, the ring has not come round yet) |
 */
export class PairTable {
  readonly capacity: number;
  /** Rows that had to be settled before their time. */
  overflowCount = 0;
  dueMs: Column<Millis>;
  startMs: Column<Millis>;
  endMs: Column<Millis>;
  bytes: Column<number>;
  packets: Column<number>;
  /** FLAGS_* of the waiting record. */
  meaning: Column<number>;
  /** DIRECTION_* of the opening row that is out. */
  direction: Column<number>;
  sensor: Column<number>;
  isWaiting: Column<number>;
  family: Column<number>;
  sourcePort: Column<number>;
  targetPort: Column<number>;
  protocol: Column<number>;
  readonly words: readonly Column<number>[];
  #hash: Column<number>;
  #next: Column<number>;
  #heads: Column<number>;
  #first = 0;
  #length = 0;

  /** @param capacity  a power of two */
  constructor(capacity: number) {
    this.capacity = capacity;
    this.dueMs = float64Column(capacity);
    this.startMs = float64Column(capacity);
    this.endMs = float64Column(capacity);
    this.bytes = float64Column(capacity);
    this.packets = float64Column(capacity);
    this.meaning = uint8Column(capacity);
    this.direction = uint8Column(capacity);
    this.sensor = uint16Column(capacity);
    this.isWaiting = uint8Column(capacity);
    this.family = uint8Column(capacity);
    this.sourcePort = uint16Column(capacity);
    this.targetPort = uint16Column(capacity);
    this.protocol = uint8Column(capacity);
    this.words = Array.from({ length: 8 }, () => int32Column(capacity));
    this.#hash = int32Column(capacity);
    this.#next = int32Column(capacity);
    this.#heads = int32Column(capacity * 2);
    this.#heads.fill(NONE);
  }

  get isFull(): boolean {
    return this.#length === this.capacity;
  }

  /** The waiting row with this key; -1 when there is none; CROWDED when too many share its hash to look or to add. */
  find(key: PairKey): number {
    const hash = key.hash();
    let row = this.#heads[hash & (this.capacity * 2 - 1)];
    for (let steps = 0; row !== NONE && steps < CHAIN_MAX; steps++) {
      if (this.#hash[row] === hash && this.#holds(row, key)) return row;
      row = this.#next[row];
    }
    return row === NONE ? NONE : CROWDED;
  }

  /** A new waiting row, its key filled in. The table must not be full: settle the oldest first. */
  add(key: PairKey): number {
    const row = (this.#first + this.#length) & (this.capacity - 1);
    this.#length++;
    const hash = key.hash();
    const head = hash & (this.capacity * 2 - 1);
    this.#hash[row] = hash;
    this.#next[row] = this.#heads[head];
    this.#heads[head] = row;
    this.isWaiting[row] = 1;
    this.family[row] = key.family;
    this.sourcePort[row] = key.sourcePort;
    this.targetPort[row] = key.targetPort;
    this.protocol[row] = key.protocol;
    const { words } = this;
    words[3][row] = key.s3;
    words[7][row] = key.t3;
    if (key.family === 6) {
      words[0][row] = key.s0;
      words[1][row] = key.s1;
      words[2][row] = key.s2;
      words[4][row] = key.t0;
      words[5][row] = key.t1;
      words[6][row] = key.t2;
    }
    return row;
  }

  /** The oldest row if it is due by `nowMs`, else -1. Settled rows are passed over and freed. */
  oldestDue(nowMs: Millis): number {
    while (this.#length > 0) {
      const row = this.#first;
      if (this.isWaiting[row] === 1) return this.dueMs[row] <= nowMs ? row : NONE;
      this.#free();
    }
    return NONE;
  }

  /** The row waits no longer. Its columns stay readable until the next `add`. */
  settle(row: number): void {
    this.isWaiting[row] = 0;
    this.#unlink(row);
    if (row === this.#first) this.#free();
  }

  #free(): void {
    this.#first = (this.#first + 1) & (this.capacity - 1);
    this.#length--;
  }

  #unlink(row: number): void {
    const head = this.#hash[row] & (this.capacity * 2 - 1);
    let at = this.#heads[head];
    if (at === row) {
      this.#heads[head] = this.#next[row];
      return;
    }
    while (at !== NONE) {
      const next = this.#next[at];
      if (next === row) {
        this.#next[at] = this.#next[row];
        return;
      }
      at = next;
    }
  }

  #holds(row: number, key: PairKey): boolean {
    const { words } = this;
    if (words[3][row] !== key.s3 || words[7][row] !== key.t3) return false;
    if (this.sourcePort[row] !== key.sourcePort || this.targetPort[row] !== key.targetPort) return false;
    if (this.protocol[row] !== key.protocol || this.family[row] !== key.family) return false;
    if (key.family === 4) return true;
    return (
      words[0][row] === key.s0 &&
      words[1][row] === key.s1 &&
      words[2][row] === key.s2 &&
      words[4][row] === key.t0 &&
      words[5][row] === key.t1 &&
      words[6][row] === key.t2
    );
  }
}

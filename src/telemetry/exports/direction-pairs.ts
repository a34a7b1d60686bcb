// The pairing table: export records that wait for the record of the other direction. In: keys already turned so that
// both directions have the same one; out: the waiting row, or rows whose time is over, oldest first. Bounded ring that
// grows to its maximum; unlike other tables its rows are packed (two cache lines each), since they are met one by one.

import { combine32, mix32 } from "../../kit/hash.ts";
import type { HostIndex, Millis } from "../../model/units.ts";

const NONE = -1;
/** An answer of `find`: nothing was found, and nothing may be added. */
export const CROWDED = -2;
/** Rows looked at under one hash before the search gives up: an opponent can make hashes collide. */
const CHAIN_MAX = 32;
const ROWS_FIRST = 512;

// Words of a row, and doubles of a row.
const HASH = 0;
const NEXT = 1;
const S3 = 2;
const T3 = 3;
const PORTS = 4;
const KIND = 5; // protocol, and family 6 at bit 8
const STATE = 6; // FLAGS_*, DIRECTION_* at bit 8, waiting at bit 16
const SENSOR = 7;
const S0 = 8;
const T0 = 11;
const SOURCE_HOST = 14;
const TARGET_HOST = 15;
const WORDS_LOG2 = 4;
const WAITING = 1 << 16;
const DUE = 0;
const START = 1;
const END = 2;
const BYTES = 3;
const PACKETS = 4;
const EVICTED = 5;
const DOUBLES_LOG2 = 3;

/** A conversation, `source` being who began (or seems to have). Reused: fill it, seal it, then find or add. */
export class PairKey {
  isV6 = false;
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
  hash = 0;
  sourceHost = 0 as HostIndex;
  targetHost = 0 as HostIndex;

  /** To be called when all is filled in. */
  seal(): void {
    let hash = combine32(mix32(this.s3), this.t3);
    hash = combine32(hash, (this.sourcePort << 16) | this.targetPort);
    if (this.isV6) hash = combine32(combine32(hash, this.s0 ^ this.s1), this.s2 ^ this.t2);
    this.hash = hash ^ this.protocol;
  }
}

/**
 * A ring of waiting rows with chained hashing.
 *
 * | due   | meaning | start | bytes | waiting |
 * | 12000 | RESET   | 9876  | 40    | yes     |
 * | 12400 | …       |       |       | no (settled; the ring has not come round yet) |
 */
export class PairTable {
  /** Rows that had to be settled before their time. */
  overflowCount = 0;
  readonly #rowsMax: number;
  #rows = 0;
  #words = new Int32Array(0);
  #doubles = new Float64Array(0);
  #heads = new Int32Array(0);
  #first = 0;
  #length = 0;

  /** @param rowsMax  a power of two */
  constructor(rowsMax: number) {
    this.#rowsMax = rowsMax;
  }

  /** Nothing more can wait: the oldest must be settled first. */
  get isFull(): boolean {
    return this.#length === this.#rowsMax;
  }

  startMs(row: number): Millis {
    return this.#doubles[(row << DOUBLES_LOG2) + START];
  }

  endMs(row: number): Millis {
    return this.#doubles[(row << DOUBLES_LOG2) + END];
  }

  bytes(row: number): number {
    return this.#doubles[(row << DOUBLES_LOG2) + BYTES];
  }

  packets(row: number): number {
    return this.#doubles[(row << DOUBLES_LOG2) + PACKETS];
  }

  /** Hosts that had given way when the row was added: while there are no more, its host rows still hold. */
  evictedCount(row: number): number {
    return this.#doubles[(row << DOUBLES_LOG2) + EVICTED];
  }

  /** FLAGS_* of the waiting record. */
  meaning(row: number): number {
    return this.#words[(row << WORDS_LOG2) + STATE] & 255;
  }

  /** DIRECTION_* of the opening row that is out. */
  direction(row: number): number {
    return (this.#words[(row << WORDS_LOG2) + STATE] >> 8) & 255;
  }

  sensor(row: number): number {
    return this.#words[(row << WORDS_LOG2) + SENSOR];
  }

  /** Writes the key of a waiting row into `key`. */
  readKey(row: number, key: PairKey): void {
    const words = this.#words;
    const at = row << WORDS_LOG2;
    key.s3 = words[at + S3];
    key.t3 = words[at + T3];
    key.sourcePort = words[at + PORTS] >>> 16;
    key.targetPort = words[at + PORTS] & 0xffff;
    key.protocol = words[at + KIND] & 255;
    key.isV6 = words[at + KIND] > 255;
    key.sourceHost = words[at + SOURCE_HOST] as HostIndex;
    key.targetHost = words[at + TARGET_HOST] as HostIndex;
    if (!key.isV6) return;
    key.s0 = words[at + S0];
    key.s1 = words[at + S0 + 1];
    key.s2 = words[at + S0 + 2];
    key.t0 = words[at + T0];
    key.t1 = words[at + T0 + 1];
    key.t2 = words[at + T0 + 2];
  }

  /** The waiting row with this key; -1 when there is none; CROWDED when too many share its hash to look or to add. */
  find(key: PairKey): number {
    if (this.#length === 0) return NONE;
    const words = this.#words;
    let row = this.#heads[key.hash & (this.#heads.length - 1)];
    for (let steps = 0; row !== NONE && steps < CHAIN_MAX; steps++) {
      const at = row << WORDS_LOG2;
      if (words[at + HASH] === key.hash && this.#holds(at, key)) return row;
      row = words[at + NEXT];
    }
    return row === NONE ? NONE : CROWDED;
  }

  /**
   * A new waiting row. The table must not be full. Its times and counts are set by `fill`.
   * @param meaning  FLAGS_*
   * @param direction  DIRECTION_* of the row already written; 0 when none was
   */
  add(key: PairKey, meaning: number, direction: number, sensor: number): number {
    if (this.#length === this.#rows) this.#grow();
    const row = (this.#first + this.#length) & (this.#rows - 1);
    this.#length++;
    const words = this.#words;
    const at = row << WORDS_LOG2;
    words[at + HASH] = key.hash;
    words[at + S3] = key.s3;
    words[at + T3] = key.t3;
    words[at + PORTS] = (key.sourcePort << 16) | key.targetPort;
    words[at + KIND] = key.protocol | (key.isV6 ? 256 : 0);
    words[at + STATE] = meaning | (direction << 8) | WAITING;
    words[at + SENSOR] = sensor;
    words[at + SOURCE_HOST] = key.sourceHost;
    words[at + TARGET_HOST] = key.targetHost;
    if (key.isV6) {
      words[at + S0] = key.s0;
      words[at + S0 + 1] = key.s1;
      words[at + S0 + 2] = key.s2;
      words[at + T0] = key.t0;
      words[at + T0 + 1] = key.t1;
      words[at + T0 + 2] = key.t2;
    }
    this.#link(row);
    return row;
  }

  /** Columns instead of values: a double given as an argument would be boxed. */
  fill(row: number, columns: readonly ArrayLike<number>[], record: number, dueMs: Millis, evictedCount: number): void {
    const doubles = this.#doubles;
    const at = row << DOUBLES_LOG2;
    doubles[at + DUE] = dueMs;
    doubles[at + EVICTED] = evictedCount;
    doubles[at + START] = columns[0][record];
    doubles[at + END] = columns[1][record];
    doubles[at + BYTES] = columns[2][record];
    doubles[at + PACKETS] = columns[3][record];
  }

  /** The oldest row if it is due by `nowMs`, else -1. Settled rows are passed over and freed. */
  oldestDue(nowMs: Millis): number {
    while (this.#length > 0) {
      const row = this.#first;
      if ((this.#words[(row << WORDS_LOG2) + STATE] & WAITING) !== 0) {
        return this.#doubles[(row << DOUBLES_LOG2) + DUE] <= nowMs ? row : NONE;
      }
      this.#free();
    }
    return NONE;
  }

  /** The row waits no longer. It stays readable until the next `add`. */
  settle(row: number): void {
    this.#words[(row << WORDS_LOG2) + STATE] &= ~WAITING;
    this.#unlink(row);
    if (row === this.#first) this.#free();
  }

  #free(): void {
    this.#first = (this.#first + 1) & (this.#rows - 1);
    this.#length--;
  }

  #link(row: number): void {
    const at = row << WORDS_LOG2;
    const head = this.#words[at + HASH] & (this.#heads.length - 1);
    this.#words[at + NEXT] = this.#heads[head];
    this.#heads[head] = row;
  }

  #unlink(row: number): void {
    const words = this.#words;
    const next = words[(row << WORDS_LOG2) + NEXT];
    const head = words[(row << WORDS_LOG2) + HASH] & (this.#heads.length - 1);
    let at = this.#heads[head];
    if (at === row) {
      this.#heads[head] = next;
      return;
    }
    for (;;) {
      const link = (at << WORDS_LOG2) + NEXT;
      if (words[link] === row) {
        words[link] = next;
        return;
      }
      at = words[link];
    }
  }

  #holds(at: number, key: PairKey): boolean {
    const words = this.#words;
    if (words[at + S3] !== key.s3 || words[at + T3] !== key.t3) return false;
    if (words[at + PORTS] !== ((key.sourcePort << 16) | key.targetPort)) return false;
    if (words[at + KIND] !== (key.protocol | (key.isV6 ? 256 : 0))) return false;
    if (!key.isV6) return true;
    return (
      words[at + S0] === key.s0 &&
      words[at + S0 + 1] === key.s1 &&
      words[at + S0 + 2] === key.s2 &&
      words[at + T0] === key.t0 &&
      words[at + T0 + 1] === key.t1 &&
      words[at + T0 + 2] === key.t2
    );
  }

  /** Doubles the ring; the oldest row becomes row 0. */
  #grow(): void {
    const rows = Math.min(this.#rowsMax, Math.max(ROWS_FIRST, this.#rows * 2));
    const words = new Int32Array(rows << WORDS_LOG2);
    const doubles = new Float64Array(rows << DOUBLES_LOG2);
    const tail = this.#rows - this.#first;
    words.set(this.#words.subarray(this.#first << WORDS_LOG2));
    words.set(this.#words.subarray(0, this.#first << WORDS_LOG2), tail << WORDS_LOG2);
    doubles.set(this.#doubles.subarray(this.#first << DOUBLES_LOG2));
    doubles.set(this.#doubles.subarray(0, this.#first << DOUBLES_LOG2), tail << DOUBLES_LOG2);
    this.#words = words;
    this.#doubles = doubles;
    this.#heads = new Int32Array(rows * 2).fill(NONE);
    this.#rows = rows;
    this.#first = 0;
    for (let row = 0; row < this.#length; row++) {
      if ((words[(row << WORDS_LOG2) + STATE] & WAITING) !== 0) this.#link(row);
    }
  }
}

// A stable order of numbers: a column of times in, row numbers in ascending order out. Times of one batch lie in a short
// stretch, so one counting pass by milliseconds orders them; numbers spread otherwise are sorted by radix on their bits.

import type { Column } from "./column.ts";

const DIGIT_BITS = 11;
const BUCKETS = 1 << DIGIT_BITS;
const DIGITS = 6; // 66 bits for 64

const ends = new Uint32Array(DIGITS * BUCKETS);
let high = new Int32Array(0);
let low = new Int32Array(0);
let first = new Uint32Array(0);
let second = new Uint32Array(0);

/** Stretches that keys are counted by: few enough for the second cache, and to be a 16-bit number. */
const STRETCHES_MAX = 65_536;
const stretchEnds = new Uint32Array(STRETCHES_MAX);
let stretches = new Uint16Array(0);
/** Steps per row that putting the keys of one stretch in order may take, before radix sorting is the better way. */
const STEPS_PER_ROW_MAX = 4;

/**
 * Rows 0..length-1 in ascending order of `keys`, equal keys in row order. NaN comes last. The result is reused by the
 * next call.
 */
export function orderOf(keys: Column<number>, length: number): Uint32Array {
  if (first.length < length) {
    high = new Int32Array(length);
    low = new Int32Array(length);
    first = new Uint32Array(length);
    second = new Uint32Array(length);
    stretches = new Uint16Array(length);
  }
  return orderByStretch(keys, length) ? first.subarray(0, length) : orderByBits(keys, length);
}

/**
 * Keys are counted by stretch (1 ms each when they span little more than a minute), which leaves only keys of the same
 * stretch to be put in order. Into `first`; false when the keys crowd in a few stretches, or are not all finite.
 */
function orderByStretch(keys: Column<number>, length: number): boolean {
  let lowest = Infinity;
  let highest = -Infinity;
  for (let row = 0; row < length; row++) {
    const key = keys[row];
    if (key < lowest) lowest = key;
    if (key > highest) highest = key;
  }
  const span = highest - lowest;
  if (!(span >= 0 && span < Infinity)) return false;
  const last = Math.min(STRETCHES_MAX, 4 * length) - 1;
  const perStretch = span <= last ? 1 : last / span;
  const count = Math.floor(span * perStretch) + 1;
  stretchEnds.fill(0, 0, count);
  let sumOfKeys = 0;
  for (let row = 0; row < length; row++) {
    const key = keys[row];
    sumOfKeys += key;
    const stretch = Math.floor((key - lowest) * perStretch); // rounding may join keys, but never swaps them
    stretches[row] = stretch;
    stretchEnds[stretch]++;
  }
  if (Number.isNaN(sumOfKeys)) return false;
  let sum = 0;
  for (let stretch = 0; stretch < count; stretch++) {
    const rows = stretchEnds[stretch];
    stretchEnds[stretch] = sum;
    sum += rows;
  }
  for (let row = 0; row < length; row++) first[stretchEnds[stretches[row]]++] = row;
  return orderInside(keys, length);
}

/** Insertion sort of `first`, whose stretches are in order already. False when it takes too many steps. */
function orderInside(keys: Column<number>, length: number): boolean {
  let steps = STEPS_PER_ROW_MAX * length;
  for (let at = 1; at < length; at++) {
    const row = first[at];
    const key = keys[row];
    let place = at;
    for (; place > 0 && keys[first[place - 1]] > key; place--) {
      first[place] = first[place - 1];
      if (--steps < 0) return false;
    }
    first[place] = row;
  }
  return true;
}

/** Radix sort. Doubles compare like 64-bit integers once the sign is folded in (IEEE 754 section 5.10). */
function orderByBits(keys: Column<number>, length: number): Uint32Array {
  countDigits(keys, length);
  let from = first;
  let to = second;
  for (let row = 0; row < length; row++) from[row] = row;
  for (let digit = 0; digit < DIGITS; digit++) {
    if (!startBuckets(digit, length)) continue;
    place(from, to, length, digit);
    [from, to] = [to, from];
  }
  return from.subarray(0, length);
}

const float = new Float64Array(1);
const words = new Int32Array(float.buffer);
const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
const LOW = isLittleEndian ? 0 : 1;
const HIGH = 1 - LOW;

function countDigits(keys: Column<number>, length: number): void {
  ends.fill(0);
  for (let row = 0; row < length; row++) {
    float[0] = keys[row] + 0; // -0 becomes 0
    const sign = words[HIGH] >> 31;
    const h = words[HIGH] ^ (sign | 0x80000000);
    const l = words[LOW] ^ sign;
    high[row] = h;
    low[row] = l;
    ends[l & 2047]++;
    ends[BUCKETS + ((l >>> 11) & 2047)]++;
    ends[2 * BUCKETS + (((l >>> 22) | (h << 10)) & 2047)]++;
    ends[3 * BUCKETS + ((h >>> 1) & 2047)]++;
    ends[4 * BUCKETS + ((h >>> 12) & 2047)]++;
    ends[5 * BUCKETS + (h >>> 23)]++;
  }
}

/** Turns counts into places; false when all rows share this digit, as the high ones of one day do. */
function startBuckets(digit: number, length: number): boolean {
  let sum = 0;
  const end = (digit + 1) * BUCKETS;
  for (let bucket = digit * BUCKETS; bucket < end; bucket++) {
    const count = ends[bucket];
    if (count === length) return false;
    ends[bucket] = sum;
    sum += count;
  }
  return true;
}

function place(from: Uint32Array, to: Uint32Array, length: number, digit: number): void {
  const base = digit * BUCKETS;
  for (let at = 0; at < length; at++) {
    const row = from[at];
    to[ends[base + digitOf(row, digit)]++] = row;
  }
}

function digitOf(row: number, digit: number): number {
  switch (digit) {
    case 0:
      return low[row] & 2047;
    case 1:
      return (low[row] >>> 11) & 2047;
    case 2:
      return ((low[row] >>> 22) | (high[row] << 10)) & 2047;
    case 3:
      return (high[row] >>> 1) & 2047;
    case 4:
      return (high[row] >>> 12) & 2047;
    default:
      return high[row] >>> 23;
  }
}

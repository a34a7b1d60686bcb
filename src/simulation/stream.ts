// Streams of chance, one per (seed, run, channel), kept as rows of one typed array: xoshiro128** (Blackman and Vigna,
// 2018) with exponentials by the ziggurat of Marsaglia and Tsang (2000) on 53 bits. Two rehearsals of one seed share the
// luck of a run channel by channel, however differently they use it elsewhere.

import { mix32 } from "../kit/hash.ts";

/** Words of one stream: stream `row` is `words[4 * row .. 4 * row + 3]`. */
export type StreamWords = Int32Array;

/** Channels above the cells: what is drawn once per run. */
export const CHANNEL_DETAIL = 0x1000_0000;
export const CHANNEL_HIDDEN = 0x2000_0000;
export const CHANNEL_ORDER = 0x4000_0000;

const scramble = (value: number, key: number): number => mix32((value + key) | 0);

/**
 * Starts stream `row`. Run and channel go through four Feistel rounds keyed by the seed, a bijection of 64 bits, so no
 * two streams of one seed begin alike.
 */
export function startStream(words: StreamWords, row: number, seed: number, run: number, channel: number): void {
  const low = seed | 0;
  const high = Math.floor(seed / 4_294_967_296) | 0;
  let left = run | 0;
  let right = channel | 0;
  left ^= scramble(right, low);
  right ^= scramble(left, high ^ 0x9e3779b9);
  left ^= scramble(right, low ^ 0x3c6ef372);
  right ^= scramble(left, high ^ 0x5d1ab2b3);
  const base = row * 4;
  words[base] = left;
  words[base + 1] = right;
  words[base + 2] = scramble(left, 0x7f4a7c15);
  words[base + 3] = scramble(right, 0x94d049bb) | 1; // never all zero
}

/** Next 32 bits of a stream, 0..2^32-1. */
export function nextWord(words: StreamWords, row: number): number {
  const base = row * 4;
  const a = words[base];
  const b = words[base + 1];
  let c = words[base + 2];
  let d = words[base + 3];
  const m = Math.imul(b, 5);
  const word = Math.imul((m << 7) | (m >>> 25), 9) >>> 0;
  c ^= a;
  d ^= b;
  words[base + 1] = b ^ c;
  words[base] = a ^ d;
  words[base + 2] = c ^ (b << 9);
  words[base + 3] = (d << 11) | (d >>> 21);
  return word;
}

/** Uniform in [0, 1), 53 bits. */
export function nextUniform(words: StreamWords, row: number): number {
  const high = nextWord(words, row) >>> 5;
  return (high * 67_108_864 + (nextWord(words, row) >>> 6)) / 9_007_199_254_740_992;
}

/** Uniform integer in [0, bound); the error of rounding is below bound / 2^53. */
export function nextBelow(words: StreamWords, row: number, bound: number): number {
  return Math.floor(nextUniform(words, row) * bound);
}

/** Right ends of the 256 layers under exp(-x), from the base (with its tail) to the top. */
export const layerEnd = new Float64Array(257);
const layerHeight = new Float64Array(257);
const TAIL_BEGINS = 7.69711747013105;
const LAYER_AREA = 0.003949659822581557;
layerEnd[0] = LAYER_AREA / Math.exp(-TAIL_BEGINS);
layerEnd[1] = TAIL_BEGINS;
for (let layer = 2; layer < 256; layer++) {
  layerEnd[layer] = -Math.log(Math.exp(-layerEnd[layer - 1]) + LAYER_AREA / layerEnd[layer - 1]);
}
layerEnd[256] = 0;
for (let layer = 0; layer <= 256; layer++) layerHeight[layer] = Math.exp(-layerEnd[layer]);

/** Exponential with mean 1. */
export function nextExponential(words: StreamWords, row: number): number {
  const word = nextWord(words, row);
  const layer = word & 255;
  const x = ((word >>> 8) * 4_294_967_296 + nextWord(words, row)) * 2 ** -56 * layerEnd[layer];
  return x < layerEnd[layer + 1] ? x : settleExponential(words, row, layer, x);
}

/** Ends the draw of an exponential that fell in `layer` at `x`, outside the layer's sure part: one in ninety. */
export function settleExponential(words: StreamWords, row: number, layer: number, x: number): number {
  let shift = 0;
  for (;;) {
    if (x < layerEnd[layer + 1]) return shift + x;
    if (layer === 0) shift += TAIL_BEGINS;
    else {
      const low = layerHeight[layer];
      if (low + nextUniform(words, row) * (layerHeight[layer + 1] - low) < Math.exp(-x)) return shift + x;
    }
    const word = nextWord(words, row);
    layer = word & 255;
    x = ((word >>> 8) * 4_294_967_296 + nextWord(words, row)) * 2 ** -56 * layerEnd[layer];
  }
}

/** Gamma with a whole shape and mean `shape`: a sum of exponentials, or Marsaglia and Tsang (2000) when that is long. */
export function nextGamma(words: StreamWords, row: number, shape: number): number {
  if (shape <= 12) {
    let sum = 0;
    for (let nth = 0; nth < shape; nth++) sum += nextExponential(words, row);
    return sum;
  }
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = nextNormal(words, row);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - nextUniform(words, row)) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** Normal with mean 0 and deviation 1 (Box and Muller). */
function nextNormal(words: StreamWords, row: number): number {
  return Math.sqrt(2 * nextExponential(words, row)) * Math.cos(2 * Math.PI * nextUniform(words, row));
}

/** Binomial by trials: meant for few of them. */
export function nextBinomial(words: StreamWords, row: number, trials: number, p: number): number {
  let count = 0;
  for (let trial = 0; trial < trials; trial++) if (nextUniform(words, row) < p) count++;
  return count;
}

/** Poisson: arrivals of a unit process within `mean`. Cost grows with the mean. */
export function nextPoisson(words: StreamWords, row: number, mean: number): number {
  let count = 0;
  for (let at = nextExponential(words, row); at < mean; at += nextExponential(words, row)) count++;
  return count;
}

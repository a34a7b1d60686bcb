// Streams of chance, one per (seed, run, channel), kept as rows of one column: xoshiro128** (Blackman and Vigna, 2018) with
// exponentials by the ziggurat of Marsaglia and Tsang (2000) on 53 bits. Two rehearsals of one seed share the luck of a
// run channel by channel, however differently they use it elsewhere.

import { Ints, newDoubles } from "./columns";

/** Finalizer of MurmurHash3: src/kit/hash.ts has the same. */
function mix(value: u32): u32 {
  let hash = value;
  hash = (hash ^ (hash >> 16)) * 0x85ebca6b;
  hash = (hash ^ (hash >> 13)) * 0xc2b2ae35;
  return hash ^ (hash >> 16);
}

/**
 * Starts stream `row`. Run and channel go through four Feistel rounds keyed by the seed, a bijection of 64 bits, so no
 * two streams of one seed begin alike.
 */
export function startStream(words: Ints, row: i32, seed: u64, run: i32, channel: i32): void {
  const low = <u32>seed;
  const high = <u32>(seed >> 32);
  let left = <u32>run;
  let right = <u32>channel;
  left ^= mix(right + low);
  right ^= mix(left + (high ^ 0x9e3779b9));
  left ^= mix(right + (low ^ 0x3c6ef372));
  right ^= mix(left + (high ^ 0x5d1ab2b3));
  const base = row << 2;
  words[base] = left;
  words[base + 1] = right;
  words[base + 2] = mix(left + 0x7f4a7c15);
  words[base + 3] = mix(right + 0x94d049bb) | 1; // never all zero
}

/** Next 32 bits of a stream. */
export function nextWord(words: Ints, row: i32): u32 {
  const base = row << 2;
  const a = <u32>words[base];
  const b = <u32>words[base + 1];
  const word = rotl<u32>(b * 5, 7) * 9;
  const c = <u32>words[base + 2] ^ a;
  const d = <u32>words[base + 3] ^ b;
  words[base] = a ^ d;
  words[base + 1] = b ^ c;
  words[base + 2] = c ^ (b << 9);
  words[base + 3] = rotl<u32>(d, 11);
  return word;
}

/** Uniform in [0, 1), 53 bits. */
export function nextUniform(words: Ints, row: i32): f64 {
  const high = <u64>(nextWord(words, row) >> 5);
  const low = <u64>(nextWord(words, row) >> 6);
  return <f64>(<i64>((high << 26) | low)) * (1.0 / 9007199254740992.0);
}

/** Uniform integer in [0, bound); the error of rounding is below bound / 2^53. */
export function nextBelow(words: Ints, row: i32, bound: i32): i32 {
  return <i32>(nextUniform(words, row) * <f64>bound);
}

const TAIL_BEGINS: f64 = 7.69711747013105;
const LAYER_AREA: f64 = 0.003949659822581557;
/** Right ends of the 256 layers under exp(-x), from the base (with its tail) to the top, and their heights. */
export const layerEnd = newDoubles(257);
export const layerHeight = newDoubles(257);
layerEnd[0] = LAYER_AREA / Math.exp(-TAIL_BEGINS);
layerEnd[1] = TAIL_BEGINS;
for (let layer = 2; layer < 256; layer++) {
  layerEnd[layer] = -Math.log(Math.exp(-layerEnd[layer - 1]) + LAYER_AREA / layerEnd[layer - 1]);
}
layerEnd[256] = 0;
for (let layer = 0; layer <= 256; layer++) layerHeight[layer] = Math.exp(-layerEnd[layer]);

/** 56 bits of two words as a share of 1. */
const SHARE: f64 = 1.0 / 72057594037927936.0;

/** Exponential with mean 1. */
export function nextExponential(words: Ints, row: i32): f64 {
  const word = nextWord(words, row);
  const layer = <i32>(word & 255);
  const bits = ((<u64>(word >> 8)) << 32) | <u64>nextWord(words, row);
  const x = <f64>(<i64>bits) * SHARE * layerEnd[layer];
  return x < layerEnd[layer + 1] ? x : settleExponential(words, row, layer, x);
}

/** Ends the draw of an exponential that fell in `layer` at `x`, outside the layer's sure part: one in ninety. */
export function settleExponential(words: Ints, row: i32, inLayer: i32, at: f64): f64 {
  let shift: f64 = 0;
  let layer = inLayer;
  let x = at;
  while (true) {
    if (x < layerEnd[layer + 1]) return shift + x;
    if (layer === 0) shift += TAIL_BEGINS;
    else {
      const low = layerHeight[layer];
      if (low + nextUniform(words, row) * (layerHeight[layer + 1] - low) < Math.exp(-x)) return shift + x;
    }
    const word = nextWord(words, row);
    layer = <i32>(word & 255);
    x = <f64>(<i64>(((<u64>(word >> 8)) << 32) | <u64>nextWord(words, row))) * SHARE * layerEnd[layer];
  }
}

/** Gamma with a whole shape and mean `shape`: a sum of exponentials, or Marsaglia and Tsang (2000) when that is long. */
export function nextGamma(words: Ints, row: i32, shape: i32): f64 {
  if (shape <= 12) {
    let sum: f64 = 0;
    for (let nth = 0; nth < shape; nth++) sum += nextExponential(words, row);
    return sum;
  }
  const d = <f64>shape - 1.0 / 3.0;
  const c = 1.0 / Math.sqrt(9.0 * d);
  while (true) {
    const x = nextNormal(words, row);
    const side = 1.0 + c * x;
    const v = side * side * side;
    if (v > 0 && Math.log(1.0 - nextUniform(words, row)) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** Normal with mean 0 and deviation 1 (Box and Muller). */
function nextNormal(words: Ints, row: i32): f64 {
  const radius = Math.sqrt(2.0 * nextExponential(words, row));
  return radius * Math.cos(2.0 * Math.PI * nextUniform(words, row));
}

/** Binomial by trials: meant for few of them. */
export function nextBinomial(words: Ints, row: i32, trials: i32, p: f64): i32 {
  let count = 0;
  for (let trial = 0; trial < trials; trial++) if (nextUniform(words, row) < p) count++;
  return count;
}

/** Poisson: arrivals of a unit process within `mean`. Cost grows with the mean. */
export function nextPoisson(words: Ints, row: i32, mean: f64): i32 {
  let count = 0;
  for (let at = nextExponential(words, row); at < mean; at += nextExponential(words, row)) count++;
  return count;
}

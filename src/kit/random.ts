// Seeded chance: xoshiro128** (Blackman and Vigna, 2018). The same seed gives the same numbers everywhere.

/** A stream of pseudo-random numbers. Not for secrets. */
export interface Random {
  /** Next 32 bits, 0..2^32-1. */
  uint32(): number;
  /** Uniform in [0, 1), 53 bits. */
  float(): number;
  /** Uniform integer in [0, bound); `bound` from 1 to 2^32. Unbiased (rejection). */
  below(bound: number): number;
  /** Exponential with the given mean, in the unit of the mean. */
  exponential(mean: number): number;
  /** True with probability `p`. */
  chance(p: number): boolean;
  /** One element of a non-empty list. */
  pick<T>(list: readonly T[]): T;
  /** A stream of its own, derived from this one: for independent parts of a run. */
  fork(): Random;
}

/** Starts a stream. Seeds are spread over the state by splitmix32, so neighbouring seeds are unrelated. */
export function createRandom(seed: number): Random {
  let s = seed >>> 0;
  const splitmix = (): number => {
    s = (s + 0x9e3779b9) | 0;
    let z = s;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return z ^ (z >>> 15);
  };
  return xoshiro(splitmix(), splitmix(), splitmix(), splitmix());
}

function xoshiro(a0: number, b0: number, c0: number, d0: number): Random {
  let [a, b, c, d] = [a0 | 0, b0 | 0, c0 | 0, d0 | 0];
  if ((a | b | c | d) === 0) a = 1;
  const uint32 = (): number => {
    const m = Math.imul(b, 5);
    const result = Math.imul((m << 7) | (m >>> 25), 9);
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    return result >>> 0;
  };
  const float = (): number => ((uint32() >>> 5) * 67108864 + (uint32() >>> 6)) / 9007199254740992;
  const below = (bound: number): number => {
    const limit = 4294967296 - (4294967296 % bound);
    let draw = uint32();
    while (draw >= limit) draw = uint32();
    return draw % bound;
  };
  return {
    uint32,
    float,
    below,
    exponential: (mean) => -Math.log(1 - float()) * mean,
    chance: (p) => float() < p,
    pick: (list) => list[below(list.length)],
    fork: () => xoshiro(uint32(), uint32(), uint32(), uint32()),
  };
}

// How long after the call that infected it a host begins to spread. Beforehand any delay from 0.1 s to an hour, by its
// order of magnitude; once an outbreak has a tree, what its own edges show (empirical Bayes).

import type { Millis } from "../model/units.ts";

/** Share of called hosts that become infected, and ln of the span of delays held possible: 0.1 s to 1 h. */
const INFECTED_WHEN_CALLED = 0.3;
const DELAY_SPAN = Math.log(36_000);
/** Log-spread of delays around their median, at least: people, disks and timers differ. */
const LOG_SPREAD_MIN = 0.5;
/** Delays an outbreak must show before they are believed, and the share of the prior that is always kept. */
const DELAYS_MIN = 5;
const PRIOR_SHARE = 0.1;

/** The density of "called, then spreading `delayMs` later", per ms, for a host that may or may not be infected. */
export interface Delays {
  density(delayMs: Millis): number;
  /** Density at the usual delay: what an infection nobody saw is held against. */
  readonly typicalDensity: number;
}

/** Log-uniform, softened below half a second, where clocks and batches blur the order. */
export const anyDelay: Delays = {
  density: (delayMs) => INFECTED_WHEN_CALLED / (DELAY_SPAN * (delayMs + 500)),
  typicalDensity: INFECTED_WHEN_CALLED / (DELAY_SPAN * 30_000),
};

/**
 * Log-normal around the weighted mean of the logarithms, mixed with the prior.
 * @param samples  delays with the probability that each is one
 */
export function learnDelaysFrom(samples: readonly { readonly delayMs: Millis; readonly weight: number }[]): Delays {
  let [total, sum, squares] = [0, 0, 0];
  for (const { delayMs, weight } of samples) {
    const log = Math.log(Math.max(delayMs, 50));
    total += weight;
    sum += weight * log;
    squares += weight * log * log;
  }
  if (total < DELAYS_MIN) return anyDelay;
  const mean = sum / total;
  const spread = Math.max(LOG_SPREAD_MIN, Math.sqrt(Math.max(0, squares / total - mean * mean)));
  const scale = INFECTED_WHEN_CALLED / (spread * Math.sqrt(2 * Math.PI));
  return {
    typicalDensity: scale / Math.exp(mean),
    density: (delayMs) => {
      const delay = Math.max(delayMs, 50);
      const z = (Math.log(delay) - mean) / spread;
      return (1 - PRIOR_SHARE) * (scale / delay) * Math.exp((-z * z) / 2) + PRIOR_SHARE * anyDelay.density(delayMs);
    },
  };
}

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
}

/** Log-uniform, softened below half a second, where clocks and batches blur the order. */
export const anyDelay: Delays = {
  density: (delayMs) => INFECTED_WHEN_CALLED / (DELAY_SPAN * (delayMs + 500)),
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
    density: (delayMs) => {
      const delay = Math.max(delayMs, 50);
      const z = (Math.log(delay) - mean) / spread;
      return (1 - PRIOR_SHARE) * (scale / delay) * Math.exp((-z * z) / 2) + PRIOR_SHARE * anyDelay.density(delayMs);
    },
  };
}

/** From this size on a call may carry a program; worms seen in hospitals weighed 0.2 to 4 MB. */
export const PROGRAM_BYTES_MIN = 30_000;
const PROBE_BYTES_MAX = 8_000;

/**
 * Likelihood ratio of the bytes a call carried. Large: 80 in 100 infections against 4 in 100 other calls; small:
 * exploits that fetch their program later, 15 in 100 against 90 in 100; nothing when the sensor did not see them.
 */
export function carriedRatio(bytes: number): number {
  if (bytes <= 0) return 1;
  if (bytes >= PROGRAM_BYTES_MIN) return 20;
  return bytes <= PROBE_BYTES_MAX ? 0.17 : 1;
}

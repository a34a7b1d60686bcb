// Intervals of 95 %: Wilson for a share of runs, normal for a mean.

import type { Estimate } from "../model/forecast.ts";

/** Quantile of the normal law at 0.975. */
export const Z95 = 1.959963984540054;

/** The share `count / runs` with Wilson's interval (1927). */
export function shareEstimate(count: number, runs: number): Estimate {
  if (runs === 0) return { mean: 0, low: 0, high: 1 };
  const p = count / runs;
  const z2 = (Z95 * Z95) / runs;
  const middle = (p + z2 / 2) / (1 + z2);
  const half = (Z95 * Math.sqrt((p * (1 - p)) / runs + z2 / (4 * runs))) / (1 + z2);
  return { mean: p, low: count === 0 ? 0 : Math.max(0, middle - half), high: count === runs ? 1 : middle + half };
}

/** A mean from the sums of values and of squares over `runs`. Whole numbers in, so the order of adding is no matter. */
export function meanEstimate(sum: number, squares: number, runs: number): Estimate {
  const mean = sum / runs;
  if (runs < 2) return { mean, low: mean, high: mean };
  const variance = Math.max(0, (squares - (sum * sum) / runs) / (runs - 1));
  const half = Z95 * Math.sqrt(variance / runs);
  return { mean, low: mean - half, high: mean + half };
}

// What a rehearsal says: hosts and times only. Care is assessed on it by planning.

import type { TimedOrder } from "./rehearsal.ts";

/** A mean with its interval (95 % unless said). */
export interface Estimate {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** Levels of the quantiles in every band. */
export const bandLevels = [0.05, 0.25, 0.5, 0.75, 0.95] as const;

/** How a count runs over time: `quantiles[level][time]` at `bandLevels`, and the mean at each time. */
export interface Band {
  readonly mean: readonly number[];
  readonly quantiles: readonly (readonly number[])[];
}

/** A count over time in a part of the map: hosts ever taken. */
export interface PlaceForecast {
  readonly id: string;
  readonly hostCount: number;
  readonly taken: Band;
  /** Hosts taken at the end. */
  readonly takenAtEnd: Estimate;
}

/** Whether anything got across a boundary from outside it, and when. */
export interface BoundaryForecast {
  /** `segment:ID`, `building:ID`, `site:ID`, or the id of a boundary of the map. */
  readonly boundary: string;
  readonly crossedProbability: Estimate;
  /** Median and quartiles of the time of the first crossing, in the runs where there was one; null when in none. */
  readonly crossedSeconds: readonly [quartile: number, median: number, quartile3: number] | null;
}

export interface Forecast {
  readonly schema: "cordon.forecast/1";
  readonly map: string;
  readonly worm: string;
  readonly defender: string;
  readonly seed: number;
  readonly runs: number;
  /** True when the runs ended because the answer was precise enough. */
  readonly isPrecise: boolean;
  readonly horizonSeconds: number;
  /** The times of all bands, seconds from the start. */
  readonly atSeconds: readonly number[];
  readonly hospital: PlaceForecast;
  readonly buildings: readonly PlaceForecast[];
  readonly segments: readonly PlaceForecast[];
  readonly boundaries: readonly BoundaryForecast[];
  /** Chance that the outbreak ends by itself or by the orders within the horizon. */
  readonly endedProbability: Estimate;
  /** What was ordered and when; absent when nobody noted it. */
  readonly orders?: readonly TimedOrder[] | undefined;
}

// Scores sets of orders with the probe twin, so that a planner is not marked by the engine it planned with: how many
// hosts are taken, per segment and run, when each set is played try by try. Run n has the same hosts, the same ones
// vulnerable and the same first infected under every set.

import type { TimedOrder } from "../../src/model/rehearsal.ts";
import type { Rehearsal, RunSamples } from "../../src/simulation/simulate.ts";
import { plainRules, type TwinRules } from "./opening.ts";
import { playProbeRuns, type SweepPace, wannaCryPace } from "./probe-twin.ts";

export interface ScoreOptions {
  readonly runs: number;
  readonly fromRun?: number;
  /** Default: the horizon alone. */
  readonly atSeconds?: readonly number[];
  readonly pace?: SweepPace;
  readonly rules?: TwinRules;
}

/** One RunSamples for each set of orders, in their order. The orders of the rehearsal itself are left out. */
export function scoreWithProbes(
  rehearsal: Rehearsal,
  orderSets: readonly (readonly TimedOrder[])[],
  options: ScoreOptions,
): RunSamples[] {
  const { runs, fromRun = 0, pace = wannaCryPace, rules = plainRules } = options;
  const atSeconds = options.atSeconds ?? [rehearsal.horizonSeconds];
  return orderSets.map((orders) =>
    playProbeRuns({ ...rehearsal, orders }, fromRun, fromRun + runs, atSeconds, pace, rules),
  );
}

/** Hosts taken in all segments at one of the times, a number for each run. */
export function takenInAll(samples: RunSamples, time = samples.atSeconds.length - 1): number[] {
  const { taken, atSeconds, segmentCount } = samples;
  return Array.from({ length: samples.runCount }, (_, run) => {
    const from = (run * atSeconds.length + time) * segmentCount;
    return taken.subarray(from, from + segmentCount).reduce((sum, each) => sum + each, 0);
  });
}

/** Mean and standard error of what the second set saves over the first, run by run. */
export function savedBy(first: RunSamples, second: RunSamples): { readonly mean: number; readonly error: number } {
  const [a, b] = [takenInAll(first), takenInAll(second)];
  const saved = a.map((hosts, run) => hosts - b[run]);
  const mean = saved.reduce((sum, each) => sum + each, 0) / saved.length;
  const squares = saved.reduce((sum, each) => sum + (each - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares / Math.max(1, saved.length - 1) / saved.length) };
}

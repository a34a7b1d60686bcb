// Do two engines play the same outbreak? Both play the same rehearsals many times; a few figures of each run are
// compared as distributions. Three alarms, each with its own small chance of being false:
//   one figure of one map differs much      smallest p of all χ² tests, corrected by Holm (Bonferroni for the first)
//   all maps differ a little, the same way  rank sums (Mann and Whitney) of one figure added over maps (Stouffer)
//   all maps differ a little, any way       p-values are not uniform (Fisher's sum of logarithms)

import type { WormProfile } from "../../src/model/rehearsal.ts";
import type { Rehearsal, RunSamples } from "../../src/simulation/simulate.ts";

/** Plays runs `fromRun` to `toRun` - 1. */
export type Engine = (rehearsal: Rehearsal, fromRun: number, toRun: number, atSeconds: readonly number[]) => RunSamples;

/** One figure of one map, by both engines. */
export interface Compared {
  readonly seed: number;
  readonly figure: string;
  /** Of the χ² test over pooled bins; 1 when the figure never varies in either. */
  readonly p: number;
  /** Normal deviate of the rank sum: above 0 when the second engine gives more. */
  readonly z: number;
  readonly meanFirst: number;
  readonly meanSecond: number;
  readonly errorFirst: number;
  readonly errorSecond: number;
}

export interface Verdict {
  readonly tests: number;
  /** Figures whose p survives Holm's correction at `falseAlarmMax`. */
  readonly odd: readonly Compared[];
  /** Stouffer's deviate by figure. */
  readonly drift: Readonly<Record<string, number>>;
  /** p of Fisher's sum over all tests of all maps. */
  readonly uniformP: number;
  readonly alarms: readonly string[];
}

/** A worm with one rate out by a factor. Slots are quicker by as much, else they would hide what the tries are out by. */
export function wormOutBy(
  worm: WormProfile,
  factor: number,
  rate: "localTriesPerSecond" | "remoteTriesPerSecond" | "takeProbability",
): WormProfile {
  const out = worm[rate] * factor;
  const isLocal = rate === "localTriesPerSecond" && worm.takeSeconds !== null;
  return {
    ...worm,
    [rate]: rate === "takeProbability" ? Math.min(1, out) : out,
    takeSeconds: isLocal ? (worm.takeSeconds ?? 0) / factor : worm.takeSeconds,
  };
}

/** Times at which hosts taken are compared, as shares of the horizon. */
const timeShares = [0.15, 0.4, 1] as const;

/** Figures of one map move together, so only one of them enters Fisher's sum. */
export const figureForSum = "taken at 0.4";

export function compareOn(rehearsal: Rehearsal, runs: number, first: Engine, second: Engine): Compared[] {
  const atSeconds = timeShares.map((share) => share * rehearsal.horizonSeconds);
  // Each engine has its own runs, so that engines that share their luck are still two samples.
  const a = figuresOf(first(rehearsal, 0, runs, atSeconds));
  const b = figuresOf(second(rehearsal, runs, 2 * runs, atSeconds));
  return Object.keys(a).map((figure) => compareFigure(rehearsal.seed, figure, a[figure], b[figure]));
}

/** Per run: all hosts taken at each time, hosts taken outside the first segment, time of the first crossing of any. */
function figuresOf(samples: RunSamples): Record<string, number[]> {
  const { taken, runCount, segmentCount, boundaries, crossedSeconds, atSeconds } = samples;
  const figures: Record<string, number[]> = {};
  const put = (figure: string, value: number): unknown => (figures[figure] ??= []).push(value);
  for (let run = 0; run < runCount; run++) {
    timeShares.forEach((share, time) => {
      const from = (run * atSeconds.length + time) * segmentCount;
      const row = taken.subarray(from, from + segmentCount);
      const total = row.reduce((sum, each) => sum + each, 0);
      put(`taken at ${share}`, total);
      if (share === 1) put("taken outside the first segment", total - row[0]);
    });
    const row = crossedSeconds.subarray(run * boundaries.length, (run + 1) * boundaries.length);
    put("first crossing", Math.min(...row));
    put("lines crossed", row.filter((seconds) => seconds < Number.POSITIVE_INFINITY).length);
  }
  return figures;
}

function compareFigure(seed: number, figure: string, first: readonly number[], second: readonly number[]): Compared {
  const [a, b] = [momentsOf(first), momentsOf(second)];
  const means = { meanFirst: a.mean, meanSecond: b.mean, errorFirst: a.error, errorSecond: b.error };
  return { seed, figure, p: binnedP(first, second), z: rankDeviate(first, second), ...means };
}

/** Finite values only: of a crossing that never came there is no time. */
function momentsOf(values: readonly number[]): { mean: number; error: number } {
  const finite = values.filter((value) => value < Number.POSITIVE_INFINITY);
  const mean = finite.reduce((sum, value) => sum + value, 0) / finite.length;
  const variance = finite.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, finite.length - 1);
  return { mean, error: Math.sqrt(variance / finite.length) };
}

/** χ² of two samples over bins of the pooled sample, each with at least 16 values: equal values share a bin. */
export function binnedP(first: readonly number[], second: readonly number[]): number {
  const pooled = [
    ...first.map((value) => ({ value, isFirst: true })),
    ...second.map((value) => ({ value, isFirst: false })),
  ];
  pooled.sort((a, b) => (a.value < b.value ? -1 : a.value > b.value ? 1 : 0));
  const size = Math.max(16, pooled.length / 12);
  const bins: { first: number; all: number }[] = [];
  let bin = { first: 0, all: 0 };
  pooled.forEach(({ value, isFirst }, at) => {
    bin.all++;
    if (isFirst) bin.first++;
    if (bin.all < size || pooled[at + 1]?.value === value) return;
    bins.push(bin);
    bin = { first: 0, all: 0 };
  });
  const last = bins.at(-1);
  if (bin.all > 0) {
    if (last === undefined || bin.all >= 16) bins.push(bin);
    else {
      last.all += bin.all;
      last.first += bin.first;
    }
  }
  const share = first.length / pooled.length;
  const statistic = bins.reduce((sum, { first: seen, all }) => {
    return sum + (seen - all * share) ** 2 / (all * share * (1 - share));
  }, 0);
  return bins.length < 2 ? 1 : chiSquareP(statistic, bins.length - 1);
}

/** Mann and Whitney with ties, as a normal deviate; 0 when all values are the same. */
export function rankDeviate(first: readonly number[], second: readonly number[]): number {
  const pooled = [
    ...first.map((value) => ({ value, isFirst: true })),
    ...second.map((value) => ({ value, isFirst: false })),
  ];
  pooled.sort((a, b) => (a.value < b.value ? -1 : a.value > b.value ? 1 : 0));
  const [m, n] = [first.length, second.length];
  let [rankSum, ties] = [0, 0];
  for (let from = 0; from < pooled.length; ) {
    let to = from;
    while (to < pooled.length && pooled[to].value === pooled[from].value) to++;
    const rank = (from + to + 1) / 2;
    for (let at = from; at < to; at++) if (!pooled[at].isFirst) rankSum += rank;
    ties += (to - from) ** 3 - (to - from);
    from = to;
  }
  const total = m + n;
  const variance = ((m * n) / 12) * (total + 1 - ties / (total * (total - 1)));
  return variance <= 0 ? 0 : (rankSum - (n * (total + 1)) / 2) / Math.sqrt(variance);
}

/** @param falseAlarmMax  chance of any alarm between two engines that are the same; shared by the three alarms */
export function judge(compared: readonly Compared[], falseAlarmMax: number): Verdict {
  const level = falseAlarmMax / 3;
  const varying = compared.filter(hasVaried);
  const sorted = [...varying].sort((a, b) => a.p - b.p);
  const firstFine = sorted.findIndex((each, at) => each.p > level / (sorted.length - at));
  const odd = sorted.slice(0, firstFine < 0 ? sorted.length : firstFine);
  const deviates: Record<string, number[]> = {};
  for (const each of varying) (deviates[each.figure] ??= []).push(each.z);
  const summed = varying.filter((each) => each.figure === figureForSum).map((each) => each.p);
  const together = judgeTogether(deviates, summed, 2 * level);
  const alarms = [...odd.map(formatCompared), ...together.alarms];
  return { tests: varying.length, odd, ...together, alarms };
}

export const hasVaried = (each: Compared): boolean => each.p < 1 || each.z !== 0;

/** What only shows over all maps: drift of a figure, and p-values (one figure's, they must be apart) not uniform. */
export function judgeTogether(
  deviates: Readonly<Record<string, readonly number[]>>,
  ps: readonly number[],
  falseAlarmMax: number,
): Pick<Verdict, "drift" | "uniformP" | "alarms"> {
  const level = falseAlarmMax / 2;
  const drift: Record<string, number> = {};
  const alarms: string[] = [];
  for (const [figure, each] of Object.entries(deviates)) {
    const deviate = each.reduce((sum, z) => sum + z, 0) / Math.sqrt(each.length);
    drift[figure] = deviate;
    if (2 * normalTail(Math.abs(deviate)) > level / Object.keys(deviates).length) continue;
    alarms.push(`${figure} drifts over all maps: ${deviate.toFixed(1)} standard errors`);
  }
  const tested = ps.filter((p) => p < 1);
  const fisher = tested.reduce((sum, p) => sum - 2 * Math.log(Math.max(p, 1e-300)), 0);
  const uniformP = tested.length === 0 ? 1 : chiSquareP(fisher, 2 * tested.length);
  if (uniformP < level) alarms.push(`p-values are not uniform: ${uniformP.toExponential(1)}`);
  return { drift, uniformP, alarms };
}

/** One comparison as a sentence that can be played again. */
export function formatCompared(each: Compared): string {
  const part = (mean: number, error: number): string => `${mean.toFixed(2)} ± ${error.toFixed(2)}`;
  const means = `${part(each.meanFirst, each.errorFirst)} against ${part(each.meanSecond, each.errorSecond)}`;
  return `seed ${each.seed}, ${each.figure}: ${means}, p ${each.p.toExponential(1)}`;
}

/** Upper tail of the standard normal: half of the χ² tail of one freedom. */
export function normalTail(deviate: number): number {
  return chiSquareP(deviate * deviate, 1) / 2;
}

/** Chance that χ² exceeds the statistic: the upper incomplete gamma function, by series or continued fraction. */
export function chiSquareP(statistic: number, freedom: number): number {
  if (statistic <= 0 || freedom <= 0) return 1;
  const [a, x] = [freedom / 2, statistic / 2];
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let [term, sum] = [1 / a, 1 / a];
    for (let at = 1; at < 10_000 && term > sum * 1e-15; at++) {
      term *= x / (a + at);
      sum += term;
    }
    return Math.max(0, 1 - front * sum);
  }
  let [b, c, d] = [x + 1 - a, 1e300, 1 / (x + 1 - a)];
  let h = d;
  for (let at = 1; at < 10_000; at++) {
    const an = -at * (at - a);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    h *= d * c;
    if (Math.abs(d * c - 1) < 1e-14) break;
  }
  return front * h;
}

/** Lanczos. */
function logGamma(x: number): number {
  const coefficients = [
    76.1800917294715, -86.5053203294168, 24.0140982408309, -1.23173957245016, 0.00120865097386618, -0.0000053952393849,
  ];
  const shifted = x + 5.5;
  const sum = coefficients.reduce((total, each, at) => total + each / (x + 1 + at), 1.00000000019001);
  return (x + 0.5) * Math.log(shifted) - shifted + Math.log((2.506628274631 * sum) / x);
}

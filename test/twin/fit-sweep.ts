// Fits the count engine's two figures (tries per second at the own segment, dormancy) to the ordered sweep of the probe
// twin, for one segment of a given size and number of vulnerable hosts, by the times to 10, 50 and 90 % taken.
//
//   node test/twin/fit-sweep.ts > test/twin/sweep-fit.json

import { fileURLToPath } from "node:url";
import { createRandom } from "../../src/kit/random.ts";
import type { Delay } from "../../src/model/rehearsal.ts";
import { oneSegment } from "./one-segment.ts";
import { playProbeRun, type SweepPace, wannaCryPace } from "./probe-twin.ts";

/** One segment: size of its block (a power of two), vulnerable hosts among them. */
export type SweepCell = readonly [addresses: number, vulnerable: number];

export interface SweepFit {
  readonly cells: readonly SweepCell[];
  readonly localTriesPerSecond: number;
  readonly dormancy: Delay;
  /** Per cell the mean times to 10, 50 and 90 % taken: by the probes, and by counts with the fitted figures. */
  readonly probeSeconds: readonly (readonly number[])[];
  readonly countSeconds: readonly (readonly number[])[];
  /** The largest relative error of all times. */
  readonly errorMax: number;
}

export const fitShares = [0.1, 0.5, 0.9] as const;
const TAKE_PROBABILITY = 0.9;
const DORMANCY_SECONDS = 15;
const HORIZON_SECONDS = 20_000;

/** Which taken host ends each of the three times; the first one is there from the start. */
function ranksOf(vulnerable: number): number[] {
  return fitShares.map((share) => Math.max(2, Math.ceil(share * vulnerable)) - 1);
}

/** Mean times of the ordered sweep; a run that does not get so far counts with the horizon. */
export function probeTimes(
  addresses: number,
  vulnerable: number,
  runs: number,
  pace: SweepPace = wannaCryPace,
): number[] {
  const rehearsal = oneSegment({
    hostCount: vulnerable,
    cidr: `10.0.0.0/${32 - Math.log2(addresses)}`,
    horizonSeconds: HORIZON_SECONDS,
    worm: { takeProbability: TAKE_PROBABILITY, dormancy: { meanSeconds: DORMANCY_SECONDS, kind: "fixed" } },
  });
  const ranks = ranksOf(vulnerable);
  const sums = ranks.map(() => 0);
  for (let run = 0; run < runs; run++) {
    const { takenAtSeconds } = playProbeRun(rehearsal, run, [HORIZON_SECONDS], pace);
    ranks.forEach((rank, at) => (sums[at] += (takenAtSeconds[rank] ?? HORIZON_SECONDS) / runs));
  }
  return sums;
}

/** Mean times of the count process: every host that tries aims at random addresses, the taken ones sleep first. */
export function countTimes(cell: SweepCell, triesPerSecond: number, dormancy: Delay, runs: number): number[] {
  const [addresses, vulnerable] = cell;
  const places = addresses - 2; // its first and last are none
  const ranks = ranksOf(vulnerable);
  const sums = ranks.map(() => 0);
  for (let run = 0; run < runs; run++) {
    const random = createRandom(run);
    const takenAt = [0];
    const wakes: number[] = []; // ascending
    let [seconds, awake] = [0, 1];
    while (takenAt.length <= ranks[2]) {
      const rate = (triesPerSecond * TAKE_PROBABILITY * awake * (vulnerable - takenAt.length)) / places;
      const next = seconds + random.exponential(1 / rate);
      if (wakes.length > 0 && wakes[0] <= next) {
        seconds = wakes.shift() ?? next;
        awake++;
        continue;
      }
      seconds = next;
      takenAt.push(seconds);
      const mean = dormancy.meanSeconds;
      const wake = seconds + (dormancy.kind === "fixed" ? mean : random.exponential(mean));
      const later = wakes.findIndex((each) => each > wake);
      wakes.splice(later < 0 ? wakes.length : later, 0, wake);
    }
    ranks.forEach((rank, at) => (sums[at] += takenAt[rank] / runs));
  }
  return sums;
}

/**
 * One pair of figures for all cells: the largest error of all their times made as small as it gets. A coarse grid
 * first, since there are false minima, then ever finer steps around it, with the same luck for every pair.
 */
export function fitSweep(cells: readonly SweepCell[], runs: number, pace: SweepPace = wannaCryPace): SweepFit {
  const probeSeconds = cells.map(([addresses, vulnerable]) => probeTimes(addresses, vulnerable, runs, pace));
  const tried = (localTriesPerSecond: number, dormancy: Delay, runsTried: number): SweepFit => {
    const countSeconds = cells.map((cell) => countTimes(cell, localTriesPerSecond, dormancy, runsTried));
    const errors = countSeconds.flatMap((row, cell) =>
      row.map((each, at) => Math.abs(each / probeSeconds[cell][at] - 1)),
    );
    return { cells, localTriesPerSecond, dormancy, probeSeconds, countSeconds, errorMax: Math.max(...errors) };
  };
  const grid: SweepFit[] = [];
  for (let rate = 0.05; rate < 5; rate *= 1.3) {
    for (const meanSeconds of [1, 4, 8, 16, 32, 64, 128, 256, 512, 1_024]) {
      for (const kind of ["fixed", "exponential"] as const) grid.push(tried(rate, { meanSeconds, kind }, 50));
    }
  }
  grid.sort((a, b) => a.errorMax - b.errorMax);
  const refined = grid.slice(0, 3).map((start) => {
    let best = tried(start.localTriesPerSecond, start.dormancy, runs);
    for (let step = 1.2; step > 1.01; step = Math.sqrt(step)) {
      for (let moves = 0; moves < 6; moves++) {
        const before = best;
        for (const [rateBy, dormancyBy] of [
          [1 / step, 1],
          [step, 1],
          [1, 1 / step],
          [1, step],
          [step, step],
          [1 / step, 1 / step],
        ]) {
          const dormancy = { ...before.dormancy, meanSeconds: before.dormancy.meanSeconds * dormancyBy };
          const next = tried(before.localTriesPerSecond * rateBy, dormancy, runs);
          if (next.errorMax < best.errorMax) best = next;
        }
        if (best === before) break;
      }
    }
    return best;
  });
  return refined.reduce((best, each) => (each.errorMax < best.errorMax ? each : best));
}

/** Each segment on its own, then one pair for all /24 of a usual hospital: 26 to 102 vulnerable of 256 addresses. */
export const fitCells: readonly (readonly SweepCell[])[] = [
  ...[64, 128, 256].flatMap((addresses) =>
    [0.1, 0.2, 0.4, 0.8].map((share): SweepCell[] => [[addresses, Math.round(addresses * share)]]),
  ),
  [26, 51, 102].map((vulnerable): SweepCell => [256, vulnerable]),
];

const rounded = (value: number): number => Number(value.toPrecision(4));

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const lines = fitCells.map((cells) => {
    const fit = fitSweep(cells, 300);
    return JSON.stringify({
      ...fit,
      localTriesPerSecond: rounded(fit.localTriesPerSecond),
      dormancy: { ...fit.dormancy, meanSeconds: rounded(fit.dormancy.meanSeconds) },
      probeSeconds: fit.probeSeconds.map((row) => row.map(rounded)),
      countSeconds: fit.countSeconds.map((row) => row.map(rounded)),
      errorMax: rounded(fit.errorMax),
    });
  });
  process.stdout.write(`[\n  ${lines.join(",\n  ")}\n]\n`);
}

// How well the counts of the `sweep` profile follow the ordered sweep of the probe twin: mean times to 10, 50 and 90 %
// taken in one segment. The profile's slots and rates are the sweep's own; its dormancy is the one figure fitted here.
//
//   node bin/boot.mjs --dev test/twin/fit-sweep.ts > test/twin/sweep-fit.json

import { fileURLToPath } from "node:url";
import type { Delay, WormProfile } from "../../src/model/rehearsal.ts";
import { playRuns, type Rehearsal, worms } from "../../src/simulation/simulate.ts";
import { momentsOf } from "../town.ts";
import { oneSegment } from "./one-segment.ts";
import { playProbeRun, playProbeRuns } from "./probe-twin.ts";

/** One segment: size of its block (a power of two), vulnerable hosts among them. */
export type SweepCell = readonly [addresses: number, vulnerable: number];

/** Mean times to 10, 50 and 90 % taken. */
type Times = readonly number[];

const HORIZON_SECONDS = 1_200;
const STEP_SECONDS = 0.5;
const fitShares = [0.1, 0.5, 0.9] as const;

/** The densities of a usual hospital, for which the dormancy is chosen. */
export const fittedCells: readonly SweepCell[] = [
  [256, 26],
  [256, 51],
  [256, 102],
];

export const shownCells: readonly SweepCell[] = [
  [256, 10],
  ...fittedCells,
  [256, 205],
  ...[128, 64].flatMap((addresses) =>
    [0.1, 0.2, 0.4, 0.8].map((share): SweepCell => [addresses, Math.round(addresses * share)]),
  ),
];

export function sweepWorm(): WormProfile {
  const worm = worms.find(({ id }) => id === "sweep");
  if (worm === undefined) throw new Error("Cannot fit: the profile `sweep` must be there, got none");
  return worm;
}

/** A block in which the worm can take every host, and one is taken. */
export function sweepSegment([addresses, vulnerable]: SweepCell, worm: Partial<WormProfile> = {}): Rehearsal {
  return oneSegment({
    hostCount: vulnerable,
    cidr: `10.0.0.0/${32 - Math.log2(addresses)}`,
    horizonSeconds: HORIZON_SECONDS,
    worm: { ...sweepWorm(), remoteTriesPerSecond: 0, ...worm },
  });
}

/** Hosts taken at each of the three times; the first one is there from the start. */
function levelsOf(vulnerable: number): number[] {
  return fitShares.map((share) => Math.max(2, Math.ceil(share * vulnerable)));
}

export function probeTimes(cell: SweepCell, runs: number): Times {
  const levels = levelsOf(cell[1]);
  const sums = levels.map(() => 0);
  for (let run = 0; run < runs; run++) {
    const { takenAtSeconds } = playProbeRun(sweepSegment(cell), run, [HORIZON_SECONDS]);
    levels.forEach((level, at) => (sums[at] += (takenAtSeconds[level - 1] ?? HORIZON_SECONDS) / runs));
  }
  return sums;
}

/** The engine's: half-second steps at which the level is not reached yet, added up. */
export function countTimes(cell: SweepCell, runs: number, dormancy: Delay): Times {
  const atSeconds = Array.from({ length: HORIZON_SECONDS / STEP_SECONDS }, (_, at) => (at + 0.5) * STEP_SECONDS);
  const { taken } = playRuns(sweepSegment(cell, { dormancy }), 0, runs, atSeconds);
  return levelsOf(cell[1]).map((level) => (taken.filter((count) => count < level).length * STEP_SECONDS) / runs);
}

export const errorsOf = (counts: Times, probes: Times): number[] => counts.map((each, at) => each / probes[at] - 1);

const largest = (errors: readonly number[]): number => Math.max(...errors.map(Math.abs));

/** The dormancy with the smallest largest error over all times of the cells. */
function fitDormancy(cells: readonly SweepCell[], runs: number): { dormancy: Delay; errorMax: number }[] {
  const probes = cells.map((cell) => probeTimes(cell, runs));
  return (["fixed", "exponential"] as const).map((kind) => {
    const fits = Array.from({ length: 60 }, (_, at) => {
      const dormancy: Delay = { meanSeconds: 1 + at, kind };
      const errors = cells.flatMap((cell, nth) => errorsOf(countTimes(cell, runs, dormancy), probes[nth]));
      return { dormancy, errorMax: largest(errors) };
    });
    return fits.reduce((best, each) => (each.errorMax < best.errorMax ? each : best));
  });
}

/** Hosts taken of 51 in a /24 where a host is flagged at its tenth try and isolated some seconds later: mean, standard error. */
export function takenUnderIsolation(isolateSeconds: number, runs: number): { probes: Times; counts: Times } {
  const rehearsal = sweepSegment([256, 51]);
  const defender = { ...rehearsal.defender, contactsToFlag: 10, telemetryDelaySeconds: 1, isolateSeconds };
  const [probes, counts] = [playProbeRuns, playRuns].map((play) => {
    const { mean, error } = momentsOf(play({ ...rehearsal, defender }, 0, runs, [HORIZON_SECONDS]).taken);
    return [mean, error];
  });
  return { probes, counts };
}

const rounded = (values: Times): number[] => values.map((value) => Number(value.toPrecision(3)));

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const runs = 400;
  const { dormancy } = sweepWorm();
  const fits = fitDormancy(fittedCells, runs).map((fit) =>
    JSON.stringify({ ...fit, errorMax: Number(fit.errorMax.toFixed(2)), cells: fittedCells }),
  );
  const rows = shownCells.map((cell) => {
    const [probes, counts] = [probeTimes(cell, runs), countTimes(cell, runs, dormancy)];
    const errors = errorsOf(counts, probes).map((each) => Number(each.toFixed(2)));
    return JSON.stringify({ cell, probeSeconds: rounded(probes), countSeconds: rounded(counts), errors });
  });
  const isolations = [5, 10, 15, 30].map((isolateSeconds) => {
    const { probes, counts } = takenUnderIsolation(isolateSeconds, runs);
    return JSON.stringify({ isolateSeconds, probes: rounded(probes), counts: rounded(counts) });
  });
  const list = (lines: readonly string[]): string => `[\n    ${lines.join(",\n    ")}\n  ]`;
  process.stdout.write(
    `{\n  "profile": ${JSON.stringify({ dormancy })},\n  "fits": ${list(fits)},\n  "rows": ${list(rows)},\n  "isolations": ${list(isolations)}\n}\n`,
  );
}

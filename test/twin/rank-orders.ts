// Do sets of orders stand in the same order of merit by counts as by the ordered sweep? A dozen fixed sets with real
// delays are scored in hosts taken, by the engine and by the probe twin, and the two rankings compared.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadMap, newHost } from "../../src/hospital/load.ts";
import type { Control } from "../../src/model/control.ts";
import type { HospitalMap } from "../../src/model/map.ts";
import type { TimedOrder } from "../../src/model/rehearsal.ts";
import { defenders, playRuns, type Rehearsal, type RunSamples } from "../../src/simulation/simulate.ts";
import { momentsOf } from "../town.ts";
import { sweepWorm } from "./fit-sweep.ts";
import { scoreWithProbes, takenInAll } from "./score-with-probes.ts";

export interface OrderSet {
  readonly name: string;
  readonly orders: readonly TimedOrder[];
}

export type Example = "clinic" | "chu";

/** Three known infected hosts in one segment of workstations, and one hidden; half an hour. */
export function exampleOutbreak(example: Example, defenderId: string): Rehearsal {
  const path = fileURLToPath(new URL(`../../examples/${example}/hospital.yaml`, import.meta.url));
  const loaded = loadMap(readFileSync(path, "utf8"), path);
  const defender = defenders.find(({ id }) => id === defenderId);
  if (!loaded.ok || defender === undefined) throw new Error("Cannot rank: the example and the defender must be there");
  const segment = firstOf(loaded.map);
  const hosts = [21, 22, 23].map((last) => ({
    ...newHost(`first-${last}`),
    role: "workstation" as const,
    segment: segment.id,
    addresses: [segment.cidrs[0].replace(/\d+\/\d+$/, String(last))],
  }));
  const worm = sweepWorm();
  return {
    map: { ...loaded.map, hosts: [...loaded.map.hosts, ...hosts] },
    worm,
    defender,
    state: {
      port: worm.port,
      segments: [{ segment: segment.id, infected: 3, isolated: 0, hiddenMean: 1 }],
      hosts: hosts.map(({ id }) => id),
    },
    orders: [],
    seed: 7,
    horizonSeconds: 1_800,
  };
}

function firstOf(map: HospitalMap): HospitalMap["segments"][number] {
  const first = map.segments.find(({ use }) => use === "workstations");
  if (first === undefined) throw new Error("Cannot rank: the example must have workstations, got none");
  return first;
}

/** Fixed sets, from nothing to everything, each from half a minute to ten minutes after the start. */
export function orderSetsOf({ map, state, worm }: Rehearsal): OrderSet[] {
  const { id: segment, building } = firstOf(map);
  const { port } = worm;
  const at = (atSeconds: number, ...controls: readonly Control[]): TimedOrder[] =>
    controls.map((control) => ({ control, atSeconds, failureProbability: 0, liftSeconds: null }));
  const hosts = state.hosts.map((host): Control => ({ kind: "isolate-host", host }));
  const closeIn = (within: string): Control => ({ kind: "close-port-within", within, port });
  const around: Control = { kind: "isolate-segment", segment, except: [] };
  const house: Control = { kind: "isolate-building", building: building ?? "", except: [] };
  const sites = map.sites.map(({ id }): Control => ({ kind: "isolate-site", site: id, except: [] }));
  const houses = map.buildings.map(({ id }): Control => ({ kind: "isolate-building", building: id, except: [] }));
  return [
    { name: "nothing", orders: [] },
    { name: "flagged hosts, 30 s", orders: at(30, ...hosts) },
    { name: "port in the segment, 30 s", orders: at(30, closeIn(segment)) },
    { name: "port in the segment, 2 min", orders: at(120, closeIn(segment)) },
    { name: "around the segment, 30 s", orders: at(30, around) },
    { name: "around the segment, 5 min", orders: at(300, around) },
    { name: "port in and around the segment, 1 min", orders: at(60, closeIn(segment), around) },
    { name: "port in the building, 1 min", orders: at(60, closeIn(`building:${building}`)) },
    { name: "around the building, 2 min", orders: at(120, house) },
    { name: "around every building, 5 min", orders: at(300, ...houses) },
    { name: "around every site, 5 min", orders: at(300, ...sites) },
    { name: "port everywhere, 2 min", orders: at(120, closeIn("all")) },
    { name: "port everywhere, 10 min", orders: at(600, closeIn("all")) },
  ];
}

/** Hosts taken under a set, by one of the two: a number for each run. */
type Scored = readonly (readonly number[])[];

export interface Ranking {
  readonly sets: readonly string[];
  /** Mean hosts taken and its standard error, by set. */
  readonly counts: readonly (readonly [mean: number, error: number])[];
  readonly probes: readonly (readonly [mean: number, error: number])[];
  /** Pairs whose difference is beyond 3 standard errors by both, and those of them in the same order by both. */
  readonly pairs: number;
  readonly agreeing: number;
  readonly opposed: readonly string[];
  /** Kendall's tau-b of the means, over all pairs. */
  readonly tau: number;
  /** What the best set by counts costs more than the best by probes, both by probes: hosts, and its standard error. */
  readonly regret: number;
  readonly regretError: number;
  readonly best: readonly [byCounts: string, byProbes: string];
}

export function rankUnderSweep(rehearsal: Rehearsal, countRuns: number, probeRuns: number): Ranking {
  const sets = orderSetsOf(rehearsal);
  const at = [rehearsal.horizonSeconds];
  const taken = (samples: RunSamples): number[] => takenInAll(samples);
  const counts = sets.map(({ orders }) => taken(playRuns({ ...rehearsal, orders }, 0, countRuns, at)));
  const played = scoreWithProbes(
    rehearsal,
    sets.map(({ orders }) => orders),
    { runs: probeRuns },
  );
  return rankingOf(
    sets.map(({ name }) => name),
    counts,
    played.map(taken),
  );
}

/** Mean and standard error of the difference run by run: run n is the same luck under every set. */
function difference(first: readonly number[], second: readonly number[]): readonly [mean: number, error: number] {
  const { mean, error } = momentsOf(first.map((each, run) => each - second[run]));
  return [mean, error];
}

export function rankingOf(names: readonly string[], counts: Scored, probes: Scored): Ranking {
  let [pairs, agreeing, concordance] = [0, 0, 0];
  const untied = [0, 0];
  const opposed: string[] = [];
  names.forEach((name, one) => {
    for (let other = 0; other < one; other++) {
      const [byCounts, byProbes] = [counts, probes].map((scored) => difference(scored[one], scored[other]));
      concordance += Math.sign(byCounts[0]) * Math.sign(byProbes[0]);
      [byCounts, byProbes].forEach(([mean], side) => (untied[side] += Math.abs(Math.sign(mean))));
      if ([byCounts, byProbes].some(([mean, error]) => Math.abs(mean) <= 3 * error)) continue;
      pairs++;
      if (byCounts[0] * byProbes[0] > 0) agreeing++;
      else opposed.push(`${names[other]} / ${name}: ${byCounts[0].toFixed(1)} and ${byProbes[0].toFixed(1)}`);
    }
  });
  const means = [counts, probes].map((scored) => scored.map((values) => momentsOf(values)));
  const [bestByCounts, bestByProbes] = means.map((each) =>
    each.reduce((best, { mean }, set) => (mean < each[best].mean ? set : best), 0),
  );
  const [regret, regretError] = difference(probes[bestByCounts], probes[bestByProbes]);
  return {
    sets: names,
    counts: means[0].map(({ mean, error }) => [mean, error]),
    probes: means[1].map(({ mean, error }) => [mean, error]),
    pairs,
    agreeing,
    opposed,
    tau: concordance / Math.sqrt(untied[0] * untied[1]),
    regret,
    regretError,
    best: [names[bestByCounts], names[bestByProbes]],
  };
}

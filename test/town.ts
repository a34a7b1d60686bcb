// Rehearsals on drawn towns for tests and benchmarks: segments of one size, everything vulnerable, rates given.

import { newMap, newSegment } from "../src/hospital/load.ts";
import type { HospitalMap } from "../src/model/map.ts";
import type { DefenderProfile, WormProfile } from "../src/model/rehearsal.ts";
import type { Rehearsal } from "../src/simulation/simulate.ts";

export interface Town {
  readonly segments: number;
  readonly hosts: number;
  readonly vulnerableShare?: number;
  /** Segments that hold one infected host each; default the first. */
  readonly infected?: readonly number[];
  readonly worm?: Partial<WormProfile>;
  readonly defender?: Partial<DefenderProfile>;
  readonly map?: Partial<HospitalMap>;
  readonly orders?: Rehearsal["orders"];
  readonly seed?: number;
  readonly horizonSeconds?: number;
}

/** A worm that only counts: knows hosts, always takes, at once, for ever; rates of 0 unless given. */
export const plainWorm: WormProfile = {
  id: "plain",
  title: "plain",
  port: "tcp/445",
  localTriesPerSecond: 0,
  remoteTriesPerSecond: 0,
  knowsHosts: true,
  takeProbability: 1,
  takesAtOnce: null,
  takeSeconds: null,
  dormancy: { meanSeconds: 0, kind: "fixed" },
  activeSeconds: null,
  triesUntilLockout: null,
  vulnerableShare: { workstation: 1, server: 1, medical: 1, other: 1 },
  claims: [],
};

export const idleDefender: DefenderProfile = {
  id: "idle",
  title: "idle",
  telemetryDelaySeconds: 0,
  contactsToFlag: 10,
  isolateSeconds: null,
  isolateFailureProbability: 0,
  applySecondsByRing: [1, 5, 900],
  decideSeconds: 0,
  claims: [],
};

export function townMap(town: Town): HospitalMap {
  const { segments, hosts, vulnerableShare = 1, map } = town;
  return {
    ...newMap("town"),
    crossingDefault: "open",
    segments: Array.from({ length: segments }, (_, nth) => {
      return { ...newSegment(`s${nth}`, "workstations"), hostCount: hosts, vulnerableShare };
    }),
    ...map,
  };
}

export function rehearsalOf(town: Town): Rehearsal {
  const { infected = [0], worm, defender, orders = [], seed = 7, horizonSeconds = 1e6 } = town;
  return {
    map: townMap(town),
    worm: { ...plainWorm, ...worm },
    defender: { ...idleDefender, ...defender },
    state: {
      port: "tcp/445",
      hosts: [],
      segments: infected.map((nth) => ({ segment: `s${nth}`, infected: 1, isolated: 0, hiddenMean: 0 })),
    },
    orders,
    seed,
    horizonSeconds,
  };
}

/** Rate of one pair in the task other simulators were measured on: 2 / 199 per unit of time. */
export const pairRate = 2 / 199;

/** That task: buildings of 200, ten infected, each host also tries hosts of other buildings at the rate of two pairs. */
export function commonTask(segments: number, seed = 7): Rehearsal {
  return rehearsalOf({
    segments,
    hosts: 200,
    infected: Array.from({ length: 10 }, (_, nth) => Math.floor((nth * segments) / 10)),
    worm: { localTriesPerSecond: 200 * pairRate, remoteTriesPerSecond: 2 * pairRate },
    seed,
  });
}

export interface Moments {
  readonly mean: number;
  readonly deviation: number;
  /** Standard error of the mean. */
  readonly error: number;
}

export function momentsOf(values: ArrayLike<number>): Moments {
  let [sum, squares] = [0, 0];
  for (let nth = 0; nth < values.length; nth++) sum += values[nth];
  const mean = sum / values.length;
  for (let nth = 0; nth < values.length; nth++) squares += (values[nth] - mean) ** 2;
  const deviation = Math.sqrt(squares / (values.length - 1));
  return { mean, deviation, error: deviation / Math.sqrt(values.length) };
}

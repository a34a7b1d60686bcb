// A rehearsal of one segment where nothing but the named parts happens: what closed forms are written for.

import { newMap, newSegment } from "../../src/hospital/load.ts";
import type { DefenderProfile, OutbreakState, WormProfile } from "../../src/model/rehearsal.ts";
import type { Rehearsal } from "../../src/simulation/simulate.ts";

export interface OneSegment {
  readonly hostCount: number;
  readonly infected?: number;
  readonly vulnerableShare?: number;
  readonly cidr?: string;
  readonly horizonSeconds?: number;
  readonly seed?: number;
  readonly worm: Partial<WormProfile>;
  readonly defender?: Partial<DefenderProfile>;
}

export function oneSegment(options: OneSegment): Rehearsal {
  const { hostCount, infected = 1, vulnerableShare = 1, cidr, horizonSeconds = 1e9, seed = 1 } = options;
  const segment = { ...newSegment("s", "workstations"), hostCount, vulnerableShare, cidrs: cidr ? [cidr] : [] };
  const worm: WormProfile = {
    id: "w",
    title: "w",
    port: "tcp/445",
    localTriesPerSecond: 1,
    remoteTriesPerSecond: 0,
    knowsHosts: cidr === undefined,
    takeProbability: 1,
    takesAtOnce: null,
    takeSeconds: null,
    dormancy: { meanSeconds: 0, kind: "fixed" },
    activeSeconds: null,
    triesUntilLockout: null,
    vulnerableShare: { workstation: 1, server: 1, medical: 1, other: 1 },
    claims: [],
    ...options.worm,
  };
  const defender: DefenderProfile = {
    id: "d",
    title: "d",
    telemetryDelaySeconds: 0,
    contactsToFlag: 1,
    isolateSeconds: null,
    isolateFailureProbability: 0,
    applySecondsByRing: [0, 0, 0],
    decideSeconds: 0,
    claims: [],
    ...options.defender,
  };
  const state: OutbreakState = {
    port: "tcp/445",
    segments: [{ segment: "s", infected, isolated: 0, hiddenMean: 0 }],
    hosts: [],
  };
  return { map: { ...newMap("one"), segments: [segment] }, worm, defender, state, orders: [], seed, horizonSeconds };
}

// What the stage takes and gives, as types: a Rehearsal in, the samples of its runs out. simulate.ts exports them.

import type { HospitalMap } from "../model/map.ts";
import type { DefenderProfile, OutbreakState, TimedOrder, WormProfile } from "../model/rehearsal.ts";

/** All that a run depends on besides its number. */
export interface Rehearsal {
  readonly map: HospitalMap;
  readonly worm: WormProfile;
  readonly defender: DefenderProfile;
  readonly state: OutbreakState;
  readonly orders: readonly TimedOrder[];
  readonly seed: number;
  readonly horizonSeconds: number;
}

/**
 * What became of each run. `taken[(run * atSeconds.length + time) * segmentCount + segment]` is how many hosts of the
 * segment had ever been taken by then; `crossedSeconds[run * boundaryCount + boundary]` when something first got across,
 * Infinity for never. Run `fromRun + run` of two rehearsals of one seed shares its luck until they differ.
 */
export interface RunSamples {
  readonly fromRun: number;
  readonly runCount: number;
  readonly atSeconds: readonly number[];
  readonly segmentCount: number;
  readonly taken: Int32Array;
  /** Segments, buildings and sites, then the boundaries of the map, by the ids of BoundaryForecast. */
  readonly boundaries: readonly string[];
  readonly crossedSeconds: Float64Array;
  /** 1 when nothing could spread any more at the horizon. */
  readonly hasEnded: Uint8Array;
}

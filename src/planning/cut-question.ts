// What the exact cut is asked.

import type { PlannedControl } from "../model/plan.ts";
import type { OutbreakState, WormProfile } from "../model/rehearsal.ts";
import type { Ground } from "./ground.ts";
import type { Allowances } from "./protect.ts";

/** What has spread by the time orders take effect, on average over runs in which nothing is done; by segment. */
export interface Spread {
  /** Chance that more hosts of the segment are taken than are known now. */
  readonly odds: Float64Array;
  readonly taken: Float64Array;
}

export interface CutQuestion {
  readonly ground: Ground;
  readonly worm: WormProfile;
  readonly state: OutbreakState;
  readonly able: readonly PlannedControl[];
  readonly allowances: Allowances;
  readonly horizonSeconds: number;
  /** Null to judge the cut as if it took effect at once. */
  readonly spread: Spread | null;
}

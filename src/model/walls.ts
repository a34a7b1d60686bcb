// Walls: what to close before any crisis, and what each buys. The published form is `cordon.walls/1`.

import type { Estimate } from "./forecast.ts";
import type { Told } from "./plan.ts";

export const wallKinds = ["close-crossing", "close-boundary", "split-segment"] as const;
export type WallKind = (typeof wallKinds)[number];

export interface Wall {
  /** `close-crossing/use:servers>use:workstations/tcp/445`. */
  readonly id: string;
  readonly kind: WallKind;
  readonly port: string;
  readonly what: Told;
  /** What it touches: segments on its line, points that would carry it, services that cross it on any port. */
  readonly segmentCount: number;
  readonly points: readonly string[];
  readonly services: readonly string[];
  /** Services that need this very port across it: to be given another way first. */
  readonly breaks: readonly string[];
  /** In the unit of `weights.wallEffort`: a change is about 1. */
  readonly effort: number;
  /** Per outbreak that begins at hosts drawn at random, averaged over the worms. */
  readonly hostsSaved: Estimate;
  readonly harmSaved: Estimate;
  readonly harmSavedPerEffort: number;
  /** The same harm in the outbreaks of each worm that it can meet: a worm of another port passes it. */
  readonly byWorm: readonly { readonly worm: string; readonly harmSaved: Estimate }[];
  /** Paired runs of each worm; of one that is dear to play, a third of them. */
  readonly runs: number;
}

export interface Walls {
  readonly schema: "cordon.walls/1";
  readonly map: string;
  readonly worms: readonly string[];
  readonly defender: string;
  readonly seed: number;
  readonly horizonSeconds: number;
  /** Harm of an outbreak as the map is. */
  readonly harmNow: Estimate;
  /** Best first; those that break a service come after all that do not. */
  readonly walls: readonly Wall[];
}

// A rehearsal made ready to run: the counts of the start and what the worm and the defender do, in numbers.

import type { DefenderProfile, WormProfile } from "../model/rehearsal.ts";
import { layoutOfMap, type MapLayout, type StartCounts, startOf } from "./layout.ts";
import type { Rehearsal } from "./rehearsal.ts";

/** How a taken host begins: at once, after a fixed delay, or after an exponential one. In the order of the kernel's. */
export const dormancies = ["none", "fixed", "exponential"] as const;
export type DormancyKind = (typeof dormancies)[number];

export interface Terms {
  readonly rehearsal: Rehearsal;
  readonly layout: MapLayout;
  readonly start: StartCounts;
  readonly worm: WormProfile;
  readonly defender: DefenderProfile;
  readonly dormancyKind: DormancyKind;
  /** Tries until a host is flagged (Infinity when a flag has no effect) and until it is locked out. */
  readonly flagTries: number;
  readonly lockoutTries: number;
  /** How long a host tries; Infinity when that is beyond the horizon. */
  readonly activeSeconds: number;
  /** From the flag to the host being isolated. */
  readonly isolateAfterSeconds: number;
  readonly isolateFailure: number;
  /** Removals per second of a trying host; 0 but in the tasks that other simulators know. */
  readonly removalRate: number;
  /** True when taken hosts must be followed one by one. */
  readonly isNamed: boolean;
}

/** What a rehearsal may add that no profile says: for tests and comparisons with other simulators. */
export interface TermsOptions {
  /** SIR: every trying host stops at this rate per second. */
  readonly removalRate?: number;
}

/** Makes a checked rehearsal ready. */
export function termsOf(rehearsal: Rehearsal, options: TermsOptions = {}): Terms {
  const { worm, defender } = rehearsal;
  const layout = layoutOfMap(rehearsal.map);
  const isFlagged = defender.isolateSeconds !== null && defender.isolateFailureProbability < 1;
  const flagTries = isFlagged ? defender.contactsToFlag : Number.POSITIVE_INFINITY;
  const activeSeconds = worm.activeSeconds ?? Number.POSITIVE_INFINITY;
  const lockoutTries = worm.triesUntilLockout ?? Number.POSITIVE_INFINITY;
  return {
    rehearsal,
    layout,
    start: startOf(layout, rehearsal),
    worm,
    defender,
    dormancyKind: worm.dormancy.meanSeconds === 0 ? "none" : worm.dormancy.kind,
    flagTries,
    lockoutTries,
    activeSeconds: activeSeconds > rehearsal.horizonSeconds ? Number.POSITIVE_INFINITY : activeSeconds,
    isolateAfterSeconds: defender.telemetryDelaySeconds + (defender.isolateSeconds ?? 0),
    isolateFailure: defender.isolateFailureProbability,
    removalRate: options.removalRate ?? 0,
    isNamed:
      Math.min(flagTries, lockoutTries) < Number.POSITIVE_INFINITY ||
      rehearsal.orders.some((order) => order.control.kind === "isolate-host"),
  };
}

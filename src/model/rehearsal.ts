// What a rehearsal is told: how the worm moves, how the defence answers, what is known of the outbreak, what is ordered.

import type { Control } from "./control.ts";
import type { HostKind } from "./places.ts";

/** A figure with where it comes from: a paper, a report, or "engineering" when it is our judgement. */
export interface Claim {
  readonly what: string;
  readonly source: string;
}

/** A delay: always the same, or exponential around its mean. */
export interface Delay {
  readonly meanSeconds: number;
  readonly kind: "fixed" | "exponential";
}

/** How a worm moves. Rates are tries per second of one infected host; a try is one address on the worm's port. */
export interface WormProfile {
  readonly id: string;
  readonly title: string;
  readonly port: string;
  /** Tries at addresses of its own segment, and at addresses of all other segments its own one may reach. */
  readonly localTriesPerSecond: number;
  readonly remoteTriesPerSecond: number;
  /** True: it tries only addresses where a host is (a list, a directory, neighbours in use); false: any address. */
  readonly knowsHosts: boolean;
  /** Chance that a try at a vulnerable host takes it, 0..1. */
  readonly takeProbability: number;
  /**
   * Tries open at once inside its own segment, and how long one at a vulnerable host lasts: such tries hold their slots,
   * so the more hosts are vulnerable the fewer of the tries come to a take (`localTakeProbability`). Both null when a
   * take is instant. Tries stay as visible as they were: `localTriesPerSecond`.
   */
  readonly takesAtOnce: number | null;
  readonly takeSeconds: number | null;
  /** From being taken to the first own try. */
  readonly dormancy: Delay;
  /** A host gives up this long after its first try; null for never. */
  readonly activeSeconds: number | null;
  /** Tries after which a host's stolen accounts are locked and it takes nothing more; null when none are used. */
  readonly triesUntilLockout: number | null;
  /** Share of the hosts of each kind it can take, 0..1; a segment's own figure goes before. */
  readonly vulnerableShare: Readonly<Record<HostKind, number>>;
  readonly claims: readonly Claim[];
}

/** How the defence answers without anybody deciding: what is seen when, and whether flagged hosts are isolated. */
export interface DefenderProfile {
  readonly id: string;
  readonly title: string;
  /** From a packet to the detector's knowledge of it. */
  readonly telemetryDelaySeconds: number;
  /** Tries of a host until it is flagged. */
  readonly contactsToFlag: number;
  /** From a flag to the host being isolated; null when no host is isolated on its own. */
  readonly isolateSeconds: number | null;
  /** Chance that such an isolation does not take, 0..1. */
  readonly isolateFailureProbability: number;
  /** From an order being decided to its effect, by ring of the enforcement point (DESIGN 5.6). */
  readonly applySecondsByRing: readonly [ring1: number, ring2: number, ring3: number];
  /** From the first flag until somebody can decide anything: minutes by day, more at night. */
  readonly decideSeconds: number;
  readonly claims: readonly Claim[];
}

/** An order in a rehearsal. */
export interface TimedOrder {
  readonly control: Control;
  /** When it takes effect, seconds from the start. */
  readonly atSeconds: number;
  /** Chance that it never does, 0..1. */
  readonly failureProbability: number;
  /** When it is lifted; null for not within the rehearsal. */
  readonly liftSeconds: number | null;
}

/** What is known of the infected when the rehearsal begins. */
export interface SegmentOutbreak {
  readonly segment: string;
  /** Hosts known to be infected, and of them those already isolated. */
  readonly infected: number;
  readonly isolated: number;
  /** Infected hosts nobody has seen yet, on average (Poisson): drawn anew in every run. */
  readonly hiddenMean: number;
}

export interface OutbreakState {
  readonly port: string;
  readonly segments: readonly SegmentOutbreak[];
  /** Addresses or ids of the hosts known to be infected, where they are known: what `isolate-host` is aimed at. */
  readonly hosts: readonly string[];
}

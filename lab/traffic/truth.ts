// What really happened in generated traffic: who infected whom and when, who had which address and role. In: filled
// while the traffic is made. Out: JSON beside the traffic. Addresses are written out, times are ms since 1970.

import type { SegmentKind, TrafficRole } from "./hospital.ts";

export interface TrueInfection {
  readonly worm: string;
  readonly host: string;
  /** Address the parent had then (a laptop may have moved since it was infected); null for the first host of a worm. */
  readonly by: string | null;
  readonly byDevice: number | null;
  /** Start of the contact that infected it; for the first host, when it began. */
  readonly atMs: number;
  /** 0 for the first host. */
  readonly generation: number;
  readonly port: number;
  readonly device: number;
  /** When this host's own first contact was made; null when it made none. */
  firstContactMs: number | null;
  /** Contacts this host made as an infected one. */
  contacts: number;
}

/** "`device` had `address` from then until then." Only devices whose address changes are listed. */
export interface TrueLease {
  readonly device: number;
  readonly address: string;
  readonly fromMs: number;
  untilMs: number | null;
}

export interface TrueHost {
  readonly device: number;
  readonly address: string;
  readonly role: TrafficRole;
  readonly segment: string;
  readonly segmentKind: SegmentKind;
  readonly building: number;
}

export interface TrafficTruth {
  readonly synthetic: true;
  readonly seed: number;
  readonly startMs: number;
  readonly hours: number;
  readonly hosts: readonly TrueHost[];
  /** Hosts whose many contacts are their work. */
  readonly knownTalkers: readonly { readonly address: string; readonly role: TrafficRole }[];
  readonly infections: TrueInfection[];
  readonly leases: TrueLease[];
  /** Benign host-days by role: devices times days. */
  readonly hostDays: Readonly<Record<string, number>>;
}

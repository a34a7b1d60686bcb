// Abstract worms: flags in our own process that say who is infected and whom it contacts. Nothing is exploited and no
// content exists; a contact is a row. In: a Worm (numbers). Out: Tasks that write contacts, and the true spread tree.

import type { SegmentKind, TrafficRole } from "./hospital.ts";

export type WormKind =
  | "local-sweep" // own /24 first, then the other segments in some order
  | "random" // any address inside or outside
  | "hit-list" // only hosts it can take: every contact connects and takes
  | "credentials" // logs on to servers and workstations with guessed or stolen passwords
  | "fan-out"; // a handful of living neighbours each, seconds apart, connections under way already

export interface Worm {
  readonly name: string;
  readonly kind: WormKind;
  /** TCP port. */
  readonly port: number;
  readonly contactsPerSecond: number;
  /** From the start of the traffic to the first contact of the first host. */
  readonly startAfterMs: number;
  /** Device that is infected first; a random switched-on workstation when it is not said. */
  readonly firstDevice?: number;
  /** Share of switched-on devices with the port open that can be taken, by kind of segment. */
  readonly vulnerableShare: { readonly [Kind in SegmentKind]?: number };
  /** Roles that can be taken at all. */
  readonly takes: readonly TrafficRole[];
  /** Chance that one contact with a vulnerable host takes it. */
  readonly takeProbability: number;
  /** Mean time from the contact that takes a host to its own first contact; at least a tenth of it, exponential. */
  readonly dormancyMs: number;
  /** Contacts one infected host makes before it stops. */
  readonly contactsPerHostMax: number;
  readonly infectedMax: number;
  /** `random`: share of contacts inside the hospital. */
  readonly insideShare: number;
  /** `fan-out`: least and most neighbours of one host. */
  readonly fanOut: readonly [least: number, most: number];
  /** The beginnings of connections are not seen (a late capture): no SYN, no ARP, direction from the ports. */
  readonly isMidStream: boolean;
  /** `local-sweep`: addresses in rising order, as WannaCry does; otherwise in a scrambled one. */
  readonly isAscending: boolean;
  /** `credentials`: share of log-ons that succeed, and failures of one account until it is locked out (0: never). */
  readonly logonProbability: number;
  readonly lockOutAfter: number;
}

const windows: readonly TrafficRole[] = [
  "workstation",
  "reading-station",
  "admin-workstation",
  "laptop",
  "modality",
  "file-server",
  "application-server",
];

/**
 * Defaults: shares from the table of spread parameters that also feeds the simulation (workstations 0.3, servers 0.2,
 * imaging 0.6), dormancy 15 s (1 to 60), a contact takes a vulnerable host with 0.9.
 */
const ordinary: Worm = {
  name: "sweep",
  kind: "local-sweep",
  port: 445,
  contactsPerSecond: 10,
  startAfterMs: 600_000,
  vulnerableShare: { workstations: 0.3, wifi: 0.3, imaging: 0.6, servers: 0.2, management: 0.1 },
  takes: windows,
  takeProbability: 0.9,
  dormancyMs: 15_000,
  contactsPerHostMax: 5_000,
  infectedMax: 10_000,
  insideShare: 0.5,
  fanOut: [4, 6],
  isMidStream: false,
  isAscending: false,
  logonProbability: 0.3,
  lockOutAfter: 0,
};

/** Worms by name, for tests, benchmarks and the command line. */
export const wormCatalogue = {
  sweep: ordinary,
  "sweep-ascending": { ...ordinary, name: "sweep-ascending", contactsPerSecond: 20, isAscending: true },
  "sweep-1": { ...ordinary, name: "sweep-1", contactsPerSecond: 1 },
  "sweep-100": { ...ordinary, name: "sweep-100", contactsPerSecond: 100 },
  "sweep-1000": { ...ordinary, name: "sweep-1000", contactsPerSecond: 1_000, contactsPerHostMax: 20_000 },
  slow: { ...ordinary, name: "slow", contactsPerSecond: 1 / 60, contactsPerHostMax: 400, dormancyMs: 60_000 },
  "very-slow": {
    ...ordinary,
    name: "very-slow",
    contactsPerSecond: 1 / 300,
    contactsPerHostMax: 400,
    dormancyMs: 60_000,
  },
  crawl: { ...ordinary, name: "crawl", contactsPerSecond: 0.02, contactsPerHostMax: 400 },
  random: { ...ordinary, name: "random", kind: "random" },
  "hit-list": { ...ordinary, name: "hit-list", kind: "hit-list", contactsPerSecond: 0.1, contactsPerHostMax: 8 },
  credentials: {
    ...ordinary,
    name: "credentials",
    kind: "credentials",
    contactsPerSecond: 0.1,
    contactsPerHostMax: 60,
    dormancyMs: 60_000,
    lockOutAfter: 5,
    vulnerableShare: { workstations: 0.5, wifi: 0.3, servers: 0.5, imaging: 0.4, management: 0.3 },
  },
  "fan-out": {
    ...ordinary,
    name: "fan-out",
    kind: "fan-out",
    contactsPerSecond: 0.3,
    isMidStream: true,
    contactsPerHostMax: 6,
    dormancyMs: 8_000,
    vulnerableShare: { workstations: 0.7, wifi: 0.7, imaging: 0.7, servers: 0.4 },
  },
  "remote-desktop": { ...ordinary, name: "remote-desktop", port: 3389, contactsPerSecond: 5 },
} as const satisfies Record<string, Worm>;

export type WormName = keyof typeof wormCatalogue;

export function isWormName(text: string): text is WormName {
  return Object.hasOwn(wormCatalogue, text);
}

/** A worm of the catalogue with some numbers changed. */
export function wormLike(name: WormName, changes: Partial<Worm> = {}): Worm {
  return { ...wormCatalogue[name], ...changes };
}

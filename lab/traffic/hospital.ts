// A seeded, made-up hospital for traffic: segments, devices, roles. In: sizes and a seed. Out: a TrafficHospital.
// All inside addresses are in 10.0.0.0/8, all outside ones in 198.18.0.0/15 (RFC 2544), so nothing real is named.

import { mix32 } from "../../src/kit/hash.ts";
import { createRandom, type Random } from "../../src/kit/random.ts";
import { rates } from "./parameters.ts";

export const trafficRoles = [
  "workstation",
  "reading-station",
  "admin-workstation",
  "laptop",
  "guest",
  "telephone",
  "printer",
  "medical-device",
  "modality",
  "domain-controller",
  "dhcp-server",
  "file-server",
  "records-server",
  "image-archive",
  "message-engine",
  "application-server",
  "print-server",
  "call-manager",
  "mail-server",
  "proxy",
  "software-distribution",
  "backup",
  "vulnerability-scanner",
  "uptime-monitor",
  "nat-gateway",
  "exposed-server",
] as const;
export type TrafficRole = (typeof trafficRoles)[number];

export type SegmentKind =
  | "workstations"
  | "wifi"
  | "guests"
  | "telephones"
  | "imaging"
  | "servers"
  | "management"
  | "dmz";

/** A /24. `base` is its first address; the gateway has the address after it. */
export interface TrafficSegment {
  readonly index: number;
  readonly name: string;
  readonly kind: SegmentKind;
  readonly building: number;
  readonly base: number;
}

export interface TrafficDevice {
  readonly index: number;
  readonly role: TrafficRole;
  readonly segment: number;
  /** The address at the start; laptops and guests get others later. */
  readonly address: number;
  readonly mac: string;
  readonly name: string;
}

export interface TrafficHospital {
  readonly seed: number;
  readonly segments: readonly TrafficSegment[];
  readonly devices: readonly TrafficDevice[];
  readonly byRole: { readonly [Role in TrafficRole]: readonly number[] };
}

export interface HospitalOptions {
  readonly seed: number;
  readonly workstations: number;
  /** Segments with workstations; default so that they are filled to `segmentFill`. */
  readonly segments?: number;
  readonly buildings?: number;
  /** Share of a segment's 253 host addresses in use. */
  readonly fill?: number;
  /** Devices of a role, instead of the number that goes with the size. */
  readonly counts?: { readonly [Role in TrafficRole]?: number };
}

/** Roles that reach many machines because that is their work: what a detector has to learn or be told. */
export const talkerRoles: ReadonlySet<TrafficRole> = new Set<TrafficRole>([
  "vulnerability-scanner",
  "uptime-monitor",
  "software-distribution",
  "backup",
  "print-server",
  "domain-controller",
  "nat-gateway",
  "image-archive",
]);

/** Roles that run Windows and may have file sharing open. */
export const windowsRoles: ReadonlySet<TrafficRole> = new Set<TrafficRole>([
  "workstation",
  "reading-station",
  "admin-workstation",
  "laptop",
  "modality",
  "domain-controller",
  "dhcp-server",
  "file-server",
  "records-server",
  "image-archive",
  "message-engine",
  "application-server",
  "print-server",
  "software-distribution",
]);

function countsFor(workstations: number): Record<TrafficRole, number> {
  const share = (part: number, least = 1): number => Math.max(least, Math.round(workstations * part));
  return {
    workstation: workstations,
    "reading-station": share(0.02, 3),
    "admin-workstation": share(0.004),
    laptop: share(0.12, 4),
    guest: share(0.1, 4),
    telephone: share(0.4, 4),
    printer: share(0.08, 3),
    "medical-device": share(0.15, 2),
    modality: share(0.02, 2),
    "domain-controller": workstations > 100 ? 2 : 1,
    "dhcp-server": 1,
    "file-server": share(0.01, 2),
    "records-server": 2,
    "image-archive": 1,
    "message-engine": 1,
    "application-server": share(0.02, 4),
    "print-server": share(0.001),
    "call-manager": 1,
    "mail-server": 1,
    proxy: 1,
    "software-distribution": 1,
    backup: 1,
    "vulnerability-scanner": 1,
    "uptime-monitor": 1,
    "nat-gateway": 1,
    "exposed-server": 1,
  };
}

const kindByRole: { readonly [Role in TrafficRole]?: SegmentKind } = {
  workstation: "workstations",
  printer: "workstations",
  "medical-device": "workstations",
  "admin-workstation": "workstations",
  laptop: "wifi",
  guest: "guests",
  telephone: "telephones",
  modality: "imaging",
  "reading-station": "imaging",
  "image-archive": "imaging",
  "software-distribution": "management",
  backup: "management",
  "vulnerability-scanner": "management",
  "uptime-monitor": "management",
  "nat-gateway": "dmz",
  "exposed-server": "dmz",
};

/** Where a role lives. Printers and medical devices share segments with workstations, as in nine VLANs of ten. */
function kindOf(role: TrafficRole): SegmentKind {
  return kindByRole[role] ?? "servers";
}

/** Builds the hospital. The same options give the same hospital, address for address. */
export function createHospital(options: HospitalOptions): TrafficHospital {
  const random = createRandom(options.seed ^ 0x5e6d);
  const counts = { ...countsFor(options.workstations), ...options.counts };
  const perKind = new Map<SegmentKind, number>();
  for (const role of trafficRoles) perKind.set(kindOf(role), (perKind.get(kindOf(role)) ?? 0) + counts[role]);
  const fill = options.fill ?? rates.segmentFill;
  const segments = layOut(perKind, options, Math.max(1, Math.floor(253 * fill)));
  const free = segments.map((segment) => shuffledAddresses(segment, random));
  const byKind = (kind: SegmentKind): TrafficSegment[] => segments.filter((segment) => segment.kind === kind);
  const devices: TrafficDevice[] = [];
  const byRole = Object.fromEntries(trafficRoles.map((role) => [role, [] as number[]])) as Record<
    TrafficRole,
    number[]
  >;
  for (const role of trafficRoles) {
    const homes = byKind(kindOf(role));
    for (let nth = 0; nth < counts[role]; nth++) {
      const segment = homes[nth % homes.length];
      const address = free[segment.index].pop();
      if (address === undefined) {
        throw new Error(
          `Cannot create hospital: segment ${segment.name} must have room, got ${counts[role]} of ${role}`,
        );
      }
      const index = devices.length;
      devices.push({
        index,
        role,
        segment: segment.index,
        address,
        mac: macOf(options.seed, index),
        name: `${role}-${nth + 1}`,
      });
      byRole[role].push(index);
    }
  }
  return { seed: options.seed, segments, devices, byRole };
}

function layOut(perKind: Map<SegmentKind, number>, options: HospitalOptions, perSegment: number): TrafficSegment[] {
  const segments: TrafficSegment[] = [];
  const buildings = options.buildings ?? Math.max(1, Math.round(options.workstations / 400));
  for (const [kind, deviceCount] of perKind) {
    let segmentCount = Math.ceil(deviceCount / perSegment);
    if (kind === "workstations" && options.segments !== undefined) segmentCount = options.segments;
    for (let nth = 0; nth < segmentCount; nth++) {
      const index = segments.length;
      const building = nth % buildings;
      const base = ((10 << 24) | (((index >>> 6) + 1) << 16) | (((index & 63) * 4) << 8)) >>> 0;
      segments.push({ index, name: `${kind}-${nth + 1}`, kind, building, base });
    }
  }
  return segments;
}

function shuffledAddresses(segment: TrafficSegment, random: Random): number[] {
  const addresses = Array.from({ length: 253 }, (_, offset) => segment.base + 2 + offset);
  for (let left = addresses.length - 1; left > 0; left--) {
    const other = random.below(left + 1);
    [addresses[left], addresses[other]] = [addresses[other], addresses[left]];
  }
  return addresses;
}

/** A locally administered address, so that it is no maker's. */
function macOf(seed: number, device: number): string {
  const word = mix32(Math.imul(seed, 31) ^ device) >>> 0;
  const bytes = [2, device >>> 16, device >>> 8, device, word >>> 8, word].map((byte) =>
    (byte & 255).toString(16).padStart(2, "0"),
  );
  return bytes.join(":");
}

/** A made-up outside address: a fixed one for each `site`. */
export function outsideAddress(site: number): number {
  return (0xc6120000 + (mix32(site ^ 0x2545f491) & 0x1ffff)) >>> 0;
}

export function isOutside(address: number): boolean {
  return address >>> 17 === 0x6309;
}

// Which segment a host of the map is in, and how many hosts of which kind a segment holds.

import { type Address, cidrContains, parseAddress, parseCidr } from "./address.ts";
import type { Host, HospitalMap, Segment } from "./map.ts";
import type { HostRole } from "./terrain.ts";
import { NO_SEGMENT, type SegmentIndex } from "./units.ts";

/** Hosts of one kind in one segment are alike to a worm and to care. */
export const hostKinds = ["workstation", "server", "medical", "other"] as const;
export type HostKind = (typeof hostKinds)[number];

/** How many hosts a segment is taken to hold when the map does not say. */
export const HOST_COUNT_ASSUMED = 30;

/** What an unnamed host of a segment is, by its use, in shares; `mixed` as most hospital networks are. */
const kindShares: Readonly<Record<Segment["use"], Readonly<Partial<Record<HostKind, number>>>>> = {
  workstations: { workstation: 1 },
  servers: { server: 1 },
  "medical-devices": { medical: 1 },
  telephony: { other: 1 },
  printers: { other: 1 },
  "building-systems": { other: 1 },
  guests: { workstation: 1 },
  management: { server: 1 },
  transit: { other: 1 },
  mixed: { workstation: 0.6, medical: 0.25, other: 0.15 },
  unknown: { workstation: 0.6, medical: 0.25, other: 0.15 },
};

const kindsOfRole: Readonly<Partial<Record<HostRole, HostKind>>> = {
  workstation: "workstation",
  printer: "other",
  telephone: "other",
  "network-device": "other",
  "nat-gateway": "other",
  "medical-device": "medical",
  unknown: "workstation",
};

/** The kind of a host by its role: whatever serves others is a server. */
export function kindOfRole(role: HostRole): HostKind {
  return kindsOfRole[role] ?? "server";
}

/** Looks hosts up by id or address. Build once per map: each look-up is then one read, or a scan of the blocks. */
export interface Places {
  /** The segment of a host of the map; NO_SEGMENT when its addresses are in none. */
  segmentOf(host: Host): SegmentIndex;
  /** A host by its id or one of its addresses. */
  hostOf(name: string): Host | undefined;
  /** The smallest segment whose blocks hold the address. */
  segmentOfAddress(address: string): SegmentIndex;
}

export function placesOfHosts(map: HospitalMap): Places {
  const positions = new Map(map.segments.map((segment, index) => [segment.id, index as SegmentIndex]));
  const blocks = map.segments
    .flatMap((segment, index) => segment.cidrs.map((text) => ({ cidr: parseCidr(text), index: index as SegmentIndex })))
    .flatMap(({ cidr, index }) => (cidr === null ? [] : [{ cidr, index }]))
    .sort((a, b) => b.cidr.bits - a.cidr.bits); // the smallest block first
  const byName = new Map<string, Host>();
  for (const host of map.hosts) for (const name of [host.id, ...host.addresses]) byName.set(name, host);
  const find = (address: Address | null): SegmentIndex =>
    address === null ? NO_SEGMENT : (blocks.find(({ cidr }) => cidrContains(cidr, address))?.index ?? NO_SEGMENT);
  const found = new Map<string, SegmentIndex>();
  return {
    hostOf: (name) => byName.get(name),
    segmentOfAddress: (address) => find(parseAddress(address)),
    segmentOf(host) {
      let segment = found.get(host.id);
      if (segment !== undefined) return segment;
      segment = host.segment === null ? NO_SEGMENT : (positions.get(host.segment) ?? NO_SEGMENT);
      for (const address of host.addresses) if (segment === NO_SEGMENT) segment = find(parseAddress(address));
      found.set(host.id, segment);
      return segment;
    },
  };
}

/** Hosts of each kind in each segment, named ones by their role, the rest by the segment's use. Whole numbers. */
export function hostsByKind(map: HospitalMap, places: Places): readonly Readonly<Record<HostKind, number>>[] {
  const counts = map.segments.map(() => ({ workstation: 0, server: 0, medical: 0, other: 0 }));
  for (const host of map.hosts) {
    const segment = places.segmentOf(host);
    if (segment !== NO_SEGMENT) counts[segment][kindOfRole(host.role)]++;
  }
  map.segments.forEach((segment, index) => {
    const count = counts[index];
    const named = count.workstation + count.server + count.medical + count.other;
    let rest = Math.max(0, (segment.hostCount ?? HOST_COUNT_ASSUMED) - named);
    const shares = Object.entries(kindShares[segment.use]) as [HostKind, number][];
    const total = rest;
    shares.forEach(([kind, share], nth) => {
      const some = nth === shares.length - 1 ? rest : Math.min(rest, Math.round(total * share));
      count[kind] += some;
      rest -= some;
    });
  });
  return counts;
}

// The map as detection asks it: a host's address in, what the map says of it out. The most precise statement wins:
// a listed host, then the smallest segment around the address.

import { type Address, formatAddress, isPrivateAddress, parseAddress, parseCidr } from "../model/address.ts";
import type { HostTable } from "../model/host-table.ts";
import type { HospitalMap, SegmentUse } from "../model/map.ts";
import type { HostFacts, HostRole, Terrain } from "../model/terrain.ts";
import { type HostIndex, type Millis, NO_SEGMENT, type SegmentIndex } from "../model/units.ts";
import { type BlockEntry, PrefixTable } from "./prefix-table.ts";

/** What a host of the segment is taken for when it is not listed. */
const roleOfUse: Readonly<Record<SegmentUse, HostRole>> = {
  workstations: "workstation",
  servers: "server",
  "medical-devices": "medical-device",
  telephony: "telephone",
  printers: "printer",
  "building-systems": "unknown",
  guests: "unknown",
  management: "unknown",
  transit: "network-device",
  mixed: "unknown",
  unknown: "unknown",
};

const INSIDE = 1;
const OUTSIDE = 0;

/** Facts about addresses. A private address that the map does not place is neither inside nor outside: null. */
export class MapTerrain implements Terrain {
  readonly #map: HospitalMap;
  readonly #segments: PrefixTable;
  readonly #reach: PrefixTable;
  readonly #hosts = new Map<string, number>();
  readonly #devices = new Set<string>();
  readonly #talkersUntilMs = new Map<string, Millis>();
  readonly #segmentOfId = new Map<string, SegmentIndex>();

  constructor(map: HospitalMap) {
    this.#map = map;
    const blocks = (cidrs: readonly string[], value: number): BlockEntry[] =>
      cidrs.flatMap((text) => {
        const cidr = parseCidr(text);
        return cidr === null ? [] : [{ cidr, value }];
      });
    this.#segments = new PrefixTable(map.segments.flatMap((segment, index) => blocks(segment.cidrs, index)));
    this.#reach = new PrefixTable([...blocks(map.inside, INSIDE), ...blocks(map.outside, OUTSIDE)]);
    for (const [index, segment] of map.segments.entries()) this.#segmentOfId.set(segment.id, index as SegmentIndex);
    for (const [index, host] of map.hosts.entries()) {
      for (const text of host.addresses) this.#hosts.set(keyOf(text), index);
    }
    const devices = [
      ...map.segments.flatMap((segment) => segment.gateways),
      ...map.enforcementPoints.flatMap((point) => point.managementAddress ?? []),
      ...map.cordonAddresses,
    ];
    for (const text of devices) this.#devices.add(keyOf(text));
    for (const talker of map.talkers) {
      const untilMs = endOf(talker.until);
      this.#talkersUntilMs.set(talker.host, Math.max(untilMs, this.#talkersUntilMs.get(talker.host) ?? untilMs));
    }
  }

  factsOf(hosts: HostTable, host: HostIndex): HostFacts {
    return this.factsOfAddress(hosts.addressOf(host));
  }

  factsOfAddress(address: Address): HostFacts {
    const key = formatAddress(address);
    const listed = this.#hosts.get(key);
    const host = listed === undefined ? null : this.#map.hosts[listed];
    const found = this.#segments.lookup(address);
    const stated = host?.segment ?? null;
    const index = found < 0 && stated !== null ? this.#segmentOfId.get(stated) : found;
    const segment = index === undefined || index < 0 ? null : this.#map.segments[index];
    const isDevice = this.#devices.has(key);
    return {
      isInside: segment !== null || host !== null || isDevice ? true : this.#reachOf(address),
      role: host !== null && host.role !== "unknown" ? host.role : roleFrom(segment?.use, isDevice),
      segment: segment === null ? NO_SEGMENT : (index as SegmentIndex),
      isDark: segment !== null && segment.isListed && host === null && !isDevice,
      knownTalkerUntilMs: host === null ? null : (this.#talkersUntilMs.get(host.id) ?? null),
    };
  }

  #reachOf(address: Address): boolean | null {
    const reach = this.#reach.lookup(address);
    if (reach !== -1) return reach === INSIDE;
    return isPrivateAddress(address) ? null : false;
  }
}

function roleFrom(use: SegmentUse | undefined, isDevice: boolean): HostRole {
  if (isDevice) return "network-device";
  return use === undefined ? "unknown" : roleOfUse[use];
}

function keyOf(text: string): string {
  const address = parseAddress(text);
  return address === null ? text : formatAddress(address);
}

/** A day counts to its end, UTC. */
export function endOf(until: string): Millis {
  const startMs = Date.parse(until);
  return until.length === 10 ? startMs + 86_400_000 : startMs;
}

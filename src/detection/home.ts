// Where "inside" is, and what little is known of each host: from the map where there is one, else from the addresses
// themselves (private is inside; among public addresses, the networks that most flows touch).

import { type Column, grown, uint32Column } from "../kit/column.ts";
import { isPrivateAddress } from "../model/address.ts";
import type { FlowTable } from "../model/flow.ts";
import type { HostTable } from "../model/host-table.ts";
import type { Terrain } from "../model/terrain.ts";
import type { HostIndex, Millis } from "../model/units.ts";

/** Facts about a host, as bits. */
export const FACT_KNOWN = 1;
export const FACT_INSIDE = 2;
export const FACT_STATION = 4; // workstation, printer, medical device, telephone: no server by role
export const FACT_SERVER = 8; // server by role
export const FACT_DARK = 16; // no host has this address
export const FACT_TALKER = 32; // declared or learned: many contacts are its work
export const FACT_ACTIVE = 128; // seen at work while the baseline was learned
export const FACT_NOT_A_HOST = 64; // an address that ends in 255 or 0 of a /24: broadcast, as far as one can tell

/**
 * Roles that call many machines on the ports of worms because that is their work. Print servers, directories and gateways
 * touch many as well, but not on those ports: they are judged like everybody.
 */
const excusedRoles = new Set(["vulnerability-scanner", "monitoring", "management", "backup"]);
const stationRoles = new Set(["workstation", "printer", "medical-device", "telephone"]);
const serverRoles = new Set(["server", "domain-controller", "infrastructure", "management", "backup", "print-server"]);

/** What the baseline adds to the terrain; asked once per host. */
export interface Learned {
  /** Until when (ms) the host's many contacts are its habit; null when they are not. */
  talkerUntilMs(addressHash: number): number | null;
  /** Whether the address was active while the baseline was learned; null when it does not know the network. */
  isActive(addressHash: number): boolean | null;
}

/** Facts by host, asked of the terrain once and remembered. */
export class HostFactsTable {
  /** The bits of each host, and above them the low 24 bits of the generation they were asked for. */
  #facts: Column<number> = uint32Column(1024);
  readonly #hosts: HostTable;
  readonly #terrain: Terrain | null;
  readonly #learned: Learned | null;
  readonly #homePrefixes = new Set<number>();

  constructor(hosts: HostTable, terrain: Terrain | null, learned: Learned | null) {
    this.#hosts = hosts;
    this.#terrain = terrain;
    this.#learned = learned;
  }

  /** The bits of a host. */
  of(host: HostIndex, nowMs: Millis): number {
    const facts = host < this.#facts.length ? this.#facts[host] : 0;
    if (facts === 0) return this.#learn(host, nowMs);
    if (this.#hosts.evictedCount > 0 && facts >>> 8 !== (this.#hosts.generation[host] & 0xffffff)) {
      return this.#learn(host, nowMs);
    }
    return facts & 255;
  }

  /** Reads where the facts of a host are, for read-ahead.ts; the result means nothing. */
  touch(host: HostIndex): number {
    return host < this.#facts.length ? this.#facts[host] : 0;
  }

  isInside(host: HostIndex, nowMs: Millis): boolean {
    return (this.of(host, nowMs) & FACT_INSIDE) !== 0;
  }

  /** Marks a public network as home: the first 16 bits of IPv4, the first 32 of IPv6. */
  addHome(prefix: number): void {
    this.#homePrefixes.add(prefix);
    this.#facts.fill(0);
  }

  #learn(host: HostIndex, nowMs: Millis): number {
    if (host >= this.#facts.length) {
      let size = this.#facts.length;
      while (size <= host) size *= 2;
      this.#facts = grown(this.#facts, size);
    }
    let bits = FACT_KNOWN;
    const address = this.#hosts.addressOf(host);
    if (isPrivateAddress(address) || this.#homePrefixes.has(prefixOf(this.#hosts, host))) bits |= FACT_INSIDE;
    if (address.family === 4 && ((address.w3 & 255) === 255 || (address.w3 & 255) === 0)) bits |= FACT_NOT_A_HOST;
    if (this.#terrain) {
      const facts = this.#terrain.factsOf(this.#hosts, host);
      if (facts.isInside !== null) bits = facts.isInside ? bits | FACT_INSIDE : bits & ~FACT_INSIDE;
      if (stationRoles.has(facts.role)) bits |= FACT_STATION;
      if (serverRoles.has(facts.role)) bits |= FACT_SERVER;
      if (facts.isDark) bits |= FACT_DARK;
      if (excusedRoles.has(facts.role) && facts.knownTalkerUntilMs === null) bits |= FACT_TALKER;
      if (facts.knownTalkerUntilMs !== null && facts.knownTalkerUntilMs > nowMs) bits |= FACT_TALKER;
    }
    if (this.#learned && (bits & FACT_INSIDE) !== 0) {
      const until = this.#learned.talkerUntilMs(this.#hosts.hash[host]);
      if (until !== null && until > nowMs) bits |= FACT_TALKER;
      const isActive = this.#learned.isActive(this.#hosts.hash[host]);
      if (isActive === true) bits |= FACT_ACTIVE;
      if (isActive === false) bits |= FACT_DARK;
    }
    this.#facts[host] = (this.#hosts.generation[host] << 8) | bits;
    return bits;
  }
}

/** IPv4: the first 16 bits; IPv6: the first 32. Never equal for the two families (IPv6 words are far above 65,535). */
function prefixOf(hosts: HostTable, host: HostIndex): number {
  const address = hosts.addressOf(host);
  return address.family === 4 ? address.w3 >>> 16 : address.w0 + 65_536;
}

const COVER_SHARE = 0.95;
const HOME_PREFIXES_MAX = 8;

/**
 * Public networks that are home, when a batch holds no private address at all: the fewest prefixes that touch 95 % of
 * the flows, larger populations first. A scan from one outside address into one network and a scan from one inside
 * address to the whole world look the same but for this: the side with several addresses in one prefix is home.
 */
export function homeNetworks(hosts: HostTable, flows: FlowTable): number[] {
  const { source, target, length } = flows;
  const addresses = new Map<number, Set<number>>();
  const open: [number, number][] = [];
  for (let flow = 0; flow < length; flow++) {
    for (const host of [source[flow], target[flow]]) {
      if (isPrivateAddress(hosts.addressOf(host))) return [];
      const prefix = prefixOf(hosts, host);
      const known = addresses.get(prefix) ?? new Set<number>();
      addresses.set(prefix, known.add(host));
    }
    open.push([prefixOf(hosts, source[flow]), prefixOf(hosts, target[flow])]);
  }
  const homes: number[] = [];
  let rest = open;
  while (rest.length > length * (1 - COVER_SHARE) && homes.length < HOME_PREFIXES_MAX) {
    const touched = new Map<number, number>();
    for (const [a, b] of rest)
      for (const prefix of a === b ? [a] : [a, b]) touched.set(prefix, (touched.get(prefix) ?? 0) + 1);
    let best = -1;
    for (const [prefix, count] of touched) {
      const bestCount = touched.get(best) ?? 0;
      const isLarger = (addresses.get(prefix)?.size ?? 0) > (addresses.get(best)?.size ?? 0);
      if (count > bestCount || (count === bestCount && isLarger)) best = prefix;
    }
    homes.push(best);
    rest = rest.filter(([a, b]) => a !== best && b !== best);
  }
  return homes;
}

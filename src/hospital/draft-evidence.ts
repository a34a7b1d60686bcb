// What a draft's contacts show: which hosts are inside, which blocks they share, what each serves and reaches, whom they
// ask for the way out. Reads the contact memory, changes nothing.

import { type Address, formatAddress, ipv4, isNotUnicast, isPrivateAddress, maskAddress } from "../model/address.ts";
import { PROTOCOL_ARP, PROTOCOL_UDP } from "../model/flow.ts";
import type { HostTable } from "../model/host-table.ts";
import type { HostIndex } from "../model/units.ts";
import { type DraftBlock, draftBlocks } from "./draft-blocks.ts";
import { CONTACT_ANSWERED, CONTACT_FAILED, type DraftContacts } from "./draft-contacts.ts";
import { type HostConduct, isPrinting, isSweeping, type PortUse } from "./draft-roles.ts";

/** The last sighting of a host. */
export type Sighted = ReadonlyMap<HostIndex, { readonly mac: string; readonly name: string | null }>;

/** Hosts that spoke and are inside: private addresses, or the busiest public blocks when no address is private. */
export function insideHosts(
  hosts: HostTable,
  contacts: DraftContacts,
  sighted: Sighted,
): { active: ReadonlySet<HostIndex>; outsideCount: number; isPublic: boolean } {
  const spoke = new Map<HostIndex, number>();
  for (const host of sighted.keys()) spoke.set(host, 0);
  for (let contact = 0; contact < contacts.length; contact++) {
    if (!contacts.isCurrent(contact)) continue;
    const source = contacts.source[contact];
    spoke.set(source, (spoke.get(source) ?? 0) + 1);
    if (contacts.outcome[contact] & CONTACT_ANSWERED) {
      const target = contacts.target[contact];
      spoke.set(target, spoke.get(target) ?? 0);
    }
  }
  const usable = [...spoke].filter(([host]) => isUsable(hosts.addressOf(host)));
  const inside = usable.filter(([host]) => isPrivateAddress(hosts.addressOf(host)));
  if (inside.length > 0) {
    return {
      active: new Set(inside.map(([host]) => host)),
      outsideCount: usable.length - inside.length,
      isPublic: false,
    };
  }
  const begun = new Map<string, number>();
  const blockOf = (host: HostIndex): string =>
    formatAddress(maskAddress(hosts.addressOf(host), hosts.isIpv4(host) ? 24 : 64));
  for (const [host, count] of usable) begun.set(blockOf(host), (begun.get(blockOf(host)) ?? 0) + count);
  const most = Math.max(1, ...begun.values());
  const busy = usable.filter(([host]) => (begun.get(blockOf(host)) ?? 0) * 5 >= most);
  return {
    active: new Set(busy.map(([host]) => host)),
    outsideCount: usable.length - busy.length,
    isPublic: busy.length > 0,
  };
}

function isUsable(address: Address): boolean {
  const isLinkLocal = address.family === 6 ? address.w0 >>> 22 === 0x3fa : address.w3 >>> 16 === 0xa9fe;
  return !isNotUnicast(address) && !isLinkLocal;
}

export type CidrBlock = Pick<DraftBlock, "reason" | "confidence"> & { readonly cidr: { base: Address; bits: number } };

export function blocksOf(
  hosts: HostTable,
  contacts: DraftContacts,
  active: ReadonlySet<HostIndex>,
): readonly CidrBlock[] {
  const word = (host: HostIndex): number => hosts.lastWord(host) >>> 0;
  const broadcasts: { source: number; target: number }[] = [];
  const arps: { source: number; target: number }[] = [];
  for (let contact = 0; contact < contacts.length; contact++) {
    const source = contacts.source[contact];
    const target = contacts.target[contact];
    if (!contacts.isCurrent(contact) || !active.has(source) || !hosts.isIpv4(source) || !hosts.isIpv4(target)) continue;
    const pair = { source: word(source), target: word(target) };
    const portKey = contacts.portKey[contact];
    // NetBIOS names and datagrams (RFC 1001): the one traffic that every Windows network sends to its own broadcast.
    const isNetbios = portKey === PROTOCOL_UDP * 65_536 + 137 || portKey === PROTOCOL_UDP * 65_536 + 138;
    if (isNetbios && (pair.target & 3) === 3 && !active.has(target)) broadcasts.push(pair);
    if (portKey < 65_536 && portKey >> 16 === PROTOCOL_ARP && active.has(target)) arps.push(pair);
  }
  const addresses = [...active].filter((host) => hosts.isIpv4(host)).map(word);
  const blocks = draftBlocks({ addresses, broadcasts, arps }).map(
    (block): CidrBlock => ({ ...block, cidr: { base: ipv4(block.base), bits: block.bits } }),
  );
  const wide = new Map<string, CidrBlock>();
  for (const host of active) {
    if (hosts.isIpv4(host)) continue;
    const base = maskAddress(hosts.addressOf(host), 64);
    const reason = "IPv6 subnets are 64 bits long";
    wide.set(formatAddress(base), { cidr: { base, bits: 64 }, reason, confidence: "likely" });
  }
  return [...blocks, ...wide.values()];
}

/** Hosts whose part is plain at a first look and would mislead the second. */
export interface KnownParts {
  /** What they touch says nothing of the touched: a worm's victims would look like servers. */
  readonly sweepers: ReadonlySet<HostIndex>;
  /** Every workstation asks its printers by SNMP: that alone makes no monitoring. */
  readonly printers: ReadonlySet<HostIndex>;
}

export function partsOf(conducts: ReadonlyMap<HostIndex, HostConduct>): KnownParts {
  const [sweepers, printers] = [new Set<HostIndex>(), new Set<HostIndex>()];
  for (const [host, conduct] of conducts) {
    if (isSweeping(conduct)) sweepers.add(host);
    if (isPrinting(conduct)) printers.add(host);
  }
  return { sweepers, printers };
}

const SNMP = PROTOCOL_UDP * 65_536 + 161;

/** What each inside host serves and reaches, once for each peer. */
export function conductsOf(
  hosts: HostTable,
  contacts: DraftContacts,
  active: ReadonlySet<HostIndex>,
  { sweepers, printers }: KnownParts,
): ReadonlyMap<HostIndex, HostConduct> {
  interface Open {
    served: Map<number, PortUse>;
    reached: Map<number, PortUse>;
    inside: Map<HostIndex, boolean>;
    outside: Set<HostIndex>;
  }
  const open = new Map<HostIndex, Open>();
  const of = (host: HostIndex): Open => {
    const known = open.get(host) ?? { served: new Map(), reached: new Map(), inside: new Map(), outside: new Set() };
    open.set(host, known);
    return known;
  };
  for (let contact = 0; contact < contacts.length; contact++) {
    const [source, target] = [contacts.source[contact], contacts.target[contact]];
    const portKey = contacts.portKey[contact];
    if (!contacts.isCurrent(contact) || portKey >> 16 === PROTOCOL_ARP) continue;
    if (portKey === SNMP && printers.has(target)) continue;
    const isAnswered = (contacts.outcome[contact] & CONTACT_ANSWERED) !== 0;
    const isFailed = !isAnswered && (contacts.outcome[contact] & CONTACT_FAILED) !== 0;
    const [out, back] = [contacts.bytes[contact], contacts.bytesBack[contact]];
    const isTargetInside = active.has(target);
    if (active.has(source)) {
      const seen = of(source);
      // A silent target was never active: a private address counts as inside by being tried at all.
      if (isTargetInside || (isFailed && isPrivateAddress(hosts.addressOf(target)))) {
        addUse(seen.reached, portKey, isAnswered, isFailed, out, back);
        seen.inside.set(target, (seen.inside.get(target) ?? false) || isAnswered);
      } else if (!isFailed) seen.outside.add(target);
    }
    if (isTargetInside && isAnswered && active.has(source) && !sweepers.has(source))
      addUse(of(target).served, portKey, true, false, back, out);
  }
  return new Map(
    [...open].map(([host, { served, reached, inside, outside }]) => [
      host,
      {
        served,
        reached,
        insideTargets: inside.size,
        failedTargets: [...inside.values()].filter((isAnswered) => !isAnswered).length,
        outsideTargets: outside.size,
      },
    ]),
  );
}

function addUse(
  uses: Map<number, PortUse>,
  port: number,
  isAnswered: boolean,
  isFailed: boolean,
  out: number,
  back: number,
): void {
  const use = uses.get(port) ?? { peers: 0, answered: 0, failed: 0, bytesOut: 0, bytesIn: 0 };
  use.peers++;
  if (isAnswered) use.answered++;
  if (isFailed) use.failed++;
  use.bytesOut += out;
  use.bytesIn += back;
  uses.set(port, use);
}

/** Addresses whose MAC half of the asking hosts of a wire asked for, three at least, most asked first. */
export function gatewaysOf(hosts: HostTable, contacts: DraftContacts): readonly HostIndex[] {
  const askers = new Map<HostIndex, number>();
  const asking = new Map<number, Set<HostIndex>>();
  for (let contact = 0; contact < contacts.length; contact++) {
    if (contacts.portKey[contact] >> 16 !== PROTOCOL_ARP || !contacts.isCurrent(contact)) continue;
    const target = contacts.target[contact];
    askers.set(target, (askers.get(target) ?? 0) + 1);
    const block = hosts.lastWord(target) >>> 8;
    asking.set(block, (asking.get(block) ?? new Set()).add(contacts.source[contact]));
  }
  return [...askers]
    .filter(([target, count]) => count >= 3 && count * 2 >= (asking.get(hosts.lastWord(target) >>> 8)?.size ?? 0))
    .sort(([, a], [, b]) => b - a)
    .map(([target]) => target);
}

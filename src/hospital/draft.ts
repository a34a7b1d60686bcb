// A first map from observed traffic: batches in; segments, servers and special hosts out, each with its reason as a
// comment. Roles that excuse many contacts are only proposed: a person declares them, since a worm looks alike.

import { limits } from "../limits.ts";
import {
  type Address,
  formatAddress,
  formatCidr,
  ipv4,
  isNotUnicast,
  isPrivateAddress,
  maskAddress,
} from "../model/address.ts";
import type { Batch } from "../model/batch.ts";
import { PROTOCOL_ARP, PROTOCOL_UDP } from "../model/flow.ts";
import type { HostTable } from "../model/host-table.ts";
import type { HospitalMap, Host, Segment, SegmentUse } from "../model/map.ts";
import { formatPort } from "../model/port.ts";
import { type HostRole, talkerRoles } from "../model/terrain.ts";
import type { HostIndex } from "../model/units.ts";
import { newHost, newMap, newSegment } from "./blank.ts";
import { counted, type DraftBlock, draftBlocks } from "./draft-blocks.ts";
import { CONTACT_ANSWERED, CONTACT_FAILED, DraftContacts, DYNAMIC_PORT_MIN } from "./draft-contacts.ts";
import { guessRole, type HostConduct, isSweeping, type PortUse, type RoleGuess } from "./draft-roles.ts";
import { PrefixTable } from "./prefix-table.ts";
import { type MapComment, writeMap } from "./write.ts";

export interface DraftedMap {
  readonly map: HospitalMap;
  readonly comments: readonly MapComment[];
  /** What the whole draft rests on, and what it could not tell. */
  readonly header: string;
}

export interface Draft {
  feed(batch: Batch): void;
  finish(): DraftedMap;
}

/** Begins a draft. `hosts` must be the table that the batches were written with. */
export function createDraft(hosts: HostTable): Draft {
  const contacts = new DraftContacts(hosts);
  const sighted = new Map<HostIndex, { mac: string; name: string | null; generation: number }>();
  return {
    feed(batch) {
      contacts.feed(batch.flows);
      for (const { host, mac, name } of batch.sightings) {
        if (!sighted.has(host) && sighted.size >= limits.sightingsMax) continue;
        const generation = hosts.generation[host];
        sighted.set(host, { mac, name: name ?? sighted.get(host)?.name ?? null, generation });
      }
    },
    finish() {
      for (const [host, { generation }] of sighted) if (hosts.generation[host] !== generation) sighted.delete(host);
      return finishDraft(hosts, contacts, sighted);
    },
  };
}

/** The text of a draft: YAML with a comment at everything that was guessed. */
export function writeDraft(draft: DraftedMap): string {
  return writeMap(draft.map, draft.comments, draft.header);
}

type Sighted = ReadonlyMap<HostIndex, { readonly mac: string; readonly name: string | null }>;

function finishDraft(hosts: HostTable, contacts: DraftContacts, sighted: Sighted): DraftedMap {
  const { active, outsideCount } = insideHosts(hosts, contacts, sighted);
  const blocks = blocksOf(hosts, contacts, active);
  // What sweeping hosts touched says nothing of the touched: their victims would look like servers.
  const sweepers = new Set<HostIndex>();
  for (const [host, conduct] of conductsOf(hosts, contacts, active, sweepers))
    if (isSweeping(conduct)) sweepers.add(host);
  const conducts = conductsOf(hosts, contacts, active, sweepers);
  const median = medianOf([...conducts.values()].map((conduct) => conduct.outsideTargets));
  const guesses = new Map([...active].map((host) => [host, guessRole(conducts.get(host) ?? nothingSeen, median)]));
  const table = new PrefixTable(blocks.map((block, value) => ({ cidr: block.cidr, value })));
  const members: HostIndex[][] = blocks.map(() => []);
  for (const host of active) members[table.lookup(hosts.addressOf(host))]?.push(host);

  const comments: MapComment[] = [];
  const gateways = gatewaysOf(hosts, contacts);
  const segments = blocks.map((block, index): Segment => {
    const use = useOf(members[index].map((host) => guesses.get(host)?.role ?? "unknown"));
    const gateway = gateways.find((each) => table.lookup(hosts.addressOf(each)) === index);
    const text = `${counted(members[index].length, "host")} seen: ${roleCounts(members[index], guesses)}. ${use.reason}\nIts size: ${block.reason} (${block.confidence}).`;
    comments.push({ section: "segments", index, text });
    return {
      ...newSegment(`net-${formatCidr(block.cidr).replaceAll(/[^0-9a-f.]+/g, "-")}`, use.use),
      cidrs: [formatCidr(block.cidr)],
      gateways: gateway === undefined ? [] : [hosts.format(gateway)],
      hostCount: members[index].length,
    };
  });
  const listed = [...active].filter((host) => isWorthListing(guesses.get(host)));
  listed.sort((a, b) => compareText(guesses.get(a)?.role ?? "", guesses.get(b)?.role ?? "") || a - b);
  const kept = listed.slice(0, limits.draftHostsMax);
  const macCounts = countBy([...sighted.values()].map(({ mac }) => mac));
  const written = kept.map((host, index): Host => {
    const guess = guesses.get(host)!;
    comments.push({ section: "hosts", index, text: commentOf(guess, hosts.format(host)) });
    return hostFrom(hosts, host, guess, conducts.get(host), sighted, macCounts);
  });
  const map: HospitalMap = {
    ...newMap("Draft from observed traffic"),
    crossingDefault: "open",
    segments,
    hosts: written,
  };
  return { map, comments, header: headerOf(contacts, active.size, outsideCount, listed.length - kept.length) };
}

const nothingSeen: HostConduct = {
  served: new Map(),
  reached: new Map(),
  insideTargets: 0,
  failedTargets: 0,
  outsideTargets: 0,
};

/** Hosts that spoke and are inside: private addresses, or the busiest public blocks when no address is private. */
function insideHosts(
  hosts: HostTable,
  contacts: DraftContacts,
  sighted: Sighted,
): { active: ReadonlySet<HostIndex>; outsideCount: number } {
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
    return { active: new Set(inside.map(([host]) => host)), outsideCount: usable.length - inside.length };
  }
  const begun = new Map<string, number>();
  const blockOf = (host: HostIndex): string =>
    formatAddress(maskAddress(hosts.addressOf(host), hosts.isIpv4(host) ? 24 : 64));
  for (const [host, count] of usable) begun.set(blockOf(host), (begun.get(blockOf(host)) ?? 0) + count);
  const most = Math.max(1, ...begun.values());
  const busy = usable.filter(([host]) => (begun.get(blockOf(host)) ?? 0) * 5 >= most);
  return { active: new Set(busy.map(([host]) => host)), outsideCount: usable.length - busy.length };
}

function isUsable(address: Address): boolean {
  const isLinkLocal = address.family === 6 ? address.w0 >>> 22 === 0x3fa : address.w3 >>> 16 === 0xa9fe;
  return !isNotUnicast(address) && !isLinkLocal;
}

type CidrBlock = Pick<DraftBlock, "reason" | "confidence"> & { readonly cidr: { base: Address; bits: number } };

function blocksOf(hosts: HostTable, contacts: DraftContacts, active: ReadonlySet<HostIndex>): readonly CidrBlock[] {
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

/** What each inside host serves and reaches, once for each peer; `sweepers` do not count as clients. */
function conductsOf(
  hosts: HostTable,
  contacts: DraftContacts,
  active: ReadonlySet<HostIndex>,
  sweepers: ReadonlySet<HostIndex>,
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
      } else seen.outside.add(target);
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
function gatewaysOf(hosts: HostTable, contacts: DraftContacts): readonly HostIndex[] {
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

const useOfRole: Partial<Record<HostRole, SegmentUse>> = {
  workstation: "workstations",
  server: "servers",
  "domain-controller": "servers",
  infrastructure: "servers",
  "print-server": "servers",
  backup: "servers",
  "medical-device": "medical-devices",
  printer: "printers",
  telephone: "telephony",
  "network-device": "management",
};

/** The use that three in five of the hosts with a known role share; `mixed` when none is. */
function useOf(roles: readonly HostRole[]): { use: SegmentUse; reason: string } {
  const uses = countBy(roles.flatMap((role) => useOfRole[role] ?? []));
  const known = [...uses.values()].reduce((sum, count) => sum + count, 0);
  if (known === 0) return { use: "unknown", reason: "Use: nothing tells." };
  const [use, count] = [...uses].sort(([, a], [, b]) => b - a)[0];
  if (count * 5 >= known * 3) return { use, reason: `Use: ${count} of ${known} with a known role.` };
  return { use: "mixed", reason: `Use: no kind has three in five of ${known}.` };
}

function roleCounts(members: readonly HostIndex[], guesses: ReadonlyMap<HostIndex, RoleGuess>): string {
  const counts = countBy(members.map((host) => guesses.get(host)?.role ?? "unknown"));
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([role, count]) => `${count} ${role}`)
    .join(", ");
}

/** Workstations need no entry; an unknown host gets one when there is something to say about it. */
function isWorthListing(guess: RoleGuess | undefined): boolean {
  if (guess === undefined || guess.role === "workstation") return false;
  return guess.role !== "unknown" || guess.reason.startsWith("reached");
}

function commentOf(guess: RoleGuess, address: string): string {
  const { role, reason, confidence } = guess;
  const stated = `${confidence}: ${reason}`;
  if (!guess.isTalker && !talkerRoles.has(role)) return stated;
  if (role === "domain-controller") return stated;
  return `${stated}\nLooks like: ${role}. When you know it is, set its role and declare it with an end:\n  talkers: [{ host: ${idOf("unknown", address)}, until: YYYY-MM-DD, because: … }]`;
}

function idOf(role: HostRole, address: string): string {
  return `${role === "unknown" ? "host" : role}-${address.replaceAll(":", "-").replace(/-+$/, "-0")}`;
}

function hostFrom(
  hosts: HostTable,
  host: HostIndex,
  guess: RoleGuess,
  conduct: HostConduct | undefined,
  sighted: Sighted,
  macCounts: ReadonlyMap<string, number>,
): Host {
  const address = hosts.format(host);
  const seen = sighted.get(host);
  // A MAC with many addresses is a router's: it says nothing about the host behind it.
  const isOwnMac =
    seen !== undefined && (macCounts.get(seen.mac) ?? 0) <= 3 && /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(seen.mac);
  const role = guess.isTalker ? "unknown" : guess.role;
  const ports = [...(conduct?.served ?? [])]
    .filter(
      ([portKey, use]) =>
        (portKey >> 16 === 6 || portKey >> 16 === 17) && portKey % 65_536 < DYNAMIC_PORT_MIN && use.answered > 0,
    )
    .sort(([, a], [, b]) => b.answered - a.answered)
    .slice(0, 12)
    .map(([portKey]) => formatPort(portKey >> 16, portKey % 65_536));
  return {
    ...newHost(idOf(role, address)),
    name: seen?.name ?? null,
    addresses: [address],
    macs: isOwnMac ? [seen.mac] : [],
    role,
    does: guess.does,
    ports,
  };
}

function headerOf(contacts: DraftContacts, insideCount: number, outsideCount: number, leftOut: number): string {
  const lines = [
    "A first map, drafted from observed traffic. Everything in it is a guess with its reason; correct it by hand.",
    `It rests on ${counted(contacts.length, "distinct contact")} of ${counted(insideCount, "inside host")}; ${counted(outsideCount, "other host")} left out as outside.`,
    "Not seen in traffic, to be added: sites, buildings, enforcement points, services of care, contacts.",
    "crossingDefault is open because traffic shows what was used, not what a firewall would refuse.",
  ];
  if (contacts.droppedCount > 0)
    lines.push(`${contacts.droppedCount} contacts did not fit in memory and are not counted.`);
  if (leftOut > 0) lines.push(`${leftOut} more hosts had a role; the first ${limits.draftHostsMax} are listed.`);
  return lines.join("\n");
}

function countBy<T>(values: readonly T[]): ReadonlyMap<T, number> {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length === 0 ? 0 : sorted[Math.floor((sorted.length - 1) / 2)];
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

// A first map from observed traffic: batches in; segments, servers and special hosts out, each with its reason as a
// comment. Roles that excuse many contacts are only proposed: a person declares them, since a worm looks alike.

import { limits } from "../limits.ts";
import { formatCidr } from "../model/address.ts";
import type { Batch } from "../model/batch.ts";
import type { HostTable } from "../model/host-table.ts";
import type { HospitalMap, Host, Segment, SegmentUse } from "../model/map.ts";
import { formatPort } from "../model/port.ts";
import { type HostRole, talkerRoles } from "../model/terrain.ts";
import type { HostIndex } from "../model/units.ts";
import { newHost, newMap, newSegment } from "./blank.ts";
import { counted } from "./draft-blocks.ts";
import { DraftContacts, DYNAMIC_PORT_MIN } from "./draft-contacts.ts";
import { blocksOf, conductsOf, gatewaysOf, insideHosts, partsOf, type Sighted } from "./draft-evidence.ts";
import { guessRole, type HostConduct, type RoleGuess } from "./draft-roles.ts";
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

function finishDraft(hosts: HostTable, contacts: DraftContacts, sighted: Sighted): DraftedMap {
  const { active, outsideCount, isPublic } = insideHosts(hosts, contacts, sighted);
  const blocks = blocksOf(hosts, contacts, active);
  const known = partsOf(conductsOf(hosts, contacts, active, { sweepers: new Set(), printers: new Set() }));
  const conducts = conductsOf(hosts, contacts, active, known);
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
  const header = headerOf(contacts, active.size, outsideCount, listed.length - kept.length);
  const doubt =
    "\nNo address seen is private: the public blocks that begin most conversations are taken for the inside.";
  return { map, comments, header: isPublic ? header + doubt : header };
}

const nothingSeen: HostConduct = {
  served: new Map(),
  reached: new Map(),
  insideTargets: 0,
  failedTargets: 0,
  outsideTargets: 0,
};

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

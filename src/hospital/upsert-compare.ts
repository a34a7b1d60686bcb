// How an import compares: the keys by which addresses and blocks are the same, and which fields of an element differ.

import { cidrContains, formatAddress, formatCidr, parseAddress, parseCidr } from "../model/address.ts";
import type { HospitalMap, Segment } from "../model/map.ts";

export interface FieldChange {
  readonly field: string;
  readonly from: unknown;
  readonly to: unknown;
}

export function union(known: readonly string[] | undefined, more: readonly string[]): readonly string[] {
  return [...new Set([...(known ?? []), ...more])];
}

/** Whether a segment holds one of the addresses; one without blocks may hold any. */
export function holdsAny(segment: Segment, addresses: readonly string[]): boolean {
  const blocks = segment.cidrs.flatMap((text) => parseCidr(text) ?? []);
  const parsed = addresses.flatMap((text) => parseAddress(text) ?? []);
  return blocks.length === 0 || parsed.some((address) => blocks.some((block) => cidrContains(block, address)));
}

export function keyOfAddress(text: string): string {
  const address = parseAddress(text);
  return address === null ? text : formatAddress(address);
}

export function keyOfBlock(text: string): string {
  const cidr = parseCidr(text);
  return cidr === null ? text : formatCidr(cidr);
}

export function elementsById(map: HospitalMap): ReadonlyMap<string, object> {
  const sections = ["sites", "buildings", "segments", "hosts"] as const;
  return new Map(sections.flatMap((section) => map[section].map((each) => [`${section} ${each.id}`, each] as const)));
}

/** What differs between an element of the map and the same one after the join. */
export function fieldsChanged(before: object | undefined, after: object | undefined): readonly FieldChange[] {
  const known = new Map(Object.entries(before ?? {}));
  return Object.entries(after ?? {}).flatMap(([field, to]: [string, unknown]): FieldChange[] => {
    const from: unknown = known.get(field);
    return isSame(from, to) ? [] : [{ field, from, to }];
  });
}

/** Lists are compared as sets: their order says nothing. */
function isSame(from: unknown, to: unknown): boolean {
  if (!Array.isArray(from) || !Array.isArray(to)) return from === to;
  const held = new Set<unknown>(from);
  return from.length === to.length && to.every((each) => held.has(each));
}

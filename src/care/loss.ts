// What is lost besides the cuts, from names to rows: which hosts that care needs still work, and the share of the hosts
// of each segment that cannot be used.

import type { LostHosts } from "../model/care.ts";
import { HOST_COUNT_ASSUMED } from "../model/places.ts";
import { segmentIndexOf } from "../model/scope.ts";
import { NO_SEGMENT } from "../model/units.ts";
import type { Survey } from "./survey.ts";

export interface Loss {
  /** 1 for each host of the survey that is lost. */
  readonly hosts: Uint8Array;
  /** Share of the hosts of each segment that is lost, 0..1. */
  readonly shares: Float64Array;
}

/** Hosts of each segment, for the share that one host is of it. */
export function hostCountsOf({ map, places }: Survey): number[] {
  const named = map.segments.map(() => 0);
  for (const host of map.hosts) {
    const segment = places.segmentOf(host);
    if (segment !== NO_SEGMENT) named[segment]++;
  }
  return map.segments.map(({ hostCount }, at) => Math.max(1, hostCount ?? HOST_COUNT_ASSUMED, named[at]));
}

/**
 * A lost host counts once: as itself where it is needed, and towards the share of its segment where that share is not
 * stated higher. A segment lost altogether takes its named hosts along.
 * @throws RangeError when a host or a segment is not of the map, or a share is no share
 */
export function lossOf(survey: Survey, hostCounts: readonly number[], lost: LostHosts): Loss {
  const { map, places } = survey;
  const shares = new Float64Array(map.segments.length);
  const names = new Set<string>();
  for (const name of lost.hosts) {
    const host = places.hostOf(name);
    const segment = host === undefined ? places.segmentOfAddress(name) : places.segmentOf(host);
    if (host === undefined && segment === NO_SEGMENT) {
      throw new RangeError(`Cannot assess care: a lost host must be of the map or in one of its blocks, got "${name}"`);
    }
    const id = host?.id ?? name;
    if (names.has(id)) continue;
    names.add(id);
    if (segment !== NO_SEGMENT) shares[segment]++;
  }
  for (const [segment, count] of hostCounts.entries()) shares[segment] = Math.min(1, shares[segment] / count);
  for (const [id, share] of lost.shareBySegment) {
    const segment = segmentIndexOf(map, id);
    if (segment === NO_SEGMENT) {
      throw new RangeError(`Cannot assess care: a lost segment must be of the map, got "${id}"`);
    }
    if (!(share >= 0 && share <= 1)) {
      throw new RangeError(`Cannot assess care: the lost share of segment ${id} must be from 0 to 1, got ${share}`);
    }
    shares[segment] = Math.max(shares[segment], share);
  }
  const hosts = Uint8Array.from(survey.hosts, (host, row) => {
    const segment = survey.hostSegments[row];
    return Number(names.has(host.id) || (segment !== NO_SEGMENT && shares[segment] >= 1));
  });
  return { hosts, shares };
}

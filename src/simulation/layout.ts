// A rehearsal as numbers: one cell per segment with its hosts, its vulnerable hosts and its addresses, the boundaries
// around cells, and who reaches whom under each order. What depends on the map alone is kept from one rehearsal to the next.
//
// Hosts of several kinds in one segment differ to a worm only in how many of them it can take, so one cell per segment
// loses nothing: which hosts of the cell fell is a uniform draw from it (DESIGN 5.4).

import { parseAddress, parseCidr } from "../model/address.ts";
import { type Control, controlId } from "../model/control.ts";
import type { HospitalMap, Segment } from "../model/map.ts";
import { hostKinds, hostsByKind, kindOfRole, type Places, placesOfHosts } from "../model/places.ts";
import { type Reach, reachOf, reachUnder } from "../model/reach.ts";
import { segmentsOfScope, siteOfSegment } from "../model/scope.ts";
import { NO_SEGMENT } from "../model/units.ts";
import type { Rehearsal } from "./rehearsal.ts";

/** Addresses a worm is taken to try in one segment at most: a /16. Larger blocks are not swept within a night. */
export const ADDRESSES_MAX = 65_534;

/** The boundaries of the map: `inside[boundary * cellCount + cell]` is 1 for cells within. */
export interface BoundaryTable {
  readonly ids: readonly string[];
  readonly inside: Uint8Array;
  /** Boundaries around cell `cell`: `around[aroundBegin[cell] .. aroundBegin[cell + 1] - 1]`. */
  readonly aroundBegin: Int32Array;
  readonly around: Int32Array;
}

/** What the map alone says. */
export interface MapLayout {
  readonly map: HospitalMap;
  readonly places: Places;
  readonly kinds: ReturnType<typeof hostsByKind>;
  readonly hosts: Int32Array;
  readonly addresses: Int32Array;
  readonly boundaries: BoundaryTable;
  /** Who reaches whom on a port. */
  reach(port: string): Reach;
  /** The same under one control. */
  reachWith(port: string, control: Control): Uint8Array;
}

const layouts = new WeakMap<HospitalMap, MapLayout>();

export function layoutOfMap(map: HospitalMap): MapLayout {
  let layout = layouts.get(map);
  if (layout === undefined) {
    layout = newMapLayout(map);
    layouts.set(map, layout);
  }
  return layout;
}

function newMapLayout(map: HospitalMap): MapLayout {
  const places = placesOfHosts(map);
  const kinds = hostsByKind(map, places);
  const hosts = Int32Array.from(kinds, (counts) => hostKinds.reduce((sum, kind) => sum + counts[kind], 0));
  const reaches = new Map<string, Reach>();
  const closed = new Map<string, Uint8Array>();
  const reach = (port: string): Reach => {
    const known = reaches.get(port) ?? reachOf(map, port);
    reaches.set(port, known);
    return known;
  };
  return {
    map,
    places,
    kinds,
    hosts,
    addresses: addressesOf(map, hosts),
    boundaries: boundaryTable(map),
    reach,
    reachWith(port, control) {
      const key = `${port} ${controlId(control)}`;
      const known = closed.get(key) ?? reachUnder(map, reach(port), [control]).allows;
      if (closed.size > 4_096) closed.clear();
      closed.set(key, known);
      return known;
    },
  };
}

/**
 * Addresses a try may fall on, per segment: the usable addresses of its IPv4 blocks, less those of segments that name it
 * as parent, at least its hosts, at most a /16. IPv6 blocks add none: their hosts are found by name or neighbour
 * discovery, not by sweeping; a segment without IPv4 blocks counts its hosts.
 */
function addressesOf(map: HospitalMap, hosts: Int32Array): Int32Array {
  const usable = map.segments.map((segment) => usableAddresses(segment));
  const own = usable.slice();
  map.segments.forEach((segment, child) => {
    const parent = map.segments.findIndex((each) => each.id === segment.parent);
    if (parent >= 0) own[parent] -= usable[child];
  });
  return Int32Array.from(own, (count, cell) => Math.max(hosts[cell], Math.min(ADDRESSES_MAX, count)));
}

function usableAddresses(segment: Segment): number {
  let sum = 0;
  for (const text of segment.cidrs) {
    const cidr = parseCidr(text);
    if (cidr === null || cidr.base.family === 6) continue;
    const hostBits = 32 - cidr.bits;
    sum += hostBits >= 2 ? 2 ** hostBits - 2 : 2 ** hostBits;
  }
  return sum;
}

function boundaryTable(map: HospitalMap): BoundaryTable {
  const cellCount = map.segments.length;
  const cellsOf = (scopes: readonly string[]): readonly number[] =>
    scopes.flatMap((scope) => segmentsOfScope(map, scope) ?? []);
  const each: readonly (readonly [id: string, cells: readonly number[]])[] = [
    ...map.segments.map((segment, cell) => [`segment:${segment.id}`, [cell]] as const),
    ...map.buildings.map(({ id }) => [`building:${id}`, cellsOf([`building:${id}`])] as const),
    ...map.sites.map(({ id }) => {
      const cells = map.segments.flatMap((segment, cell) => (siteOfSegment(map, segment) === id ? [cell] : []));
      return [`site:${id}`, cells] as const;
    }),
    ...map.boundaries.map((boundary) => [boundary.id, cellsOf(boundary.around)] as const),
  ];
  const inside = new Uint8Array(each.length * cellCount);
  const perCell: number[][] = map.segments.map(() => []);
  each.forEach(([, cells], boundary) => {
    for (const cell of new Set(cells)) {
      inside[boundary * cellCount + cell] = 1;
      perCell[cell].push(boundary);
    }
  });
  const aroundBegin = new Int32Array(cellCount + 1);
  perCell.forEach((list, cell) => {
    aroundBegin[cell + 1] = aroundBegin[cell] + list.length;
  });
  return { ids: each.map(([id]) => id), inside, aroundBegin, around: Int32Array.from(perCell.flat()) };
}

/** How the outbreak stands at the start of every run, per cell. */
export interface StartCounts {
  /** Hosts the worm can take, infected ones included. */
  readonly vulnerable: Int32Array;
  /** The same by kind, `[cell * hostKinds.length + kind]`; infected hosts beyond the shares are of no kind. */
  readonly vulnerableOfKind: Int32Array;
  /** Known infected that still try, and known infected that are isolated. */
  readonly trying: Int32Array;
  readonly isolated: Int32Array;
  /** Mean of the infected nobody has seen. */
  readonly hiddenMean: Float64Array;
}

/** Known infected hosts that the state names, by cell and kind: they can be taken, whatever the share of their kind. */
function namedOfKind(layout: MapLayout, { state }: Rehearsal): Int32Array {
  const { places } = layout;
  const infected = new Map(state.segments.map((known) => [known.segment, known.infected]));
  const counts = new Int32Array(layout.hosts.length * hostKinds.length);
  for (const host of new Set(state.hosts.map((name) => places.hostOf(name)))) {
    const cell = host === undefined ? NO_SEGMENT : places.segmentOf(host);
    if (host === undefined || cell === NO_SEGMENT) continue;
    const { id } = layout.map.segments[cell];
    const left = infected.get(id) ?? 0;
    if (left === 0) continue;
    infected.set(id, left - 1);
    counts[cell * hostKinds.length + hostKinds.indexOf(kindOfRole(host.role))]++;
  }
  return counts;
}

/** Counts of the start. Vulnerable hosts are the share of each kind in each segment, rounded. */
export function startOf(layout: MapLayout, rehearsal: Rehearsal): StartCounts {
  const { segments } = layout.map;
  const cellCount = segments.length;
  const named = namedOfKind(layout, rehearsal);
  const vulnerableOfKind = new Int32Array(cellCount * hostKinds.length);
  const vulnerable = Int32Array.from(segments, ({ vulnerableShare }, cell) =>
    hostKinds.reduce((sum, kind, nth) => {
      const share = vulnerableShare ?? rehearsal.worm.vulnerableShare[kind];
      const count = Math.max(Math.round(layout.kinds[cell][kind] * share), named[cell * hostKinds.length + nth]);
      vulnerableOfKind[cell * hostKinds.length + nth] = count;
      return sum + count;
    }, 0),
  );
  const [trying, isolated] = [new Int32Array(cellCount), new Int32Array(cellCount)];
  const hiddenMean = new Float64Array(cellCount);
  for (const known of rehearsal.state.segments) {
    const cell = segments.findIndex((segment) => segment.id === known.segment);
    trying[cell] += known.infected - known.isolated;
    isolated[cell] += known.isolated;
    hiddenMean[cell] += known.hiddenMean;
  }
  for (let cell = 0; cell < cellCount; cell++) {
    vulnerable[cell] = Math.max(vulnerable[cell], trying[cell] + isolated[cell]);
  }
  return { vulnerable, vulnerableOfKind, trying, isolated, hiddenMean };
}

/** The cell of a host by id or address; NO_SEGMENT when it is in none. */
export function cellOfHost(layout: MapLayout, name: string): number {
  const host = layout.places.hostOf(name);
  if (host !== undefined) return layout.places.segmentOf(host);
  return parseAddress(name) === null ? NO_SEGMENT : layout.places.segmentOfAddress(name);
}

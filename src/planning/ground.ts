// What planning reads from a map once and asks of it all the time: care, places, points, what is protected.

import { type Care, compileCare } from "../care/assess.ts";
import { placeOfInternet, placesOf } from "../model/control.ts";
import type { HospitalMap, Scope } from "../model/map.ts";
import { placesOfHosts, type Places } from "../model/places.ts";
import { type Reach, reachOf } from "../model/reach.ts";
import { parsePortRange, segmentsOfScope } from "../model/scope.ts";
import { NO_SEGMENT } from "../model/units.ts";
import { Points } from "./points.ts";

/** Something that is never cut silently. */
export interface ProtectedThing {
  /** As the map names it; a host that is protected by its own entry is `host:ID`. */
  readonly item: string;
  readonly rule: "never" | "with-stand-in";
  /** Null for a host that the map merely marks as protected. */
  readonly because: string | null;
  /** 1 for each of its places; the internet is the one after the last segment. */
  readonly places: Uint8Array;
  readonly host: string | null;
  /** Position of the service, or null. */
  readonly service: number | null;
}

export interface Ground {
  readonly map: HospitalMap;
  readonly places: Places;
  readonly care: Care;
  readonly points: Points;
  readonly protectedThings: readonly ProtectedThing[];
  /** What the map allows on a port. */
  readonly reachOn: (port: string) => Reach;
  /** 1 for each place of the scope; remembered, so do not change it. */
  readonly inScope: (scope: Scope) => Uint8Array;
}

const grounds = new WeakMap<HospitalMap, Ground>();

/** Reads a map once; asked again for the same map it remembers. @throws RangeError when the map contradicts itself: unknown names, needs in a circle, a crossing that leads nowhere */
export function groundOf(map: HospitalMap): Ground {
  const known = grounds.get(map);
  if (known !== undefined) return known;
  checkCrossings(map);
  const places = placesOfHosts(map);
  const ground = {
    map,
    places,
    care: compileCare(map),
    points: new Points(map, places),
    protectedThings: protectedThingsOf(map, places),
    reachOn: remembered((port: string) => reachOf(map, port)),
    inScope: remembered((scope: Scope) => placesOf(map, scope)),
  };
  grounds.set(map, ground);
  return ground;
}

function remembered<Value>(find: (key: string) => Value): (key: string) => Value {
  const known = new Map<string, Value>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) {
      value = find(key);
      known.set(key, value);
    }
    return value;
  };
}

function protectedThingsOf(map: HospitalMap, places: Places): ProtectedThing[] {
  const none = new Uint8Array(placeOfInternet(map) + 1);
  const ofHost = (id: string, rest: Pick<ProtectedThing, "rule" | "because">): ProtectedThing => {
    const host = places.hostOf(id);
    if (host === undefined) throw unknownItem(`host:${id}`);
    const at = none.slice();
    const segment = places.segmentOf(host);
    if (segment !== NO_SEGMENT) at[segment] = 1;
    return { item: `host:${id}`, places: at, host: host.id, service: null, ...rest };
  };
  const stated = map.protected.map(({ item, rule, because }): ProtectedThing => {
    const name = item.slice(item.indexOf(":") + 1);
    const rest = { rule, because };
    if (item.startsWith("host:")) return ofHost(name, rest);
    if (item.startsWith("service:")) {
      const service = map.services.findIndex(({ id }) => id === name);
      if (service < 0) throw unknownItem(item);
      return { item, places: none, host: null, service, ...rest };
    }
    const boundary = map.boundaries.find(({ id }) => item === `boundary:${id}` || item === id);
    const at = none.slice();
    for (const scope of boundary?.around ?? [item]) placesOf(map, scope).forEach((is, place) => (at[place] |= is));
    if (!at.includes(1)) throw unknownItem(item);
    return { item, places: at, host: null, service: null, ...rest };
  });
  const named = new Set(stated.map(({ item }) => item));
  const flagged = map.hosts.filter((host) => host.isProtected && !named.has(`host:${host.id}`));
  return [...stated, ...flagged.map((host) => ofHost(host.id, { rule: "never", because: null }))];
}

function unknownItem(item: string): RangeError {
  return new RangeError(`Cannot plan: a protected item must be of the map, got "${item}"`);
}

/** A crossing that names nothing, or a range that ends before it begins, opens nothing though somebody meant it to. */
function checkCrossings(map: HospitalMap): void {
  for (const { from, to, ports } of map.crossings) {
    if (segmentsOfScope(map, from) === null || segmentsOfScope(map, to) === null) {
      throw new RangeError(`Cannot plan: a crossing must join places of the map, got ${from} > ${to}`);
    }
    const wrong = ports.find((port) => parsePortRange(port) === null);
    if (wrong !== undefined) {
      throw new RangeError(`Cannot plan: a crossing must name ports like tcp/443 or tcp/1-9, got ${wrong}`);
    }
  }
}

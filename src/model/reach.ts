// Who may begin a conversation with whom on one port: the map's crossings, less what controls close.

import { type Control, closingOf, placeOfInternet, placesOf } from "./control.ts";
import type { HospitalMap } from "./map.ts";
import { parsePort } from "./port.ts";
import { isPortInRange, parsePortRange, siteOfSegment } from "./scope.ts";

/**
 * A matrix of places: `allows[from * placeCount + to]` is 1 when `from` may call `to` on the port. Places are segment
 * positions; the last one is the internet. The diagonal is the inside of a segment, 0 when its hosts are kept apart.
 *
 * | from \ to | care | servers | internet |
 * | care      | 1    | 1       | 0        |
 * | servers   | 0    | 1       | 0        |
 * | internet  | 0    | 0       | 1        |
 */
export interface Reach {
  readonly port: string;
  readonly placeCount: number;
  readonly allows: Uint8Array;
}

/** What the map allows on `port` (`tcp/445`). @throws RangeError when the port is no port */
export function reachOf(map: HospitalMap, port: string): Reach {
  const wanted = parsePort(port);
  if (wanted === null) throw new RangeError(`Cannot tell who reaches whom: the port must be like tcp/445, got ${port}`);
  const placeCount = map.segments.length + 1;
  const internet = placeOfInternet(map);
  const allows = new Uint8Array(placeCount * placeCount);
  for (let from = 0; from < internet; from++) {
    for (let to = 0; to < internet; to++) {
      allows[from * placeCount + to] =
        from === to ? Number(!map.segments[from].isPeerIsolated) : openByDefault(map, from, to);
    }
  }
  for (const crossing of map.crossings) {
    const isMeant = crossing.ports.some((text) => {
      const range = parsePortRange(text);
      return range !== null && isPortInRange(range, wanted.protocol, wanted.port);
    });
    if (!isMeant) continue;
    const [froms, tos] = [placesOf(map, crossing.from), placesOf(map, crossing.to)];
    for (let from = 0; from < placeCount; from++) {
      if (froms[from] === 0) continue;
      for (let to = 0; to < placeCount; to++) if (tos[to] === 1 && from !== to) allows[from * placeCount + to] = 1;
    }
  }
  allows[internet * placeCount + internet] = 1;
  return { port, placeCount, allows };
}

function openByDefault(map: HospitalMap, from: number, to: number): number {
  const [a, b] = [map.segments[from], map.segments[to]];
  switch (map.crossingDefault) {
    case "open":
      return 1;
    case "closed":
      return 0;
    case "open-within-building":
      return Number(a.building !== null && a.building === b.building);
    case "open-within-site": {
      const site = siteOfSegment(map, a);
      return Number(site !== null && site === siteOfSegment(map, b));
    }
  }
}

/** What is left of `reach` under the controls; a new matrix. */
export function reachUnder(map: HospitalMap, reach: Reach, controls: readonly Control[]): Reach {
  const wanted = parsePort(reach.port);
  const allows = reach.allows.slice();
  const { placeCount } = reach;
  for (const control of controls) {
    const closes = closingOf(map, control);
    for (let from = 0; from < placeCount; from++) {
      for (let to = 0; to < placeCount; to++) {
        const at = from * placeCount + to;
        if (allows[at] === 1 && wanted !== null && closes(from, to, wanted.protocol, wanted.port)) allows[at] = 0;
      }
    }
  }
  return { ...reach, allows };
}

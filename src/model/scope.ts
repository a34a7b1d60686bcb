// Questions about a map that several stages ask: which segments a scope means, where a segment is, which ports a
// crossing lets through.

import { type HospitalMap, type Scope, type Segment, segmentUses } from "./map.ts";
import { parsePort } from "./port.ts";
import { NO_SEGMENT, type SegmentIndex } from "./units.ts";

/** The site of a segment: its own, or that of its building. */
export function siteOfSegment(map: HospitalMap, segment: Segment): string | null {
  if (segment.site !== null) return segment.site;
  if (segment.building === null) return null;
  return map.buildings.find((building) => building.id === segment.building)?.site ?? null;
}

/** Positions of the segments of a scope, ascending; null when the scope names nothing in this map. */
export function segmentsOfScope(map: HospitalMap, scope: Scope): readonly SegmentIndex[] | null {
  const select = (isIn: (segment: Segment) => boolean): SegmentIndex[] =>
    map.segments.flatMap((segment, index) => (isIn(segment) ? [index as SegmentIndex] : []));
  if (scope === "all") return select(() => true);
  if (scope === "internet") return [];
  const colon = scope.indexOf(":");
  const name = scope.slice(colon + 1);
  switch (scope.slice(0, colon + 1)) {
    case "building:":
      return map.buildings.some((building) => building.id === name)
        ? select((segment) => segment.building === name)
        : null;
    case "site:":
      return map.sites.some((site) => site.id === name)
        ? select((segment) => siteOfSegment(map, segment) === name)
        : null;
    case "use:":
      return (segmentUses as readonly string[]).includes(name) ? select((segment) => segment.use === name) : null;
    default: {
      const index = map.segments.findIndex((segment) => segment.id === scope);
      return index < 0 ? null : [index as SegmentIndex];
    }
  }
}

/** The position of a segment, NO_SEGMENT when there is none of that id. */
export function segmentIndexOf(map: HospitalMap, id: string): SegmentIndex {
  const index = map.segments.findIndex((segment) => segment.id === id);
  return index < 0 ? NO_SEGMENT : (index as SegmentIndex);
}

/** A port, a range of ports (`first` to `last`), or all of them. */
export interface PortRange {
  /** IANA protocol number; null for any protocol. */
  readonly protocol: number | null;
  readonly first: number;
  readonly last: number;
}

/** Reads `tcp/443`, `udp/5000-5010` or `any`; null when it is none of them. */
export function parsePortRange(text: string): PortRange | null {
  if (text === "any") return { protocol: null, first: 0, last: 65_535 };
  const dash = text.indexOf("-");
  const first = parsePort(dash < 0 ? text : text.slice(0, dash));
  if (first === null) return null;
  if (dash < 0) return { protocol: first.protocol, first: first.port, last: first.port };
  const last = parsePort(`${text.slice(0, text.indexOf("/") + 1)}${text.slice(dash + 1)}`);
  return last !== null && last.port >= first.port
    ? { protocol: first.protocol, first: first.port, last: last.port }
    : null;
}

export function isPortInRange(range: PortRange, protocol: number, port: number): boolean {
  return (range.protocol === null || range.protocol === protocol) && port >= range.first && port <= range.last;
}

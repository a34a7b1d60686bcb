// The twins' own answer to "may a host of this segment call a host of that one on this port, with these controls in
// force?". Written again from the words of the map's contract, on ids and strings, so that a mistake in src/model/reach
// does not hide in both.

import type { AllowedPath, Control } from "../../src/model/control.ts";
import type { HospitalMap, Scope, Segment } from "../../src/model/map.ts";

function siteOf(map: HospitalMap, segment: Segment): string | null {
  if (segment.site !== null) return segment.site;
  const building = map.buildings.find((each) => each.id === segment.building);
  return building === undefined ? null : building.site;
}

/** Whether the segment is part of the scope. */
export function isInside(map: HospitalMap, scope: Scope, segment: Segment): boolean {
  if (scope === "all") return true;
  if (scope === "internet") return false;
  if (scope.startsWith("building:")) return segment.building === scope.replace("building:", "");
  if (scope.startsWith("site:")) return siteOf(map, segment) === scope.replace("site:", "");
  if (scope.startsWith("use:")) return segment.use === scope.replace("use:", "");
  return segment.id === scope;
}

/** `tcp/445` is in `any`, `tcp/445` and `tcp/400-500`. */
export function isPortAmong(written: string, port: string): boolean {
  if (written === "any" || written === port) return true;
  const [protocol, range] = written.split("/");
  const [wantedProtocol, wanted] = port.split("/");
  if (protocol !== wantedProtocol || range === undefined || !range.includes("-")) return false;
  const [first, last] = range.split("-").map(Number);
  return first <= Number(wanted) && Number(wanted) <= last;
}

/** What the map itself allows, before any control. */
function isAllowed(map: HospitalMap, from: Segment, to: Segment, port: string): boolean {
  if (from.id === to.id) return !from.isPeerIsolated;
  for (const crossing of map.crossings) {
    const isNamed = isInside(map, crossing.from, from) && isInside(map, crossing.to, to);
    if (isNamed && crossing.ports.some((written) => isPortAmong(written, port))) return true;
  }
  if (map.crossingDefault === "open") return true;
  if (map.crossingDefault === "open-within-building") return from.building !== null && from.building === to.building;
  if (map.crossingDefault === "open-within-site") {
    return siteOf(map, from) !== null && siteOf(map, from) === siteOf(map, to);
  }
  return false;
}

/** Whether one control, in force, forbids it. */
function isClosedBy(map: HospitalMap, control: Control, from: Segment, to: Segment, port: string): boolean {
  const isAcross = (scope: Scope): boolean => isInside(map, scope, from) !== isInside(map, scope, to);
  const isExcepted = (except: readonly AllowedPath[]): boolean =>
    except.some((path) => isInside(map, path.from, from) && isInside(map, path.to, to) && isPortAmong(path.port, port));
  switch (control.kind) {
    case "isolate-host":
    case "cut-internet":
      return false; // neither stands between two segments
    case "close-port":
      return control.port === port && isAcross(control.around);
    case "close-port-within": {
      if (control.port !== port) return false;
      if (!isInside(map, control.within, from) || !isInside(map, control.within, to)) return false;
      const isOneSegment = map.segments.some((segment) => segment.id === control.within);
      return isOneSegment || !["servers", "management", "transit"].includes(to.use);
    }
    case "isolate-segment":
      return isAcross(control.segment) && !isExcepted(control.except);
    case "isolate-building":
      return isAcross(`building:${control.building}`) && !isExcepted(control.except);
    case "isolate-site":
      return isAcross(`site:${control.site}`) && !isExcepted(control.except);
  }
}

type Matrix = readonly (readonly boolean[])[];

const matrices = new WeakMap<HospitalMap, Map<string, Matrix>>();

/** A question about every pair of segments, asked once for each map. */
function matrixOf(map: HospitalMap, key: string, ask: (from: Segment, to: Segment) => boolean): Matrix {
  const known = matrices.get(map) ?? new Map<string, Matrix>();
  matrices.set(map, known);
  const matrix = known.get(key) ?? map.segments.map((from) => map.segments.map((to) => ask(from, to)));
  known.set(key, matrix);
  return matrix;
}

/** `mayCall[from][to]` by position of the segments. */
export function whoMayCall(map: HospitalMap, port: string, inForce: readonly Control[]): Matrix {
  const allowed = matrixOf(map, port, (from, to) => isAllowed(map, from, to, port));
  const between = inForce.filter(({ kind }) => kind !== "isolate-host" && kind !== "cut-internet");
  const closed = between.map((control) =>
    matrixOf(map, `${port} ${JSON.stringify(control)}`, (from, to) => isClosedBy(map, control, from, to, port)),
  );
  return allowed.map((row, from) => row.map((isOpen, to) => isOpen && !closed.some((each) => each[from][to])));
}

/** Usable IPv4 addresses of a segment (a block's first and last are none); as many as it has hosts when no block is known. */
export function addressCountOf(segment: Segment, hostCount: number): number {
  let count = 0;
  for (const block of segment.cidrs) {
    const match = /^\d+\.\d+\.\d+\.\d+\/(\d+)$/.exec(block);
    const all = match === null ? 0 : 2 ** (32 - Number(match[1]));
    count += all > 2 ? all - 2 : all;
  }
  return Math.max(count, hostCount);
}

export interface Line {
  readonly id: string;
  /** By position of the segments. */
  readonly isWithin: readonly boolean[];
}

const lines = new WeakMap<HospitalMap, readonly Line[]>();

/** Every line that can be crossed: around each segment, building and site, then the map's own boundaries. */
export function linesOf(map: HospitalMap): readonly Line[] {
  const known = lines.get(map) ?? drawLines(map);
  lines.set(map, known);
  return known;
}

function drawLines(map: HospitalMap): Line[] {
  const around = (id: string, scopes: readonly Scope[]): Line => ({
    id,
    isWithin: map.segments.map((segment) => scopes.some((scope) => isInside(map, scope, segment))),
  });
  return [
    ...map.segments.map((segment) => around(`segment:${segment.id}`, [segment.id])),
    ...map.buildings.map((building) => around(`building:${building.id}`, [`building:${building.id}`])),
    ...map.sites.map((site) => around(`site:${site.id}`, [`site:${site.id}`])),
    ...map.boundaries.map((boundary) => around(boundary.id, boundary.around)),
  ];
}

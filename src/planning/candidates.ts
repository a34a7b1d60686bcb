// Every control that could matter to an outbreak, with who carries it out. What nobody can carry out is kept aside, so
// that a plan can say "nobody can do this" instead of not thinking of it.

import { type AllowedPath, closingOf, type Control, placeOfInternet, scopeOfControl } from "../model/control.ts";
import { formatPort, parsePort } from "../model/port.ts";
import type { OutbreakState } from "../model/rehearsal.ts";
import { isPortInRange, parsePortRange } from "../model/scope.ts";
import type { PlannedControl } from "../model/plan.ts";
import type { Ground } from "./ground.ts";
import { approvalFor } from "./points.ts";
import { touchedBy } from "./protect.ts";

export interface Candidates {
  readonly able: readonly PlannedControl[];
  /** Controls that no enforcement point accepts and guards. */
  readonly unable: readonly PlannedControl[];
}

/** All controls of the ladder on this map against this outbreak; of two that close the same, the narrower name. */
export function candidatesOf(ground: Ground, state: OutbreakState): Candidates {
  const able: PlannedControl[] = [];
  const unable: PlannedControl[] = [];
  const known = new Set<string>();
  for (const control of controlsOf(ground, state)) {
    const key = closingKey(ground, control);
    if (known.has(key)) continue;
    const planned = plannedOf(ground, control);
    if (planned.points.length > 0) known.add(key);
    (planned.points.length > 0 ? able : unable).push(planned);
  }
  return { able, unable };
}

export function plannedOf(ground: Ground, control: Control): PlannedControl {
  return ground.points.planned(control, approvalFor(ground.map, control, touchedBy(ground, control).length > 0));
}

function controlsOf(ground: Ground, state: OutbreakState): Control[] {
  const { map } = ground;
  const { port } = state;
  const scopes = [
    ...map.segments.map(({ id }) => id),
    ...map.buildings.map(({ id }) => `building:${id}`),
    ...map.sites.map(({ id }) => `site:${id}`),
  ].filter((scope) => ground.inScope(scope).includes(1));
  return [
    ...scopes.map((within): Control => ({ kind: "close-port-within", within, port })),
    ...scopes.map((around): Control => ({ kind: "close-port", around, port })),
    ...state.hosts.map((host): Control => ({ kind: "isolate-host", host })),
    ...scopes.map((scope) => isolationOf(ground, scope, port)),
    { kind: "cut-internet", site: null },
  ];
}

/** The isolation of a segment, building or site that leaves open what care needs across its line. */
export function isolationOf(ground: Ground, scope: string, port: string): Control {
  const except = careExceptions(ground, scope, port);
  const name = scope.slice(scope.indexOf(":") + 1);
  if (scope.startsWith("building:")) return { kind: "isolate-building", building: name, except };
  if (scope.startsWith("site:")) return { kind: "isolate-site", site: name, except };
  return { kind: "isolate-segment", segment: scope, except };
}

/**
 * What an isolation leaves open: each conversation across its line that a service needs, and for protected places inside
 * it what the map lets cross, never the worm's own port.
 */
export function careExceptions(
  { map, care, protectedThings, inScope: placesIn }: Ground,
  scope: string,
  port: string,
): AllowedPath[] {
  const inScope = placesIn(scope);
  const internet = placeOfInternet(map);
  const nameOf = (place: number): string => (place === internet ? "internet" : map.segments[place].id);
  const found = new Map<string, AllowedPath>();
  const add = (path: AllowedPath): void => void found.set(`${path.from}>${path.to}:${path.port}`, path);
  for (const { from, to, protocol, port: number } of care.conversations) {
    const text = formatPort(protocol, number);
    if (inScope[from] !== inScope[to] && text !== port && number > 0)
      add({ from: nameOf(from), to: nameOf(to), port: text });
  }
  const protectedPlaces = map.segments.map(
    (_, place) => inScope[place] === 1 && protectedThings.some((thing) => thing.places[place] === 1),
  );
  for (const crossing of map.crossings) {
    const ports = crossing.ports.filter((text) => !covers(text, port));
    if (ports.length === 0) continue;
    const [froms, tos] = [placesIn(crossing.from), placesIn(crossing.to)];
    protectedPlaces.forEach((isProtected, place) => {
      if (!isProtected) return;
      for (const text of ports) {
        if (froms[place] === 1) add({ from: nameOf(place), to: crossing.to, port: text });
        if (tos[place] === 1) add({ from: crossing.from, to: nameOf(place), port: text });
      }
    });
  }
  return [...found.values()];
}

/** Whether the control closes anything on the port that the map leaves open. */
export function isUseful({ map, inScope, reachOn }: Ground, control: Control, port: string): boolean {
  const reach = reachOn(port);
  const closes = closingOf(map, control);
  const scope = scopeOfControl(control);
  const wanted = parsePort(port);
  if (scope === null || wanted === null) return false;
  const { allows, placeCount } = reach;
  const isIn = inScope(scope);
  for (let from = 0; from < placeCount; from++) {
    for (let to = 0; to < placeCount; to++) {
      if (isIn[from] === 0 && isIn[to] === 0) continue;
      if (allows[from * placeCount + to] === 1 && closes(from, to, wanted.protocol, wanted.port)) return true;
    }
  }
  return false;
}

function covers(text: string, port: string): boolean {
  const range = parsePortRange(text);
  const wanted = parsePort(port);
  return range !== null && wanted !== null && isPortInRange(range, wanted.protocol, wanted.port);
}

function closingKey({ map, inScope }: Ground, control: Control): string {
  const placesKey = (scope: string): string => inScope(scope).join("");
  switch (control.kind) {
    case "close-port-within":
      // Within a segment its own hosts are closed whatever the use; within a wider scope only clients are.
      return `within ${map.segments.some(({ id }) => id === control.within) ? control.within : placesKey(control.within)}`;
    case "close-port":
      return `around ${placesKey(control.around)}`;
    case "isolate-host":
      return `host ${control.host}`;
    case "isolate-segment":
      return `isolate ${placesKey(control.segment)}`;
    case "isolate-building":
      return `isolate ${placesKey(`building:${control.building}`)}`;
    case "isolate-site":
      return `isolate ${placesKey(`site:${control.site}`)}`;
    case "cut-internet":
      return `internet ${control.site}`;
  }
}

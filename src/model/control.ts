// Controls: one thing that could be ordered, and what of the network it closes. Simulation asks which segments still
// reach each other, care whether a path still stands, planning which control breaks which: all three ask here.

import type { HospitalMap, Scope, SegmentUse } from "./map.ts";
import { parsePort } from "./port.ts";
import { isPortInRange, parsePortRange, segmentsOfScope } from "./scope.ts";

/** A conversation that a cut leaves standing: "the building with care exceptions". */
export interface AllowedPath {
  readonly from: Scope;
  readonly to: Scope;
  /** `tcp/443`, a range, or `any`. */
  readonly port: string;
}

/** One thing that could be ordered; the ladder of DESIGN 5.6, cheapest rung first. */
export type Control =
  | { readonly kind: "close-port-within"; readonly within: Scope; readonly port: string }
  | { readonly kind: "close-port"; readonly around: Scope; readonly port: string }
  | { readonly kind: "isolate-host"; readonly host: string }
  | { readonly kind: "isolate-segment"; readonly segment: string; readonly except: readonly AllowedPath[] }
  | { readonly kind: "isolate-building"; readonly building: string; readonly except: readonly AllowedPath[] }
  | { readonly kind: "isolate-site"; readonly site: string; readonly except: readonly AllowedPath[] }
  | { readonly kind: "cut-internet"; readonly site: string | null };

/** What a control is around, as a scope; null for a host, which has no boundary of its own. */
export function scopeOfControl(control: Control): Scope | null {
  switch (control.kind) {
    case "close-port-within":
      return control.within;
    case "close-port":
      return control.around;
    case "isolate-host":
      return null;
    case "isolate-segment":
      return control.segment;
    case "isolate-building":
      return `building:${control.building}`;
    case "isolate-site":
      return `site:${control.site}`;
    case "cut-internet":
      return control.site === null ? "internet" : `site:${control.site}`;
  }
}

/** The control as one word, stable and unique: `close-port-within/building:b1/tcp/445`. */
export function controlId(control: Control): string {
  switch (control.kind) {
    case "isolate-host":
      return `isolate-host/${control.host}`;
    case "close-port":
    case "close-port-within":
      return `${control.kind}/${scopeOfControl(control)}/${control.port}`;
    default: {
      const except = "except" in control ? control.except.map((path) => `${path.from}>${path.to}:${path.port}`) : [];
      return [`${control.kind}/${scopeOfControl(control)}`, ...except].join("+");
    }
  }
}

/**
 * Reads what `controlId` writes, `isolate-building/b1` and `cut-internet` too; null when it is none of them. Exceptions
 * are written `+from>to:port`.
 */
export function parseControl(text: string): Control | null {
  const [head, ...tail] = text.split("+");
  const [kind, ...rest] = head.split("/");
  const name = rest.join("/");
  const except = tail.map(parseAllowedPath);
  if (except.includes(null)) return null;
  const paths = except.filter((path) => path !== null);
  const withPort = /^(.+)\/((?:tcp|udp|sctp)\/\d+)$/.exec(name);
  const bare = (prefix: string): string => (name.startsWith(prefix) ? name.slice(prefix.length) : name);
  switch (kind) {
    case "close-port-within":
      return withPort && parsePort(withPort[2]) ? { kind, within: withPort[1], port: withPort[2] } : null;
    case "close-port":
      return withPort && parsePort(withPort[2]) ? { kind, around: withPort[1], port: withPort[2] } : null;
    case "isolate-host":
      return name === "" ? null : { kind, host: name };
    case "isolate-segment":
      return name === "" ? null : { kind, segment: name, except: paths };
    case "isolate-building":
      return name === "" ? null : { kind, building: bare("building:"), except: paths };
    case "isolate-site":
      return name === "" ? null : { kind, site: bare("site:"), except: paths };
    case "cut-internet":
      return { kind, site: name === "" || name === "internet" ? null : bare("site:") };
    default:
      return null;
  }
}

function parseAllowedPath(text: string): AllowedPath | null {
  const match = /^(.+?)>(.+):([^:]+)$/.exec(text);
  return match === null ? null : { from: match[1], to: match[2], port: match[3] };
}

/** Where a conversation goes when it leaves the hospital: the place after the last segment. */
export const placeOfInternet = (map: HospitalMap): number => map.segments.length;

/** Uses whose hosts serve others: closing a port within a scope leaves them reachable, so that care goes on. */
const servingUses: ReadonlySet<SegmentUse> = new Set<SegmentUse>(["servers", "management", "transit"]);

/** Says whether a conversation between two places (segment positions, or the internet) is closed. */
export type Closing = (from: number, to: number, protocol: number, port: number) => boolean;

const nothing: Closing = () => false;

/**
 * What a control closes between segments. `isolate-host` closes nothing here: it takes one host out.
 * `close-port-within` closes the port towards clients of the scope, from all of the scope; a scope that is one segment
 * is closed whatever its use. Unknown scopes close nothing (planning refuses them before).
 */
export function closingOf(map: HospitalMap, control: Control): Closing {
  let known = closings.get(map);
  if (known === undefined) closings.set(map, (known = new WeakMap()));
  let closing = known.get(control);
  if (closing === undefined) known.set(control, (closing = newClosing(map, control)));
  return closing;
}

/** Planning asks the same few hundred times for each step: maps and controls are never changed, so answers are kept. */
const closings = new WeakMap<HospitalMap, WeakMap<Control, Closing>>();
const placesByMap = new WeakMap<HospitalMap, Map<Scope, Uint8Array>>();

function newClosing(map: HospitalMap, control: Control): Closing {
  const scope = scopeOfControl(control);
  if (scope === null) return nothing;
  const internet = placeOfInternet(map);
  const inScope = placesOf(map, scope);
  switch (control.kind) {
    case "close-port-within": {
      const wanted = parsePort(control.port);
      const isSegment = map.segments.some((segment) => segment.id === scope);
      return (from, to, protocol, port) =>
        wanted !== null &&
        wanted.protocol === protocol &&
        wanted.port === port &&
        inScope[from] === 1 &&
        inScope[to] === 1 &&
        (isSegment || !servingUses.has(map.segments[to].use));
    }
    case "close-port": {
      const wanted = parsePort(control.port);
      return (from, to, protocol, port) =>
        wanted !== null && wanted.protocol === protocol && wanted.port === port && inScope[from] !== inScope[to];
    }
    case "cut-internet": {
      const cut = control.site === null ? new Uint8Array(internet + 1).fill(1) : inScope;
      return (from, to) => (from === internet) !== (to === internet) && cut[from === internet ? to : from] === 1;
    }
    case "isolate-host":
      return nothing;
    default: {
      const exceptions = control.except.map((path) => ({
        from: placesOf(map, path.from),
        to: placesOf(map, path.to),
        range: parsePortRange(path.port),
      }));
      return (from, to, protocol, port) =>
        inScope[from] !== inScope[to] &&
        !exceptions.some(
          (path) =>
            path.from[from] === 1 &&
            path.to[to] === 1 &&
            path.range !== null &&
            isPortInRange(path.range, protocol, port),
        );
    }
  }
}

/** 1 for each place of the scope; `internet` is the place after the last segment and is in no other. Kept: do not change it. */
export function placesOf(map: HospitalMap, scope: Scope): Uint8Array {
  let known = placesByMap.get(map);
  if (known === undefined) placesByMap.set(map, (known = new Map()));
  let places = known.get(scope);
  if (places === undefined) {
    places = new Uint8Array(map.segments.length + 1);
    if (scope === "internet") places[map.segments.length] = 1;
    for (const segment of segmentsOfScope(map, scope) ?? []) places[segment] = 1;
    known.set(scope, places);
  }
  return places;
}

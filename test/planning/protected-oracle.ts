// Which protected items a set of controls cuts, written apart from the guard: from the map, option by option.

import { type Control, closingOf, placeOfInternet, placesOf, scopeOfControl } from "../../src/model/control.ts";
import type { HospitalMap, NeedOption } from "../../src/model/map.ts";
import { placesOfHosts } from "../../src/model/places.ts";
import { parsePort } from "../../src/model/port.ts";

interface Call {
  readonly from: number;
  readonly to: number;
  readonly host: string | null;
  readonly protocol: number;
  readonly port: number;
}

/** Items that the controls cut, all of them in force. */
export function protectedCutBy(map: HospitalMap, controls: readonly Control[]): string[] {
  return oracleOf(map, controls)(controls.map(() => 1));
}

/** Reads a map for a list of controls of which any may be in force. */
export function oracleOf(map: HospitalMap, controls: readonly Control[]): (chosen: ArrayLike<number>) => string[] {
  const items = new Set([
    ...map.protected.map(({ item }) => item),
    ...map.hosts.filter(({ isProtected }) => isProtected).map(({ id }) => `host:${id}`),
  ]);
  const services = [...items].filter((item) => item.startsWith("service:"));
  const alone = controls.map((control) =>
    [...items].filter((item) => !services.includes(item) && isCutAlone(map, control, item)),
  );
  const isStopped = stoppedOf(map, controls);
  return (chosen) => {
    const cut = new Set(services.filter((item) => isStopped(item.slice(8), chosen)));
    alone.forEach((some, at) => {
      if (chosen[at] === 1) for (const item of some) cut.add(item);
    });
    return [...cut];
  };
}

function isCutAlone(map: HospitalMap, control: Control, item: string): boolean {
  const places = placesOfHosts(map);
  const host = item.startsWith("host:") ? item.slice(5) : null;
  if (control.kind === "isolate-host") return host !== null && control.host === host;
  const known = host === null ? undefined : places.hostOf(host);
  const here =
    known === undefined
      ? [...placesOf(map, item)].flatMap((is, at) => (is === 1 ? [at] : []))
      : [places.segmentOf(known) as number];
  const calls = callsOf(map);
  const closes = closingOf(map, control);
  const isClosed = (place: number): boolean =>
    calls.some(
      (call) =>
        (call.from === place || call.to === place) &&
        (host === null || call.host === host) &&
        closes(call.from, call.to, call.protocol, call.port),
    );
  if (!("except" in control)) return here.some(isClosed);
  const scope = placesOf(map, scopeOfControl(control) ?? "");
  return here.some((place) => {
    if (scope[place] === 0) return false;
    const hasWay = control.except.some((path) => placesOf(map, path.from)[place] + placesOf(map, path.to)[place] > 0);
    return !hasWay || isClosed(place);
  });
}

function callsOf(map: HospitalMap): Call[] {
  const places = placesOfHosts(map);
  return map.services.flatMap(({ needs }) =>
    needs.flatMap(({ anyOf }) =>
      anyOf.flatMap((option): Call[] => {
        if (option.kind === "internet") {
          return users(map).map((from) => ({ from, to: placeOfInternet(map), host: null, protocol: 6, port: 443 }));
        }
        if (option.kind !== "path") return [];
        const host = places.hostOf(option.to);
        const port = parsePort(option.port);
        if (host === undefined || port === null) return [];
        const from = map.segments.findIndex(({ id }) => id === option.from);
        return [{ from, to: places.segmentOf(host), host: host.id, ...port }];
      }),
    ),
  );
}

const users = (map: HospitalMap): number[] =>
  map.segments.flatMap(({ use }, at) => (use === "workstations" || use === "medical-devices" ? [at] : []));

function stoppedOf(map: HospitalMap, controls: readonly Control[]): (id: string, chosen: ArrayLike<number>) => boolean {
  const places = placesOfHosts(map);
  const closings = controls.map((control) => closingOf(map, control));
  /** Controls that break an option, each alone; of several calls each list must be met. */
  const breakersOf = (option: NeedOption): readonly (readonly number[])[] => {
    const closersOf = (from: number, to: number, protocol: number, port: number): number[] =>
      controls.flatMap((_, at) => (closings[at](from, to, protocol, port) ? [at] : []));
    if (option.kind === "internet") return users(map).map((from) => closersOf(from, placeOfInternet(map), 6, 443));
    if (option.kind === "service") return [];
    const name = option.kind === "host" ? option.host : option.to;
    const offs = controls.flatMap((control, at) =>
      control.kind === "isolate-host" && control.host === name ? [at] : [],
    );
    const host = places.hostOf(name);
    const port = option.kind === "path" ? parsePort(option.port) : null;
    if (option.kind === "host" || host === undefined || port === null) return [offs];
    const from = map.segments.findIndex((segment) => segment.id === option.from);
    return [[...offs, ...closersOf(from, places.segmentOf(host), port.protocol, port.port)]];
  };
  const services = new Map(
    map.services.map(({ id, needs }) => [
      id,
      needs.map(({ anyOf }) =>
        anyOf.map((option) => ({
          through: option.kind === "service" ? option.service : null,
          breakers: breakersOf(option),
        })),
      ),
    ]),
  );
  const isStopped = (id: string, chosen: ArrayLike<number>): boolean =>
    services
      .get(id)
      ?.some((need) =>
        need.every(({ through, breakers }) =>
          through === null ? breakers.every((some) => some.some((at) => chosen[at] === 1)) : isStopped(through, chosen),
        ),
      ) ?? false;
  return isStopped;
}

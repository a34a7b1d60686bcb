// The least-harm cut by trying every set, written apart from the planner: it shares the map, the controls and the table of
// weights with it, and no code of the objective.

import { type Control, closingOf, placeOfInternet, placesOf, scopeOfControl } from "../../src/model/control.ts";
import type { HospitalMap, NeedOption } from "../../src/model/map.ts";
import { hostsByKind, kindOfRole, placesOfHosts } from "../../src/model/places.ts";
import type { PlannedControl } from "../../src/model/plan.ts";
import { parsePort } from "../../src/model/port.ts";
import { reachOf } from "../../src/model/reach.ts";
import type { OutbreakState, WormProfile } from "../../src/model/rehearsal.ts";
import { weights } from "../../src/planning/plan.ts";
import { protectedCutBy } from "./protected-oracle.ts";

export interface BruteAnswer {
  readonly cost: number;
  /** Every set of that cost, as sorted ids. */
  readonly sets: readonly (readonly string[])[];
}

interface Setting {
  readonly map: HospitalMap;
  readonly state: OutbreakState;
  readonly worm: WormProfile;
  readonly horizonSeconds: number;
}

const hold = (planned: PlannedControl): number =>
  Math.round(100 * (1 - planned.failureProbability ** 2) * 0.5 ** (planned.applySeconds / weights.halfUsefulSeconds)) /
  100;

const segmentOf = (map: HospitalMap, host: string): number => {
  const places = placesOfHosts(map);
  const known = places.hostOf(host);
  return known === undefined ? places.segmentOfAddress(host) : places.segmentOf(known);
};

/** Sets of units: a control, or all isolations of hosts of one segment together. */
export function bruteForce(setting: Setting, able: readonly PlannedControl[]): BruteAnswer {
  const units: PlannedControl[][] = [];
  const hostUnits = new Map<number, PlannedControl[]>();
  for (const planned of able) {
    if (planned.control.kind !== "isolate-host") {
      units.push([planned]);
      continue;
    }
    const segment = segmentOf(setting.map, planned.control.host);
    const unit = hostUnits.get(segment) ?? [];
    if (unit.length === 0) units.push(unit);
    unit.push(planned);
    hostUnits.set(segment, unit);
  }
  const judge = judgeOf(setting);
  let best: BruteAnswer = { cost: Infinity, sets: [] };
  for (let set = 0; set < 2 ** units.length; set++) {
    const chosen = units.filter((_, at) => (set >> at) & 1).flat();
    const cost = judge(chosen);
    if (cost > best.cost + 1e-6) continue;
    const ids = chosen.map(({ id }) => id).sort();
    best =
      cost < best.cost - 1e-6 ? { cost, sets: [ids] } : { cost: Math.min(cost, best.cost), sets: [...best.sets, ids] };
  }
  return best;
}

function judgeOf({ map, state, worm, horizonSeconds }: Setting): (chosen: readonly PlannedControl[]) => number {
  const count = map.segments.length;
  const reach = reachOf(map, state.port);
  const port = parsePort(state.port) ?? { protocol: 0, port: 0 };
  const kinds = hostsByKind(map, placesOfHosts(map));
  const shareOf = (segment: number, kind: keyof (typeof kinds)[number]): number =>
    map.segments[segment].vulnerableShare ?? worm.vulnerableShare[kind];
  const kindNames = ["workstation", "server", "medical", "other"] as const;
  const knownOf = (id: string) => state.segments.filter(({ segment }) => segment === id);
  const value = map.segments.map(({ id }, at) => {
    const vulnerable = kindNames.reduce((sum, kind) => sum + kinds[at][kind] * shareOf(at, kind), 0);
    const harm = kindNames.reduce(
      (sum, kind) => sum + kinds[at][kind] * shareOf(at, kind) * weights.harmPerHost[kind],
      0,
    );
    const taken = knownOf(id).reduce((sum, { infected }) => sum + infected, 0);
    return vulnerable === 0 ? 0 : harm * Math.max(0, 1 - taken / vulnerable);
  });
  const clientShare = map.segments.map((_, at) => {
    const all = kindNames.reduce((sum, kind) => sum + kinds[at][kind], 0);
    return all === 0 ? 0 : kindNames.reduce((sum, kind) => sum + kinds[at][kind] * shareOf(at, kind), 0) / all;
  });

  const startOf = (at: number, isolated: readonly PlannedControl[]): number => {
    const known = knownOf(map.segments[at].id);
    const active = known.reduce((sum, { infected, isolated: held }) => sum + infected - held, 0);
    const hidden = 1 - Math.exp(-known.reduce((sum, { hiddenMean }) => sum + hiddenMean, 0));
    if (active === 0) return hidden;
    const here = isolated.filter(
      ({ control }) => control.kind === "isolate-host" && segmentOf(map, control.host) === at,
    );
    if (here.length < active) return 1;
    return 1 - (1 - hidden) * here.reduce((product, planned) => product * hold(planned), 1);
  };

  /** Longest way to each segment: risk of its start less the walls on it; a wall counts once at each end and inside. */
  const lossesOf = (chosen: readonly PlannedControl[]): number[] => {
    const isolated = chosen.filter(({ control }) => control.kind === "isolate-host");
    const risk = Array.from({ length: count }, (_, at) => startOf(at, isolated));
    const wall = (from: number, to: number): number => {
      const best = { leaving: 0, entering: 0, inside: 0 };
      for (const planned of chosen) {
        const scope = scopeOfControl(planned.control);
        if (scope === null || !closingOf(map, planned.control)(from, to, port.protocol, port.port)) continue;
        const places = placesOf(map, scope);
        const side = places[from] === 0 ? "entering" : places[to] === 0 ? "leaving" : "inside";
        best[side] = Math.max(best[side], hold(planned));
      }
      return best.leaving + best.entering + best.inside;
    };
    const losses = Array.from({ length: count }, () => 0);
    const walls = Array.from({ length: count }, (_, from) =>
      Array.from({ length: count }, (_each, to) => wall(from, to)),
    );
    for (let round = 0; round <= count; round++) {
      for (let from = 0; from < count; from++) {
        for (let to = 0; to < count; to++) {
          if (reach.allows[from * reach.placeCount + to] === 0) continue;
          losses[to] = Math.max(losses[to], Math.max(risk[from], losses[from]) - walls[from][to]);
        }
      }
    }
    return losses;
  };

  /** Integral of what is undone over the horizon, minute by minute (all times of the drawn maps are whole minutes). */
  const undoneHours = (services: readonly string[], tolerated: number): number => {
    let hours = 0;
    for (let minute = tolerated; minute < horizonSeconds / 60; minute++) {
      let undone = 1;
      for (const id of services) {
        const uses =
          map.services.find((each) => each.id === id)?.standIns.filter((use) => use.takeUpMinutes <= minute) ?? [];
        undone *= 1 - Math.max(0, ...uses.map((use) => use.shareKept));
      }
      hours += undone / 60;
    }
    return hours;
  };

  return (chosen) => {
    const controls = chosen.map(({ control }) => control);
    if (protectedCutBy(map, controls).length > 0) return Infinity;
    const losses = lossesOf(chosen);
    const lostShare = (id: string): number => {
      const service = map.services.find((each) => each.id === id);
      if (service === undefined) return 0;
      const own = undoneHours([id], service.toleratedMinutes);
      /** Ways to one host from one segment: infection breaks them together, the cut only when it closes each. */
      const brokenOf = (ways: readonly NeedOption[]): number => {
        const [option] = ways;
        if (option.kind === "service") {
          const through = own === 0 ? 0 : undoneHours([id, option.service], service.toleratedMinutes) / own;
          return through * lostShare(option.service);
        }
        if (option.kind !== "path") return brokenInternet(map, controls);
        const client = map.segments.findIndex((segment) => segment.id === option.from);
        const host = map.hosts.find((each) => each.id === option.to);
        const server = segmentOf(map, option.to);
        const isClosed = ways.every((way) => {
          const path = way.kind === "path" ? parsePort(way.port) : null;
          return (
            path !== null &&
            controls.some((control) => closingOf(map, control)(client, server, path.protocol, path.port))
          );
        });
        if (isClosed) return 1;
        return Math.max(
          clientShare[client] * losses[client],
          shareOf(server, kindOfRole(host?.role ?? "unknown")) * losses[server],
        );
      };
      return Math.max(
        0,
        ...service.needs.map(({ anyOf }) => {
          const clients = new Set(anyOf.map((option) => (option.kind === "path" ? option.from : "")));
          const [only] = [...clients];
          const at = map.segments.findIndex((segment) => segment.id === only);
          const floor = clients.size === 1 && at >= 0 ? clientShare[at] * losses[at] : 0;
          const distinct = waysApart(anyOf);
          return Math.max(
            floor,
            distinct.reduce((sum, option) => sum + brokenOf(option), 1 - distinct.length),
          );
        }),
      );
    };
    const prices = chosen.map(({ control, applySeconds }) => {
      const scope = scopeOfControl(control);
      const touched = scope === null ? 0 : placesOf(map, scope).reduce((sum, is) => sum + is, 0);
      return (
        weights.harmPerRung[control.kind] +
        (weights.harmPerApplyMinute * applySeconds) / 60 +
        weights.harmPerSegmentTouched * touched
      );
    });
    const care = map.services.map(
      (service) => service.harmPerHour * undoneHours([service.id], service.toleratedMinutes) * lostShare(service.id),
    );
    const hosts = losses.map((loss, at) => loss * value[at]);
    return [...prices, ...care, ...hosts].reduce((sum, each) => sum + each, 0);
  };
}

function waysApart(options: readonly NeedOption[]): NeedOption[][] {
  const groups: Record<string, NeedOption[]> = {};
  for (const option of options) {
    const key = option.kind === "path" ? `${option.from} ${option.to}` : JSON.stringify(option);
    (groups[key] ??= []).push(option);
  }
  return Object.values(groups);
}

/** The link is used from every segment where people work; one that still reaches it is enough. */
function brokenInternet(map: HospitalMap, controls: readonly Control[]): number {
  const internet = placeOfInternet(map);
  const users = map.segments.flatMap(({ use }, at) =>
    use === "workstations" || use === "medical-devices" ? [at] : [],
  );
  const isOpen = users.some((from) => controls.every((control) => !closingOf(map, control)(from, internet, 6, 443)));
  return isOpen ? 0 : 1;
}

// The plans that are compared, as sets of controls: nothing, each rung of the ladder around what is infected, the exact
// cut, everything. Each passes the guard, so none cuts a protected item without leave.

import { type Control, controlId } from "../model/control.ts";
import type { PlannedControl } from "../model/plan.ts";
import type { OutbreakState } from "../model/rehearsal.ts";
import { siteOfSegment } from "../model/scope.ts";
import { isUseful, isolationOf, plannedOf } from "./candidates.ts";
import type { Ground } from "./ground.ts";
import { type Allowances, guardControls, type Refusal } from "./protect.ts";
import type { StrategyId } from "./words.ts";
import { weights } from "./weights.ts";

export interface Strategy {
  readonly id: StrategyId;
  readonly controls: readonly PlannedControl[];
  /** Taken out by the guard. */
  readonly refused: readonly Refusal[];
  /** Wished for, but no enforcement point can do it. */
  readonly unable: readonly Control[];
}

/** Segments, buildings and sites in which something spreads or may spread. */
export interface Infected {
  readonly segments: readonly string[];
  /** Scopes: `building:ID`, or the segment itself when it is in no building. */
  readonly buildings: readonly string[];
  readonly sites: readonly string[];
}

export function infectedOf({ map }: Ground, state: OutbreakState): Infected {
  const here = new Set(
    state.segments
      .filter(({ infected, isolated, hiddenMean }) => infected > isolated || hiddenMean >= weights.hiddenMeanMin)
      .map(({ segment }) => segment),
  );
  const segments = map.segments.filter(({ id }) => here.has(id));
  const scopesOf = (scopeOf: (segment: (typeof segments)[number]) => string | null): string[] => [
    ...new Set(segments.map((segment) => scopeOf(segment) ?? segment.id)),
  ];
  return {
    segments: segments.map(({ id }) => id),
    buildings: scopesOf(({ building }) => (building === null ? null : `building:${building}`)),
    sites: scopesOf((segment) => {
      const site = siteOfSegment(map, segment);
      return site === null ? null : `site:${site}`;
    }),
  };
}

/** Every plan but the exact cut, in the order of the ladder. */
export function strategiesOf(ground: Ground, state: OutbreakState, allowances: Allowances): Strategy[] {
  const { segments, buildings, sites } = infectedOf(ground, state);
  const { map } = ground;
  const { port } = state;
  const within = (scopes: readonly string[]): Control[] =>
    scopes.map((scope) => ({ kind: "close-port-within", within: scope, port }));
  const around = (scopes: readonly string[]): Control[] =>
    scopes.map((scope) => ({ kind: "close-port", around: scope, port }));
  const isolate = (scopes: readonly string[]): Control[] => scopes.map((scope) => isolationOf(ground, scope, port));
  const hosts = state.hosts.map((host): Control => ({ kind: "isolate-host", host }));
  const internet: Control = { kind: "cut-internet", site: null };
  const loose = map.segments.filter((segment) => siteOfSegment(map, segment) === null).map(({ id }) => id);
  const parts = [
    ...map.buildings.map(({ id }) => `building:${id}`),
    ...map.segments.filter(({ building }) => building === null).map(({ id }) => id),
  ].filter((scope) => hasSegments(ground, scope));
  const whole = [
    ...map.sites.map(({ id }) => `site:${id}`),
    ...map.buildings.map(({ id }) => `building:${id}`),
    ...loose,
  ].filter((scope) => hasSegments(ground, scope));
  const wished: readonly (readonly [StrategyId, readonly Control[]])[] = [
    ["do-nothing", []],
    ["ports-in-segments", within(segments)],
    ["ports-in-buildings", [...within(buildings), ...around(buildings)]],
    ["ports-everywhere", [...within(parts), ...around(parts)].filter((control) => isUseful(ground, control, port))],
    ["surgical", [...hosts, ...within(segments), ...around(segments)]],
    ["building", [...isolate(buildings), ...within(segments)]],
    ["site", [...isolate(sites), ...within(segments)]],
    ["internet", [internet]],
    ["everything", [...isolate(whole), ...within(segments), internet]],
  ];
  return wished.map(([id, controls]) => guarded(ground, id, controls, allowances));
}

function hasSegments({ map }: Ground, scope: string): boolean {
  if (scope.startsWith("site:")) return map.segments.some((segment) => `site:${siteOfSegment(map, segment)}` === scope);
  if (scope.startsWith("building:")) return map.segments.some(({ building }) => `building:${building}` === scope);
  return true;
}

/** A strategy from a wish: what nobody can do and what the guard refuses is set aside. */
export function guarded(ground: Ground, id: StrategyId, wished: readonly Control[], allowances: Allowances): Strategy {
  const byId = new Map(wished.map((control) => [controlId(control), plannedOf(ground, control)]));
  const planned = [...byId.values()];
  const able = planned.filter(({ points }) => points.length > 0);
  const { controls, refused } = guardControls(
    ground,
    able.map(({ control }) => control),
    allowances,
  );
  const kept = new Set(controls);
  return {
    id,
    controls: able.filter(({ control }) => kept.has(control)),
    refused,
    unable: planned.filter(({ points }) => points.length === 0).map(({ control }) => control),
  };
}

// Which wall to build next: every crossing, boundary and segment on a worm's port, played with and without on the same
// luck from first hosts drawn at random; harm averted per effort. The better a wall does, the more runs it is played.

import { type Control, placesOf } from "../model/control.ts";
import type { Estimate } from "../model/forecast.ts";
import type { Crossing, HospitalMap } from "../model/map.ts";
import { formatPort, parsePort } from "../model/port.ts";
import type { DefenderProfile, OutbreakState, WormProfile } from "../model/rehearsal.ts";
import { isPortInRange, parsePortRange } from "../model/scope.ts";
import type { Wall, WallKind, Walls } from "../model/walls.ts";
import { openRehearsalPool, type Rehearsal, type RehearsalPool } from "../simulation/simulate.ts";
import { isUseful } from "./candidates.ts";
import { type Ground, groundOf } from "./ground.ts";
import { looksOf, PlanScore, scoreTableOf } from "./score.ts";
import { estimateOf } from "./tell.ts";
import { weights } from "./weights.ts";
import { told } from "./words.ts";

export interface WallsOptions {
  readonly defender: DefenderProfile;
  readonly seed: number;
  readonly horizonSeconds?: number;
  readonly pool?: RehearsalPool;
  /** Paired runs of the first look, when every wall is played; each of the next two looks has three times as many. */
  readonly runsFirst?: number;
  /** Called now and then with the share of the runs that are played. */
  readonly onProgress?: (share: number) => void;
}

/** A wall that could be built. */
interface Idea {
  readonly id: string;
  readonly kind: WallKind;
  readonly port: string;
  readonly name: string;
  /** The map with it, or the order that stands for it from the start. */
  readonly map: HospitalMap;
  readonly control: Control | null;
  readonly touched: Uint8Array;
  readonly points: readonly string[];
  readonly services: readonly string[];
  readonly breaks: readonly string[];
  readonly effort: number;
}

/** First hosts of an outbreak, on average: the number and the places are drawn anew in each run. */
const firstHostsMean = 1.5;
/** Walls that go on to the next look, at least; a quarter of them if that is more. */
const keptMin = 12;
/** Rehearsals handed to the pool at a time, so that progress can be told. */
const batchMax = 100;

/** @throws RangeError when the map or the worms make no sense */
export async function rankWalls(
  map: HospitalMap,
  worms: readonly WormProfile[],
  options: WallsOptions,
): Promise<Walls> {
  const { defender, seed, runsFirst = 16 } = options;
  const horizonSeconds = options.horizonSeconds ?? weights.horizonSeconds;
  if (worms.length === 0) throw new RangeError("Cannot rank walls: the worms must be at least one, got none");
  const ground = groundOf(map);
  const pool = options.pool ?? openRehearsalPool(0);
  let alive = ideasOf(ground, worms);
  const keptOf = (count: number): number => Math.max(keptMin, Math.ceil(count / 4));
  const counts = [alive.length, keptOf(alive.length), keptOf(keptOf(alive.length))];
  // Runs of the three looks: the first of all walls, then what is new in the next two.
  const runsOfLooks = (counts[0] + 2 * counts[1] + 6 * counts[2]) * runsFirst * worms.length;
  let runsPlayed = 0;
  const onPlayed = (count: number): void => options.onProgress?.(Math.min(1, (runsPlayed += count) / runsOfLooks));
  const setting = { ground, worms, defender, seed, horizonSeconds, pool, onPlayed };
  const trials = new Map(alive.map((idea) => [idea.id, new Trial(setting, idea)]));
  const nothing = new Trial(setting, null);
  const valueOf = (idea: Idea): number => estimateOf(harmSaved(nothing, trials.get(idea.id))).mean / idea.effort;
  for (const [look, runs] of [runsFirst, runsFirst * 3, runsFirst * 9].entries()) {
    await playAll(setting, [nothing, ...alive.map(({ id }) => trials.get(id) as Trial)], runs);
    alive = alive.sort((a, b) => valueOf(b) - valueOf(a));
    if (look < 2) alive = alive.slice(0, keptOf(alive.length));
  }
  const walls = ideasOf(ground, worms).map((idea) => wallOf(idea, worms, nothing, trials.get(idea.id) as Trial));
  return {
    schema: "cordon.walls/1",
    map: map.name,
    worms: worms.map(({ id }) => id),
    defender: defender.id,
    seed,
    horizonSeconds,
    harmNow: estimateOf(nothing.harms()),
    walls: walls.sort(
      (a, b) =>
        Number(a.breaks.length > 0) - Number(b.breaks.length > 0) || b.harmSavedPerEffort - a.harmSavedPerEffort,
    ),
  };
}

interface Setting {
  readonly ground: Ground;
  readonly worms: readonly WormProfile[];
  readonly defender: DefenderProfile;
  readonly seed: number;
  readonly horizonSeconds: number;
  readonly pool: RehearsalPool;
  readonly onPlayed: (runs: number) => void;
}

/** One wall, or none, under each worm. A worm of another port passes it: its runs are those without the wall. */
class Trial {
  readonly scores: readonly PlanScore[];
  readonly rehearsals: readonly Rehearsal[];
  readonly touches: readonly boolean[];

  constructor({ ground, worms, defender, seed, horizonSeconds }: Setting, idea: Idea | null) {
    this.touches = worms.map(({ port }) => idea === null || port === idea.port);
    const map = idea?.map ?? ground.map;
    const orders =
      idea === null || idea.control === null
        ? []
        : [{ control: idea.control, atSeconds: 0, failureProbability: 0, liftSeconds: null }];
    const states = worms.map((worm) => randomFirstHosts(ground, worm));
    this.rehearsals = worms.map((worm, at) => ({
      map,
      worm,
      defender,
      state: states[at],
      orders,
      seed,
      horizonSeconds,
    }));
    this.scores = worms.map((worm, at) => new PlanScore(ground, scoreTableOf(ground, worm), [], states[at], seed));
  }

  /** Harm of each run, averaged over worms. */
  harms(): number[] {
    return averaged(this.scores.map(({ harm }) => harm));
  }
}

async function playAll(
  { pool, horizonSeconds, onPlayed }: Setting,
  trials: readonly Trial[],
  runs: number,
): Promise<void> {
  const looks = looksOf(horizonSeconds);
  const open = trials.flatMap(({ scores, rehearsals, touches }) =>
    scores.flatMap((score, at) => (touches[at] ? [{ score, rehearsal: rehearsals[at] }] : [])),
  );
  for (const from of new Set(open.map(({ score }) => score.taken.length))) {
    const group = open.filter(({ score }) => score.taken.length === from && from < runs);
    for (let at = 0; at < group.length; at += batchMax) {
      const batch = group.slice(at, at + batchMax);
      const samples = await pool.play(
        batch.map(({ rehearsal }) => rehearsal),
        from,
        runs,
        looks,
      );
      batch.forEach(({ score }, nth) => score.add(samples[nth]));
      onPlayed(batch.length * (runs - from));
    }
  }
}

function averaged(rows: readonly (readonly number[])[]): number[] {
  const count = Math.min(...rows.map((row) => row.length));
  return Array.from({ length: count }, (_, run) => rows.reduce((sum, row) => sum + row[run], 0) / rows.length);
}

const saved = (nothing: Trial, trial: Trial | undefined, of: (score: PlanScore) => readonly number[]): number[] => {
  const rows = (trial?.scores ?? []).map((score, at) =>
    trial?.touches[at] === true ? of(score).map((value, run) => of(nothing.scores[at])[run] - value) : null,
  );
  const played = rows.find((row) => row !== null) ?? [];
  return averaged(rows.map((row) => row ?? played.map(() => 0)));
};

const harmSaved = (nothing: Trial, trial: Trial | undefined): number[] => saved(nothing, trial, ({ harm }) => harm);

/** Harm averted in the outbreaks of each worm that meets the wall, on the same luck. */
function savedByWorm(worms: readonly WormProfile[], nothing: Trial, trial: Trial): Wall["byWorm"] {
  return worms.flatMap(({ id }, at) => {
    const open = nothing.scores[at].harm;
    return trial.touches[at]
      ? [{ worm: id, harmSaved: estimateOf(trial.scores[at].harm.map((harm, run) => open[run] - harm)) }]
      : [];
  });
}

function wallOf(idea: Idea, worms: readonly WormProfile[], nothing: Trial, trial: Trial): Wall {
  const { id, kind, port, points, services, breaks, effort, touched, name } = idea;
  const harm: Estimate = estimateOf(harmSaved(nothing, trial));
  return {
    id,
    kind,
    port,
    what: told((words) => words.walls[kind](name, port)),
    segmentCount: touched.reduce((sum, is) => sum + is, 0),
    points,
    services,
    breaks,
    effort,
    hostsSaved: estimateOf(saved(nothing, trial, ({ taken }) => taken)),
    harmSaved: harm,
    harmSavedPerEffort: harm.mean / effort,
    byWorm: savedByWorm(worms, nothing, trial),
    runs: trial.scores.reduce((most, { taken }) => Math.max(most, taken.length), 0),
  };
}

function randomFirstHosts(ground: Ground, worm: WormProfile): OutbreakState {
  const { vulnerable } = scoreTableOf(ground, worm);
  const total = vulnerable.reduce((sum, count) => sum + count, 0);
  if (total === 0) throw new RangeError(`Cannot rank walls: some hosts must be open to ${worm.id}, got none`);
  return {
    port: worm.port,
    hosts: [],
    segments: ground.map.segments.flatMap(({ id }, at) =>
      vulnerable[at] > 0
        ? [{ segment: id, infected: 0, isolated: 0, hiddenMean: (firstHostsMean * vulnerable[at]) / total }]
        : [],
    ),
  };
}

/** Every wall on the ports of the worms that would close anything. */
function ideasOf(ground: Ground, worms: readonly WormProfile[]): Idea[] {
  const { map } = ground;
  return [...new Set(worms.map(({ port }) => port))].flatMap((port) => {
    const boundaries = [
      ...map.buildings.map(({ id }) => `building:${id}`),
      ...map.sites.map(({ id }) => `site:${id}`),
    ].map((around): Control => ({ kind: "close-port", around, port }));
    const splits = map.segments.map(({ id }): Control => ({ kind: "close-port-within", within: id, port }));
    return [
      ...map.crossings.flatMap((crossing, at) => crossingIdea(ground, crossing, at, port)),
      ...[...boundaries, ...splits]
        .filter((control) => isUseful(ground, control, port))
        .map((control) => controlIdea(ground, control, port)),
    ];
  });
}

function crossingIdea(ground: Ground, crossing: Crossing, at: number, port: string): Idea[] {
  const wanted = parsePort(port);
  const ports = crossing.ports.filter((text) => {
    const range = parsePortRange(text);
    return range === null || wanted === null || !isPortInRange(range, wanted.protocol, wanted.port);
  });
  if (ports.length === crossing.ports.length) return [];
  const { map } = ground;
  const name = `${crossing.from}>${crossing.to}`;
  const [froms, tos] = [placesOf(map, crossing.from), placesOf(map, crossing.to)];
  const touched = froms.map((is, place) => is | tos[place]);
  const crosses = (from: number, to: number): boolean => froms[from] === 1 && tos[to] === 1;
  const crossings = map.crossings.flatMap((each, nth) =>
    nth !== at ? [each] : ports.length > 0 ? [{ ...each, ports }] : [],
  );
  return [
    {
      id: `close-crossing/${name}/${port}`,
      kind: "close-crossing",
      port,
      name,
      map: { ...map, crossings },
      control: null,
      touched,
      ...effortOf(ground, touched, crosses, port, []),
    },
  ];
}

function controlIdea(ground: Ground, control: Control, port: string): Idea {
  const isSplit = control.kind === "close-port-within";
  const scope =
    control.kind === "close-port-within" ? control.within : control.kind === "close-port" ? control.around : "";
  const inScope = ground.inScope(scope);
  const crosses = (from: number, to: number): boolean =>
    isSplit ? inScope[from] === 1 && inScope[to] === 1 : inScope[from] !== inScope[to];
  const { points } = ground.points.planned(control, "two-people");
  return {
    id: `${isSplit ? "split-segment" : "close-boundary"}/${scope}/${port}`,
    kind: isSplit ? "split-segment" : "close-boundary",
    port,
    name: scope,
    map: ground.map,
    control,
    touched: inScope,
    ...effortOf(ground, inScope, crosses, port, points.slice(0, 1)),
  };
}

function effortOf(
  ground: Ground,
  touched: Uint8Array,
  crosses: (from: number, to: number) => boolean,
  port: string,
  points: readonly string[],
): Pick<Idea, "points" | "services" | "breaks" | "effort"> {
  const across = ground.care.conversations.filter(({ from, to }) => crosses(from, to));
  const services = [...new Set(across.map(({ service }) => service))];
  const breaks = [
    ...new Set(
      across
        .filter(({ protocol, port: number }) => formatPort(protocol, number) === port)
        .map(({ service }) => service),
    ),
  ];
  const { change, perSegment, perPoint, perService, withoutPoint } = weights.wallEffort;
  const segmentCount = touched.reduce((sum, is) => sum + is, 0);
  const effort =
    change +
    perSegment * segmentCount +
    (points.length > 0 ? perPoint * points.length : withoutPoint) +
    perService * services.length;
  return { points, services, breaks, effort };
}

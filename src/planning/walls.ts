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
import { looksOf, PlanScore, type ScoreTable, scoreTableOf } from "./score.ts";
import { estimateOf } from "./tell.ts";
import { weights } from "./weights.ts";
import { told } from "./words.ts";

export interface WallsOptions {
  readonly defender: DefenderProfile;
  readonly seed: number;
  readonly horizonSeconds?: number;
  readonly pool?: RehearsalPool;
  /** Paired runs of the first look, when every wall is played; the next two looks have 3 and 18 times as many. */
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
  const { defender, seed, runsFirst = weights.wallRunsFirst } = options;
  const horizonSeconds = options.horizonSeconds ?? weights.horizonSeconds;
  if (worms.length === 0) throw new RangeError("Cannot rank walls: the worms must be at least one, got none");
  const ground = groundOf(map);
  const pool = options.pool ?? openRehearsalPool(0);
  const tables = worms.map((worm) => scoreTableOf(ground, worm));
  const states = worms.map((worm, at) => randomFirstHosts(ground, worm, tables[at]));
  let alive = ideasOf(ground, worms);
  const keptOf = (count: number): number => Math.max(keptMin, Math.ceil(count / 4));
  const counts = [alive.length, keptOf(alive.length), keptOf(keptOf(alive.length))];
  // Runs of the three looks: the first of all walls, then what is new in the next two.
  const runsOfLooks = (counts[0] + 2 * counts[1] + 15 * counts[2]) * runsOfWorms(worms, defender, runsFirst);
  let runsPlayed = 0;
  const onPlayed = (count: number): void => options.onProgress?.(Math.min(1, (runsPlayed += count) / runsOfLooks));
  const setting = { ground, worms, tables, states, defender, seed, horizonSeconds, pool, onPlayed };
  const trials = new Map(alive.map((idea) => [idea.id, new Trial(setting, idea)]));
  const nothing = new Trial(setting, null);
  for (const [look, runs] of [runsFirst, runsFirst * 3, runsFirst * 18].entries()) {
    await playAll(setting, [nothing, ...alive.map(({ id }) => trials.get(id) as Trial)], runs);
    const values = new Map(alive.map((idea) => [idea, harmSaved(nothing, trials.get(idea.id)).mean / idea.effort]));
    const valueOf = (idea: Idea): number => values.get(idea) ?? 0;
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
    harmNow: averaged(nothing.scores.map(({ harm }) => harm)),
    walls: walls.sort(
      (a, b) =>
        Number(a.breaks.length > 0) - Number(b.breaks.length > 0) || b.harmSavedPerEffort - a.harmSavedPerEffort,
    ),
  };
}

interface Setting {
  readonly ground: Ground;
  readonly worms: readonly WormProfile[];
  readonly tables: readonly ScoreTable[];
  readonly states: readonly OutbreakState[];
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

  constructor({ ground, worms, tables, states, defender, seed, horizonSeconds }: Setting, idea: Idea | null) {
    this.touches = worms.map(({ port }) => idea === null || port === idea.port);
    const map = idea?.map ?? ground.map;
    const orders =
      idea === null || idea.control === null
        ? []
        : [{ control: idea.control, atSeconds: 0, failureProbability: 0, liftSeconds: null }];
    this.rehearsals = worms.map((worm, at) => ({
      map,
      worm,
      defender,
      state: states[at],
      orders,
      seed,
      horizonSeconds,
    }));
    this.scores = worms.map((_, at) => new PlanScore(ground, tables[at], [], states[at], seed));
  }
}

/** A worm whose hosts are followed one by one is dear to play: a part of the runs. */
const runsOfWorm = ({ triesUntilLockout }: WormProfile, { isolateSeconds }: DefenderProfile, runs: number): number =>
  triesUntilLockout !== null || isolateSeconds !== null
    ? Math.max(2, Math.ceil(runs * weights.wallRunsFollowed))
    : runs;

const runsOfWorms = (worms: readonly WormProfile[], defender: DefenderProfile, runs: number): number =>
  worms.reduce((sum, worm) => sum + runsOfWorm(worm, defender, runs), 0);

/** Plays all trials up to `runs` runs. */
async function playAll(setting: Setting, trials: readonly Trial[], runs: number): Promise<void> {
  const { worms, defender, pool, horizonSeconds, onPlayed } = setting;
  const looks = looksOf(horizonSeconds);
  const runsOf = worms.map((worm) => runsOfWorm(worm, defender, runs));
  const open = trials.flatMap(({ scores, rehearsals, touches }) =>
    scores.flatMap((score, at) => (touches[at] ? [{ score, rehearsal: rehearsals[at], to: runsOf[at] }] : [])),
  );
  const legs = new Map(open.map(({ score, to }) => [`${score.taken.length} ${to}`, [score.taken.length, to] as const]));
  for (const [from, to] of legs.values()) {
    const group = open.filter(({ score, to: end }) => score.taken.length === from && end === to && from < to);
    for (let at = 0; at < group.length; at += batchMax) {
      const batch = group.slice(at, at + batchMax);
      const samples = await pool.play(
        batch.map(({ rehearsal }) => rehearsal),
        from,
        to,
        looks,
      );
      batch.forEach(({ score }, nth) => score.add(samples[nth]));
      onPlayed(batch.length * (to - from));
    }
  }
}

/** The mean over worms, each known by runs of its own. */
function averaged(rows: readonly (readonly number[])[]): Estimate {
  const known = rows.map((row) => estimateOf(row));
  const mean = known.reduce((sum, each) => sum + each.mean, 0) / rows.length;
  const half = Math.hypot(...known.map((each) => each.high - each.mean)) / rows.length;
  return { mean, low: mean - half, high: mean + half };
}

const saved = (nothing: Trial, trial: Trial | undefined, of: (score: PlanScore) => readonly number[]): Estimate =>
  averaged(
    (trial?.scores ?? []).map((score, at) =>
      trial?.touches[at] === true ? of(score).map((value, run) => of(nothing.scores[at])[run] - value) : [0],
    ),
  );

const harmSaved = (nothing: Trial, trial: Trial | undefined): Estimate => saved(nothing, trial, ({ harm }) => harm);

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
  const harm = harmSaved(nothing, trial);
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
    hostsSaved: saved(nothing, trial, ({ taken }) => taken),
    harmSaved: harm,
    harmSavedPerEffort: harm.mean / effort,
    byWorm: savedByWorm(worms, nothing, trial),
    runs: trial.scores.reduce((most, { taken }) => Math.max(most, taken.length), 0),
  };
}

function randomFirstHosts(ground: Ground, worm: WormProfile, { vulnerable }: ScoreTable): OutbreakState {
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

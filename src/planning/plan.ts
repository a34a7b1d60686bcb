// The stage entry: a map with an outbreak in, plans out. Candidate controls, the exact cut, and every candidate played
// forward from the present odds on the same luck; docs/concepts/planning.md has the mathematics.

import type { Clock } from "../kit/clock.ts";
import type { Plan, Plans } from "../model/plan.ts";
import { type Rehearsal, type RehearsalPool, openRehearsalPool } from "../simulation/simulate.ts";
import { candidatesOf } from "./candidates.ts";
import { type Cut, leastHarmCut } from "./cut.ts";
import type { Spread } from "./cut-question.ts";
import { type Ground, groundOf } from "./ground.ts";
import { noAllowances } from "./protect.ts";
import { checkOnGround, checkRequest, type PlanRequest } from "./request.ts";
import { looksOf, PlanScore, scoreTableOf, timedOrders } from "./score.ts";
import { openSolver } from "./solve.ts";
import { guarded, type Strategy, strategiesOf } from "./strategies.ts";
import { estimateOf, planOf } from "./tell.ts";
import { weights } from "./weights.ts";
import { strategyIds } from "./words.ts";

export { type Candidates, candidatesOf, careExceptions } from "./candidates.ts";
export { type Cut, type CutLimits, leastHarmCut } from "./cut.ts";
export type { CutQuestion, Spread } from "./cut-question.ts";
export { type Ground, groundOf } from "./ground.ts";
export { type Allowances, guardControls, type Guarded, noAllowances, type Override, type Refusal } from "./protect.ts";
export type { PlanRequest } from "./request.ts";
export { openSolver, type Solver } from "./solve.ts";
export { type WallsOptions, rankWalls } from "./walls.ts";
export { weights } from "./weights.ts";

export interface PlanTools {
  readonly clock: Clock;
  /** Plays the runs; without one they are played in this thread. */
  readonly pool?: RehearsalPool;
  /** Called once with a first ranking of fewer runs, before the exact cut is known: its `solver` is not yet filled in. */
  readonly onFirst?: (plans: Plans) => void;
}

interface Played {
  readonly strategy: Strategy;
  readonly score: PlanScore;
  readonly rehearsal: Rehearsal;
}

/** @throws RangeError when the question makes no sense */
export async function planCordon(request: PlanRequest, tools: PlanTools): Promise<Plans> {
  checkRequest(request);
  const ground = groundOf(request.map);
  checkOnGround(request, ground);
  const pool = tools.pool ?? openRehearsalPool(0);
  const race = new Race(request, ground, pool);
  for (const strategy of strategiesOf(ground, request.state, request.allowances ?? noAllowances)) race.enter(strategy);
  const solverOpens = openSolver();
  const firstLook = race.playTo(weights.pairsFirst);
  const { able } = candidatesOf(ground, request.state);
  await firstLook;
  tools.onFirst?.(race.plans(null));
  const cut = leastHarmCut(
    {
      ground,
      worm: request.worm,
      state: request.state,
      able,
      allowances: request.allowances ?? noAllowances,
      horizonSeconds: race.horizonSeconds,
      spread: race.spreadOfNothing(),
    },
    await solverOpens,
    { timeLimitSeconds: request.solverSeconds ?? 5, tiesMax: 2 },
    tools.clock,
  );
  const controls = cut.controls.map(({ control }) => control);
  race.enter(guarded(ground, "balanced", controls, request.allowances ?? noAllowances));
  for (const runs of weights.pairStages) if (!race.isDecided()) await race.playTo(runs);
  return race.plans(cut);
}

/** Plans played on the same luck; those that are surely worse than the best, and known well enough, stop early. */
class Race {
  readonly horizonSeconds: number;
  private readonly request: PlanRequest;
  private readonly ground: Ground;
  private readonly pool: RehearsalPool;
  private readonly table;
  private readonly looks: readonly number[];
  private readonly entries: Played[] = [];
  private runs = 0;

  constructor(request: PlanRequest, ground: Ground, pool: RehearsalPool) {
    this.request = request;
    this.ground = ground;
    this.pool = pool;
    this.horizonSeconds = request.horizonSeconds ?? weights.horizonSeconds;
    this.table = scoreTableOf(ground, request.worm);
    this.looks = looksOf(this.horizonSeconds);
  }

  enter(strategy: Strategy): void {
    const { map, worm, defender, state, seed } = this.request;
    const orders = timedOrders(this.ground, state, strategy.controls);
    const rehearsal = { map, worm, defender, state, orders, seed, horizonSeconds: this.horizonSeconds };
    const score = new PlanScore(this.ground, this.table, strategy.controls, state, seed);
    this.entries.push({ strategy, score, rehearsal });
  }

  /** Plays every plan still in the race up to `runs` runs; one that came late is first brought up to the others. */
  async playTo(runs: number): Promise<void> {
    const alive = this.entries.filter((entry) => !this.isOut(entry));
    const starts = [...new Set(alive.map(({ score }) => score.taken.length))].filter((start) => start < runs);
    for (const start of starts) {
      const group = alive.filter(({ score }) => score.taken.length === start);
      const apart = [...new Map(group.map((entry) => [keyOf(entry), entry.rehearsal])).entries()];
      const samples = await this.pool.play(
        apart.map(([, rehearsal]) => rehearsal),
        start,
        runs,
        this.looks,
      );
      const places = new Map(apart.map(([key], at) => [key, at]));
      for (const entry of group) entry.score.add(samples[places.get(keyOf(entry)) ?? 0]);
    }
    this.runs = Math.max(this.runs, runs);
  }

  spreadOfNothing(): Spread {
    return this.entries[0].score.spread();
  }

  /** One plan is surely the best and well known: playing on would change nothing. */
  isDecided(): boolean {
    const alive = this.entries.filter((entry) => !this.isOut(entry) && entry !== this.entries[0]);
    return (
      alive.length === 1 &&
      alive.every(({ score }) => score.taken.length > 1 && isWell(score, this.entries[0].score)) &&
      this.runs >= weights.pairStages[0]
    );
  }

  plans(cut: Cut | null): Plans {
    const { map, worm, seed } = this.request;
    const nothing = this.entries[0].score;
    const context = {
      ground: this.ground,
      request: this.request,
      horizonSeconds: this.horizonSeconds,
      takenOfNothing: nothing.taken,
      runsMost: this.runs,
      cut,
    };
    const plans = this.entries
      .map(({ strategy, score }) => planOf(strategy, score, context))
      .sort((a, b) => orderOf(a) - orderOf(b));
    const best = plans.reduce((least, plan) => (plan.harm.mean < least.harm.mean ? plan : least));
    return {
      schema: "cordon.plans/1",
      map: map.name,
      worm: worm.id,
      seed,
      runs: this.runs,
      horizonSeconds: this.horizonSeconds,
      recommended: best.id,
      plans,
      solver: {
        objective: cut?.objective ?? 0,
        bound: cut?.bound ?? 0,
        isOptimal: cut?.isOptimal ?? false,
        seconds: cut?.seconds ?? 0,
      },
    };
  }

  /** "Do nothing" always stays: the others are compared with it. */
  private isOut(entry: Played): boolean {
    const { score } = entry;
    const runs = score.taken.length;
    if (entry === this.entries[0] || runs < weights.pairStages[0]) return false;
    const best = this.entries
      .filter((other) => other.score.harm.length >= runs)
      .reduce((least, other) => (meanOf(other, runs) < meanOf(least, runs) ? other : least), entry);
    if (best === entry) return false;
    const more = estimateOf(score.harm.map((harm, run) => harm - best.score.harm[run]));
    return more.low > 0 && (runs >= weights.pairsOfLosers || isWell(score, this.entries[0].score));
  }
}

const isWell = ({ taken, harm }: PlanScore, nothing: PlanScore): boolean =>
  isKnownWell(taken, nothing.taken) && isKnownWell(harm, nothing.harm);

/** Plans of the same controls are the same rehearsal: what the guard left of "the internet only" may be nothing. */
const keyOf = ({ strategy }: Played): string => strategy.controls.map(({ id }) => id).join();

const orderOf = (plan: Plan): number => (strategyIds as readonly string[]).indexOf(plan.id);

const meanOf = ({ score }: Played, runs: number): number =>
  score.harm.slice(0, runs).reduce((sum, harm) => sum + harm, 0) / runs;

/** Its interval is narrow beside what doing nothing costs. */
function isKnownWell(values: readonly number[], ofNothing: readonly number[]): boolean {
  const { mean, high } = estimateOf(values);
  return high - mean <= weights.intervalWidth * estimateOf(ofNothing).mean;
}

// The stage entry: a map with an outbreak in, plans out. Candidate controls, the exact cut, and every candidate played
// forward from the present odds on the same luck; docs/concepts/planning.md has the mathematics.

import type { Clock } from "../kit/clock.ts";
import type { Estimate } from "../model/forecast.ts";
import type { Plan, PlannedControl, Plans } from "../model/plan.ts";
import { type Rehearsal, type RehearsalPool, openRehearsalPool } from "../simulation/simulate.ts";
import { candidatesOf, isUseful } from "./candidates.ts";
import { type Cut, leastHarmCut } from "./cut.ts";
import type { Spread } from "./cut-question.ts";
import { type Ground, groundOf } from "./ground.ts";
import { noAllowances } from "./protect.ts";
import { checkOnGround, checkRequest, type PlanRequest } from "./request.ts";
import { looksOf, PlanScore, scoreTableOf, timedOrders } from "./score.ts";
import { openSolver } from "./solve.ts";
import { openSolverThread } from "./solve-worker.ts";
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
export { openSolverThread } from "./solve-worker.ts";
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
  /** Entries of one key are one rehearsal, played once. */
  readonly key: string;
}

/** @throws RangeError when the question makes no sense */
export async function planCordon(request: PlanRequest, tools: PlanTools): Promise<Plans> {
  checkRequest(request);
  const ground = groundOf(request.map);
  checkOnGround(request, ground);
  const allowances = request.allowances ?? noAllowances;
  const pool = tools.pool ?? openRehearsalPool(0);
  const solverOpens = pool.workerCount > 0 ? openSolverThread() : openSolver();
  const race = new Race(request, ground, pool);
  for (const strategy of strategiesOf(ground, request.state, allowances)) race.enter(strategy);
  const firstLook = race.playTo(race.firstRuns());
  const { able } = candidatesOf(ground, request.state);
  await firstLook;
  tools.onFirst?.(race.plans(null));
  await race.playNothingTo(weights.pairsFirst[1]);
  const spread = race.spreadOfNothing();
  // The other plans are played on while the cut is found, and ties are looked for while it is played itself.
  const stage = race.playTo(weights.pairStages[0]);
  const found = Promise.withResolvers<readonly PlannedControl[]>();
  const cutting = leastHarmCut(
    { ground, worm: request.worm, state: request.state, able, allowances, horizonSeconds: race.horizonSeconds, spread },
    await solverOpens,
    { timeLimitSeconds: request.solverSeconds ?? 5, tiesMax: request.isPrecise === true ? weights.tiesMax : 0 },
    tools.clock,
    found.resolve,
  );
  cutting.catch(found.reject);
  const [controls] = await Promise.all([found.promise, stage]);
  const wished = controls.map(({ control }) => control);
  race.enter(guarded(ground, "balanced", wished, allowances));
  const stages = [...weights.pairStages, ...(request.isPrecise === true ? weights.pairStagesPrecise : [])];
  for (const runs of stages) await race.playOnTo(runs);
  return race.plans(await cutting);
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
  /** Cost of playing one host that is taken. */
  private readonly costPerTaken: number;
  private cost = 0;
  private runs = 0;

  constructor(request: PlanRequest, ground: Ground, pool: RehearsalPool) {
    this.request = request;
    this.ground = ground;
    this.pool = pool;
    this.horizonSeconds = request.horizonSeconds ?? weights.horizonSeconds;
    this.table = scoreTableOf(ground, request.worm);
    this.looks = looksOf(this.horizonSeconds);
    const isFollowed = request.worm.triesUntilLockout !== null || request.defender.isolateSeconds !== null;
    this.costPerTaken = isFollowed ? weights.costPerFollowedHost : 1;
  }

  enter(strategy: Strategy): void {
    const { map, worm, defender, state, seed } = this.request;
    const orders = timedOrders(this.ground, state, strategy.controls);
    const rehearsal = { map, worm, defender, state, orders, seed, horizonSeconds: this.horizonSeconds };
    const score = new PlanScore(this.ground, this.table, strategy.controls, state, seed);
    this.entries.push({ strategy, score, rehearsal, key: this.keyOf(strategy) });
  }

  /** Runs of the first answer: as many as its budget pays for when everything that can be taken is. */
  firstRuns(): number {
    const [least, most] = weights.pairsFirst;
    const all = this.table.vulnerable.reduce((sum, count) => sum + count, 0) * this.costPerTaken;
    const rehearsals = new Set(this.entries.map(({ key }) => key)).size;
    return Math.max(least, Math.min(most, Math.floor(weights.costFirst / (rehearsals * Math.max(1, all)))));
  }

  playTo(runs: number): Promise<void> {
    return this.play(this.entries, runs);
  }

  playNothingTo(runs: number): Promise<void> {
    return this.play(this.entries.slice(0, 1), runs);
  }

  /**
   * Plays every plan that may still be the best, or is not known well, up to `runs` runs. Beyond the first stage only as
   * far as the budget goes: first without the plans that cannot be the best, then not at all.
   */
  async playOnTo(runs: number): Promise<void> {
    const [nothing, ...others] = this.entries;
    const best = this.best(others);
    const contenders = others.filter((entry) => entry === best || !this.isSurelyWorse(entry, best));
    const unknown = others.filter(({ score }) => !isWell(score, nothing.score));
    const isFirst = runs <= weights.pairStages[0];
    // Two plans that are as good are not played for ever: past the usual stages only what is not known well.
    const isPast = runs > weights.pairStages[weights.pairStages.length - 1];
    const rivals = contenders.length > 1 && !isPast ? contenders : [];
    const isNothingWell = isWell(nothing.score, nothing.score);
    if (!isFirst && rivals.length + unknown.length === 0 && isNothingWell) return;
    const open = [...new Set([...rivals, ...unknown])];
    const choices = isFirst ? [others] : [open, open.filter((entry) => contenders.includes(entry))];
    const isFree = isFirst || this.request.isPrecise === true;
    // "Do nothing" is in every choice: the others are compared with it, run by run.
    const chosen = choices
      .map((entries) => [nothing, ...entries])
      .filter((entries) => isFirst || entries.length > 1 || !isNothingWell)
      .find((entries) => isFree || this.cost + this.costOf(entries, runs) <= weights.costMax);
    if (chosen !== undefined) await this.play(chosen, runs);
  }

  spreadOfNothing(): Spread {
    return this.entries[0].score.spread();
  }

  /** Plays the entries up to `runs` runs; one that came late is first brought up to the others. */
  private async play(entries: readonly Played[], runs: number): Promise<void> {
    this.cost += this.costOf(entries, runs);
    const starts = [...new Set(entries.map(({ score }) => score.taken.length))].filter((start) => start < runs);
    for (const start of starts) {
      const group = entries.filter(({ score }) => score.taken.length === start);
      const apart = [...new Map(group.toReversed().map((entry) => [entry.key, entry.rehearsal])).entries()];
      const samples = await this.pool.play(
        apart.map(([, rehearsal]) => rehearsal),
        start,
        runs,
        this.looks,
      );
      const places = new Map(apart.map(([key], at) => [key, at]));
      for (const entry of group) entry.score.add(samples[places.get(entry.key) ?? 0]);
    }
    this.runs = Math.max(this.runs, runs);
  }

  /** What playing the entries up to `runs` is likely to cost, by what was taken so far. */
  private costOf(entries: readonly Played[], runs: number): number {
    const apart = new Map(entries.map((entry) => [entry.key, entry.score.taken]));
    const vulnerable = this.table.vulnerable.reduce((sum, count) => sum + count, 0);
    let cost = 0;
    for (const taken of apart.values()) {
      const mean = taken.length === 0 ? vulnerable : estimateOf(taken).mean;
      cost += Math.max(0, runs - taken.length) * mean * this.costPerTaken;
    }
    return cost;
  }

  /** Least mean harm over the runs that all of them were played. */
  private best(entries: readonly Played[]): Played {
    const runs = Math.min(...entries.map(({ score }) => score.harm.length));
    return entries.reduce((least, entry) => (meanOf(entry, runs) < meanOf(least, runs) ? entry : least));
  }

  private isSurelyWorse({ score }: Played, best: Played): boolean {
    const runs = Math.min(score.harm.length, best.score.harm.length);
    const more = Array.from({ length: runs }, (_, run) => score.harm[run] - best.score.harm[run]);
    return runs >= weights.pairStages[0] && estimateOf(more, weights.errorsToBeSure).low > 0;
  }

  /** Plans whose orders close nothing that the worm could use are one rehearsal with "do nothing". */
  private keyOf({ controls }: Strategy): string {
    const { port } = this.request.state;
    const isUsed = controls.some(
      ({ control }) => control.kind === "isolate-host" || isUseful(this.ground, control, port),
    );
    return isUsed ? controls.map(({ id }) => id).join() : "";
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
    const [taken, harm] = [estimateOf(nothing.taken), estimateOf(nothing.harm)];
    const widest = Math.max(...plans.map((plan) => Math.max(widthOf(plan.taken, taken), widthOf(plan.harm, harm))));
    return {
      schema: "cordon.plans/1",
      map: map.name,
      worm: worm.id,
      seed,
      runs: this.runs,
      isPrecise: widest <= weights.intervalWidth,
      widestInterval: widest,
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
}

const isWell = ({ taken, harm }: PlanScore, nothing: PlanScore): boolean =>
  isKnownWell(taken, nothing.taken) && isKnownWell(harm, nothing.harm);

const orderOf = (plan: Plan): number => (strategyIds as readonly string[]).indexOf(plan.id);

const meanOf = ({ score }: Played, runs: number): number =>
  score.harm.slice(0, runs).reduce((sum, harm) => sum + harm, 0) / runs;

/** Its interval is narrow beside what doing nothing costs. */
function isKnownWell(values: readonly number[], ofNothing: readonly number[]): boolean {
  return widthOf(estimateOf(values), estimateOf(ofNothing)) <= weights.intervalWidth;
}

/** Half the width of an interval as a share of what doing nothing costs. */
function widthOf({ mean, high }: Estimate, ofNothing: Estimate): number {
  return ofNothing.mean > 0 ? (high - mean) / ofNothing.mean : 0;
}

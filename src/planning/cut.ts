// The least-harm cut: the set of controls whose cost, with what is still lost behind it and the care it breaks, is least.

import type { Clock } from "../kit/clock.ts";
import type { PlannedControl } from "../model/plan.ts";
import { cutProgramOf, forbid } from "./cut-program.ts";
import type { NeedTerm } from "./care-terms.ts";
import type { CutQuestion } from "./cut-question.ts";
import { type CutTerms, cutTermsOf } from "./cut-terms.ts";
import type { Solver } from "./solve.ts";

export interface CutLimits {
  readonly timeLimitSeconds: number;
  /** How many sets of the same cost are looked for beside the first. */
  readonly tiesMax: number;
}

export interface Cut {
  readonly controls: readonly PlannedControl[];
  readonly objective: number;
  /** No set costs less than this; equal to the objective when the search was finished. */
  readonly bound: number;
  readonly isOptimal: boolean;
  /** Other sets of the same cost. */
  readonly ties: readonly (readonly PlannedControl[])[];
  readonly seconds: number;
}

/** Sets whose costs differ by less are ties. */
const tieWidth = 1e-6;

/** @param onFound  called with the controls of the cut before ties are looked for */
export async function leastHarmCut(
  question: CutQuestion,
  solver: Solver,
  limits: CutLimits,
  clock: Clock,
  onFound: (controls: readonly PlannedControl[]) => void = () => {},
): Promise<Cut> {
  const beganMs = clock.nowMs();
  const secondsSince = (): number => (clock.nowMs() - beganMs) / 1000;
  const terms = cutTermsOf(question);
  const program = cutProgramOf(terms);
  const none = new Uint8Array(terms.choices.length);
  const solved = await solver(program.program, limits.timeLimitSeconds);
  const chosenOf = (values: Float64Array): Uint8Array => none.map((_, at) => Number(values[program.choices[at]] > 0.5));
  const controlsOf = (chosen: Uint8Array): PlannedControl[] =>
    terms.choices.flatMap(({ controls }, at) => (chosen[at] === 1 ? controls : []));
  // Nothing at all is always allowed: what remains when the time was too short for any answer.
  const first = solved === null ? none : chosenOf(solved.values);
  const controls = controlsOf(first);
  onFound(controls);
  const objective = costOfCut(terms, first);
  const ties: Uint8Array[] = [];
  let found = first;
  while (solved?.isOptimal === true && ties.length < limits.tiesMax && secondsSince() < limits.timeLimitSeconds) {
    forbid(program, found);
    const next = await solver(program.program, limits.timeLimitSeconds - secondsSince(), objective + tieWidth);
    if (next === null) break;
    found = chosenOf(next.values);
    if (costOfCut(terms, found) > objective + tieWidth) break;
    ties.push(found);
  }
  return {
    controls,
    objective,
    bound: Math.min(objective, solved?.bound ?? 0),
    isOptimal: solved?.isOptimal ?? false,
    ties: ties.map(controlsOf),
    seconds: secondsSince(),
  };
}

/** What a set costs by the terms, without the solver: prices, hosts behind open ways, services lost. */
export function costOfCut(terms: CutTerms, chosen: Uint8Array): number {
  const losses = lossesUnder(terms, chosen);
  let cost = 0;
  terms.choices.forEach(({ price }, at) => (cost += chosen[at] * price));
  terms.values.forEach((value, segment) => (cost += value * losses[segment]));
  const shares = terms.services.map(() => -1);
  const shareOf = (service: number): number => {
    if (shares[service] < 0) {
      const needs = terms.services[service].needs.map((need) => lostShareOf(need, chosen, losses, shareOf));
      shares[service] = Math.max(0, ...needs);
    }
    return shares[service];
  };
  terms.services.forEach(({ harm }, at) => (cost += harm * shareOf(at)));
  return cost;
}

function lossesUnder({ ways, choices, odds, oddsIsolated, isolation }: CutTerms, chosen: Uint8Array): Float64Array {
  const starts = odds.map((each, segment) =>
    isolation[segment] >= 0 && chosen[isolation[segment]] === 1 ? oddsIsolated[segment] : each,
  );
  const holdOf = (closers: readonly number[]): number =>
    closers.reduce((best, at) => (chosen[at] === 1 ? Math.max(best, choices[at].hold) : best), 0);
  const holds = ways.map((way) => holdOf(way.atSource) + holdOf(way.atTarget) + holdOf(way.inside));
  const losses = new Float64Array(odds.length);
  for (let isChanged = true; isChanged; ) {
    isChanged = false;
    ways.forEach(({ from, to }, at) => {
      const risk = Math.max(starts[from], losses[from]) - holds[at];
      if (risk <= losses[to] + 1e-12) return;
      losses[to] = risk;
      isChanged = true;
    });
  }
  return losses;
}

function lostShareOf(
  { options, client }: NeedTerm,
  chosen: Uint8Array,
  losses: Float64Array,
  shareOf: (service: number) => number,
): number {
  let sum = 1 - options.length;
  for (const { alternatives, infections, through, isLost } of options) {
    const isCut = alternatives.every((choices) => choices.some((choice) => chosen[choice] === 1));
    let broken = isLost || isCut ? 1 : 0;
    for (const { segment, share } of infections) broken = Math.max(broken, share * losses[segment]);
    if (through !== null) broken = Math.max(broken, through.share * shareOf(through.service));
    sum += broken;
  }
  return Math.max(0, sum, client === null ? 0 : client.share * losses[client.segment]);
}

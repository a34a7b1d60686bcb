// The cut as numbers: which choices there are, what each closes and costs, what is lost behind each open way. The integer
// program and its answer are both judged on these terms; docs/concepts/planning.md has the formula.

import type { NeedOptions } from "../care/assess.ts";
import { closingOf, scopeOfControl } from "../model/control.ts";
import { hostKinds, hostsByKind } from "../model/places.ts";
import type { PlannedControl } from "../model/plan.ts";
import { parsePort } from "../model/port.ts";
import type { Reach } from "../model/reach.ts";
import { NO_SEGMENT } from "../model/units.ts";
import { isUseful } from "./candidates.ts";
import { type ServiceTerm, serviceTermsOf, vulnerableShareOf } from "./care-terms.ts";
import type { CutQuestion } from "./cut-question.ts";
import { guardTableOf, isAllowed } from "./protect.ts";
import { weights } from "./weights.ts";

/** One yes or no of the program: a control, or the isolation of every known host of a segment. */
export interface Choice {
  readonly controls: readonly PlannedControl[];
  readonly price: number;
  /** How much of what it closes stays closed on average, 0..1: it may fail and it takes time. */
  readonly hold: number;
}

/** A way from one segment to another (or inside one) and the choices that close it, by the end they stand at. */
export interface Way {
  readonly from: number;
  readonly to: number;
  readonly atSource: readonly number[];
  readonly atTarget: readonly number[];
  readonly inside: readonly number[];
}

export interface CutTerms {
  readonly choices: readonly Choice[];
  /** Harm of the hosts of each segment that are not taken yet. */
  readonly values: Float64Array;
  /** Chance that something in the segment spreads now, and once its known hosts are isolated by choice `isolation`. */
  readonly odds: Float64Array;
  readonly oddsIsolated: Float64Array;
  readonly isolation: Int32Array;
  readonly ways: readonly Way[];
  readonly services: readonly ServiceTerm[];
}

export function cutTermsOf(question: CutQuestion): CutTerms {
  const { ground, state } = question;
  const reach = ground.reachOn(state.port);
  const sources = sourcesOf(question);
  const choices = [...choicesOf(question), ...sources.choices];
  const ways = waysOf(question, reach, sources.odds, choices);
  return {
    choices,
    values: valuesOf(question),
    odds: sources.odds,
    oddsIsolated: sources.oddsIsolated,
    isolation: sources.isolation.map((at) => (at < 0 ? -1 : at + choices.length - sources.choices.length)),
    ways,
    services: serviceTermsOf(
      question,
      choices.map((choice) => choice.controls[0].control),
    ),
  };
}

function priceOf({ control, applySeconds }: PlannedControl, touched: number): number {
  const { harmPerRung, harmPerApplyMinute, harmPerSegmentTouched } = weights;
  return harmPerRung[control.kind] + (harmPerApplyMinute * applySeconds) / 60 + harmPerSegmentTouched * touched;
}

/**
 * A failed order is seen and asked for once more; what is slow lets through what came before it. In whole hundredths, so
 * that no second wall is built against one order in a thousand.
 */
const holdOf = ({ applySeconds, failureProbability }: PlannedControl): number =>
  Math.round(100 * (1 - failureProbability ** 2) * 2 ** (-applySeconds / weights.halfUsefulSeconds)) / 100;

/** Controls around places that may be asked for, close the worm's port somewhere, and are not bettered by another one. */
function choicesOf({ ground, state, able, allowances }: CutQuestion): Choice[] {
  const around = able.filter(({ control }) => control.kind !== "isolate-host" && control.kind !== "cut-internet");
  const controls = around.map(({ control }) => control);
  const table = guardTableOf(ground, controls);
  const isOpen = controls.map((_, at) =>
    table.cutAlone[at].every((thing) => isAllowed(table.things[thing], allowances)),
  );
  const breaks = breaksOf(table.needs, controls.length);
  const inScope = controls.map((control) => ground.inScope(scopeOfControl(control) ?? ""));
  const scopes = inScope.map((places) => places.join(""));
  const prices = around.map((each, at) =>
    priceOf(
      each,
      inScope[at].reduce((sum, is) => sum + is, 0),
    ),
  );
  const isAround = controls.map((control) => control.kind !== "close-port-within");
  const isBettered = (at: number): boolean =>
    isAround[at] &&
    around.some(
      (other, nth) =>
        isAround[nth] &&
        scopes[nth] === scopes[at] &&
        isOpen[nth] &&
        prices[nth] < prices[at] &&
        holdOf(other) >= holdOf(around[at]) &&
        [...breaks[nth]].every((row) => breaks[at].has(row)),
    );
  return around.flatMap((planned, at) =>
    isOpen[at] && !isBettered(at) && isUseful(ground, planned.control, state.port)
      ? [{ controls: [planned], price: prices[at], hold: holdOf(planned) }]
      : [],
  );
}

/** Rows of the table of needs that each control breaks. */
function breaksOf(needs: NeedOptions, count: number): readonly ReadonlySet<string>[] {
  const breaks = Array.from({ length: count }, () => new Set<string>());
  needs.forEach((service, at) =>
    service.needs.forEach((need, nth) =>
      need.options.forEach((row, option) =>
        row.controls.forEach((control) => breaks[control].add(`${at} ${nth} ${option}`)),
      ),
    ),
  );
  return breaks;
}

/** Where it spreads from, and the choice of isolating every known host of a segment. */
function sourcesOf({ ground, state, able, allowances, spread }: CutQuestion) {
  const { map, places } = ground;
  const odds = new Float64Array(map.segments.length);
  const oddsIsolated = new Float64Array(map.segments.length);
  const isolation = new Int32Array(map.segments.length).fill(-1);
  const choices: Choice[] = [];
  const isolations = able.filter(({ control }) => control.kind === "isolate-host");
  const table = guardTableOf(
    ground,
    isolations.map(({ control }) => control),
  );
  const bySegment = new Map<number, PlannedControl[]>();
  isolations.forEach((planned, at) => {
    if (planned.control.kind !== "isolate-host") return;
    if (!table.cutAlone[at].every((thing) => isAllowed(table.things[thing], allowances))) return;
    const host = places.hostOf(planned.control.host);
    const segment = host === undefined ? places.segmentOfAddress(planned.control.host) : places.segmentOf(host);
    if (segment !== NO_SEGMENT) bySegment.set(segment, [...(bySegment.get(segment) ?? []), planned]);
  });
  // In twentieths: nothing hangs on the rest, and the solver is quicker.
  const later = (segment: number): number => Math.round(20 * (spread?.odds[segment] ?? 0)) / 20;
  map.segments.forEach((_, segment) => (odds[segment] = later(segment)));
  for (const { segment: id, infected, isolated, hiddenMean } of state.segments) {
    const segment = map.segments.findIndex((each) => each.id === id);
    const active = infected - isolated;
    const hiddenOdds = 1 - Math.exp(-hiddenMean);
    odds[segment] = Math.max(odds[segment], active > 0 ? 1 : hiddenOdds);
    const controls = bySegment.get(segment) ?? [];
    if (active <= 0 || controls.length < active) continue;
    const allHold = controls.reduce((product, planned) => product * holdOf(planned), 1);
    oddsIsolated[segment] = Math.max(later(segment), 1 - (1 - hiddenOdds) * allHold);
    isolation[segment] = choices.length;
    choices.push({ controls, price: controls.reduce((sum, planned) => sum + priceOf(planned, 0), 0), hold: allHold });
  }
  return { odds, oddsIsolated, isolation, choices };
}

/** Ways that something could take from where it spreads now, with the choices that close them. */
function waysOf({ ground, state }: CutQuestion, reach: Reach, odds: Float64Array, choices: readonly Choice[]): Way[] {
  const { map } = ground;
  const wanted = parsePort(state.port);
  const count = map.segments.length;
  const ends = choices.flatMap(({ controls: [{ control }] }, at) => {
    const scope = scopeOfControl(control);
    return scope === null ? [] : [{ at, inScope: ground.inScope(scope), closes: closingOf(map, control) }];
  });
  const ways: Way[] = [];
  const isSeen = Array.from(odds, (each) => each > 0);
  const queue = isSeen.flatMap((is, segment) => (is ? [segment] : []));
  for (let from = queue.pop(); from !== undefined && wanted !== null; from = queue.pop()) {
    for (let to = 0; to < count; to++) {
      if (reach.allows[from * reach.placeCount + to] !== 1) continue;
      const way = { from, to, atSource: [] as number[], atTarget: [] as number[], inside: [] as number[] };
      for (const { at, inScope, closes } of ends) {
        if (inScope[from] === 0 && inScope[to] === 0) continue;
        if (!closes(from, to, wanted.protocol, wanted.port)) continue;
        (inScope[to] === 0 ? way.atSource : inScope[from] === 0 ? way.atTarget : way.inside).push(at);
      }
      ways.push(way);
      if (!isSeen[to]) {
        isSeen[to] = true;
        queue.push(to);
      }
    }
  }
  return ways;
}

/** Harm of the hosts of each segment that may still be taken. */
function valuesOf({ ground, worm, state, spread }: CutQuestion): Float64Array {
  const values = new Float64Array(ground.map.segments.length);
  hostsByKind(ground.map, ground.places).forEach((counts, segment) => {
    let vulnerable = 0;
    for (const kind of hostKinds) {
      const some = counts[kind] * vulnerableShareOf(ground, worm, segment, kind);
      vulnerable += some;
      values[segment] += some * weights.harmPerHost[kind];
    }
    const known = state.segments
      .filter(({ segment: id }) => id === ground.map.segments[segment].id)
      .reduce((sum, { infected }) => sum + infected, 0);
    const taken = Math.max(known, spread?.taken[segment] ?? 0);
    values[segment] *= vulnerable > 0 ? Math.max(0, 1 - taken / vulnerable) : 0;
  });
  return values;
}

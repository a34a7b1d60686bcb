// From a played strategy to the Plan that people read: figures with intervals, services and people, the way back.

import { plainNames, reasonText } from "../care/assess.ts";
import type { CareReason } from "../model/care.ts";
import type { Control } from "../model/control.ts";
import { scopeOfControl } from "../model/control.ts";
import type { Estimate } from "../model/forecast.ts";
import { HOST_COUNT_ASSUMED } from "../model/places.ts";
import type { Plan, PlannedControl, ServiceImpact, Told } from "../model/plan.ts";
import type { Cut } from "./cut.ts";
import type { Ground } from "./ground.ts";
import { strictestApproval } from "./points.ts";
import type { PlanRequest } from "./request.ts";
import { effectSeconds, type PlanScore } from "./score.ts";
import type { Strategy } from "./strategies.ts";
import { explain, told, type Words } from "./words.ts";

/** A mean with its 95 % interval by Student's t, since runs may be few; a single value has no width. */
export function estimateOf(values: readonly number[], z = Z95): Estimate {
  const count = values.length;
  let mean = 0;
  for (const value of values) mean += value;
  mean /= count;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  const half = count > 1 ? studentOf(z, count - 1) * Math.sqrt(squares / (count - 1) / count) : 0;
  return { mean, low: mean - half, high: mean + half };
}

const Z95 = 1.959963984540054;

/** The quantile of Student's t that answers to `z` of the normal (Hill 1970, four terms: within 1 % from 3 degrees on). */
export function studentOf(z: number, degrees: number): number {
  const [z3, z5, z7, z9] = [z ** 3, z ** 5, z ** 7, z ** 9];
  const terms = [
    (z3 + z) / 4,
    (5 * z5 + 16 * z3 + 3 * z) / 96,
    (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / 384,
    (79 * z9 + 776 * z7 + 1482 * z5 - 1920 * z3 - 945 * z) / 92_160,
  ];
  return terms.reduce((sum, term, at) => sum + term / degrees ** (at + 1), z);
}

export interface PlayedAll {
  readonly ground: Ground;
  readonly request: PlanRequest;
  readonly horizonSeconds: number;
  /** What doing nothing took in each run. */
  readonly takenOfNothing: readonly number[];
  /** Runs that the plans which went furthest were played. */
  readonly runsMost: number;
  readonly cut: Cut | null;
}

export function planOf(strategy: Strategy, score: PlanScore, context: PlayedAll): Plan {
  const { ground, request, horizonSeconds, takenOfNothing } = context;
  const { controls } = strategy;
  const taken = estimateOf(score.taken);
  const saved = estimateOf(score.taken.map((count, run) => takenOfNothing[run] - count));
  const minutes = horizonSeconds / 60;
  const all = new Uint8Array(controls.length).fill(1);
  const services = impactsOf(ground, score, cutOf(controls), horizonSeconds, request.nowMs);
  const approval = strictestApproval(controls.map((planned) => planned.approval));
  const applySeconds = Math.max(0, ...controls.map(effectSeconds));
  const consultations = consultationsLost(ground, score, all, request.nowMs);
  const namesOf = (by: ServiceImpact["becauseOf"]): string[] =>
    services
      .filter((each) =>
        by === "cut" ? each.becauseOf !== "infection" : each.becauseOf === by && each.probability >= 0.5,
      )
      .map(({ name }) => name);
  const facts = {
    strategy: strategy.id,
    places: [],
    controlCount: controls.length,
    taken: taken.mean,
    saved: saved.mean,
    cutServices: namesOf("cut"),
    infectedServices: namesOf("infection"),
    people: [
      ...new Set(services.filter(({ becauseOf }) => becauseOf !== "infection").flatMap(({ people }) => people)),
    ].map((id) => ground.map.contacts.find((contact) => contact.id === id)?.name ?? id),
    consultations,
    seconds: applySeconds,
    approval,
    refused: strategy.refused.filter((each, at, refused) => refused.findIndex(({ item }) => item === each.item) === at),
    port: request.state.port,
  };
  return {
    id: strategy.id,
    title: told((words) => words.titles[strategy.id]),
    controls,
    taken,
    saved,
    harm: estimateOf(score.harm),
    harmOfCut: score.care.harmOver(cutOf(controls), score.care.noLoss, minutes),
    services,
    consultationsLostPerHalfDay: consultations,
    applySeconds,
    wayBack: wayBackOf(strategy),
    approval,
    explanation: explain(facts, (words) =>
      doingOf(
        words,
        controls.map(({ control }) => control),
      ),
    ),
    unknowns: unknownsOf(strategy, score, context),
  };
}

/** What the cut itself takes away: a host known to be infected is lost to the infection, isolated or not. */
const cutOf = (controls: readonly PlannedControl[]): Uint8Array =>
  Uint8Array.from(controls, ({ control }) => (control.kind === "isolate-host" ? 0 : 1));

/** "closes the port around a, b and c": controls of a kind together. */
function doingOf(words: Words, controls: readonly Control[]): string[] {
  const byKind = new Map<Control["kind"], string[]>();
  for (const control of controls) {
    const place = control.kind === "isolate-host" ? control.host : (scopeOfControl(control) ?? "");
    byKind.set(control.kind, [...(byKind.get(control.kind) ?? []), place.replace(/^(building|site):/, "")]);
  }
  return [...byKind].map(([kind, places]) => {
    const shown = places.length > 5 ? [...places.slice(0, 4), words.more(places.length - 4)] : places;
    return words.verbs[kind](shown.join(", "));
  });
}

function impactsOf(
  ground: Ground,
  score: PlanScore,
  cut: Uint8Array,
  horizonSeconds: number,
  nowMs: number,
): ServiceImpact[] {
  const { care } = score;
  const minutes = horizonSeconds / 60;
  const byCut = care.statesOf(cut, care.noLoss, minutes);
  const reasons = ground.care.assess({
    controls: care.controls.filter((_, at) => cut[at] === 1),
    lost: { hosts: new Set(), shareBySegment: new Map() },
    atMs: nowMs,
    sinceMs: nowMs,
  });
  const runs = score.taken.length;
  const names = plainNames(ground.map);
  return ground.map.services.flatMap((service, at): ServiceImpact[] => {
    const isCut = byCut[at] !== "normal";
    const probability = score.hits[at] / runs;
    if (!isCut && probability === 0) return [];
    const kept = score.keptSum[at] / runs;
    const infectionState = kept < 0.5 ? (service.standIns.length > 0 ? "stand-in" : "stopped") : "degraded";
    const infection: CareReason = { kind: "infection", needs: [], probability, share: 1 - kept };
    const told = [...(isCut ? reasons.services[at].reasons : []), ...(probability > 0 ? [infection] : [])];
    const contacts = [
      service.contact,
      ...service.standIns.map((use) => ground.map.standIns.find(({ id }) => id === use.standIn)?.contact ?? null),
    ];
    return [
      {
        service: service.id,
        name: service.name,
        state: isCut ? byCut[at] : infectionState,
        becauseOf: isCut && probability > 0 ? "both" : isCut ? "cut" : "infection",
        probability: isCut ? 1 : probability,
        because: told.map((reason) => reasonText(reason, names, "en")),
        reasons: told,
        people: [...new Set(contacts.filter((contact) => contact !== null))],
      },
    ];
  });
}

/** Consultations of a half-day that cannot take place: the mean of the next two that have any. */
function consultationsLost({ care, map }: Ground, score: PlanScore, all: Uint8Array, nowMs: number): number {
  const loss = score.care.lossOf(score.meanLoss(map.segments.map(({ id }) => id)));
  const next = care
    .consultations(score.care, all, loss, { atMs: nowMs, sinceMs: nowMs })
    .filter(({ planned }) => planned > 0)
    .slice(0, 2);
  return next.length === 0 ? 0 : Math.round(next.reduce((sum, { lost }) => sum + lost, 0) / next.length);
}

/** Lifting takes each point as long as applying did. */
function wayBackOf({ controls }: Strategy): Told {
  if (controls.length === 0) return told((words) => words.noWayBack);
  const seconds = Math.max(...controls.map(({ applySeconds }) => applySeconds));
  return told((words) => words.wayBack(Math.max(1, Math.ceil(seconds / 60)), controls.length));
}

function unknownsOf(strategy: Strategy, score: PlanScore, { ground, request, runsMost, cut }: PlayedAll): Told[] {
  const { map, care } = ground;
  const unknowns: Told[] = [];
  const hidden = Math.round(request.state.segments.reduce((sum, { hiddenMean }) => sum + hiddenMean, 0));
  if (hidden > 0) unknowns.push(told((words) => words.unknowns.hidden(hidden)));
  const assumed = map.segments.filter(({ hostCount }) => hostCount === null).length;
  if (assumed > 0) unknowns.push(told((words) => words.unknowns.assumedCounts(assumed, HOST_COUNT_ASSUMED)));
  unknowns.push(told((words) => words.unknowns.wormShares));
  if (strategy.unable.length > 0) {
    unknowns.push(told((words) => words.unknowns.unable(doingOf(words, strategy.unable).join(", "))));
  }
  if (strategy.controls.length > 0 && score.taken.length < runsMost)
    unknowns.push(told((words) => words.unknowns.fewRuns(score.taken.length)));
  if (strategy.id === "balanced" && cut !== null) {
    if (cut.ties.length > 0) unknowns.push(told((words) => words.unknowns.ties(cut.ties.length)));
    if (!cut.isOptimal) unknowns.push(told((words) => words.unknowns.early(cut.bound, cut.objective)));
  }
  unknowns.push(...care.findings);
  return unknowns;
}

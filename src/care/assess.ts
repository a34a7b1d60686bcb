// The entry of care: cuts in force and lost hosts in, what each service can still do, the harm and the consultations at
// risk out. `compileCare` reads a map once; planning then asks about thousands of sets of controls.

import type { CareAssessment, CareReason, HalfDay, LostHosts, NeedStatus, ServiceStatus } from "../model/care.ts";
import { type Control, closingOf, placeOfInternet } from "../model/control.ts";
import { PROTOCOL_TCP } from "../model/flow.ts";
import type { HospitalMap } from "../model/map.ts";
import type { Told } from "../model/plan.ts";
import type { Millis } from "../model/units.ts";
import { type Chosen, CompiledCare, standInOf } from "./compiled-care.ts";
import { nextHalfDays } from "./half-days.ts";
import type { Loss } from "./loss.ts";
import { findingTold, reasonText } from "./reason-words.ts";
import { plainNames, Reasons, standInReason } from "./reasons.ts";
import { type Conversation, type Survey, surveyCare } from "./survey.ts";

export type { Chosen, CompiledCare } from "./compiled-care.ts";
export type { Loss } from "./loss.ts";
export type { NeedOptions, NeedRow, OptionRow, ServiceRow } from "./need-options.ts";
export { type CareNames, reasonText } from "./reason-words.ts";
export { plainNames };

/** Half-days that an assessment looks ahead. */
export const halfDaysAhead = 6;

/** When it is, and since when the cuts and losses are there. */
export interface CareTimes {
  readonly atMs: Millis;
  readonly sinceMs: Millis;
}

/** What is in force and what is lost. */
export interface CareBurden extends CareTimes {
  readonly controls: readonly Control[];
  readonly lost: LostHosts;
}

/** A conversation that some need of a service rests on: what an exception of a cut has to leave open. */
export interface CareConversation extends Conversation {
  /** Id of the service. */
  readonly service: string;
  /** Id of the host at its far end; null for the internet. */
  readonly host: string | null;
}

/** A map read for care. */
export interface Care {
  readonly conversations: readonly CareConversation[];
  /** What the map says against itself, as sentences: paths that a service needs and no crossing allows. */
  readonly findings: readonly Told[];
  /** Care under a list of controls of which any may be chosen. */
  under(controls: readonly Control[]): CompiledCare;
  assess(burden: CareBurden): CareAssessment;
  /** Consultations planned and lost in the next half-days under the chosen controls. */
  consultations(care: CompiledCare, chosen: Chosen, loss: Loss, times: CareTimes): HalfDay[];
}

/** Reads a map for care. @throws RangeError when its services cannot be assessed */
export function compileCare(map: HospitalMap): Care {
  const survey = surveyCare(map);
  const without = new CompiledCare(survey, []);
  return {
    conversations: conversationsOf(survey),
    findings: survey.findings.map(findingTold),
    under: (controls) => (controls.length === 0 ? without : new CompiledCare(survey, controls)),
    assess: (burden) => assess(survey, burden),
    consultations: (care, chosen, loss, times) => consultationsOf(survey, care, chosen, loss, times),
  };
}

function conversationsOf({ services, hosts }: Survey): CareConversation[] {
  return services.flatMap(({ service, needs }) =>
    needs.flatMap(({ ways }) =>
      ways.flatMap(({ conversation, host }) =>
        conversation === null
          ? []
          : [{ ...conversation, service: service.id, host: host === null ? null : hosts[host].id }],
      ),
    ),
  );
}

/** @throws RangeError when the map's services cannot be assessed, or what is lost is not of the map */
export function assessCare(map: HospitalMap, burden: CareBurden): CareAssessment {
  return compileCare(map).assess(burden);
}

function assess(survey: Survey, { controls, lost, atMs, sinceMs }: CareBurden): CareAssessment {
  const elapsedMinutes = elapsedSince({ atMs, sinceMs });
  const care = new CompiledCare(survey, controls);
  const chosen = new Uint8Array(controls.length).fill(1);
  const loss = care.lossOf(lost);
  const harmPerHour = care.harmPerHour(chosen, loss, elapsedMinutes);
  const states = care.statesOf(chosen, loss, elapsedMinutes);
  const kept = care.keptOf(chosen, loss, elapsedMinutes).slice();
  const why = new Reasons(survey, care, chosen, loss);
  const names = plainNames(survey.map);
  const textOf = (reason: CareReason): string => reasonText(reason, names, "en");
  const services = survey.services.map(({ service }, at): ServiceStatus => {
    const ofNeeds: NeedReasons[] = [];
    const needs = care.needs[at].needs.map((need, nth): NeedStatus => {
      const met = care.metBy(need, chosen, loss);
      const state = met.row < 0 ? "lost" : need.options[met.row].rank === 0 ? "met" : "other";
      const reasons = why.ofNeed(at, nth, met);
      ofNeeds.push({ name: need.name, reasons });
      return { name: need.name, state, keptShare: met.share, because: reasons.map(textOf) };
    });
    const standIn = kept[at] < 1 || states[at] === "stopped" ? standInShown(survey, care, at, elapsedMinutes) : null;
    const reasons = joinedReasons(ofNeeds);
    if (standIn !== null) reasons.push(standInReason(standIn, elapsedMinutes));
    return {
      service: service.id,
      name: service.name,
      state: states[at],
      keptShare: kept[at],
      standIn: standIn?.standIn ?? null,
      standInFromMs: standIn === null ? null : sinceMs + standIn.takeUpMinutes * 60_000,
      needs,
      because: reasons.map(textOf),
      reasons,
    };
  });
  return {
    atMs,
    services,
    harmPerHour,
    consultations: consultationsOf(survey, care, chosen, loss, { atMs, sinceMs }),
    internetUses: internetUsesOff(survey, controls),
    findings: survey.findings.map((finding) => findingTold(finding).en),
  };
}

function elapsedSince({ atMs, sinceMs }: CareTimes): number {
  if (!(sinceMs <= atMs)) {
    throw new RangeError(`Cannot assess care: sinceMs must be at or before atMs ${atMs}, got ${sinceMs}`);
  }
  return (atMs - sinceMs) / 60_000;
}

interface NeedReasons {
  readonly name: string;
  readonly reasons: readonly CareReason[];
}

/** Reasons of all needs; what several needs suffer alike is said once. */
function joinedReasons(ofNeeds: readonly NeedReasons[]): CareReason[] {
  const joined = new Map<string, CareReason>();
  for (const { name, reasons } of ofNeeds) {
    for (const reason of reasons) {
      const key = JSON.stringify(reason);
      joined.set(key, { ...reason, needs: [...(joined.get(key)?.needs ?? []), name] });
    }
  }
  return [...joined.values()];
}

/** The stand-in in use, or the first that will be. */
function standInShown(survey: Survey, care: CompiledCare, at: number, elapsedMinutes: number) {
  const inUse = standInOf(care.needs[at], elapsedMinutes);
  if (inUse !== null) return inUse;
  const uses = survey.services[at].service.standIns;
  return uses.reduce<(typeof uses)[number] | null>(
    (first, use) => (first === null || use.takeUpMinutes < first.takeUpMinutes ? use : first),
    null,
  );
}

/**
 * Consultations are taken to be spread evenly over a half-day; each turn of a stand-in changes what is lost from then
 * on. What took place before the cuts and losses began is not lost.
 */
function consultationsOf(survey: Survey, care: CompiledCare, chosen: Chosen, loss: Loss, times: CareTimes): HalfDay[] {
  elapsedSince(times);
  const keptFrom = care.turns.map((turn) => care.keptOf(chosen, loss, turn).slice());
  return nextHalfDays(survey.map, times.atMs, halfDaysAhead).map(({ label, startMs, endMs, planned }) => {
    let lost = 0;
    care.turns.forEach((turn, nth) => {
      const from = Math.max(startMs, times.sinceMs + turn * 60_000);
      const to = Math.min(endMs, times.sinceMs + (care.turns[nth + 1] ?? Infinity) * 60_000);
      const part = Math.max(0, to - from) / (endMs - startMs);
      planned.forEach((count, at) => (lost += count * (1 - keptFrom[nth][at]) * part));
    });
    return { label, atMs: startMs, planned: planned.reduce((sum, count) => sum + count, 0), lost: Math.round(lost) };
  });
}

/** Uses of the internet link, of the map's list and of the needs of services, that no place of a service reaches now. */
function internetUsesOff(survey: Survey, controls: readonly Control[]): CareAssessment["internetUses"] {
  const internet = placeOfInternet(survey.map);
  const closings = controls.map((control) => closingOf(survey.map, control));
  const isOff = (places: readonly number[]): boolean =>
    places.every((place) => closings.some((closes) => closes(place, internet, PROTOCOL_TCP, 443)));
  const everywhere = survey.map.segments.map((_, at) => at);
  const off = new Map<string, string[]>();
  const note = (name: string, service: string | null): void => {
    const services = off.get(name) ?? [];
    off.set(name, service === null || services.includes(service) ? services : [...services, service]);
  };
  for (const { service, needs, places } of survey.services) {
    if (!isOff(places)) continue;
    for (const { need } of needs) {
      for (const option of need.anyOf) if (option.kind === "internet") note(option.what, service.id);
    }
    for (const use of survey.map.internetUses) if (use.services.includes(service.id)) note(use.name, service.id);
  }
  for (const use of survey.map.internetUses) if (use.services.length === 0 && isOff(everywhere)) note(use.name, null);
  return [...off].map(([name, services]) => ({ name, services }));
}

// Plans: sets of controls, each played forward, compared by hosts saved and care lost. "Do nothing" is always one.

import type { CareReason, ServiceState } from "./care.ts";
import type { Control } from "./control.ts";
import type { Estimate } from "./forecast.ts";

/** A text in the languages of the console. */
export interface Told {
  readonly en: string;
  readonly fr: string;
}

/** Who must agree, by the ladder of DESIGN 5.6. */
export type Approval = "one-person" | "two-people" | "network-lead-and-care-lead";

export interface PlannedControl {
  readonly id: string;
  readonly control: Control;
  /** Enforcement points that would carry it out, best first; empty when nobody can. */
  readonly points: readonly string[];
  readonly applySeconds: number;
  readonly failureProbability: number;
  readonly approval: Approval;
}

/** What a plan does to one service. */
export interface ServiceImpact {
  readonly service: string;
  readonly name: string;
  readonly state: ServiceState;
  readonly becauseOf: "cut" | "infection" | "both";
  /** Chance of it within the horizon: 1 for what the cut itself does. */
  readonly probability: number;
  /** In English, with ids; `reasons` says the same as data. */
  readonly because: readonly string[];
  readonly reasons: readonly CareReason[];
  /** Contact ids of the map to be told. */
  readonly people: readonly string[];
}

export interface Plan {
  readonly id: string;
  readonly title: Told;
  readonly controls: readonly PlannedControl[];
  /** Hosts taken by the end of the horizon, and fewer than when nothing is done (paired runs). */
  readonly taken: Estimate;
  readonly saved: Estimate;
  /** Total harm over the horizon, in the unit of `harmPerHour`: hosts lost, and care lost by cut and by infection. */
  readonly harm: Estimate;
  readonly harmOfCut: number;
  readonly services: readonly ServiceImpact[];
  readonly consultationsLostPerHalfDay: number;
  /** Until the last control has taken effect. */
  readonly applySeconds: number;
  /** How it is taken back, and how long that takes. */
  readonly wayBack: Told;
  readonly approval: Approval;
  readonly explanation: Told;
  readonly unknowns: readonly Told[];
}

/** A service is named as hit from this probability on; the whole list is kept with the plan. */
export const HIT_PROBABILITY_MIN = 0.05;

/** The services a plan is likely to hit. */
export function servicesHit(plan: Plan): readonly ServiceImpact[] {
  return plan.services.filter(({ state, probability }) => state !== "normal" && probability >= HIT_PROBABILITY_MIN);
}

export interface Plans {
  readonly schema: "cordon.plans/1";
  readonly map: string;
  readonly worm: string;
  readonly seed: number;
  readonly runs: number;
  /** Whether half of every plan's interval, of hosts and of harm, is at most 5 % of what doing nothing costs. */
  readonly isPrecise: boolean;
  /** The widest of those halves, as a share. */
  readonly widestInterval: number;
  readonly horizonSeconds: number;
  /** Id of the plan with the least expected harm that breaks no protected item. */
  readonly recommended: string;
  readonly plans: readonly Plan[];
  /** The exact optimum of the cut, and how far the answer may be from it when the solver was stopped early. */
  readonly solver: {
    readonly objective: number;
    readonly bound: number;
    readonly isOptimal: boolean;
    readonly seconds: number;
  };
}

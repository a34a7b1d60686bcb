// A crisis that happened, as data: the estate it hit, what was cut when, what was published. Replayed by a rehearsal, so
// that what the model says and what was reported stand side by side.

import type { Control } from "./control.ts";
import type { HospitalMap } from "./map.ts";

/** Where a fact was read. */
export interface Source {
  readonly id: string;
  readonly title: string;
}

/** Something that was done, and the orders it amounts to. */
export interface ScenarioEvent {
  readonly atMinutes: number;
  readonly what: string;
  readonly orders: readonly Control[];
  readonly sources: readonly string[];
}

/** What a published figure can be held against: what the rehearsal counts, or nothing it knows. */
export const comparisons = [
  "hosts-taken",
  "consultations-lost",
  "minutes-to-cut",
  "services-stopped",
  "nothing",
] as const;
export type Comparison = (typeof comparisons)[number];

export interface PublishedFigure {
  readonly what: string;
  readonly value: number | null;
  readonly unit: string;
  readonly comparedWith: Comparison;
  readonly sources: readonly string[];
}

/** The sentences of a scenario in another language, in the order of its events and figures. */
export interface ScenarioTexts {
  readonly title: string;
  readonly summary: string;
  readonly events: readonly string[];
  readonly published: readonly { readonly what: string; readonly unit: string }[];
  readonly unknown: readonly string[];
  readonly tuned: readonly string[];
}

export interface Scenario {
  readonly id: string;
  readonly title: string;
  readonly date: string;
  readonly summary: string;
  /** A drawn hospital of the published size: no real address, name or plan is in it. */
  readonly map: HospitalMap;
  /** Id of a worm profile and of a defender profile. */
  readonly worm: string;
  readonly defender: string;
  /** Hosts infected at the start, by segment; empty when nothing got in (a cut by precaution). */
  readonly start: readonly { readonly segment: string; readonly infected: number }[];
  readonly horizonMinutes: number;
  /** Local date and time of minute 0, for consultations: `2019-03-12T09:00`. */
  readonly beginsAt: string;
  readonly events: readonly ScenarioEvent[];
  readonly published: readonly PublishedFigure[];
  /** What the model cannot know about this case. */
  readonly unknown: readonly string[];
  /** Figures chosen so that the model comes near what was published, each said plainly; empty when none was. */
  readonly tuned: readonly string[];
  readonly sources: readonly Source[];
  readonly inFrench: ScenarioTexts | null;
}

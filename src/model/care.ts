// The state of care: what each service can still do, and why. Counts only, never a patient.

import type { ControlKind, NeedOption } from "./map.ts";
import type { Millis } from "./units.ts";

/** Best first. `stand-in`: it runs on what it falls back to; `degraded`: a need holds by another option than usual. */
export const serviceStates = ["normal", "degraded", "stand-in", "stopped"] as const;
export type ServiceState = (typeof serviceStates)[number];

/** What is lost besides the cuts: hosts that are infected, switched off or broken. */
export interface LostHosts {
  /** Ids or addresses of hosts of the map. */
  readonly hosts: ReadonlySet<string>;
  /** Share of the hosts of each segment that cannot be used, 0..1, by segment id; absent is 0. */
  readonly shareBySegment: ReadonlyMap<string, number>;
}

/** One way to meet a need, as the map has it. */
export type CareOption = NeedOption;

/** A control as a reason names it: around which place (a host's id, `internet`), on which port. */
export interface NamedCut {
  readonly kind: ControlKind;
  readonly place: string;
  readonly port: string | null;
}

/** Why a service stands as it does: ids and figures; words are chosen where it is read. `needs`: what suffers from it. */
export type CareReason = { readonly needs: readonly string[] } & (
  | { readonly kind: "option-lost"; readonly option: CareOption }
  | { readonly kind: "cut-off"; readonly option: CareOption; readonly cuts: readonly NamedCut[]; readonly more: number }
  | { readonly kind: "option-fails"; readonly option: CareOption }
  | { readonly kind: "met-by"; readonly option: CareOption }
  | { readonly kind: "service-keeps"; readonly service: string; readonly share: number }
  | { readonly kind: "hosts-lost"; readonly segment: string | null; readonly share: number }
  | { readonly kind: "stand-in"; readonly standIn: string; readonly inMinutes: number; readonly share: number }
  | { readonly kind: "infection"; readonly probability: number; readonly share: number }
);

/** What the map says against itself. */
export type CareFinding =
  | {
      readonly kind: "path-closed";
      readonly from: string;
      readonly to: string;
      readonly port: string;
      readonly service: string;
      readonly need: string;
    }
  | { readonly kind: "host-nowhere"; readonly host: string; readonly service: string };

export interface NeedStatus {
  readonly name: string;
  /** `met`, by its first option; `other`, by a later one; `lost`. */
  readonly state: "met" | "other" | "lost";
  /** For what share of its users, 0..1. */
  readonly keptShare: number;
  readonly because: readonly string[];
}

export interface ServiceStatus {
  readonly service: string;
  readonly name: string;
  readonly state: ServiceState;
  /** What it still does of its usual work now, 0..1. */
  readonly keptShare: number;
  /** The stand-in in use or being taken up, and when it runs. */
  readonly standIn: string | null;
  readonly standInFromMs: Millis | null;
  readonly needs: readonly NeedStatus[];
  /** In English, with ids; `reasons` says the same as data. */
  readonly because: readonly string[];
  readonly reasons: readonly CareReason[];
}

/** Consultations that cannot take place in one half-day while things stay as they are. */
export interface HalfDay {
  /** `2027-03-02 morning`, hospital time. */
  readonly label: string;
  readonly atMs: Millis;
  readonly planned: number;
  readonly lost: number;
}

export interface CareAssessment {
  readonly atMs: Millis;
  readonly services: readonly ServiceStatus[];
  /** Harm per hour at this instant: the sum of each service's own figure times the share it does not keep. */
  readonly harmPerHour: number;
  /** The next half-days, the present one first. */
  readonly consultations: readonly HalfDay[];
  /** What rides on the internet link and is off now. */
  readonly internetUses: readonly { readonly name: string; readonly services: readonly string[] }[];
  /** What the map says against itself: a path that a service needs and no crossing allows is taken as open. */
  readonly findings: readonly string[];
}

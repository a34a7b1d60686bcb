// Who can carry out a control, how fast and how surely, and who has to agree to it.

import { type Control, controlId, scopeOfControl } from "../model/control.ts";
import type { EnforcementPoint, HospitalMap, Scope } from "../model/map.ts";
import type { Places } from "../model/places.ts";
import type { Approval, PlannedControl } from "../model/plan.ts";
import { segmentsOfScope } from "../model/scope.ts";
import { NO_SEGMENT } from "../model/units.ts";

/** Knows the points of one map. Answers are remembered: the same control is asked about for many plans. */
export class Points {
  private readonly map: HospitalMap;
  private readonly places: Places;
  private readonly guarded: readonly (readonly ReadonlySet<number>[])[];
  private readonly guardsInternet: readonly boolean[];
  private readonly found = new Map<Scope, ReadonlySet<number>>();

  constructor(map: HospitalMap, places: Places) {
    this.map = map;
    this.places = places;
    const scopesOf = (guard: string): readonly Scope[] =>
      map.boundaries.find((boundary) => boundary.id === guard)?.around ?? [guard];
    this.guarded = map.enforcementPoints.map((point) => {
      const single = point.guards.flatMap((guard) => scopesOf(guard).map((scope) => this.segmentsOf(scope)));
      const whole = point.guards.map(
        (guard) => new Set(scopesOf(guard).flatMap((scope) => [...this.segmentsOf(scope)])),
      );
      return [...single, ...whole].filter((segments) => segments.size > 0);
    });
    this.guardsInternet = map.enforcementPoints.map((point) =>
      point.guards.some((guard) => scopesOf(guard).includes("internet")),
    );
  }

  /** The control with who carries it out, best first: soonest, then surest. No points when nobody can. */
  planned(control: Control, approval: Approval): PlannedControl {
    const able = this.map.enforcementPoints
      .filter((point, at) => point.accepts.includes(control.kind) && this.isGuarded(control, point, at))
      .sort((a, b) => a.applySeconds - b.applySeconds || a.failureProbability - b.failureProbability);
    const best: EnforcementPoint | undefined = able[0];
    return {
      id: controlId(control),
      control,
      points: able.map((point) => point.id),
      applySeconds: best?.applySeconds ?? 0,
      failureProbability: best?.failureProbability ?? 1,
      approval,
    };
  }

  private isGuarded(control: Control, point: EnforcementPoint, at: number): boolean {
    if (control.kind === "cut-internet") {
      return this.guardsInternet[at] && (control.site === null || point.site === null || point.site === control.site);
    }
    const wanted = this.placesOfControl(control);
    return wanted.size > 0 && this.guarded[at].some((guarded) => isWithin(wanted, guarded));
  }

  private placesOfControl(control: Control): ReadonlySet<number> {
    const scope = scopeOfControl(control);
    if (scope !== null) return this.segmentsOf(scope);
    if (control.kind !== "isolate-host") return new Set();
    const host = this.places.hostOf(control.host);
    const segment = host === undefined ? this.places.segmentOfAddress(control.host) : this.places.segmentOf(host);
    return segment === NO_SEGMENT ? new Set() : new Set([segment]);
  }

  private segmentsOf(scope: Scope): ReadonlySet<number> {
    let segments = this.found.get(scope);
    if (segments === undefined) {
      segments = new Set<number>(segmentsOfScope(this.map, scope) ?? []);
      this.found.set(scope, segments);
    }
    return segments;
  }
}

function isWithin(some: ReadonlySet<number>, all: ReadonlySet<number>): boolean {
  for (const each of some) if (!all.has(each)) return false;
  return true;
}

/** The ladder of DESIGN 5.6: a host, one person; a segment, two; wider, or anything protected, both leads. */
export function approvalFor(map: HospitalMap, control: Control, touchesProtected: boolean): Approval {
  if (touchesProtected) return "network-lead-and-care-lead";
  switch (control.kind) {
    case "isolate-host":
      return "one-person";
    case "isolate-segment":
      return "two-people";
    case "close-port-within":
    case "close-port":
      // The first rungs, which hurt almost no care, need one signature less than a cut of the same place.
      return map.segments.some(({ id }) => id === scopeOfControl(control)) ? "one-person" : "two-people";
    default:
      return "network-lead-and-care-lead";
  }
}

const approvals: readonly Approval[] = ["one-person", "two-people", "network-lead-and-care-lead"];

/** The strictest of several. */
export const strictestApproval = (some: readonly Approval[]): Approval =>
  approvals[Math.max(0, ...some.map((each) => approvals.indexOf(each)))];

// What planning is asked, and the refusal of nonsense: one clear error for each, before any work.

import type { HospitalMap } from "../model/map.ts";
import { parsePort } from "../model/port.ts";
import type { DefenderProfile, OutbreakState, WormProfile } from "../model/rehearsal.ts";
import { NO_SEGMENT } from "../model/units.ts";
import type { Ground } from "./ground.ts";
import { type Allowances, checkOverrides } from "./protect.ts";

export interface PlanRequest {
  readonly map: HospitalMap;
  readonly worm: WormProfile;
  readonly defender: DefenderProfile;
  readonly state: OutbreakState;
  readonly nowMs: number;
  readonly seed: number;
  /** How long the cut stays and the rehearsal runs; weights.horizonSeconds when not given. */
  readonly horizonSeconds?: number;
  readonly allowances?: Allowances;
  /** Plays on until every interval is as narrow as `weights.intervalWidth` says, whatever it costs (1,600 runs at most). */
  readonly isPrecise?: boolean;
  /** The solver stops after this, with a bound. */
  readonly solverSeconds?: number;
}

/** @throws RangeError for the first thing that makes no sense */
export function checkRequest({ state, worm, horizonSeconds, map }: PlanRequest): void {
  const refuse = (what: string, rule: string, got: unknown): never => {
    throw new RangeError(`Cannot plan: ${what} must ${rule}, got ${String(got)}`);
  };
  if (map.segments.length === 0) refuse("the map", "have a segment", "none");
  if (map.segments.every(({ hostCount }) => hostCount === 0) && map.hosts.length === 0) {
    refuse("the map", "have hosts", "0 in all segments");
  }
  if (parsePort(state.port) === null) refuse("the port of the outbreak", "be like tcp/445", state.port);
  if (worm.port !== state.port) refuse("the port of the worm", `be that of the outbreak, ${state.port}`, worm.port);
  let total = 0;
  for (const { segment, infected, isolated, hiddenMean } of state.segments) {
    if (!map.segments.some(({ id }) => id === segment))
      refuse("a segment of the outbreak", "be of the map", `"${segment}"`);
    if (!Number.isInteger(infected) || infected < 0)
      refuse(`infected of ${segment}`, "be a whole number from 0", infected);
    if (!Number.isInteger(isolated) || isolated < 0)
      refuse(`isolated of ${segment}`, "be a whole number from 0", isolated);
    if (isolated > infected) refuse(`isolated of ${segment}`, `be at most its infected, ${infected}`, isolated);
    if (!(hiddenMean >= 0 && hiddenMean < Infinity))
      refuse(`hiddenMean of ${segment}`, "be a number from 0", hiddenMean);
    total += infected + hiddenMean;
  }
  if (total === 0) refuse("the outbreak", "have an infected host, known or hidden", "none");
  if (horizonSeconds !== undefined && !(horizonSeconds > 0 && horizonSeconds < Infinity)) {
    refuse("horizonSeconds", "be above 0", horizonSeconds);
  }
}

/** What can only be judged with the map read. @throws RangeError */
export function checkOnGround({ state, allowances }: PlanRequest, ground: Ground): void {
  for (const name of state.hosts) {
    const host = ground.places.hostOf(name);
    const segment = host === undefined ? ground.places.segmentOfAddress(name) : ground.places.segmentOf(host);
    if (segment === NO_SEGMENT) {
      throw new RangeError(`Cannot plan: an infected host must be in a segment of the map, got "${name}"`);
    }
  }
  if (allowances !== undefined) checkOverrides(ground, allowances);
}

// The half-days in which consultations are planned, by the map's calendar in the hospital's own time. In: an instant;
// out: the present half-day and those after it, with the planned consultations of each service.

import { ZoneClock } from "../kit/zone-clock.ts";
import { type HospitalMap, weekdays } from "../model/map.ts";
import type { Millis } from "../model/units.ts";

export interface PlannedHalfDay {
  /** `2027-03-02 morning`. */
  readonly label: string;
  readonly startMs: Millis;
  readonly endMs: Millis;
  /** Consultations of each service, in the order of the map. */
  readonly planned: readonly number[];
}

const dayMs = 86_400_000;
/** How far ahead to look: a closed summer fits, a map without consultations does not search for ever. */
const daysAheadMax = 60;

/** The next `count` half-days that have consultations and are not over yet. */
export function nextHalfDays(map: HospitalMap, atMs: Millis, count: number): PlannedHalfDay[] {
  const found: PlannedHalfDay[] = [];
  if (!map.services.some((service) => service.consultations !== null)) return found;
  const zone = new ZoneClock(map.timeZone);
  const closed = new Set(map.calendar.closedOn);
  const halves = [map.calendar.morning, map.calendar.afternoon];
  const today = Math.floor((atMs + zone.offsetMs(atMs)) / dayMs);
  for (let day = today; day <= today + daysAheadMax && found.length < count; day++) {
    const date = new Date(day * dayMs).toISOString().slice(0, 10);
    if (closed.has(date)) continue;
    for (const [half, hours] of halves.entries()) {
      const planned = plannedOn(map, day, half);
      const [startMs, endMs] = hours.split("-").map((time) => zone.instantOf(day * dayMs + timeMs(time)));
      if (endMs <= atMs || found.length >= count || !planned.some((each) => each > 0)) continue;
      found.push({ label: `${date} ${half === 0 ? "morning" : "afternoon"}`, startMs, endMs, planned });
    }
  }
  return found;
}

/** Consultations of each service on a day (days since 1970, which began on a Thursday). */
function plannedOn(map: HospitalMap, day: number, half: number): number[] {
  const weekday = weekdays[(day + 3) % 7];
  return map.services.map((service) => service.consultations?.[weekday][half] ?? 0);
}

function timeMs(time: string): Millis {
  return (Number(time.slice(0, 2)) * 60 + Number(time.slice(3))) * 60_000;
}

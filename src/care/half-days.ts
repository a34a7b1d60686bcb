// The half-days in which consultations are planned, by the map's calendar in the hospital's own time. In: an instant;
// out: the present half-day and those after it, with the planned consultations of each service.

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

/** From an instant to the time on the wall of a zone, and back. */
class ZoneClock {
  private readonly format: Intl.DateTimeFormat;

  constructor(timeZone: string) {
    this.format = new Intl.DateTimeFormat("en-GB", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
  }

  /** What the wall is ahead of UTC at an instant. */
  offsetMs(atMs: Millis): Millis {
    const parts = new Map(this.format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
    const wall = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
    return wall - Math.floor(atMs / 1_000) * 1_000;
  }

  /**
   * The instant at which the wall shows `wallMs` (as if it were UTC). Around a change of the clock: the first of two such
   * instants; for a time that is skipped, the instant it would have been without the change.
   */
  instantOf(wallMs: Millis): Millis {
    const before = wallMs - this.offsetMs(wallMs - dayMs);
    if (before + this.offsetMs(before) === wallMs) return before;
    const after = wallMs - this.offsetMs(wallMs + dayMs);
    return after + this.offsetMs(after) === wallMs ? after : before;
  }
}

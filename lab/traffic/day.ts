// How busy it is: the curve of a day and a week, and who is switched on. In: a time (UTC). Out: shares from 0 to 1.

import { mix32 } from "../../src/kit/hash.ts";
import { rates } from "./parameters.ts";

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** Office hours by hour of day, peak 1: two humps and a lunch dip. The floor at night is measured (M57). */
const officeCurve: readonly number[] = [
  0, 0, 0, 0, 0, 0.02, 0.12, 0.45, 0.85, 1, 1, 0.9, 0.6, 0.85, 0.95, 0.95, 0.85, 0.55, 0.3, 0.15, 0.08, 0.04, 0.02, 0,
];
/** Sum of a whole day's curve, in hours at peak: what turns "per day" into a rate at the peak. */
export const officeDayHours = sumOf(officeShareOfHour);
export const wardDayHours = sumOf(wardShareOfHour);

function sumOf(share: (hour: number) => number): number {
  let sum = 0;
  for (let hour = 0; hour < 24; hour++) sum += share(hour);
  return sum;
}

function officeShareOfHour(hour: number): number {
  return rates.nightActivity + (1 - rates.nightActivity) * officeCurve[hour];
}

function wardShareOfHour(hour: number): number {
  return rates.wardNightActivity + (1 - rates.wardNightActivity) * officeCurve[hour];
}

export type Rhythm = "office" | "ward" | "steady";

export function hourOfDay(nowMs: number): number {
  return Math.floor((nowMs % DAY_MS) / HOUR_MS);
}

/** 1970-01-01 was a Thursday. */
export function isWeekend(nowMs: number): boolean {
  const day = (Math.floor(nowMs / DAY_MS) + 4) % 7;
  return day === 0 || day === 6;
}

/** How active this rhythm is now, 0..1 of its peak. */
export function activityAt(rhythm: Rhythm, nowMs: number): number {
  if (rhythm === "steady") return 1;
  const hour = hourOfDay(nowMs);
  if (rhythm === "ward") return wardShareOfHour(hour) * (isWeekend(nowMs) ? 0.8 : 1);
  return officeShareOfHour(hour) * (isWeekend(nowMs) ? rates.weekendActivity : 1);
}

/** Mean time between events at the peak, ms, for so many a day. */
export function peakGapMs(rhythm: Rhythm, perDay: number): number {
  const hours = rhythm === "steady" ? 24 : rhythm === "ward" ? wardDayHours : officeDayHours;
  return (hours * HOUR_MS) / perDay;
}

/** Whether a machine of this kind is on. `ward` and `steady` ones always are; some office ones stay on at night. */
export function isSwitchedOn(rhythm: Rhythm, machine: number, nowMs: number): boolean {
  if (rhythm !== "office") return true;
  const luck = (mix32(machine ^ 0x7f4a7c15) >>> 0) / 4294967296;
  if (luck < rates.workstationNightOnShare) return true;
  const hour = hourOfDay(nowMs);
  const begin = 6 + Math.floor(luck * 4);
  return hour >= begin && hour < begin + 11 && !(isWeekend(nowMs) && luck > 0.65);
}

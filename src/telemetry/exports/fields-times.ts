// Makes the times of export records whole: start and end in ms since 1970, whichever fields the exporter sent. Beside it
// keeps small histograms of lag and duration, from which the exporter's timers are guessed.

import type { Column } from "../../kit/column.ts";
import type { Millis } from "../../model/units.ts";
import { DURATION_MS, END_MS, FLAGS, START_MS } from "./fields.ts";
import type { RecordTable } from "./fields-table.ts";

/** 2200-01-01: later times are taken for damage. */
const TIME_MAX_MS = 7_258_118_400_000;
const FIN_OR_RST = 5;

/** Eight buckets per power of two, 1 ms to about 12 days: quantiles are right within 5 %. */
export class LogHistogram {
  readonly #counts = new Uint32Array(256);
  total = 0;

  add(value: number): void {
    const bucket = value <= 0 ? 0 : Math.min(255, Math.floor(Math.log2(value + 1) * 8));
    this.#counts[bucket]++;
    this.total++;
  }

  /** The value below which the share `q` lies; null when nothing was added. */
  quantile(q: number): number | null {
    if (this.total === 0) return null;
    let left = q * this.total;
    for (let bucket = 0; bucket < 256; bucket++) {
      left -= this.#counts[bucket];
      if (left <= 0) return bucket === 0 ? 0 : Math.round(2 ** ((bucket + 0.5) / 8) - 1);
    }
    return null;
  }

  /** The highest value that at least `share` of the entries are close to; null when there is no such heap. */
  upperHeap(share: number): number | null {
    for (let bucket = 254; bucket > 0; bucket--) {
      const heap = this.#counts[bucket - 1] + this.#counts[bucket] + this.#counts[bucket + 1];
      if (heap > 0 && heap >= Math.max(3, share * this.total)) return Math.round(2 ** ((bucket + 0.5) / 8) - 1);
    }
    return null;
  }
}

/** What the times of one exporter's records look like. */
export interface TimeProfile {
  /** Export minus first packet. */
  readonly lagFromStart: LogHistogram;
  /** Export minus last packet. */
  readonly lagFromEnd: LogHistogram;
  /** Export minus last packet, of records that did not end by FIN or RST: the idle timer plus the wait in the exporter. */
  readonly idleLag: LogHistogram;
  /** Durations over a second: the active timer shows as a heap at the top. */
  readonly durations: LogHistogram;
  badTimes: number;
  firstMs: Millis;
  lastMs: Millis;
}

export function createTimeProfile(): TimeProfile {
  return {
    lagFromStart: new LogHistogram(),
    lagFromEnd: new LogHistogram(),
    idleLag: new LogHistogram(),
    durations: new LogHistogram(),
    badTimes: 0,
    firstMs: Infinity,
    lastMs: -Infinity,
  };
}

/**
 * Fills START_MS and END_MS of rows 0..count-1. A record without times happened when it was exported; a time outside
 * 1970..2200 is replaced likewise and counted.
 */
export function completeTimes(table: RecordTable, count: number, exportMs: Millis, profile: TimeProfile): void {
  const start = table.columns[START_MS];
  const end = table.columns[END_MS];
  const duration = table.columns[DURATION_MS];
  table.touch(START_MS);
  table.touch(END_MS);
  let { firstMs, lastMs } = profile;
  for (let record = 0; record < count; record++) {
    let from = start[record];
    let to = end[record];
    if (!(from > 0)) from = to > 0 ? to - Math.max(0, duration[record]) : exportMs;
    if (!(to > 0)) to = from + Math.max(0, duration[record]);
    if (from > TIME_MAX_MS || to > TIME_MAX_MS || from <= 0) {
      profile.badTimes++;
      from = exportMs;
      to = exportMs;
    }
    if (to < from) to = from;
    start[record] = from;
    end[record] = to;
    if (from < firstMs) firstMs = from;
    if (to > lastMs) lastMs = to;
  }
  profile.firstMs = firstMs;
  profile.lastMs = lastMs;
  measure(start, end, table.columns[FLAGS], count, exportMs, profile);
}

/** Long sets are sampled: every seventh record is plenty for a quantile. */
function measure(
  start: Column<number>,
  end: Column<number>,
  flags: Column<number>,
  count: number,
  exportMs: Millis,
  profile: TimeProfile,
): void {
  const step = count > 14 ? 7 : 1;
  for (let record = 0; record < count; record += step) {
    const duration = end[record] - start[record];
    const sinceEnd = exportMs - end[record];
    profile.lagFromStart.add(sinceEnd + duration);
    profile.lagFromEnd.add(sinceEnd);
    if (duration > 1_000) profile.durations.add(duration);
    if (!(flags[record] > 0 && flags[record] & FIN_OR_RST)) profile.idleLag.add(sinceEnd);
  }
}

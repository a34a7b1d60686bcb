// What every log decoder counts, and the report made of it. One instance per input.

import type { Millis, SensorIndex } from "../../model/units.ts";
import { type Format, type InputReport, type NotVisible, reportOfOneSensor, SkipCounts } from "../decoder.ts";

/** 2200-01-01. Clocks that begin at 1970 are legal: some logs of replayed captures do. */
const timeMaxMs = 7_258_118_400_000;

export interface LogOptions {
  /** A record older than the newest by more than this is counted as late. */
  readonly latenessMs: number;
}

export class LogTally {
  records = 0;
  flows = 0;
  firstMs: Millis = Number.POSITIVE_INFINITY;
  lastMs: Millis = Number.NEGATIVE_INFINITY;
  watermarkMs: Millis = Number.NEGATIVE_INFINITY;
  readonly skipped = new SkipCounts();
  readonly #latenessMs: number;
  #knownMs: Millis = Number.NEGATIVE_INFINITY;

  constructor(options: LogOptions) {
    this.#latenessMs = options.latenessMs;
  }

  /**
   * Notes the time of a record. False, and counted, when it, or the end of the flow, is outside 1970..2200.
   * @param atMs     when it happened
   * @param knownMs  when the log could have been written: the end of a flow. Lateness is measured on this.
   */
  accept(atMs: Millis, knownMs: Millis = atMs): boolean {
    if (!(atMs >= 0 && atMs < timeMaxMs) || knownMs >= timeMaxMs) {
      this.skipped.add("bad-time");
      return false;
    }
    if (atMs < this.firstMs) this.firstMs = atMs;
    if (atMs > this.watermarkMs) this.watermarkMs = atMs;
    if (knownMs > this.lastMs) this.lastMs = knownMs;
    if (knownMs > this.#knownMs) this.#knownMs = knownMs;
    else if (knownMs < this.#knownMs - this.#latenessMs) this.skipped.add("late");
    return true;
  }

  report(parts: {
    path: string;
    format: Format;
    sensor: SensorIndex;
    notVisible: readonly NotVisible[];
    carries?: readonly Format[];
    remarks?: readonly string[];
    error?: string | null;
  }): InputReport {
    const firstMs = this.firstMs === Number.POSITIVE_INFINITY ? null : this.firstMs;
    const lastMs = this.lastMs === Number.NEGATIVE_INFINITY ? null : this.lastMs;
    return reportOfOneSensor(parts.sensor, {
      path: parts.path,
      format: parts.format,
      carries: parts.carries ?? [],
      flows: this.flows,
      records: this.records,
      skipped: this.skipped,
      notVisible: parts.notVisible,
      firstMs,
      lastMs,
      error: parts.error ?? null,
      remarks: parts.remarks ?? [],
    });
  }
}

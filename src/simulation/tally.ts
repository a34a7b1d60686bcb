// What many runs add up to: histograms of hosts taken per place and time, moments of crossings, ends. Whole numbers and
// lists that are sorted at the end, so a tally does not depend on the order in which runs come in.

import { type BoundaryForecast, type Band, bandLevels, type Forecast, type PlaceForecast } from "../model/forecast.ts";
import { meanEstimate, shareEstimate } from "./intervals.ts";
import type { RunSamples } from "./rehearsal.ts";
import { RehearsalError } from "./rehearsal-error.ts";
import type { Terms } from "./terms.ts";

/** Counters of all histograms together: 4 bytes each. */
const COUNTERS_MAX = 64_000_000;

/** A part of the map that is forecast: the hospital, a building, a segment. */
interface Place {
  readonly id: string;
  readonly hostCount: number;
  readonly cells: readonly number[];
  /** Its histogram at time `t` is `counts[(begin + t * width) .. + width - 1]`, one counter per number of hosts taken. */
  readonly begin: number;
  readonly width: number;
}

/** A tally as plain data, for a checkpoint. */
export interface TallyState {
  readonly runs: number;
  readonly ended: number;
  readonly counts: string;
  readonly crossings: readonly string[];
}

export class Tally {
  runs = 0;
  private ended = 0;
  private readonly terms: Terms;
  private readonly atSeconds: readonly number[];
  private readonly places: readonly Place[];
  private readonly buildingCount: number;
  private readonly counts: Int32Array;
  private readonly crossings: number[][];

  constructor(terms: Terms, atSeconds: readonly number[]) {
    this.terms = terms;
    this.atSeconds = atSeconds;
    const { map } = terms.layout;
    this.buildingCount = map.buildings.length;
    const named: (readonly [id: string, cells: readonly number[]])[] = [
      ["hospital", map.segments.map((_, cell) => cell)],
      ...map.buildings.map(({ id }): [string, number[]] => [
        id,
        map.segments.flatMap((segment, cell) => (segment.building === id ? [cell] : [])),
      ]),
      ...map.segments.map(({ id }, cell): [string, number[]] => [id, [cell]]),
    ];
    let begin = 0;
    this.places = named.map(([id, cells]) => {
      const sum = (column: Int32Array): number => cells.reduce((total, cell) => total + column[cell], 0);
      const width = sum(terms.start.vulnerable) + 1;
      const place = { id, hostCount: sum(terms.layout.hosts), cells, begin, width };
      begin += width * atSeconds.length;
      return place;
    });
    if (begin > COUNTERS_MAX) {
      const got = `must need at most ${COUNTERS_MAX} counters, got ${begin}`;
      throw new RehearsalError("atSeconds", got, "ask for fewer moments");
    }
    this.counts = new Int32Array(begin);
    this.crossings = terms.layout.boundaries.ids.map(() => []);
  }

  add(samples: RunSamples): void {
    const { runCount, segmentCount, taken, crossedSeconds, hasEnded, boundaries } = samples;
    const times = this.atSeconds.length;
    const { counts } = this;
    for (let run = 0; run < runCount; run++) {
      for (let time = 0; time < times; time++) {
        const row = (run * times + time) * segmentCount;
        for (const { cells, begin, width } of this.places) {
          let sum = 0;
          for (let nth = 0; nth < cells.length; nth++) sum += taken[row + cells[nth]];
          counts[begin + time * width + sum]++;
        }
      }
      for (let boundary = 0; boundary < boundaries.length; boundary++) {
        const at = crossedSeconds[run * boundaries.length + boundary];
        if (at < Number.POSITIVE_INFINITY) this.crossings[boundary].push(at);
      }
      this.ended += hasEnded[run];
    }
    this.runs += runCount;
  }

  /** Half of the 95 % interval of the mean of hosts taken in the hospital at the end, relative to that mean. */
  relativeHalfWidth(): number {
    const { mean, high } = this.takenAtEnd(this.places[0]);
    return mean === 0 ? 0 : (high - mean) / mean;
  }

  forecast(isPrecise: boolean): Forecast {
    const { rehearsal, layout } = this.terms;
    const [hospital, ...parts] = this.places.map((place) => this.placeForecast(place));
    return {
      schema: "cordon.forecast/1",
      map: layout.map.name,
      worm: rehearsal.worm.id,
      defender: rehearsal.defender.id,
      seed: rehearsal.seed,
      runs: this.runs,
      isPrecise,
      horizonSeconds: rehearsal.horizonSeconds,
      atSeconds: this.atSeconds,
      hospital,
      buildings: parts.slice(0, this.buildingCount),
      segments: parts.slice(this.buildingCount),
      boundaries: layout.boundaries.ids.map((id, boundary) => this.boundaryForecast(id, this.crossings[boundary])),
      endedProbability: shareEstimate(this.ended, this.runs),
    };
  }

  private takenAtEnd(place: Place): PlaceForecast["takenAtEnd"] {
    const { sum, squares } = this.momentsAt(place, this.atSeconds.length - 1);
    return meanEstimate(sum, squares, this.runs);
  }

  private momentsAt(place: Place, time: number): { sum: number; squares: number } {
    let [sum, squares] = [0, 0];
    const from = place.begin + time * place.width;
    for (let value = 0; value < place.width; value++) {
      const count = this.counts[from + value];
      sum += count * value;
      squares += count * value * value;
    }
    return { sum, squares };
  }

  private placeForecast(place: Place): PlaceForecast {
    const mean = this.atSeconds.map((_, time) => this.momentsAt(place, time).sum / this.runs);
    const quantiles = bandLevels.map((level) => this.atSeconds.map((_, time) => this.quantile(place, time, level)));
    const taken: Band = { mean, quantiles };
    return { id: place.id, hostCount: place.hostCount, taken, takenAtEnd: this.takenAtEnd(place) };
  }

  /** The least number of hosts that at least `level` of the runs did not exceed. */
  private quantile(place: Place, time: number, level: number): number {
    const from = place.begin + time * place.width;
    let runs = 0;
    for (let value = 0; value < place.width; value++) {
      runs += this.counts[from + value];
      if (runs >= level * this.runs) return value;
    }
    return place.width - 1;
  }

  private boundaryForecast(boundary: string, moments: readonly number[]): BoundaryForecast {
    const sorted = Float64Array.from(moments).sort();
    const at = (level: number): number => sorted[Math.max(0, Math.ceil(level * sorted.length) - 1)];
    return {
      boundary,
      crossedProbability: shareEstimate(sorted.length, this.runs),
      crossedSeconds: sorted.length === 0 ? null : [at(0.25), at(0.5), at(0.75)],
    };
  }

  state(): TallyState {
    return {
      runs: this.runs,
      ended: this.ended,
      counts: textOf(this.counts),
      crossings: this.crossings.map((moments) => textOf(Float64Array.from(moments))),
    };
  }

  /** Goes on from a state of the same rehearsal. */
  restore(state: TallyState): void {
    const bytes = Buffer.from(state.counts, "base64");
    this.counts.set(new Int32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)));
    state.crossings.forEach((text, boundary) => {
      const moments = Buffer.from(text, "base64");
      const whole = moments.buffer.slice(moments.byteOffset, moments.byteOffset + moments.length);
      this.crossings[boundary] = Array.from(new Float64Array(whole));
    });
    this.runs = state.runs;
    this.ended = state.ended;
  }
}

function textOf(column: Int32Array | Float64Array): string {
  return Buffer.from(column.buffer, column.byteOffset, column.byteLength).toString("base64");
}

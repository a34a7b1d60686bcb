// The running test by closed forms: floor, decay and onset; the threshold and the propagation weight.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HostTable } from "../model/host-table.ts";
import { propagationWeight, SCORE_HALF_LIFE_MS } from "./likelihood.ts";
import {
  GROUP_LATERAL,
  GROUP_REMOTE,
  narrowTestOf,
  Sources,
  SOURCE_SUSPECT,
  testOf,
  wideOf,
  wideTestOf,
} from "./sources.ts";
import { weigh } from "./cusum.ts";
import { thresholdFor } from "./threshold.ts";

function oneSource(): { sources: Sources; row: number } {
  const hosts = new HostTable();
  const sources = new Sources(hosts, 16);
  sources.rowOf(hosts.intern4(1), 0);
  return { sources, row: sources.rowOf(hosts.intern4(2), 0) };
}

describe("weigh", () => {
  test("without pauses the score is the largest sum of the weights that end now, never below zero", () => {
    const weights = fc.array(
      fc.integer({ min: -8, max: 8 }).map((n) => n / 4),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(weights, (added) => {
        const { sources, row } = oneSource();
        for (const weight of added) weigh(sources, row, GROUP_LATERAL, 445, 100, weight, true);
        let [sum, best] = [0, 0];
        for (const weight of [...added].reverse()) best = Math.max(best, (sum += weight));
        expect(sources.score[testOf(row, GROUP_LATERAL)]).toBe(best);
        expect(sources.score[testOf(row, GROUP_REMOTE)]).toBe(0);
      }),
      { seed: 15 },
    );
  });

  test("halves a score in one half-life, and leaves it alone for a second", () => {
    const { sources, row } = oneSource();
    weigh(sources, row, GROUP_LATERAL, 445, 0, 8, true);
    weigh(sources, row, GROUP_LATERAL, 445, 1_000, 1, true);
    expect(sources.score[testOf(row, GROUP_LATERAL)]).toBe(9);
    sources.lastMs[wideOf(row)] = 1_000;
    weigh(sources, row, GROUP_LATERAL, 445, 1_000 + SCORE_HALF_LIFE_MS, 0.5, true);
    expect(sources.score[testOf(row, GROUP_LATERAL)]).toBe(5);
    expect(sources.peak[testOf(row, GROUP_LATERAL)]).toBe(9);
  });

  test("the onset is the first contact above the floor; the run counts contacts, not outcomes", () => {
    const { sources, row } = oneSource();
    const told = (): number[] => [
      sources.onsetMs[wideTestOf(row, GROUP_LATERAL)],
      sources.run[narrowTestOf(row, GROUP_LATERAL)],
      sources.lastPort[narrowTestOf(row, GROUP_LATERAL)],
    ];
    weigh(sources, row, GROUP_LATERAL, 445, 10, 2, true);
    weigh(sources, row, GROUP_LATERAL, 445, 20, -3, false);
    expect(told()[1]).toBe(0);
    weigh(sources, row, GROUP_LATERAL, 139, 30, 2, true);
    weigh(sources, row, GROUP_LATERAL, 135, 40, 2, true);
    weigh(sources, row, GROUP_LATERAL, 135, 50, 1, false);
    expect(told()).toEqual([30, 2, 135]);
    expect(sources.score[testOf(row, GROUP_LATERAL)]).toBe(5);
  });

  test("a suspect keeps its run when the score falls to zero", () => {
    const { sources, row } = oneSource();
    weigh(sources, row, GROUP_LATERAL, 445, 10, 2, true);
    sources.status[row] = SOURCE_SUSPECT;
    weigh(sources, row, GROUP_LATERAL, 445, 20, -3, false);
    expect(sources.run[narrowTestOf(row, GROUP_LATERAL)]).toBe(1);
  });
});

describe("propagationWeight", () => {
  test("is ln(0.3 / ln(36000) / delay / rate): in proportion to one over delay and one over rate, as logarithms", () => {
    // 36 s is 0.01 h; at one benign turn an hour the ratio is 0.3 / (ln 36000 * 0.01).
    expect(propagationWeight(36_000, 1)).toBeCloseTo(Math.log(0.3 / (Math.log(36_000) * 0.01)), 12);
    expect(propagationWeight(36_000, 1) - propagationWeight(72_000, 1)).toBeCloseTo(Math.LN2, 12);
    expect(propagationWeight(36_000, 1) - propagationWeight(36_000, 2)).toBeCloseTo(Math.LN2, 12);
  });

  test("stays between nothing, for a delay of a day, and four nats, for one at once", () => {
    expect(propagationWeight(86_400_000, 0.5)).toBe(0);
    expect(propagationWeight(0, 0.5)).toBe(4);
  });
});

describe("thresholdFor", () => {
  test("is ln(tests * contacts a day / budget) by default: five tests, eight contacts, one in ten thousand", () => {
    expect(thresholdFor(1e-4)).toBeCloseTo(Math.log(5 * 8 * 1e4), 12);
  });

  test("a budget a hundred times smaller costs ln 100 nats", () => {
    expect(thresholdFor(1e-6) - thresholdFor(1e-4)).toBeCloseTo(Math.log(100), 12);
  });

  test("contacts twice as many cost ln 2 nats", () => {
    expect(thresholdFor(1e-4, 16) - thresholdFor(1e-4, 8)).toBeCloseTo(Math.LN2, 12);
  });
});

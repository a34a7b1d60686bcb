import { describe, expect, it } from "vitest";
import { commonTask, momentsOf, pairRate, rehearsalOf } from "../../test/town.ts";
import { OutbreakRun } from "./outbreak-run.ts";
import { playRuns } from "./play.ts";
import type { Rehearsal } from "./rehearsal.ts";
import { termsOf } from "./terms.ts";

/** Seeds are fixed, so a test that passes does so always; the bounds are those of a fresh seed: 4 standard errors, one false alarm in 16,000. */
const ERRORS_MAX = 4;

function expectMean(values: ArrayLike<number>, exact: number, errorOfExact = 0): void {
  const { mean, error } = momentsOf(values);
  expect(Math.abs(mean - exact) / Math.hypot(error, errorOfExact)).toBeLessThan(ERRORS_MAX);
}

/** Hosts taken in all at the end of each run. */
function sizes(rehearsal: Rehearsal, runs: number, removalRate = 0): number[] {
  const outbreak = new OutbreakRun(termsOf(rehearsal, { removalRate }));
  return Array.from({ length: runs }, (_, run) => {
    outbreak.play(run, [], () => undefined);
    return outbreak.ward.taken.reduce((sum, count) => sum + count, 0);
  });
}

/** Mean moment at which the whole town was taken, by counting on a grid of `step`. */
function timesToAll(rehearsal: Rehearsal, runs: number, step: number): number[] {
  const outbreak = new OutbreakRun(termsOf(rehearsal));
  const grid = Array.from({ length: Math.round(rehearsal.horizonSeconds / step) }, (_, nth) => nth * step);
  const all = outbreak.ward.open.length * 200;
  return Array.from({ length: runs }, (_, run) => {
    let waits = 0;
    outbreak.play(run, grid, () => {
      if (outbreak.ward.taken.reduce((sum, count) => sum + count, 0) < all) waits++;
    });
    return (waits - 0.5) * step;
  });
}

describe("one segment", () => {
  it("of two hosts: the second is taken after an exponential time", () => {
    const rehearsal = rehearsalOf({ segments: 1, hosts: 2, worm: { localTriesPerSecond: 1 }, horizonSeconds: 10 });
    const { taken } = playRuns(rehearsal, 0, 20_000, [0.5, 1, 3]);
    [0.5, 1, 3].forEach((at, time) => {
      const counts = Array.from({ length: 20_000 }, (_, run) => taken[run * 3 + time] - 1);
      expectMean(counts, 1 - Math.exp(-at / 2));
    });
  });
  it("without end grows as a pure birth process", () => {
    const worm = { localTriesPerSecond: 1 };
    const rehearsal = rehearsalOf({ segments: 1, hosts: 2_000_000, worm, horizonSeconds: 4 });
    const { taken } = playRuns(rehearsal, 0, 8_000, [4]);
    expectMean(taken, Math.exp(4));
    const { deviation } = momentsOf(taken);
    expect(deviation / Math.sqrt(Math.exp(8) - Math.exp(4))).toBeCloseTo(1, 1);
  });
  it("is filled in the harmonic time, 5.84367 for 200 hosts", () => {
    const worm = { localTriesPerSecond: 200 * pairRate };
    expectMean(timesToAll(rehearsalOf({ segments: 1, hosts: 200, worm, horizonSeconds: 20 }), 4_000, 0.02), 5.84367);
  });
  it("with removal has the final size of the embedded chain", () => {
    const worm = { localTriesPerSecond: 200 * pairRate };
    const values = sizes(rehearsalOf({ segments: 1, hosts: 200, worm }), 40_000, 1);
    expectMean(values, 78.792);
    expect(momentsOf(values).deviation / 78.7088).toBeCloseTo(1, 2);
    expectMean(
      values.map((size) => Number(size <= 20)),
      0.50582,
    );
  });
  it("with isolation after k tries dies out as the branching process does", () => {
    // Half of the tries take; after three of them a host is isolated: offspring Binomial(3, 1/2), extinction √5 - 2.
    const rehearsal = rehearsalOf({
      segments: 1,
      hosts: 20_000,
      vulnerableShare: 0.5,
      worm: { localTriesPerSecond: 1 },
      defender: { isolateSeconds: 0, contactsToFlag: 3 },
      horizonSeconds: 20,
    });
    const { taken, hasEnded } = playRuns(rehearsal, 0, 1_200, [20]);
    expectMean(hasEnded, Math.sqrt(5) - 2);
    expect(Array.from(taken).every((count, run) => hasEnded[run] === 0 || count < 200)).toBe(true);
  });
});

describe("two segments", () => {
  it("are crossed after an exponential time", () => {
    const worm = { remoteTriesPerSecond: 1 };
    const rehearsal = rehearsalOf({ segments: 2, hosts: 10, vulnerableShare: 0.3, worm, horizonSeconds: 1_000 });
    const { crossedSeconds, boundaries } = playRuns(rehearsal, 0, 20_000, [1]);
    const line = boundaries.indexOf("segment:s1");
    const moments = Array.from({ length: 20_000 }, (_, run) => crossedSeconds[run * boundaries.length + line]);
    expectMean(moments, 10 / 3);
  });
});

describe("the common task", () => {
  it("gives the reference mean of 10,000 hosts with removal: 5,135.4 ± 7.0", () => {
    expectMean(sizes(commonTask(50), 800, 1), 5_135.4, 7);
  });
  it("gives the reference mean of 100,000 hosts with removal: 48,313 ± 144", () => {
    expectMean(sizes(commonTask(500), 24, 1), 48_313, 144);
  });
  it("gives the reference time to the last of 10,000 hosts: 11.997", () => {
    expectMean(timesToAll({ ...commonTask(50), horizonSeconds: 25 }, 200, 0.05), 11.997, 0.01);
  });
});

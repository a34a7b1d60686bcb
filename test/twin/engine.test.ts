import { describe, expect, it } from "vitest";
import type { Rehearsal } from "../../src/simulation/simulate.ts";
import { playRuns } from "../../src/simulation/simulate.ts";
import { finalSizeFixedTime, finalSizeOfTries, meanSize } from "./closed-forms.ts";
import { compareOn, judge } from "./compare.ts";
import { type OneSegment, oneSegment } from "./one-segment.ts";
import { randomRehearsal } from "./random-rehearsal.ts";
import { playSlowRuns } from "./slow-twin.ts";

const runs = 10_000;

/** Within 4 standard errors of the closed form. */
function expectMean(rehearsal: Rehearsal, probabilities: readonly number[]): void {
  const { taken } = playRuns(rehearsal, 0, runs, [rehearsal.horizonSeconds]);
  const mean = taken.reduce((sum, each) => sum + each, 0) / runs;
  const variance = taken.reduce((sum, each) => sum + (each - mean) ** 2, 0) / runs;
  const off = (mean - meanSize(probabilities)) / Math.sqrt(variance / runs);
  expect([meanSize(probabilities), mean, Math.abs(off) < 4]).toEqual([meanSize(probabilities), mean, true]);
}

const thirty = (change: Pick<OneSegment, "worm" | "defender">): Rehearsal =>
  oneSegment({ hostCount: 30, cidr: "10.0.0.0/26", horizonSeconds: 2_000, ...change });

describe("the engine on one segment", () => {
  it("ends as Ball's equations say when hosts try for a fixed time", () => {
    const worm = { localTriesPerSecond: 1.5, activeSeconds: 1 };
    expectMean(oneSegment({ hostCount: 20, horizonSeconds: 1_000, worm }), finalSizeFixedTime(19, 1.5 / 20, 1));
  });
  it.each([1, 4, 9])("ends as the walk says when hosts are isolated at their try %i", (tries) => {
    const defender = { contactsToFlag: tries, isolateSeconds: 0 };
    expectMean(thirty({ worm: {}, defender }), finalSizeOfTries(29, 62, tries));
  });
  it.each([
    [1, 30, 0.05],
    [4, 30, 0.2],
    [4, 5, 0.2],
  ])("ends as the walk says when hosts are isolated after try %i and %i s", (tries, isolateSeconds, rate) => {
    const worm = { localTriesPerSecond: rate, dormancy: { meanSeconds: 5, kind: "exponential" } } as const;
    const expected = finalSizeOfTries(29, 62, tries, { triesAfter: isolateSeconds * rate });
    expectMean(thirty({ worm, defender: { contactsToFlag: tries, isolateSeconds } }), expected);
  });
  it.each([1, 2, 4])("ends as the walk says when accounts are locked after %i tries", (triesUntilLockout) => {
    const worm = { triesUntilLockout, dormancy: { meanSeconds: 1, kind: "fixed" } } as const;
    expectMean(thirty({ worm }), finalSizeOfTries(29, 62, triesUntilLockout));
  });
});

describe("the engine against the slow twin", () => {
  it("plays the same outbreaks on 30 random maps", () => {
    const compared = Array.from({ length: 30 }, (_, seed) =>
      compareOn(randomRehearsal(seed), 80, playSlowRuns, playRuns),
    ).flat();
    expect(judge(compared, 1e-3).alarms).toEqual([]);
  });
});

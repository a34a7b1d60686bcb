import { describe, expect, it } from "vitest";
import { reachOf, reachUnder } from "../../src/model/reach.ts";
import type { Rehearsal, RunSamples } from "../../src/simulation/simulate.ts";
import { finalSizeFixedTime, finalSizeOfTries, fullTakeSeconds } from "./closed-forms.ts";
import { chiSquareP } from "./compare.ts";
import { oneSegment } from "./one-segment.ts";
import { randomRehearsal } from "./random-rehearsal.ts";
import { whoMayCall } from "./reachability.ts";
import { playSlowRun, playSlowRuns } from "./slow-twin.ts";

const runs = 3_000;

/** How many hosts were taken at the end of each run. */
function finalSizes(rehearsal: Rehearsal, count = runs): number[] {
  const samples = playSlowRuns(rehearsal, 0, count, [rehearsal.horizonSeconds]);
  return Array.from(samples.taken);
}

/** p of a χ² test of the sizes (the first host left out) against probabilities; bins under 5 expected are pooled. */
function fitOf(sizes: readonly number[], probabilities: readonly number[]): number {
  const counts = probabilities.map((_, size) => sizes.filter((each) => each - 1 === size).length);
  let [statistic, bins, expected, seen] = [0, 0, 0, 0];
  probabilities.forEach((probability, size) => {
    expected += probability * sizes.length;
    seen += counts[size];
    if (expected < 5 && size < probabilities.length - 1) return;
    statistic += expected > 0 ? (seen - expected) ** 2 / expected : 0;
    bins++;
    [expected, seen] = [0, 0];
  });
  return chiSquareP(statistic, bins - 1);
}

/** Mean and standard error of the time until the last of all hosts is taken, by looking at many times. */
function timeOfAll(rehearsal: Rehearsal, count: number, most: number): { mean: number; error: number } {
  const atSeconds = Array.from({ length: 2_000 }, (_, at) => ((at + 0.5) * most) / 2_000);
  let [sum, squares] = [0, 0];
  for (let run = 0; run < count; run++) {
    const { taken } = playSlowRun(rehearsal, run, atSeconds);
    const all = rehearsal.map.segments[0].hostCount ?? 0;
    const seconds = (taken.filter(([now]) => now < all).length * most) / 2_000;
    sum += seconds;
    squares += seconds * seconds;
  }
  const mean = sum / count;
  return { mean, error: Math.sqrt((squares / count - mean * mean) / count) };
}

describe("the slow twin", () => {
  it("takes the second of two hosts at an exponential time", () => {
    const pair = oneSegment({
      hostCount: 2,
      worm: { localTriesPerSecond: 2, takeProbability: 0.25 },
      horizonSeconds: 8,
    });
    const atSeconds = [1, 4, 8];
    const samples = playSlowRuns(pair, 0, runs, atSeconds);
    atSeconds.forEach((seconds, time) => {
      const share = Array.from({ length: runs }, (_, run) => samples.taken[run * 3 + time] - 1);
      const expected = 1 - Math.exp(-seconds * 0.25); // half of its tries are at itself
      const mean = share.reduce((sum, each) => sum + each, 0) / runs;
      expect(Math.abs(mean - expected)).toBeLessThan(4 * Math.sqrt((expected * (1 - expected)) / runs));
    });
  });
  it("takes a whole segment in the harmonic time (200 hosts: 5.84367)", () => {
    expect(fullTakeSeconds(200, 1, 2 / 199)).toBeCloseTo(5.84367, 4);
    const si = oneSegment({ hostCount: 200, worm: { localTriesPerSecond: 400 / 199 }, horizonSeconds: 40 });
    const { mean, error } = timeOfAll(si, 150, 20);
    expect(Math.abs(mean - 5.84367)).toBeLessThan(4 * error);
  });
  it("ends as Ball's equations say when hosts try for a fixed time", () => {
    const worm = { localTriesPerSecond: 1.5, activeSeconds: 1 };
    const sizes = finalSizes(oneSegment({ hostCount: 20, worm }));
    const expected = finalSizeFixedTime(19, 1.5 / 20, 1);
    expect(expected.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 9);
    expect(fitOf(sizes, expected)).toBeGreaterThan(1e-3);
    expect(fitOf(sizes, finalSizeFixedTime(19, 1.65 / 20, 1))).toBeLessThan(1e-3); // and 10 % more is noticed
  });
  it.each([1, 2, 4, 9])("ends as the walk says when hosts are isolated at their try %i", (tries) => {
    const defender = { contactsToFlag: tries, isolateSeconds: 0 };
    const rehearsal = oneSegment({ hostCount: 30, cidr: "10.0.0.0/26", worm: { takeProbability: 0.9 }, defender });
    expect(fitOf(finalSizes(rehearsal), finalSizeOfTries(29, 62, tries, { takes: 0.9 }))).toBeGreaterThan(1e-3);
  });
  it.each([
    [1, 30, 0.05],
    [4, 30, 0.2],
    [4, 5, 0.2],
  ])("ends as the walk says when hosts are isolated after try %i and %i s", (tries, isolateSeconds, triesPerSecond) => {
    const rehearsal = oneSegment({
      hostCount: 30,
      cidr: "10.0.0.0/26",
      worm: { localTriesPerSecond: triesPerSecond, dormancy: { meanSeconds: 5, kind: "exponential" } },
      defender: { contactsToFlag: tries, isolateSeconds },
    });
    const expected = finalSizeOfTries(29, 62, tries, { triesAfter: isolateSeconds * triesPerSecond });
    expect(fitOf(finalSizes(rehearsal), expected)).toBeGreaterThan(1e-3);
  });
  it("takes as many when accounts are locked after as many tries", () => {
    const rehearsal = oneSegment({
      hostCount: 12,
      cidr: "10.0.0.0/28",
      worm: { triesUntilLockout: 3 },
      horizonSeconds: 40,
    });
    expect(fitOf(finalSizes(rehearsal), finalSizeOfTries(11, 14, 3))).toBeGreaterThan(1e-3);
  });
  it("plays the same run from the same seed", () => {
    const rehearsal = randomRehearsal(17);
    const play = (): RunSamples => playSlowRuns(rehearsal, 3, 6, [10, 60]);
    expect(play()).toEqual(play());
  });
});

describe("the twins' own reachability", () => {
  it("agrees with the model on 500 random maps and controls", () => {
    for (let seed = 0; seed < 500; seed++) {
      const { map, worm, orders } = randomRehearsal(seed);
      const controls = orders.map((order) => order.control);
      const { allows, placeCount } = reachUnder(map, reachOf(map, worm.port), controls);
      whoMayCall(map, worm.port, controls).forEach((row, from) =>
        row.forEach((isOpen, to) =>
          expect([seed, from, to, Number(isOpen)]).toEqual([seed, from, to, allows[from * placeCount + to]]),
        ),
      );
    }
  });
});

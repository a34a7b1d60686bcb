import { describe, expect, it } from "vitest";
import { createRandom } from "../../src/kit/random.ts";
import { binnedP, chiSquareP, compareOn, type Engine, judge, normalTail, rankDeviate, wormOutBy } from "./compare.ts";
import { randomRehearsal } from "./random-rehearsal.ts";
import { playSlowRuns } from "./slow-twin.ts";

/** The slow twin with one rate out by a factor. */
const falsified =
  (factor: number, rate: "localTriesPerSecond"): Engine =>
  (rehearsal, ...runs) =>
    playSlowRuns({ ...rehearsal, worm: wormOutBy(rehearsal.worm, factor, rate) }, ...runs);

const compareMaps = (maps: number, runs: number, second: Engine) =>
  Array.from({ length: maps }, (_, seed) => compareOn(randomRehearsal(seed), runs, playSlowRuns, second)).flat();

describe("the comparison of two engines", () => {
  it("knows the χ² and normal tails", () => {
    expect(chiSquareP(3.841459, 1)).toBeCloseTo(0.05, 6);
    expect(chiSquareP(18.30704, 10)).toBeCloseTo(0.05, 6);
    expect(normalTail(1.959964)).toBeCloseTo(0.025, 6);
  });
  it("gives uniform p-values to samples of one distribution", () => {
    const random = createRandom(5);
    const draw = (): number[] => Array.from({ length: 200 }, () => Math.floor(random.exponential(6)));
    const ps = Array.from({ length: 1_000 }, () => binnedP(draw(), draw()));
    for (const level of [0.01, 0.1, 0.5]) {
      const share = ps.filter((p) => p <= level).length / ps.length;
      expect(Math.abs(share - level)).toBeLessThan(4 * Math.sqrt((level * (1 - level)) / ps.length));
    }
    const deviates = Array.from({ length: 1_000 }, () => rankDeviate(draw(), draw()));
    expect(deviates.reduce((sum, z) => sum + z * z, 0) / 1_000).toBeCloseTo(1, 0);
  });
  it("raises no alarm between the twin and itself", () => {
    expect(judge(compareMaps(12, 80, playSlowRuns), 1e-3).alarms).toEqual([]);
  });
  it("raises an alarm when tries at the own segment are 10 % more", () => {
    expect(judge(compareMaps(30, 120, falsified(1.1, "localTriesPerSecond")), 1e-3).alarms).not.toEqual([]);
  });
  it("raises an alarm when takes hold no slots", () => {
    const instant: Engine = (rehearsal, ...runs) =>
      playSlowRuns({ ...rehearsal, worm: { ...rehearsal.worm, takesAtOnce: null, takeSeconds: null } }, ...runs);
    expect(judge(compareMaps(12, 80, instant), 1e-3).alarms).not.toEqual([]);
  });
});

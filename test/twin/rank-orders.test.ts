import { describe, expect, it } from "vitest";
import { exampleOutbreak, rankingOf, rankUnderSweep } from "./rank-orders.ts";

describe("the ranking of sets of orders", () => {
  it.each(["watch-only", "automatic"])("in the clinic is that of the ordered sweep, with %s", (defender) => {
    const ranking = rankUnderSweep(exampleOutbreak("clinic", defender), 400, 200);
    expect(ranking.opposed).toEqual([]);
    expect(ranking.pairs).toBeGreaterThan(15);
    expect(ranking.regret).toBeLessThanOrEqual(2 * ranking.regretError);
  });
  it("counts the pairs that two engines order differently, and what the wrong choice costs", () => {
    const noise = [0, 1, 0, -1, 0, 1, 0, -1];
    const around = (mean: number): number[] => noise.map((each) => mean + each);
    const ranking = rankingOf(["a", "b", "c"], [around(10), noise, around(30)], [around(10), around(20), around(30)]);
    expect(ranking).toMatchObject({ pairs: 3, agreeing: 2, best: ["b", "a"], opposed: ["a / b: -10.0 and 10.0"] });
    expect(ranking.regret).toBeCloseTo(10, 6);
    expect(ranking.tau).toBeCloseTo(1 / 3, 6);
  });
});

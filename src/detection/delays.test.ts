import { describe, expect, it } from "vitest";
import { anyDelay, type Delays, learnDelaysFrom } from "./delays.ts";

/** Integral of the density over delays, by the trapezoid rule on a logarithmic grid. */
function mass({ density }: Delays, fromMs: number, toMs: number): number {
  const steps = 20_000;
  const step = Math.log(toMs / fromMs) / steps;
  let sum = 0;
  for (let at = 0; at <= steps; at++) {
    const delayMs = fromMs * Math.exp(at * step);
    sum += density(delayMs) * delayMs * step * (at === 0 || at === steps ? 0.5 : 1);
  }
  return sum;
}

const same = (delayMs: number, count: number): { delayMs: number; weight: number }[] =>
  Array.from({ length: count }, () => ({ delayMs, weight: 1 }));

describe("anyDelay", () => {
  it("holds three called hosts of ten infected at most, spread evenly over orders of magnitude", () => {
    // Closed form: 0.3 / ln(36,000) * ln((3,600,000 + 500) / (100 + 500)).
    const exact = (0.3 / Math.log(36_000)) * Math.log(3_600_500 / 600);
    expect(mass(anyDelay, 100, 3_600_000)).toBeCloseTo(exact, 4);
    expect(exact).toBeLessThan(0.3);
    expect(mass(anyDelay, 5_000, 50_000)).toBeCloseTo(mass(anyDelay, 50_000, 500_000), 1);
  });

  it("falls with the delay and is finite at zero", () => {
    expect(anyDelay.density(0)).toBeCloseTo(0.3 / (Math.log(36_000) * 500), 12);
    expect(anyDelay.density(1_000)).toBeGreaterThan(anyDelay.density(1_001));
  });
});

describe("learnDelaysFrom()", () => {
  it("keeps to the prior until five delays are shown, weights counted", () => {
    expect(learnDelaysFrom([])).toBe(anyDelay);
    expect(learnDelaysFrom(same(10_000, 4))).toBe(anyDelay);
    expect(learnDelaysFrom(same(10_000, 40).map((sample) => ({ ...sample, weight: 0.1 })))).toBe(anyDelay);
    expect(learnDelaysFrom(same(10_000, 5))).not.toBe(anyDelay);
  });

  it("is a log-normal density at its median, a tenth of the prior added", () => {
    const learned = learnDelaysFrom(same(10_000, 5));
    const peak = 0.3 / (0.5 * Math.sqrt(2 * Math.PI) * 10_000); // spread never below 0.5
    expect(learned.typicalDensity).toBeCloseTo(peak, 12);
    expect(learned.density(10_000)).toBeCloseTo(0.9 * peak + 0.1 * anyDelay.density(10_000), 12);
  });

  it("keeps the share of infected hosts", () => {
    const learned = learnDelaysFrom([...same(4_000, 5), ...same(60_000, 5)]);
    expect(mass(learned, 50, 1e9)).toBeCloseTo(0.9 * 0.3 + 0.1 * mass(anyDelay, 50, 1e9), 3);
  });

  it("prefers the delays that the outbreak showed, and holds no other impossible", () => {
    const learned = learnDelaysFrom(same(15_000, 8));
    expect(learned.density(15_000) / learned.density(1_000)).toBeGreaterThan(
      anyDelay.density(15_000) / anyDelay.density(1_000),
    );
    expect(learned.density(3_600_000)).toBeGreaterThan(0);
  });

  it("takes delays of zero or less for the shortest one", () => {
    const learned = learnDelaysFrom(same(-5, 6));
    expect(Number.isFinite(learned.density(0))).toBe(true);
    expect(learned.density(-1_000)).toBeGreaterThan(0);
  });
});

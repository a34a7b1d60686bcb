import { describe, expect, it } from "vitest";
import { anyLoad, learnLoadsFrom, PROGRAM_BYTES_MIN } from "./loads.ts";

describe("anyLoad", () => {
  it("takes large calls for infections, small ones for probes, and says nothing of what nobody saw", () => {
    expect(anyLoad.ratio(PROGRAM_BYTES_MIN)).toBe(20);
    expect(anyLoad.ratio(500)).toBeLessThan(1);
    expect(anyLoad.ratio(20_000)).toBe(1);
    expect(anyLoad.ratio(-1)).toBe(1);
    expect(anyLoad.ratio(0)).toBe(1);
    expect(anyLoad.unseenShare).toBe(0);
  });
});

describe("learnLoadsFrom()", () => {
  const program = 900_000;
  const probe = 700;

  it("learns nothing from fewer than five called suspects, or when half of them got no load", () => {
    expect(learnLoadsFrom([])).toBe(anyLoad);
    expect(learnLoadsFrom(Array.from({ length: 4 }, () => [program]))).toBe(anyLoad);
    expect(learnLoadsFrom([[], [], [], [], [], [], [program]])).toBe(anyLoad);
    expect(learnLoadsFrom([[program], [program], [probe], [probe], [probe]])).toBe(anyLoad);
  });

  it("holds a probe against the call once infections are seen to carry a load", () => {
    const loads = learnLoadsFrom(Array.from({ length: 5 }, () => [probe, program]));
    expect(loads.ratio(probe)).toBeLessThan(anyLoad.ratio(probe));
    expect(loads.ratio(program)).toBe(20);
    expect(loads.ratio(-1)).toBe(1);
  });

  it("counts the suspects whose loaded call nobody saw: two of eight", () => {
    const calls = [...Array.from({ length: 6 }, () => [program]), [probe], [probe, probe], []];
    expect(learnLoadsFrom(calls).unseenShare).toBeCloseTo(2 / 8, 12);
  });
});

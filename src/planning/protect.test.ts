import { describe, expect, it } from "vitest";
import { drawHospital } from "../../test/planning/drawn-hospital.ts";
import { runGuardTrials } from "../../test/planning/guard-trials.ts";
import type { Control } from "../model/control.ts";
import type { HospitalMap } from "../model/map.ts";
import { groundOf } from "./ground.ts";
import { guardControls, noAllowances } from "./protect.ts";

const seeds = Array.from({ length: 40 }, (_, seed) => seed);

describe("guardProtected()", () => {
  it("P2 lets no random plan cut a protected item without leave, and takes nothing out in vain", () => {
    const trials = seeds.map((seed) => runGuardTrials(seed, 500));
    const sum = (of: (trial: (typeof trials)[number]) => number): number =>
      trials.reduce((all, each) => all + of(each), 0);
    expect(sum(({ didCut }) => didCut)).toBe(0);
    expect(sum(({ takenForNothing }) => takenForNothing)).toBe(0);
    expect(sum(({ wouldCut }) => wouldCut) / sum(({ plans }) => plans)).toBeGreaterThan(0.3);
    expect(sum(({ cutWithLeave }) => cutWithLeave)).toBeGreaterThan(0);
  });

  it("is what stops them: without it three in ten would", () => {
    const trials = seeds.map((seed) => runGuardTrials(seed, 100, () => []));
    const didCut = trials.reduce((sum, each) => sum + each.didCut, 0);
    expect(didCut).toBe(trials.reduce((sum, each) => sum + each.wouldCut, 0));
    expect(didCut / 4_000).toBeGreaterThan(0.3);
  });
});

describe("guardControls()", () => {
  const drawn = drawHospital(2).map;
  const map: HospitalMap = {
    ...drawn,
    hosts: drawn.hosts.map((host) => ({ ...host, isProtected: false })),
    services: [],
    protected: [
      { item: "n0", rule: "never", because: "always open" },
      { item: "n1", rule: "with-stand-in", because: "tell them first" },
    ],
  };
  const ground = groundOf(map);
  const isolate = (segment: string): Control => ({ kind: "isolate-segment", segment, except: [] });
  const both = [isolate("n0"), isolate("n1")];

  it("refuses with the item and its reason", () => {
    const { controls, refused } = guardControls(ground, both, noAllowances);
    expect(controls).toEqual([]);
    expect(refused.map(({ item, because }) => `${item}: ${because}`)).toEqual([
      "n0: always open",
      "n1: tell them first",
    ]);
  });

  it("lets through what a named person overrides, and what has its stand-in running", () => {
    const overrides = [{ item: "n0", by: "a director", because: "nothing else holds" }];
    expect(guardControls(ground, both, { overrides, standInsRunning: [] }).controls).toEqual([both[0]]);
    expect(guardControls(ground, both, { overrides: [], standInsRunning: ["n0", "n1"] }).controls).toEqual([both[1]]);
  });

  it.each([
    [{ item: "n9", by: "a", because: "b" }, 'Cannot plan: an override must name a protected item, got "n9"'],
    [{ item: "n0", by: " ", because: "b" }, "Cannot plan: an override of n0 must have a person and a reason"],
    [{ item: "n0", by: "a", because: "" }, "Cannot plan: an override of n0 must have a person and a reason"],
  ])("refuses the override %j", (override, message) => {
    expect(() => guardControls(ground, both, { overrides: [override], standInsRunning: [] })).toThrow(message);
  });
});

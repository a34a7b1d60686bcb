// The engine against the slow twin, on random maps with every control, profile and order: no figure may differ.

import { describe, expect, it } from "vitest";
import { playRuns } from "../../src/simulation/simulate.ts";
import { compareOn, type Engine, judge } from "./compare.ts";
import { plainRules } from "./opening.ts";
import { randomRehearsal } from "./random-rehearsal.ts";
import { playSlowRuns } from "./slow-twin.ts";

/** Tries that nothing is left for are not made: what simulate() says it does. */
const twin: Engine = (rehearsal, fromRun, toRun, atSeconds) =>
  playSlowRuns(rehearsal, fromRun, toRun, atSeconds, { ...plainRules, blockedTries: "not-made" });
const engine: Engine = (rehearsal, fromRun, toRun, atSeconds) =>
  playRuns({ ...rehearsal, seed: rehearsal.seed + 1 }, fromRun, toRun, atSeconds);

describe("the engine and the slow twin", () => {
  it("agree on 16 random maps of 100 runs", () => {
    const compared = Array.from({ length: 16 }, (_, seed) => compareOn(randomRehearsal(seed), 100, twin, engine));
    expect(judge(compared.flat(), 1e-3).alarms).toEqual([]);
  });
});

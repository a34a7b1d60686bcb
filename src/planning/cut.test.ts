import { describe, expect, it } from "vitest";
import { systemClock } from "../kit/clock.ts";
import { drawHospital } from "../../test/planning/drawn-hospital.ts";
import { runCutTrial } from "../../test/planning/cut-trials.ts";
import { candidatesOf } from "./candidates.ts";
import { leastHarmCut } from "./cut.ts";
import { groundOf } from "./ground.ts";
import { noAllowances } from "./protect.ts";
import { LinearProgram, openSolver } from "./solve.ts";

const solver = await openSolver();

describe("leastHarmCut()", () => {
  it("P1 costs what the best of all sets costs, and tells the same ties", async () => {
    const trials = await Promise.all(Array.from({ length: 30 }, (_, at) => runCutTrial(at, solver)));
    expect(trials.flatMap(({ failure }) => failure ?? [])).toEqual([]);
    expect(trials.some(({ hasTies }) => hasTies)).toBe(true);
    // Their presolve leaves nothing to branch on.
    const without = await Promise.all([1826, 1997].map((seed) => runCutTrial(seed, solver)));
    expect(without.flatMap(({ failure }) => failure ?? [])).toEqual([]);
    expect(trials.filter(({ isEmpty }) => isEmpty).length).toBeLessThan(15);
  });

  it("gives a set, its cost and a bound when it is stopped early", async () => {
    const { map, state, worm } = drawHospital(3);
    const ground = groundOf(map);
    const question = {
      ground,
      worm,
      state,
      able: candidatesOf(ground, state).able,
      allowances: noAllowances,
      horizonSeconds: 14_400,
      spread: null,
    };
    const full = await leastHarmCut(question, solver, { timeLimitSeconds: 10, tiesMax: 0 }, systemClock);
    const stopped = await leastHarmCut(question, () => null, { timeLimitSeconds: 0, tiesMax: 4 }, systemClock);
    expect(stopped).toMatchObject({ controls: [], isOptimal: false, bound: 0, ties: [] });
    expect(stopped.objective).toBeGreaterThanOrEqual(full.objective);
    const early = await leastHarmCut(
      question,
      (program, limit) => {
        const solved = solver(program, limit);
        return solved === null ? null : { ...solved, isOptimal: false, bound: solved.bound - 5 };
      },
      { timeLimitSeconds: 10, tiesMax: 4 },
      systemClock,
    );
    expect(early).toMatchObject({ isOptimal: false, ties: [] });
    expect(early.bound).toBeLessThan(early.objective);
  });
});

describe("openSolver()", () => {
  it("finds the least of a small program in whole numbers", () => {
    const program = new LinearProgram();
    const columns = [3, 2, 4].map((cost) => program.addColumn(cost, 1, true));
    program.addRow(
      [
        [columns[0], 1],
        [columns[1], 1],
      ],
      1,
    );
    program.addRow(
      [
        [columns[1], 1],
        [columns[2], 1],
      ],
      1,
    );
    const solved = solver(program, 5);
    expect(Array.from(solved?.values ?? [], Math.round)).toEqual([0, 1, 0]);
    expect(solved).toMatchObject({ isOptimal: true, bound: 2 });
  });

  it("says that there is no answer", () => {
    const program = new LinearProgram();
    program.addRow([[program.addColumn(1, 1, true), 1]], 2);
    expect(solver(program, 5)).toBeNull();
  });
});

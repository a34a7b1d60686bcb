// One trial of the exact cut against brute force: a drawn hospital, at most eleven controls, both answers compared.

import { systemClock } from "../../src/kit/clock.ts";
import { createRandom } from "../../src/kit/random.ts";
import { candidatesOf, groundOf, leastHarmCut, noAllowances, type Solver } from "../../src/planning/plan.ts";
import { bruteForce } from "./brute-force.ts";
import { drawHospital } from "./drawn-hospital.ts";

export const unitsMax = 9;
const horizonSeconds = 4 * 3600;

export interface CutTrial {
  readonly failure: string | null;
  readonly hasTies: boolean;
  readonly isEmpty: boolean;
}

export async function runCutTrial(seed: number, solver: Solver): Promise<CutTrial> {
  const { map, state, worm } = drawHospital(seed);
  const random = createRandom(seed ^ 0x5eed);
  const ground = groundOf(map);
  const able = [...candidatesOf(ground, state).able];
  while (able.length > unitsMax) able.splice(random.below(able.length), 1);
  const brute = bruteForce({ map, state, worm, horizonSeconds }, able);
  const cut = await leastHarmCut(
    { ground, worm, state, able, allowances: noAllowances, horizonSeconds, spread: null },
    solver,
    { timeLimitSeconds: 20, tiesMax: 40 },
    systemClock,
  );
  const sets = [cut.controls, ...cut.ties].map((controls) =>
    controls
      .map(({ id }) => id)
      .sort()
      .join(" "),
  );
  const wanted = brute.sets.map((ids) => ids.join(" "));
  const say = (what: string): CutTrial => ({ failure: `case ${seed}: ${what}`, hasTies: false, isEmpty: false });
  if (!cut.isOptimal) return say("the solver did not finish");
  if (Math.abs(cut.objective - brute.cost) > 1e-4)
    return say(`the cut costs ${cut.objective} (${sets[0]}), the least is ${brute.cost} (${wanted[0]})`);
  if (cut.bound > cut.objective + 1e-6 || cut.bound < cut.objective - 1e-3)
    return say(`the bound is ${cut.bound} at ${cut.objective}`);
  if ([...sets].sort().join("|") !== [...wanted].sort().join("|"))
    return say(`the ties are ${sets.join(" | ")}, not ${wanted.join(" | ")}`);
  return { failure: null, hasTies: sets.length > 1, isEmpty: sets[0] === "" };
}

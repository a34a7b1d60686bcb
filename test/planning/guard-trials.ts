// Random plans through the guard of protected items, judged by the oracle that was written apart from it.

import { createRandom, type Random } from "../../src/kit/random.ts";
import type { Control } from "../../src/model/control.ts";
import { candidatesOf, groundOf, noAllowances } from "../../src/planning/plan.ts";
import { type Allowances, guardProtected, guardTableOf } from "../../src/planning/protect.ts";
import { drawHospital } from "./drawn-hospital.ts";
import { oracleOf } from "./protected-oracle.ts";

export interface GuardTrials {
  readonly plans: number;
  /** Plans that would have cut a protected item without leave, had nobody stopped them. */
  readonly wouldCut: number;
  /** Plans that did, guard and all: each is a failure. */
  readonly didCut: number;
  /** Controls that the guard took out though the plan cut nothing. */
  readonly takenForNothing: number;
  /** Plans in which an item was cut with leave. */
  readonly cutWithLeave: number;
}

type Guard = typeof guardProtected;

/** `plans` random plans on the hospital of one seed; `guard` is the real one unless the test takes it away. */
export function runGuardTrials(seed: number, plans: number, guard: Guard = guardProtected): GuardTrials {
  const { map, state } = drawHospital(seed);
  const random = createRandom(seed ^ 0x60a4d);
  const ground = groundOf(map);
  const { able, unable } = candidatesOf(ground, state);
  const controls = [
    ...[...able, ...unable].map(({ control }) => (random.chance(0.5) ? withoutExceptions(control) : control)),
    ...map.hosts.map(({ id }): Control => ({ kind: "isolate-host", host: id })),
  ];
  const table = guardTableOf(ground, controls);
  const oracle = oracleOf(map, controls);
  const counts = { plans, wouldCut: 0, didCut: 0, takenForNothing: 0, cutWithLeave: 0 };
  for (let plan = 0; plan < plans; plan++) {
    const chosen = drawPlan(random, controls.length);
    const allowances = random.chance(0.1)
      ? drawLeave(
          random,
          map.protected.map(({ item }) => item),
        )
      : noAllowances;
    const isLeft = (item: string): boolean =>
      !allowances.overrides.some((override) => override.item === item) &&
      !(
        allowances.standInsRunning.includes(item) &&
        map.protected.some((each) => each.item === item && each.rule === "with-stand-in")
      );
    const wouldCut = oracle(chosen).some(isLeft);
    if (wouldCut) counts.wouldCut++;
    const refused = guard(table, chosen, allowances);
    if (!wouldCut && refused.length > 0) counts.takenForNothing++;
    const cut = oracle(chosen);
    if (cut.some(isLeft)) counts.didCut++;
    else if (cut.length > 0) counts.cutWithLeave++;
  }
  return counts;
}

const withoutExceptions = (control: Control): Control => ("except" in control ? { ...control, except: [] } : control);

/** From one control to all of them. */
function drawPlan(random: Random, count: number): Uint8Array {
  const share = random.float() ** 2;
  return Uint8Array.from({ length: count }, () => (random.chance(share) ? 1 : 0));
}

function drawLeave(random: Random, items: readonly string[]): Allowances {
  const some = items.filter(() => random.chance(0.5));
  return random.chance(0.5)
    ? { overrides: some.map((item) => ({ item, by: "somebody", because: "drawn" })), standInsRunning: [] }
    : { overrides: [], standInsRunning: some };
}

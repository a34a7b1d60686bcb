import { describe, expect, it } from "vitest";
import { randomRehearsal } from "../../test/twin/random-rehearsal.ts";
import { groupsOf, playRuns, playTogether } from "./play.ts";
import type { Rehearsal } from "./rehearsal.ts";

/** Rehearsals with every choice of another's orders, at their moments and at half of them. */
function branchesOf(rehearsal: Rehearsal): Rehearsal[] {
  const { orders } = rehearsal;
  return Array.from({ length: 2 ** orders.length }, (_, choice) =>
    orders.filter((__, nth) => (choice >> nth) & 1),
  ).flatMap((some) => {
    const sooner = some.map((order) => ({ ...order, atSeconds: order.atSeconds / 2 }));
    return [{ ...rehearsal, orders: some }, ...(some.length > 0 ? [{ ...rehearsal, orders: sooner }] : [])];
  });
}

describe("rehearsals that are played together", () => {
  it("S1 come to what they come to alone, byte by byte", () => {
    let shared = 0;
    for (let seed = 0; seed < 120; seed++) {
      const branches = branchesOf(randomRehearsal(seed));
      const { horizonSeconds, orders } = branches[0];
      const atSeconds = [...orders.map((order) => order.atSeconds), horizonSeconds / 3, horizonSeconds].sort(
        (a, b) => a - b,
      );
      const groups = groupsOf(branches);
      expect(groups.flat().sort((a, b) => a - b)).toEqual(branches.map((_, place) => place));
      for (const group of groups) {
        const together = playTogether(
          group.map((place) => branches[place]),
          3,
          9,
          atSeconds,
        );
        group.forEach((place, nth) => {
          expect(together[nth], `seed ${seed}`).toEqual(playRuns(branches[place], 3, 9, atSeconds));
        });
        shared += group.length - 1;
      }
    }
    expect(shared).toBeGreaterThan(200);
  });
});

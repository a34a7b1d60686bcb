import fc from "fast-check";
import { expect, test } from "vitest";
import { editDistance, nearestWord } from "./problems.ts";

/** The definition itself: slow, recursive. */
function slowDistance(a: string, b: string): number {
  if (a === "" || b === "") return a.length + b.length;
  const [x, y] = [a.slice(0, -1), b.slice(0, -1)];
  let best = Math.min(
    slowDistance(x, b) + 1,
    slowDistance(a, y) + 1,
    slowDistance(x, y) + (a.at(-1) === b.at(-1) ? 0 : 1),
  );
  if (a.length > 1 && b.length > 1 && a.at(-1) === b.at(-2) && a.at(-2) === b.at(-1)) {
    best = Math.min(best, slowDistance(a.slice(0, -2), b.slice(0, -2)) + 1);
  }
  return best;
}

test("editDistance() agrees with its recursive definition", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 6 });
  fc.assert(
    fc.property(word, word, (a, b) => {
      expect(editDistance(a, b)).toBe(slowDistance(a, b));
    }),
    { seed: 3, numRuns: 200 },
  );
});

test("nearestWord() names a near word and no far one", () => {
  expect(nearestWord("segmnets", ["segments", "sites"])).toBe("segments");
  expect(nearestWord("Building", ["buildings", "boundaries"])).toBe("buildings");
  expect(nearestWord("banana", ["segments", "sites"])).toBeNull();
  expect(nearestWord("x", [])).toBeNull();
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { float64Column } from "./column.ts";
import { orderOf } from "./order.ts";

function slowOrder(keys: readonly number[]): number[] {
  return keys.map((_, row) => row).sort((a, b) => keys[a] - keys[b] || a - b);
}

test("orderOf() agrees with a comparison sort on any finite numbers", () => {
  const number = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer({ min: -3, max: 3 }),
    fc.integer({ min: 0, max: 100_000 }).map((ms) => 1_700_000_000_000 + ms / 8),
  );
  fc.assert(
    fc.property(fc.array(number, { maxLength: 200 }), (keys) => {
      const column = float64Column(keys.length);
      column.set(keys);
      expect([...orderOf(column, keys.length)]).toEqual(slowOrder(keys));
    }),
  );
});

test("orderOf() keeps equal keys in row order and gives -0 no rank of its own", () => {
  const column = float64Column<number>(5);
  column.set([0, -0, 0, -1, -0]);
  expect([...orderOf(column, 5)]).toEqual([3, 0, 1, 2, 4]);
});

test("orderOf() puts NaN last, and infinite numbers at the ends", () => {
  const column = float64Column<number>(6);
  column.set([2, NaN, Infinity, 1, NaN, -Infinity]);
  expect([...orderOf(column, 6)]).toEqual([5, 3, 0, 2, 1, 4]);
  column.set([NaN, NaN, NaN, 3, 2, 1]);
  expect([...orderOf(column, 3)]).toEqual([0, 1, 2]);
  expect([...orderOf(column, 6)]).toEqual([5, 4, 3, 0, 1, 2]);
  expect([...orderOf(column, 0)]).toEqual([]);
});

test("orderOf() agrees with a comparison sort when one far number leaves all others in one stretch", () => {
  const keys = Array.from({ length: 3_000 }, (_, row) => ((row * 7_919) % 3_000) / 3_000);
  keys[1_500] = 1e9;
  const column = float64Column<number>(keys.length);
  column.set(keys);
  expect([...orderOf(column, keys.length)]).toEqual(slowOrder(keys));
});

test("orderOf() tells numbers apart whose distance from the lowest is lost in rounding", () => {
  const column = float64Column<number>(4);
  column.set([1e-30, 0, -1, -1e-30]);
  expect([...orderOf(column, 4)]).toEqual([2, 3, 1, 0]);
});

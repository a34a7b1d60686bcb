// Who reaches whom under the orders in force, as rates per cell: cells with the same row of allowed flows share a class
// and its snapshot of what is still open. src/simulation/policy.ts makes them. A class is prepared when its first cell
// begins to try.
//
// The snapshot is a bound: `seen >= open` for every cell of the class, since `open` only falls between refreshes.
// Proposals go out at the bound's rate and are accepted with probability open / seen: thinning of a Poisson process by a
// bound that depends on the past only is exact. After more rejections than the class has cells the snapshot is taken
// anew, so the rebuild is paid by the rejections and acceptance cannot collapse when a segment saturates.

import { Doubles, Ints, newDoubles, newInts, newRecord } from "./columns";

/**
 * The columns of src/simulation/policy.ts, in the same order. Class `c` reaches `target[begin[c] .. begin[c + 1] - 1]`,
 * itself perhaps included: a cell never tries itself across.
 */
@unmanaged
export class Policy {
  localRate: Doubles;
  crossRate: Doubles;
  triesPerSecond: Doubles;
  reachedVulnerable: Doubles;
  classOf: Ints;
  selfAt: Ints;
  begin: Ints;
  target: Ints;
  vulnerableBefore: Doubles;
  memberBegin: Ints;
  member: Ints;
  /** What a run changes. Alias table: row `at` keeps a draw below `keep[at]` (of `seenSum`), else it goes to `other[at]`. */
  seen: Ints;
  seenSum: Doubles;
  keep: Doubles;
  other: Ints;
  rejectedCount: Ints;
  preparedIn: Ints;
}

/** Room for a policy; the columns are filled from outside. */
export function newPolicy(cells: i32, classes: i32, targets: i32, members: i32): Policy {
  const policy = changetype<Policy>(newRecord(offsetof<Policy>()));
  policy.localRate = newDoubles(cells);
  policy.crossRate = newDoubles(cells);
  policy.triesPerSecond = newDoubles(cells);
  policy.reachedVulnerable = newDoubles(cells);
  policy.classOf = newInts(cells);
  policy.selfAt = newInts(cells);
  policy.begin = newInts(classes + 1);
  policy.target = newInts(targets);
  policy.vulnerableBefore = newDoubles(targets);
  policy.memberBegin = newInts(classes + 1);
  policy.member = newInts(members);
  policy.seen = newInts(targets);
  policy.seenSum = newDoubles(classes);
  policy.keep = newDoubles(targets);
  policy.other = newInts(targets);
  policy.rejectedCount = newInts(classes);
  policy.preparedIn = newInts(classes);
  policy.preparedIn.fill(-1, classes);
  return policy;
}

/**
 * Takes the snapshot of a class anew and builds its alias table (Vose 1991), in whole numbers so that nothing is lost.
 * @param pile  room for the class's targets
 */
export function takeSnapshot(policy: Policy, nth: i32, open: Ints, pile: Ints): void {
  const seen = policy.seen;
  const keep = policy.keep;
  const other = policy.other;
  const from = policy.begin[nth];
  const to = policy.begin[nth + 1];
  const count = to - from;
  let total = 0;
  for (let at = from; at < to; at++) {
    const here = open[policy.target[at]];
    seen[at] = here;
    total += here;
  }
  const sum = <f64>total;
  policy.seenSum[nth] = sum;
  policy.rejectedCount[nth] = 0;
  let small = 0;
  let large = count;
  for (let at = from; at < to; at++) {
    const weight = <f64>seen[at] * <f64>count;
    keep[at] = weight;
    other[at] = at;
    if (weight < sum) pile[small++] = at;
    else pile[--large] = at;
  }
  while (small > 0 && large < count) {
    const poor = pile[--small];
    const rich = pile[large];
    other[poor] = rich;
    keep[rich] = keep[rich] - (sum - keep[poor]);
    if (keep[rich] < sum) {
      large++;
      pile[small++] = rich;
    }
  }
}

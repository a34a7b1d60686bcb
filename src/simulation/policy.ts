// Who reaches whom under the orders in force, as rates per cell: cells with the same row of allowed flows share a class
// and its snapshot of what is still open. A class is prepared when its first cell begins to try.
//
// The snapshot is a bound: `seen >= open` for every cell of the class, since `open` only falls between refreshes.
// Proposals go out at the bound's rate and are accepted with probability open / seen: thinning of a Poisson process by a
// bound that depends on the past only is exact. After more rejections than the class has cells the snapshot is taken
// anew, so the rebuild is paid by the rejections and acceptance cannot collapse when a segment saturates.

import type { WormProfile } from "../model/rehearsal.ts";
import type { MapLayout } from "./layout.ts";

/**
 * Rates under one set of orders, per cell, and classes of targets. Class `c` reaches `target[begin[c] .. begin[c + 1] - 1]`,
 * itself perhaps included: a cell never tries itself across.
 *
 * | cell | classOf | selfAt | class 0 = cells 0, 1, 2: target 0 1 2, seen 10 20 0, seenSum 30 |
 * | 0    | 0       | 0      | reaches 1 and 2 |
 * | 3    | -1      | -1     | reaches nothing across |
 */
export interface Policy {
  /** Takes per second of one trying host and one open host of its own cell. */
  readonly localRate: Float64Array;
  /** Takes per second of one trying host and one open host of another cell it reaches. */
  readonly crossRate: Float64Array;
  /** Tries per second of one trying host, whatever comes of them. */
  readonly triesPerSecond: Float64Array;
  /** Vulnerable hosts in the other cells that a cell reaches, taken or not. */
  readonly reachedVulnerable: Float64Array;
  readonly classOf: Int32Array;
  /** Row of the cell itself in its class's targets, -1 when it is not among them. */
  readonly selfAt: Int32Array;
  readonly begin: Int32Array;
  readonly target: Int32Array;
  /** Vulnerable hosts of the targets before this one, in its class. */
  readonly vulnerableBefore: Float64Array;
  /** Cells of class `c`: `member[memberBegin[c] .. memberBegin[c + 1] - 1]`. */
  readonly memberBegin: Int32Array;
  readonly member: Int32Array;
  // What a run changes.
  readonly seen: Int32Array;
  readonly seenSum: Float64Array;
  /** Alias table of the class: row `at` keeps a draw below `keep[at]` (of `seenSum`), else it goes to row `other[at]`. */
  readonly keep: Float64Array;
  readonly other: Int32Array;
  readonly rejectedCount: Int32Array;
  /** Number of the refresh period in which the class was prepared. */
  readonly preparedIn: Int32Array;
}

/** Rows of `allows` grouped: cells of one class may reach the same cells, themselves aside. */
function classesOf(allows: Uint8Array, placeCount: number): { classOf: Int32Array; rows: number[][] } {
  const cellCount = placeCount - 1;
  const keys: (readonly [string, string])[] = [];
  const sizes = new Map<string, number>();
  for (let cell = 0; cell < cellCount; cell++) {
    const row = Buffer.from(allows.buffer, allows.byteOffset + cell * placeCount, cellCount);
    const own = row[cell];
    const pair: [string, string] = ["", ""];
    for (const isIn of [0, 1]) {
      row[cell] = isIn;
      pair[isIn] = row.toString("latin1");
      sizes.set(pair[isIn], (sizes.get(pair[isIn]) ?? 0) + 1);
    }
    row[cell] = own;
    keys.push(pair);
  }
  const classOf = new Int32Array(cellCount).fill(-1);
  const rows: number[][] = [];
  const known = new Map<string, number>();
  for (let cell = 0; cell < cellCount; cell++) {
    const [without, within] = keys[cell];
    if (!without.includes("\u0001")) continue; // It reaches no other cell.
    const key = (sizes.get(within) ?? 0) >= (sizes.get(without) ?? 0) ? within : without;
    let nth = known.get(key);
    if (nth === undefined) {
      nth = rows.length;
      known.set(key, nth);
      const targets: number[] = [];
      for (let to = 0; to < cellCount; to++) if (key.charCodeAt(to) === 1) targets.push(to);
      rows.push(targets);
    }
    classOf[cell] = nth;
  }
  return { classOf, rows };
}

/**
 * Chance that a try at an open host of the own segment takes it. An empty try lasts takesAtOnce / localTries seconds, one
 * at a vulnerable host takeSeconds; so many slots over the mean of both is what the worm can do of its tries.
 * Of 254 addresses 51 vulnerable, 10 slots, 10 tries/s, 45 s: 0.9 / (1 + 44 * 51 / 254) = 0.092.
 */
export function localTakeProbability(worm: WormProfile, vulnerable: number, size: number): number {
  const { takeProbability, takesAtOnce, takeSeconds, localTriesPerSecond } = worm;
  if (takesAtOnce === null || takeSeconds === null) return takeProbability;
  const longer = (localTriesPerSecond * takeSeconds) / takesAtOnce - 1;
  return takeProbability / Math.max(1, 1 + (longer * vulnerable) / size);
}

/** The policy of a matrix of places (model/reach.ts), for one worm and these vulnerable hosts. */
export function policyOf(layout: MapLayout, worm: WormProfile, vulnerable: Int32Array, allows: Uint8Array): Policy {
  const cellCount = vulnerable.length;
  const { classOf, rows } = classesOf(allows, cellCount + 1);
  const size = worm.knowsHosts ? layout.hosts : layout.addresses;
  const begin = new Int32Array(rows.length + 1);
  rows.forEach((row, nth) => {
    begin[nth + 1] = begin[nth] + row.length;
  });
  const target = Int32Array.from(rows.flat());
  const vulnerableBefore = new Float64Array(target.length);
  const [vulnerableSum, sizeSum] = [new Float64Array(rows.length), new Float64Array(rows.length)];
  rows.forEach((row, nth) => {
    row.forEach((to, at) => {
      vulnerableBefore[begin[nth] + at] = vulnerableSum[nth];
      vulnerableSum[nth] += vulnerable[to];
      sizeSum[nth] += size[to];
    });
  });
  const [localRate, crossRate] = [new Float64Array(cellCount), new Float64Array(cellCount)];
  const [triesPerSecond, reachedVulnerable] = [new Float64Array(cellCount), new Float64Array(cellCount)];
  const selfAt = new Int32Array(cellCount).fill(-1);
  for (let cell = 0; cell < cellCount; cell++) {
    if (allows[cell * (cellCount + 1) + cell] === 1 && size[cell] > 0) {
      const chance = localTakeProbability(worm, vulnerable[cell], size[cell]);
      localRate[cell] = (worm.localTriesPerSecond * chance) / size[cell];
      triesPerSecond[cell] += worm.localTriesPerSecond;
    }
    const nth = classOf[cell];
    if (nth < 0) continue;
    const at = rows[nth].indexOf(cell);
    if (at >= 0) selfAt[cell] = begin[nth] + at;
    const sizeReached = sizeSum[nth] - (at >= 0 ? size[cell] : 0);
    reachedVulnerable[cell] = vulnerableSum[nth] - (at >= 0 ? vulnerable[cell] : 0);
    if (sizeReached === 0) continue;
    crossRate[cell] = (worm.remoteTriesPerSecond * worm.takeProbability) / sizeReached;
    triesPerSecond[cell] += worm.remoteTriesPerSecond;
  }
  const { memberBegin, member } = membersOf(classOf, rows.length);
  return {
    localRate,
    crossRate,
    triesPerSecond,
    reachedVulnerable,
    classOf,
    selfAt,
    begin,
    target,
    vulnerableBefore,
    memberBegin,
    member,
    seen: new Int32Array(target.length),
    seenSum: new Float64Array(rows.length),
    keep: new Float64Array(target.length),
    other: new Int32Array(target.length),
    rejectedCount: new Int32Array(rows.length),
    preparedIn: new Int32Array(rows.length).fill(-1),
  };
}

function membersOf(classOf: Int32Array, classCount: number): Pick<Policy, "memberBegin" | "member"> {
  const lists: number[][] = Array.from({ length: classCount }, () => []);
  classOf.forEach((nth, cell) => {
    if (nth >= 0) lists[nth].push(cell);
  });
  const memberBegin = new Int32Array(classCount + 1);
  lists.forEach((list, nth) => {
    memberBegin[nth + 1] = memberBegin[nth] + list.length;
  });
  return { memberBegin, member: Int32Array.from(lists.flat()) };
}

/**
 * Takes the snapshot of a class anew and builds its alias table (Vose 1991), in whole numbers so that nothing is lost.
 * @param pile  room for the class's targets
 */
export function takeSnapshot(policy: Policy, nth: number, open: Int32Array, pile: Int32Array): void {
  const { begin, target, seen, keep, other } = policy;
  const from = begin[nth];
  const to = begin[nth + 1];
  const count = to - from;
  let sum = 0;
  for (let at = from; at < to; at++) {
    const here = open[target[at]];
    seen[at] = here;
    sum += here;
  }
  policy.seenSum[nth] = sum;
  policy.rejectedCount[nth] = 0;
  let small = 0;
  let large = count;
  for (let at = from; at < to; at++) {
    const weight = seen[at] * count;
    keep[at] = weight;
    other[at] = at;
    if (weight < sum) pile[small++] = at;
    else pile[--large] = at;
  }
  while (small > 0 && large < count) {
    const poor = pile[--small];
    const rich = pile[large];
    other[poor] = rich;
    keep[rich] -= sum - keep[poor];
    if (keep[rich] < sum) {
      large++;
      pile[small++] = rich;
    }
  }
}

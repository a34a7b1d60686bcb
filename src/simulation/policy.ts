// Who reaches whom under the orders in force, as rates per cell: cells with the same row of allowed flows share a class.
// What a run keeps of a class (its snapshot of what is still open) is the kernel's: kernel/policy.ts.

import type { WormProfile } from "../model/rehearsal.ts";
import type { MapLayout } from "./layout.ts";

/**
 * Rates under one set of orders, per cell, and classes of targets. Class `c` reaches `target[begin[c] .. begin[c + 1] - 1]`,
 * itself perhaps included: a cell never tries itself across.
 *
 * | cell | classOf | selfAt | class 0 = cells 0, 1, 2: target 0 1 2 |
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
}

/** The columns in the order of the kernel's own (kernel/policy.ts). */
export const policyColumns = [
  "localRate",
  "crossRate",
  "triesPerSecond",
  "reachedVulnerable",
  "classOf",
  "selfAt",
  "begin",
  "target",
  "vulnerableBefore",
  "memberBegin",
  "member",
] as const satisfies readonly (keyof Policy)[];

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

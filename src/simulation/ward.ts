// The state of one run as columns, one row per cell, and what keeps the clocks of the cells right when a rate changes.
//
// Every cell has one clock: a Poisson process of unit rate in its own internal time, which runs at the sum of all the
// cell's rates (random time change: Kurtz 1980, Anderson 2007). What an event is (a take inside, a proposal across, a
// removal) is drawn from the same stream when the clock rings. So a cell's luck is a fixed sequence that two rehearsals
// of one seed share, and an event touches its own cell's clock only, or one more when it takes a host across.

import type { BoundaryTable } from "./layout.ts";
import type { Policy } from "./policy.ts";
import { takeSnapshot } from "./policy.ts";
import { CHANNEL_DETAIL, nextExponential, type StreamWords, startStream } from "./stream.ts";

/** How a taken host begins: at once, after a fixed delay (a ring), or after an exponential one (a rate). */
export type DormancyKind = "none" | "fixed" | "exponential";

/**
 * Columns by cell. Hosts of a cell: `open` are vulnerable and not taken; taken ones are dormant, trying, or out.
 * `trying` are hosts whose tries nobody counts, `counted` hosts whose tries lead to a flag or a lockout (host-ledger.ts).
 *
 * | cell | open | dormant | trying | counted | taken | rate   | nextAt |
 * | 0    | 58   | 1       | 2      | 0       | 3     | 0.4    | 12.25  |
 * | 1    | 61   | 0       | 0      | 0       | 0     | 0      | Inf    |
 */
export interface Ward {
  readonly cellCount: number;
  readonly open: Int32Array;
  readonly dormant: Int32Array;
  readonly trying: Int32Array;
  readonly counted: Int32Array;
  readonly taken: Int32Array;
  /** Takes per second of one trying host on one open host of the cell. */
  readonly localRate: Float64Array;
  /** Proposals across per second of one trying host: the bound of its class. */
  readonly crossBound: Float64Array;
  /** Tries per second of one counted host at vulnerable hosts, inside and across, taken or not. */
  readonly countedLocal: Float64Array;
  readonly countedCross: Float64Array;
  /** Events per second of the cell; its unit exponential left at `since`; when it rings next. */
  readonly rate: Float64Array;
  readonly left: Float64Array;
  readonly since: Float64Array;
  readonly nextAt: Float64Array;
  /** Tournament: `winner[1]` is the cell that rings first, leaf `leafCount + cell` is the cell. */
  readonly winner: Int32Array;
  readonly leafCount: number;
  /** Streams of the clocks: what each ring is and how long the next wait is, whatever else happens. */
  readonly words: StreamWords;
  /** Streams for the particulars (whom a proposal meets, which host made a hit), so that those do not shift the clocks. */
  readonly detail: StreamWords;
  /** Run whose stream the cell holds; period of refresh its bound is of. */
  readonly startedIn: Int32Array;
  readonly boundIn: Int32Array;
  /** When something first got across each boundary. */
  readonly crossedAt: Float64Array;
  readonly boundaries: BoundaryTable;
  /** Room for building alias tables. */
  readonly pile: Int32Array;
  readonly dormancyKind: DormancyKind;
  readonly dormancySeconds: number;
  readonly wakeRate: number;
  /** Removals per second of a trying host: 0 but in the tasks that other simulators know (SIR). */
  readonly removalRate: number;
  /** True when taken hosts are followed one by one. */
  readonly isNamed: boolean;
  readonly seed: number;
  policy: Policy;
  run: number;
  /** Number of the period in which snapshots are valid: an order, a lift and a new run begin another. */
  period: number;
  nowSeconds: number;
  /** Hosts taken in finished runs, those of the start too; rings of clocks, since the ward was made. */
  takeCount: number;
  ringCount: number;
}

/** What is fixed for all runs of a ward. */
export interface WardTerms {
  readonly cellCount: number;
  readonly boundaries: BoundaryTable;
  readonly policy: Policy;
  readonly dormancyKind: DormancyKind;
  readonly dormancySeconds: number;
  readonly removalRate: number;
  readonly isNamed: boolean;
  readonly seed: number;
}

export function newWard(terms: WardTerms): Ward {
  const { cellCount } = terms;
  let leafCount = 2;
  while (leafCount < cellCount) leafCount *= 2;
  return {
    ...terms,
    leafCount,
    open: new Int32Array(cellCount),
    dormant: new Int32Array(cellCount),
    trying: new Int32Array(cellCount),
    counted: new Int32Array(cellCount),
    taken: new Int32Array(cellCount),
    localRate: new Float64Array(cellCount),
    crossBound: new Float64Array(cellCount),
    countedLocal: new Float64Array(cellCount),
    countedCross: new Float64Array(cellCount),
    rate: new Float64Array(cellCount),
    left: new Float64Array(cellCount),
    since: new Float64Array(cellCount),
    nextAt: new Float64Array(leafCount),
    winner: new Int32Array(2 * leafCount),
    words: new Int32Array(4 * cellCount),
    detail: new Int32Array(4 * cellCount),
    startedIn: new Int32Array(cellCount).fill(-1),
    boundIn: new Int32Array(cellCount).fill(-1),
    crossedAt: new Float64Array(terms.boundaries.ids.length),
    pile: new Int32Array(cellCount),
    wakeRate: terms.dormancyKind === "exponential" ? 1 / terms.dormancySeconds : 0,
    run: -1,
    period: 0,
    nowSeconds: 0,
    takeCount: 0,
    ringCount: 0,
  };
}

/** Empties the ward for a run; `vulnerable` hosts of each cell are open. */
export function beginRun(ward: Ward, run: number, vulnerable: Int32Array): void {
  ward.run = run;
  ward.nowSeconds = 0;
  ward.open.set(vulnerable);
  for (const column of [ward.dormant, ward.trying, ward.counted, ward.taken]) column.fill(0);
  ward.rate.fill(0);
  ward.nextAt.fill(Number.POSITIVE_INFINITY);
  ward.crossedAt.fill(Number.POSITIVE_INFINITY);
  ward.startedIn.fill(-1);
  const { winner, leafCount } = ward;
  for (let leaf = 0; leaf < leafCount; leaf++) winner[leafCount + leaf] = leaf;
  for (let node = leafCount - 1; node > 0; node--) winner[node] = winner[2 * node];
}

/** Puts a policy into force: rates change now, snapshots are of no use any more. */
export function putInForce(ward: Ward, policy: Policy, vulnerable: Int32Array): void {
  ward.policy = policy;
  ward.period++;
  for (let cell = 0; cell < ward.cellCount; cell++) {
    ward.localRate[cell] = policy.localRate[cell];
    ward.countedLocal[cell] = policy.localRate[cell] * Math.max(0, vulnerable[cell] - 1);
    ward.countedCross[cell] = policy.crossRate[cell] * policy.reachedVulnerable[cell];
  }
  for (let cell = 0; cell < ward.cellCount; cell++) if (ward.startedIn[cell] === ward.run) touch(ward, cell);
}

/** Makes sure that a cell's stream belongs to this run and its bound to this period. Before any draw for the cell. */
export function prepare(ward: Ward, cell: number): void {
  if (ward.boundIn[cell] !== ward.period || ward.startedIn[cell] !== ward.run) prepareNow(ward, cell);
}

/** Starts a cell's stream, or brings its bound up to the present period. */
function prepareNow(ward: Ward, cell: number): void {
  if (ward.startedIn[cell] !== ward.run) {
    ward.startedIn[cell] = ward.run;
    startStream(ward.words, cell, ward.seed, ward.run, cell);
    startStream(ward.detail, cell, ward.seed, ward.run, CHANNEL_DETAIL + cell);
    ward.left[cell] = nextExponential(ward.words, cell);
    ward.since[cell] = ward.nowSeconds;
  }
  ward.boundIn[cell] = ward.period;
  const { policy } = ward;
  const nth = policy.classOf[cell];
  if (nth >= 0 && policy.preparedIn[nth] !== ward.period) {
    policy.preparedIn[nth] = ward.period;
    takeSnapshot(policy, nth, ward.open, ward.pile);
  }
  ward.crossBound[cell] = boundOf(policy, cell);
}

function boundOf(policy: Policy, cell: number): number {
  const nth = policy.classOf[cell];
  if (nth < 0) return 0;
  const self = policy.selfAt[cell];
  return policy.crossRate[cell] * (policy.seenSum[nth] - (self < 0 ? 0 : policy.seen[self]));
}

/** Takes a class's snapshot anew, and brings the clocks of its cells to the new bound. */
export function refreshClass(ward: Ward, nth: number): void {
  const { policy } = ward;
  takeSnapshot(policy, nth, ward.open, ward.pile);
  for (let at = policy.memberBegin[nth]; at < policy.memberBegin[nth + 1]; at++) {
    const cell = policy.member[at];
    if (ward.boundIn[cell] !== ward.period || ward.startedIn[cell] !== ward.run) continue;
    ward.crossBound[cell] = boundOf(policy, cell);
    if (ward.trying[cell] > 0) touch(ward, cell);
  }
}

/** Events per second of a cell, from its counts: nothing is carried on, so nothing drifts. */
function rateOf(ward: Ward, cell: number): number {
  return (
    ward.trying[cell] * (ward.localRate[cell] * ward.open[cell] + ward.removalRate + ward.crossBound[cell]) +
    ward.counted[cell] * (ward.countedLocal[cell] + ward.countedCross[cell]) +
    ward.dormant[cell] * ward.wakeRate
  );
}

/** Brings a cell's clock to the present after its counts changed. Its luck is kept: only the pace changes. */
export function touch(ward: Ward, cell: number): void {
  prepare(ward, cell);
  const now = ward.nowSeconds;
  const paceBefore = ward.rate[cell];
  const left = Math.max(0, ward.left[cell] - paceBefore * (now - ward.since[cell]));
  const rate = rateOf(ward, cell);
  ward.left[cell] = left;
  ward.since[cell] = now;
  ward.rate[cell] = rate;
  const nextAt = rate > 0 ? now + left / rate : Number.POSITIVE_INFINITY;
  if (nextAt === ward.nextAt[cell]) return;
  ward.nextAt[cell] = nextAt;
  replay(ward.winner, ward.nextAt, ward.leafCount, cell);
}

/** Plays a cell's matches of the tournament again, up to the root. */
export function replay(winner: Int32Array, nextAt: Float64Array, leafCount: number, cell: number): void {
  let best = cell;
  let bestAt = nextAt[cell];
  for (let node = cell + leafCount; node > 1; node >>= 1) {
    const rival = winner[node ^ 1];
    const rivalAt = nextAt[rival];
    if (rivalAt < bestAt) {
      best = rival;
      bestAt = rivalAt;
    }
    winner[node >> 1] = best;
  }
}

/** Notes which boundaries around `to` something got across that was not around `from`. */
export function noteCrossing(ward: Ward, from: number, to: number): void {
  const { aroundBegin, around, inside } = ward.boundaries;
  for (let at = aroundBegin[to]; at < aroundBegin[to + 1]; at++) {
    const boundary = around[at];
    if (ward.crossedAt[boundary] === Number.POSITIVE_INFINITY && inside[boundary * ward.cellCount + from] === 0) {
      ward.crossedAt[boundary] = ward.nowSeconds;
    }
  }
}

// The state of one run as columns, one row per cell, and what keeps the clocks of the cells right when a rate changes.
//
// Every cell has one clock: a Poisson process of unit rate in its own internal time, which runs at the sum of all the
// cell's rates (random time change: Kurtz 1980, Anderson 2007). What an event is (a take inside, a proposal across, a
// removal) is drawn from the same stream when the clock rings. So a cell's luck is a fixed sequence that two rehearsals
// of one seed share, and an event touches its own cell's clock only, or one more when it takes a host across.
//
// Hosts of a cell: `open` are vulnerable and not taken; taken ones are dormant, trying, or out. `trying` are hosts whose
// tries nobody counts, `counted` hosts whose tries lead to a flag or a lockout (ledger.ts).
//
// | cell | open | dormant | trying | counted | taken | rate   | nextAt |
// | 0    | 58   | 1       | 2      | 0       | 3     | 0.4    | 12.25  |
// | 1    | 61   | 0       | 0      | 0       | 0     | 0      | Inf    |

import { Bytes, Doubles, Ints, newBytes, newDoubles, newInts } from "./columns";
import { Policy, takeSnapshot } from "./policy";
import { nextExponential, startStream } from "./stream";

export const NEVER: f64 = Infinity;
/** Channel of a cell's particulars (whom a proposal meets, which host made a hit), so that these do not shift its clock. */
const CHANNEL_DETAIL: i32 = 0x10000000;

export let cellCount: i32 = 0;
export let vulnerable: Ints = changetype<Ints>(0);
export let open: Ints = changetype<Ints>(0);
export let dormant: Ints = changetype<Ints>(0);
export let trying: Ints = changetype<Ints>(0);
export let counted: Ints = changetype<Ints>(0);
export let taken: Ints = changetype<Ints>(0);
/** Takes per second of one trying host on one open host of the cell. */
export let localRate: Doubles = changetype<Doubles>(0);
/** Proposals across per second of one trying host: the bound of its class. */
export let crossBound: Doubles = changetype<Doubles>(0);
/** Tries per second of one counted host at vulnerable hosts, inside and across, taken or not. */
export let countedLocal: Doubles = changetype<Doubles>(0);
export let countedCross: Doubles = changetype<Doubles>(0);
/** Events per second of the cell at `since`, and what one more trying host adds. */
export let rate: Doubles = changetype<Doubles>(0);
export let perTrying: Doubles = changetype<Doubles>(0);
/** The cell's unit exponential left at `since`; when it rings next. */
export let left: Doubles = changetype<Doubles>(0);
export let since: Doubles = changetype<Doubles>(0);
export let nextAt: Doubles = changetype<Doubles>(0);
/** Tournament: `winner[1]` is the cell that rings first, leaf `leafCount + cell` is the cell. */
export let winner: Ints = changetype<Ints>(0);
export let leafCount: i32 = 2;
/**
 * Moments at which dormant hosts of a cell wake after a fixed delay, first in first out:
 * `wakeAt[wakeHead[cell] .. wakeTail[cell] - 1]`. They are no events of their own: a cell's pace steps up at known times,
 * and its clock is set by walking over the steps. Empty where hosts are followed one by one.
 */
let wakeBegin: Ints = changetype<Ints>(0);
let wakeHead: Ints = changetype<Ints>(0);
let wakeTail: Ints = changetype<Ints>(0);
let wakeAt: Doubles = changetype<Doubles>(0);
/** Streams of the clocks, and of the particulars. */
export let words: Ints = changetype<Ints>(0);
export let detail: Ints = changetype<Ints>(0);
/** Run whose stream the cell holds; period of refresh its bound is of. */
export let startedIn: Ints = changetype<Ints>(0);
let boundIn: Ints = changetype<Ints>(0);
/** When something first got across each boundary. */
export let crossedAt: Doubles = changetype<Doubles>(0);
/** Boundaries around cell `cell`: `around[aroundBegin[cell] .. - 1]`; `inside[boundary * cellCount + cell]` is 1 within. */
export let aroundBegin: Ints = changetype<Ints>(0);
export let around: Ints = changetype<Ints>(0);
export let inside: Bytes = changetype<Bytes>(0);
export let boundaryCount: i32 = 0;
/** Room for building alias tables. */
let pile: Ints = changetype<Ints>(0);

/** Removals per second of a trying host: 0 but in the tasks that other simulators know (SIR). */
export let removalRate: f64 = 0;
/** Wakes per second of a dormant host, where dormancy has no memory. */
export let wakeRate: f64 = 0;
export let seed: u64 = 0;
export let policy: Policy = changetype<Policy>(0);
export let run: i32 = -1;
/** Number of the period in which snapshots are valid: an order, a lift and a new run begin another, never used before. */
let period: i32 = 0;
let lastPeriod: i32 = 0;
export let nowSeconds: f64 = 0;

/** Sets the clock; only an event's own moment may be set. */
export function setNow(seconds: f64): void {
  nowSeconds = seconds;
}

export function newWard(cells: i32, boundaries: i32, arounds: i32, removal: f64, wake: f64, seedNumber: f64): void {
  cellCount = cells;
  boundaryCount = boundaries;
  removalRate = removal;
  wakeRate = wake;
  seed = <u64>seedNumber;
  leafCount = 2;
  while (leafCount < cells) leafCount *= 2;
  vulnerable = newInts(cells);
  open = newInts(cells);
  dormant = newInts(cells);
  trying = newInts(cells);
  counted = newInts(cells);
  taken = newInts(cells);
  localRate = newDoubles(cells);
  crossBound = newDoubles(cells);
  countedLocal = newDoubles(cells);
  countedCross = newDoubles(cells);
  rate = newDoubles(cells);
  perTrying = newDoubles(cells);
  wakeBegin = newInts(cells);
  wakeHead = newInts(cells);
  wakeTail = newInts(cells);
  left = newDoubles(cells);
  since = newDoubles(cells);
  nextAt = newDoubles(leafCount);
  winner = newInts(2 * leafCount);
  words = newInts(4 * cells);
  detail = newInts(4 * cells);
  startedIn = newInts(cells);
  boundIn = newInts(cells);
  crossedAt = newDoubles(boundaries);
  aroundBegin = newInts(cells + 1);
  around = newInts(arounds);
  inside = newBytes(boundaries * cells);
  pile = newInts(cells);
  startedIn.fill(-1, cells);
  boundIn.fill(-1, cells);
  nextAt.fill(NEVER, leafCount);
  run = -1;
  period = 0;
  lastPeriod = 0;
}

/** Room for wakes after a fixed delay, once the vulnerable hosts are known. */
export function newWakes(): void {
  let hosts = 0;
  for (let cell = 0; cell < cellCount; cell++) {
    wakeBegin[cell] = hosts;
    hosts += vulnerable[cell];
  }
  wakeAt = newDoubles(hosts);
}

/** A host of the cell wakes at a moment later than all before it. The caller touches the cell after. */
export function pushWake(cell: i32, atSeconds: f64): void {
  wakeAt[wakeTail[cell]] = atSeconds;
  wakeTail[cell] += 1;
}

/** Lets the dormant hosts try that have woken by now. @returns how many */
export function wakeDue(cell: i32, now: f64): i32 {
  let head = wakeHead[cell];
  const tail = wakeTail[cell];
  if (head === tail || wakeAt[head] > now) return 0;
  const from = head;
  while (head < tail && wakeAt[head] <= now) head++;
  wakeHead[cell] = head;
  trying[cell] += head - from;
  dormant[cell] -= head - from;
  return head - from;
}

/** Empties the ward for a run: all vulnerable hosts are open. */
export function clearWard(ofRun: i32): void {
  run = ofRun;
  nowSeconds = 0;
  memory.copy(changetype<usize>(open), changetype<usize>(vulnerable), (<usize>cellCount) << 2);
  dormant.zero(cellCount);
  trying.zero(cellCount);
  counted.zero(cellCount);
  taken.zero(cellCount);
  rate.fill(0, cellCount);
  for (let cell = 0; cell < cellCount; cell++) {
    wakeHead[cell] = wakeBegin[cell];
    wakeTail[cell] = wakeBegin[cell];
  }
  nextAt.fill(NEVER, leafCount);
  crossedAt.fill(NEVER, boundaryCount);
  startedIn.fill(-1, cellCount);
  for (let leaf = 0; leaf < leafCount; leaf++) winner[leafCount + leaf] = leaf;
  for (let node = leafCount - 1; node > 0; node--) winner[node] = winner[2 * node];
}

/** Puts a policy into force: rates change now, snapshots are of no use any more. */
export function putInForce(newPolicy: Policy): void {
  policy = newPolicy;
  period = ++lastPeriod;
  for (let cell = 0; cell < cellCount; cell++) {
    const others = vulnerable[cell] - 1;
    localRate[cell] = newPolicy.localRate[cell];
    countedLocal[cell] = newPolicy.localRate[cell] * <f64>(others > 0 ? others : 0);
    countedCross[cell] = newPolicy.crossRate[cell] * newPolicy.reachedVulnerable[cell];
  }
  for (let cell = 0; cell < cellCount; cell++) if (startedIn[cell] === run) touch(cell);
}

/** Makes sure that a cell's stream belongs to this run and its bound to this period. Before any draw for the cell. */
export function prepare(cell: i32): void {
  if (boundIn[cell] !== period || startedIn[cell] !== run) prepareNow(cell);
}

/** Starts a cell's stream, or brings its bound up to the present period. */
function prepareNow(cell: i32): void {
  if (startedIn[cell] !== run) {
    startedIn[cell] = run;
    startStream(words, cell, seed, run, cell);
    startStream(detail, cell, seed, run, CHANNEL_DETAIL + cell);
    left[cell] = nextExponential(words, cell);
    since[cell] = nowSeconds;
  }
  boundIn[cell] = period;
  const nth = policy.classOf[cell];
  if (nth >= 0 && policy.preparedIn[nth] !== period) {
    policy.preparedIn[nth] = period;
    takeSnapshot(policy, nth, open, pile);
  }
  crossBound[cell] = boundOf(cell);
}

function boundOf(cell: i32): f64 {
  const nth = policy.classOf[cell];
  if (nth < 0) return 0;
  const self = policy.selfAt[cell];
  const own: f64 = self < 0 ? 0 : <f64>policy.seen[self];
  return policy.crossRate[cell] * (policy.seenSum[nth] - own);
}

/** Takes a class's snapshot anew, and brings the clocks of its cells to the new bound. */
export function refreshClass(nth: i32): void {
  takeSnapshot(policy, nth, open, pile);
  for (let at = policy.memberBegin[nth]; at < policy.memberBegin[nth + 1]; at++) {
    const cell = policy.member[at];
    if (boundIn[cell] !== period || startedIn[cell] !== run) continue;
    crossBound[cell] = boundOf(cell);
    if (trying[cell] + dormant[cell] > 0) touch(cell);
  }
}

/** Events per second that one trying host of the cell adds. */
export function perTryingOf(cell: i32): f64 {
  return localRate[cell] * <f64>open[cell] + removalRate + crossBound[cell];
}

/** Events per second of a cell, from its counts: nothing is carried on, so nothing drifts. */
export function rateOf(cell: i32, perTryingHost: f64): f64 {
  return (
    <f64>trying[cell] * perTryingHost +
    <f64>counted[cell] * (countedLocal[cell] + countedCross[cell]) +
    <f64>dormant[cell] * wakeRate
  );
}

/** What is left of a cell's unit exponential now: its pace since it was set, stepped up where hosts woke. */
function leftAt(cell: i32, now: f64): f64 {
  let unit = left[cell];
  let from = since[cell];
  let pace = rate[cell];
  const step = perTrying[cell];
  const tail = wakeTail[cell];
  for (let head = wakeHead[cell]; head < tail && wakeAt[head] <= now; head++) {
    unit -= pace * (wakeAt[head] - from);
    from = wakeAt[head];
    pace += step;
  }
  unit -= pace * (now - from);
  return unit > 0 ? unit : 0;
}

/** Sets a cell's clock: `unit` is left of its exponential now, and its pace steps up wherever a host will wake. */
export function setClock(cell: i32, now: f64, unit: f64): void {
  const step = perTryingOf(cell);
  let pace = rateOf(cell, step);
  left[cell] = unit;
  since[cell] = now;
  rate[cell] = pace;
  perTrying[cell] = step;
  let still = unit;
  let from = now;
  const tail = wakeTail[cell];
  for (let head = wakeHead[cell]; head < tail; head++) {
    const spent = pace * (wakeAt[head] - from);
    if (spent >= still) break;
    still -= spent;
    from = wakeAt[head];
    pace += step;
  }
  const next = pace > 0 ? from + still / pace : NEVER;
  if (next === nextAt[cell]) return;
  nextAt[cell] = next;
  replay(cell);
}

/** Brings a cell's clock to the present after its counts changed. Its luck is kept: only the pace changes. */
export function touch(cell: i32): void {
  prepare(cell);
  const unit = leftAt(cell, nowSeconds);
  wakeDue(cell, nowSeconds);
  setClock(cell, nowSeconds, unit);
}

/** Plays a cell's matches of the tournament again, up to the root, without a branch: nobody can guess who wins. */
export function replay(cell: i32): void {
  let best = cell;
  let bestAt = nextAt.bits(cell);
  for (let node = cell + leafCount; node > 1; node >>= 1) {
    const rival = winner[node ^ 1];
    const rivalAt = nextAt.bits(rival);
    const isSooner = rivalAt < bestAt;
    best = select<i32>(rival, best, isSooner);
    bestAt = select<u64>(rivalAt, bestAt, isSooner);
    winner[node >> 1] = best;
  }
}

/** Notes which boundaries around `to` something got across that was not around `from`. */
export function noteCrossing(from: i32, to: i32): void {
  for (let at = aroundBegin[to]; at < aroundBegin[to + 1]; at++) {
    const boundary = around[at];
    if (crossedAt[boundary] === NEVER && inside[boundary * cellCount + from] === 0) crossedAt[boundary] = nowSeconds;
  }
}

// What is kept of a moment besides the columns.
let keptPeriod: i32 = 0;
let keptNow: f64 = 0;
let keptPolicy: Policy = changetype<Policy>(0);

/** Keeps the variables of this moment, for `returnToKept`. */
export function keepMoment(): void {
  keptPeriod = period;
  keptNow = nowSeconds;
  keptPolicy = policy;
}

export function returnToKept(): void {
  period = keptPeriod;
  nowSeconds = keptNow;
  policy = keptPolicy;
}

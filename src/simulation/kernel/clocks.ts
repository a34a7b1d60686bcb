// The loop over the clocks of the cells, and between their rings what happens to hosts at known times (a host wakes, is
// isolated, gives up). Between two rings nothing has memory, so taking the earlier of ring and known time is exact.
// This is the entry of the kernel: what src/simulation/kernel.ts calls.

import { Bytes, freeFrom, Ints, newBytes, newInts } from "./columns";
import { DelayRing } from "./delay-ring";
import { firstDueAt, heapLength, setHeapLength } from "./heap";
import { clearLedger, countHit, drawCounted, enlist, newLedger, redrawMisses, settleFirst } from "./ledger";
import { Policy } from "./policy";
import { layerEnd, nextExponential, nextPoisson, nextUniform, settleExponential, startStream } from "./stream";
import {
  NEVER,
  cellCount,
  clearWard,
  counted,
  countedCross,
  countedLocal,
  crossBound,
  detail,
  dormant,
  keepMoment,
  localRate,
  left,
  newWard,
  nextAt,
  noteCrossing,
  nowSeconds,
  open,
  policy,
  prepare,
  putInForce,
  rate,
  newWakes,
  perTrying,
  perTryingOf,
  pushWake,
  rateOf,
  replay,
  setClock,
  wakeDue,
  refreshClass,
  removalRate,
  returnToKept,
  seed,
  setNow,
  since,
  taken,
  touch,
  trying,
  vulnerable,
  wakeRate,
  winner,
  words,
} from "./ward";

export { freeAgain, freeFrom } from "./columns";
export { activeCount, activeSlot, enlist, isolate, knownSlot, redrawMisses, release } from "./ledger";
export { newPolicy } from "./policy";
export {
  around,
  aroundBegin,
  crossedAt,
  dormant,
  inside,
  newWard,
  nowSeconds,
  open,
  putInForce,
  taken,
  touch,
  vulnerable,
} from "./ward";

// How a taken host begins: at once, after a fixed delay (a ring), or after an exponential one (a rate).
const NO_DORMANCY: i32 = 0;
const FIXED: i32 = 1;

let dormancyKind: i32 = NO_DORMANCY;
let dormancySeconds: f64 = 0;
let activeSeconds: f64 = NEVER;
/** True when taken hosts are followed one by one. */
let isNamed = false;
/** True when a taken host begins to try at once, and nobody follows it. */
let isPlain = false;
let wakes: DelayRing = changetype<DelayRing>(0);
let giveUps: DelayRing = changetype<DelayRing>(0);
let scratch: Ints = changetype<Ints>(0);
/** Rings of clocks since the kernel was made. */
export let ringCount: f64 = 0;

/**
 * Room for the hosts, after `vulnerable` was filled.
 * @param orders  isolations that may put a dormant host back into the ring
 */
export function newHosts(
  dormancy: i32,
  seconds: f64,
  orders: i32,
  named: i32,
  flagTries: f64,
  lockoutTries: f64,
  isolateAfterSeconds: f64,
  isolateFailure: f64,
  active: f64,
): void {
  dormancyKind = dormancy;
  dormancySeconds = seconds;
  activeSeconds = active;
  isNamed = named !== 0;
  isPlain = dormancy === NO_DORMANCY && !isNamed && active === NEVER;
  let hosts = 0;
  for (let cell = 0; cell < cellCount; cell++) hosts += vulnerable[cell];
  scratch = newInts(4);
  wakes = DelayRing.make(dormancy === FIXED && isNamed ? hosts + orders : 0);
  if (dormancy === FIXED && !isNamed) newWakes();
  giveUps = DelayRing.make(active !== NEVER && !isNamed ? hosts : 0);
  if (isNamed) newLedger(flagTries, lockoutTries, isolateAfterSeconds, isolateFailure, active);
}

let keptFrom: usize = 0;
let keptBytes: usize = 0;
let kept: Bytes = changetype<Bytes>(0);
let keptHeapLength: i32 = 0;

/** Room to keep one moment of all columns from `from` on to here. */
export function newKept(from: usize): void {
  keptFrom = from;
  keptBytes = freeFrom() - from;
  kept = newBytes(<i32>keptBytes);
}

/** Keeps this moment, so that what comes after can be played in several ways. */
export function keep(): void {
  memory.copy(changetype<usize>(kept), keptFrom, keptBytes);
  keptHeapLength = heapLength();
  keepMoment();
}

/** Goes back to the moment that was kept. */
export function goBack(): void {
  memory.copy(keptFrom, changetype<usize>(kept), keptBytes);
  setHeapLength(keptHeapLength);
  returnToKept();
}

/** Empties everything for a run. */
export function beginRun(run: i32): void {
  clearWard(run);
  wakes.clear();
  giveUps.clear();
  if (isNamed) clearLedger();
}

/** So many hosts of the cell are infected and try when the run begins; all counts must be known. */
export function beginTrying(cell: i32, hosts: i32): void {
  touch(cell);
  for (let host = 0; host < hosts; host++) arrive(cell);
  touch(cell);
}

/** First uniform of a channel of a run. */
export function uniformOf(run: i32, channel: i32): f64 {
  startStream(scratch, 0, seed, run, channel);
  return nextUniform(scratch, 0);
}

/** A Poisson number from a channel of a run. */
export function poissonOf(run: i32, channel: i32, mean: f64): i32 {
  startStream(scratch, 0, seed, run, channel);
  return nextPoisson(scratch, 0, mean);
}

/** A draw for the particulars of a cell, which must have been touched in this run. */
export function detailUniform(cell: i32): f64 {
  return nextUniform(detail, cell);
}

/** An exponential with mean 1, likewise. */
export function detailExponential(cell: i32): f64 {
  return nextExponential(detail, cell);
}

/** A dormant host goes back into the ring, and out of it again: orders that isolate it by name. */
export function insertWake(atSeconds: f64, cell: i32): void {
  wakes.insert(atSeconds, cell);
}
export function strikeWake(cell: i32, nth: i32): f64 {
  return wakes.strike(cell, nth);
}

/** When the next thing happens to a host at a known time. */
function nextKnownAt(): f64 {
  const hostAt = isNamed ? firstDueAt() : NEVER;
  return Math.min(hostAt, Math.min(wakes.firstAt, giveUps.firstAt));
}

function settleKnown(atSeconds: f64): void {
  setNow(atSeconds);
  if (wakes.firstAt === atSeconds) wake(wakes.shift());
  else if (giveUps.firstAt === atSeconds) giveUp(giveUps.shift());
  else settleFirst();
}

/** A dormant host begins to try; none for one that was struck out. */
function wake(cell: i32): void {
  if (cell < 0) return;
  dormant[cell] -= 1;
  arrive(cell);
  touch(cell);
}

function giveUp(cell: i32): void {
  trying[cell] -= 1;
  touch(cell);
}

/** A host begins to try. The caller touches the cell after. */
function arrive(cell: i32): void {
  if (isNamed) {
    prepare(cell);
    enlist(cell, nowSeconds);
    return;
  }
  trying[cell] += 1;
  if (activeSeconds !== NEVER) giveUps.push(nowSeconds + activeSeconds, cell);
}

/** A host of the cell is taken. The caller touches the cell after. */
function take(cell: i32): void {
  open[cell] -= 1;
  taken[cell] += 1;
  if (dormancyKind === NO_DORMANCY) {
    arrive(cell);
    return;
  }
  dormant[cell] += 1;
  if (dormancyKind !== FIXED) return;
  const at = nowSeconds + dormancySeconds;
  if (isNamed) wakes.push(at, cell);
  else pushWake(cell, at);
}

/** A proposal across by a host that only tries: accepted as far as the snapshot still tells the truth. */
function proposeAcross(cell: i32): void {
  const nth = policy.classOf[cell];
  const from = policy.begin[nth];
  const count = policy.begin[nth + 1] - from;
  let at = 0;
  do {
    const draw = nextUniform(detail, cell) * <f64>count;
    const row = <i32>draw;
    at = from + row;
    if ((draw - <f64>row) * policy.seenSum[nth] >= policy.keep[at]) at = policy.other[at];
  } while (policy.target[at] === cell);
  const to = policy.target[at];
  if (nextUniform(detail, cell) * <f64>policy.seen[at] < <f64>open[to]) {
    take(to);
    touch(to);
    noteCrossing(cell, to);
    return;
  }
  const rejected = policy.rejectedCount[nth] + 1;
  policy.rejectedCount[nth] = rejected;
  if (rejected > count) refreshClass(nth);
}

/** A hit of a counted host: it takes the vulnerable host it fell on when that one is still open. */
function hit(cell: i32, isAcross: bool): void {
  if (!isNamed || counted[cell] === 0) return;
  const slot = drawCounted(cell);
  if (!isAcross) {
    if (nextUniform(detail, cell) * <f64>(vulnerable[cell] - 1) < <f64>open[cell]) take(cell);
  } else {
    const to = drawReached(cell);
    if (nextUniform(detail, cell) * <f64>vulnerable[to] < <f64>open[to]) {
      take(to);
      touch(to);
      noteCrossing(cell, to);
    }
  }
  countHit(slot);
}

/** The cell of a vulnerable host, taken or not, drawn from all that `cell` reaches across. */
function drawReached(cell: i32): i32 {
  const nth = policy.classOf[cell];
  const self = policy.selfAt[cell];
  let draw = nextUniform(detail, cell) * policy.reachedVulnerable[cell];
  if (self >= 0 && draw >= policy.vulnerableBefore[self]) draw += <f64>vulnerable[cell];
  let low = policy.begin[nth];
  let high = policy.begin[nth + 1] - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (policy.vulnerableBefore[middle] <= draw) low = middle;
    else high = middle - 1;
  }
  return policy.target[low];
}

/** What is no take inside: a proposal across, a host that wakes, or a counted host's hit. */
function settle(cell: i32, markAfter: f64): void {
  const proposals = <f64>trying[cell] * crossBound[cell];
  if (markAfter < proposals) {
    proposeAcross(cell);
    return;
  }
  const mark = markAfter - proposals;
  const wakers = <f64>dormant[cell] * wakeRate;
  if (mark < wakers) {
    dormant[cell] -= 1;
    arrive(cell);
    return;
  }
  const isAcross = mark - wakers >= <f64>counted[cell] * countedLocal[cell];
  hit(cell, isAcross && countedCross[cell] > 0);
}

const SHARE53: f64 = 1.0 / 9007199254740992.0;
const SHARE56: f64 = 1.0 / 72057594037927936.0;

/**
 * Rings clocks and settles known events until `until`, and sets the clock there. The same draws as nextUniform and
 * nextExponential, with the generator in local variables: two words for the mark, two for the wait.
 */
export function playUntil(until: f64): void {
  // Where nobody wakes at a known time a clock is set at once.
  const hasWakes = dormancyKind === FIXED && !isNamed;
  let stop = Math.min(until, nextKnownAt());
  let rings = 0;
  while (true) {
    const cell = winner[1];
    const now = nextAt[cell];
    if (now >= stop) {
      if (stop === until) break;
      settleKnown(stop);
      stop = Math.min(until, nextKnownAt());
      continue;
    }
    rings++;
    const base = cell << 2;
    let a = <u32>words[base];
    let b = <u32>words[base + 1];
    let c = <u32>words[base + 2] ^ a;
    let d = <u32>words[base + 3] ^ b;
    const first = rotl<u32>(b * 5, 7) * 9;
    let e = b ^ c;
    let f = a ^ d;
    let g = c ^ (b << 9);
    let h = rotl<u32>(d, 11);
    const second = rotl<u32>(e * 5, 7) * 9;
    c = g ^ f;
    d = h ^ e;
    b = e ^ c;
    a = f ^ d;
    c ^= e << 9;
    d = rotl<u32>(d, 11);
    const third = rotl<u32>(b * 5, 7) * 9;
    g = c ^ a;
    h = d ^ b;
    e = b ^ g;
    f = a ^ h;
    g ^= b << 9;
    h = rotl<u32>(h, 11);
    const fourth = rotl<u32>(e * 5, 7) * 9;
    c = g ^ f;
    d = h ^ e;
    words[base] = f ^ d;
    words[base + 1] = e ^ c;
    words[base + 2] = c ^ (e << 9);
    words[base + 3] = rotl<u32>(d, 11);
    const uniform = <f64>(<i64>(((<u64>(first >> 5)) << 26) | <u64>(second >> 6))) * SHARE53;
    const layer = <i32>(third & 255);
    let next = <f64>(<i64>(((<u64>(third >> 8)) << 32) | <u64>fourth)) * SHARE56 * layerEnd[layer];
    if (next >= layerEnd[layer + 1]) next = settleExponential(words, cell, layer, next);
    let pace = rate[cell];
    if (hasWakes) pace += <f64>wakeDue(cell, now) * perTrying[cell];
    let mark = uniform * pace;
    const tries = <f64>trying[cell];
    const takes = tries * localRate[cell] * <f64>open[cell];
    if (mark < takes && isPlain) {
      open[cell] -= 1;
      trying[cell] += 1;
      taken[cell] += 1;
    } else if ((mark -= takes) >= 0 && mark < tries * removalRate) trying[cell] -= 1;
    else {
      setNow(now);
      // The cell's clock begins anew before anything else sees it.
      left[cell] = next;
      since[cell] = now;
      if (mark < 0) take(cell);
      else settle(cell, mark - tries * removalRate);
      if (!isPlain) stop = Math.min(until, nextKnownAt());
    }
    if (hasWakes) {
      setClock(cell, now, next);
      continue;
    }
    pace = rateOf(cell, perTryingOf(cell));
    left[cell] = next;
    since[cell] = now;
    rate[cell] = pace;
    nextAt[cell] = pace > 0 ? now + next / pace : NEVER;
    replay(cell);
  }
  ringCount += <f64>rings;
  setNow(until);
}

/** Whether nothing could spread any more: no host that tries or will try reaches an open one. */
export function hasEnded(): i32 {
  for (let cell = 0; cell < cellCount; cell++) {
    if (trying[cell] + counted[cell] + dormant[cell] === 0) continue;
    if (localRate[cell] > 0 && open[cell] > 0) return 0;
    const nth = policy.classOf[cell];
    if (nth < 0 || policy.crossRate[cell] === 0) continue;
    for (let at = policy.begin[nth]; at < policy.begin[nth + 1]; at++) {
      if (policy.target[at] !== cell && open[policy.target[at]] > 0) return 0;
    }
  }
  return 1;
}

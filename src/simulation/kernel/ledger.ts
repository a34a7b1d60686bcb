// Taken hosts followed one by one, where their tries matter: flags after so many tries, isolation some time after the
// flag, lockout after so many tries, giving up, and orders that isolate one host by name.
//
// A host tries at rate r, a Poisson process. Tries at vulnerable hosts ("hits", taken or not) are events of the cell's
// clock and are told to the host that made them; the others ("misses") are an independent Poisson process whose rate does
// not change while a policy holds. So the k-th try needs no counting of misses: with m = k misses to go the moment is
// from + Gamma(m, rate); each hit means one miss less, and given the moment of the m-th miss the m - 1 earlier ones are
// uniform before it. Worked example: m = 3, from 0, due at 6. A hit at 2: of the two earlier misses, each was before 2
// with chance 1/3. If both were, this hit was the third try. If one was, one is left, uniform in (2, 6): the new moment.

import { Bytes, Doubles, Ints, newBytes, newDoubles, newInts } from "./columns";
import { clearHeap, dueAt, firstDue, newHeap, setDue } from "./heap";
import { nextBelow, nextBinomial, nextGamma, nextUniform } from "./stream";
import {
  NEVER,
  cellCount,
  counted,
  countedCross,
  countedLocal,
  detail,
  nowSeconds,
  policy,
  touch,
  trying,
  vulnerable,
} from "./ward";

// What becomes of a host: its tries are counted, it only tries, or it does nothing more.
const COUNTED: i32 = 1;
const TRYING: i32 = 2;
const OUT: i32 = 3;

/** Slot `begin[cell] + n` is the n-th host of the cell that began to try. */
let begin: Ints = changetype<Ints>(0);
let cellOf: Ints = changetype<Ints>(0);
let slotCount: Ints = changetype<Ints>(0);
let state: Bytes = changetype<Bytes>(0);
/** Misses to go until the next milestone, counted from `missFrom`; the milestone is at `milestoneAt`. */
let missesLeft: Ints = changetype<Ints>(0);
let missFrom: Doubles = changetype<Doubles>(0);
let milestoneAt: Doubles = changetype<Doubles>(0);
let isFlagged: Bytes = changetype<Bytes>(0);
let isolateAt: Doubles = changetype<Doubles>(0);
let giveUpAt: Doubles = changetype<Doubles>(0);
/** Counted hosts of a cell: `roll[begin[cell] .. + counted[cell] - 1]`, and where each stands. */
let roll: Ints = changetype<Ints>(0);
let rollAt: Ints = changetype<Ints>(0);

/** Tries until a flag and until a lockout (Infinity: never), seconds from the flag to isolation, how often that fails. */
let flagTries: f64 = NEVER;
let lockoutTries: f64 = NEVER;
let isolateAfterSeconds: f64 = NEVER;
let isolateFailure: f64 = 0;
let activeSeconds: f64 = NEVER;

/** After the vulnerable hosts of the cells are known. */
export function newLedger(flag: f64, lockout: f64, isolateAfter: f64, failure: f64, active: f64): void {
  flagTries = flag;
  lockoutTries = lockout;
  isolateAfterSeconds = isolateAfter;
  isolateFailure = failure;
  activeSeconds = active;
  begin = newInts(cellCount + 1);
  for (let cell = 0; cell < cellCount; cell++) begin[cell + 1] = begin[cell] + vulnerable[cell];
  const slots = begin[cellCount];
  cellOf = newInts(slots);
  for (let cell = 0; cell < cellCount; cell++) {
    for (let slot = begin[cell]; slot < begin[cell + 1]; slot++) cellOf[slot] = cell;
  }
  slotCount = newInts(cellCount);
  newHeap(slots);
  state = newBytes(slots);
  missesLeft = newInts(slots);
  missFrom = newDoubles(slots);
  milestoneAt = newDoubles(slots);
  isFlagged = newBytes(slots);
  isolateAt = newDoubles(slots);
  giveUpAt = newDoubles(slots);
  roll = newInts(slots);
  rollAt = newInts(slots);
}

export function clearLedger(): void {
  clearHeap();
  slotCount.zero(cellCount);
}

/**
 * A host of the cell begins to try; the caller touches the cell.
 * @param sinceSeconds  when it was due to begin: sooner than now for a host that was isolated then
 */
export function enlist(cell: i32, sinceSeconds: f64): void {
  const slot = begin[cell] + slotCount[cell];
  slotCount[cell] += 1;
  isFlagged[slot] = 0;
  isolateAt[slot] = NEVER;
  giveUpAt[slot] = sinceSeconds + activeSeconds;
  state[slot] = OUT;
  if (giveUpAt[slot] > nowSeconds) enter(slot, firstMilestone());
}

/** Tries until the first of flag and lockout; 0 when neither matters. */
function firstMilestone(): i32 {
  const first = Math.min(flagTries, lockoutTries);
  return first === NEVER ? 0 : <i32>first;
}

/** Puts a host among the counted (with so many misses to go) or, with none, among the trying. */
function enter(slot: i32, misses: i32): void {
  const cell = cellOf[slot];
  missesLeft[slot] = misses;
  if (misses === 0) {
    state[slot] = TRYING;
    milestoneAt[slot] = NEVER;
    trying[cell] += 1;
  } else {
    state[slot] = COUNTED;
    rollAt[slot] = counted[cell];
    roll[begin[cell] + counted[cell]] = slot;
    counted[cell] += 1;
    missFrom[slot] = nowSeconds;
    milestoneAt[slot] = drawMilestone(cell, misses);
  }
  schedule(slot);
}

/** Takes a host from the counted or the trying. */
function leave(slot: i32): void {
  const cell = cellOf[slot];
  if (state[slot] === TRYING) trying[cell] -= 1;
  if (state[slot] === COUNTED) {
    counted[cell] -= 1;
    const last = roll[begin[cell] + counted[cell]];
    roll[begin[cell] + rollAt[slot]] = last;
    rollAt[last] = rollAt[slot];
  }
  state[slot] = OUT;
}

function drawMilestone(cell: i32, misses: i32): f64 {
  const tries = policy.triesPerSecond[cell];
  const missRate = tries - countedLocal[cell] - countedCross[cell];
  // What rounding leaves of equal rates is no rate.
  if (missRate <= 1e-9 * tries) return NEVER;
  return nowSeconds + nextGamma(detail, cell, misses) / missRate;
}

/** How many of the misses before the milestone have happened by now. */
function missesDone(slot: i32): i32 {
  const from = missFrom[slot];
  const span = milestoneAt[slot] - from;
  if (span === NEVER || span <= 0) return 0;
  const share = Math.min(1.0, (nowSeconds - from) / span);
  return nextBinomial(detail, cellOf[slot], missesLeft[slot] - 1, share);
}

/** A counted host of the cell, each as likely as the other. */
export function drawCounted(cell: i32): i32 {
  return roll[begin[cell] + nextBelow(detail, cell, counted[cell])];
}

/** A host made a hit: one try more. Call after what the hit did. */
export function countHit(slot: i32): void {
  const misses = missesLeft[slot] - 1 - missesDone(slot);
  if (misses <= 0) {
    reachMilestone(slot);
    return;
  }
  missesLeft[slot] = misses;
  missFrom[slot] = nowSeconds;
  if (milestoneAt[slot] !== NEVER) {
    const last = Math.pow(nextUniform(detail, cellOf[slot]), 1.0 / <f64>misses);
    milestoneAt[slot] = nowSeconds + (milestoneAt[slot] - nowSeconds) * last;
  }
  schedule(slot);
}

/** The host made its k-th try: it is flagged, or locked out, or both. */
function reachMilestone(slot: i32): void {
  const cell = cellOf[slot];
  const isFlag = isFlagged[slot] === 0 && flagTries <= lockoutTries;
  const isLockout = isFlagged[slot] === 1 || lockoutTries <= flagTries;
  leave(slot);
  if (isFlag) {
    isFlagged[slot] = 1;
    const hasFailed = isolateFailure > 0 && nextUniform(detail, cell) < isolateFailure;
    isolateAt[slot] = hasFailed ? NEVER : nowSeconds + isolateAfterSeconds;
  }
  if (isLockout) schedule(slot);
  else enter(slot, lockoutTries === NEVER ? 0 : <i32>(lockoutTries - flagTries));
}

function schedule(slot: i32): void {
  if (state[slot] === OUT) setDue(slot, NEVER);
  else setDue(slot, Math.min(milestoneAt[slot], Math.min(isolateAt[slot], giveUpAt[slot])));
}

/** Handles the first event of the heap, which is due now. */
export function settleFirst(): void {
  const slot = firstDue();
  if (dueAt[slot] === milestoneAt[slot]) reachMilestone(slot);
  else {
    leave(slot);
    schedule(slot);
  }
  touch(cellOf[slot]);
}

/** Rates changed: the misses to go of every counted host are drawn anew from the present. */
export function redrawMisses(): void {
  for (let cell = 0; cell < cellCount; cell++) {
    for (let nth = 0; nth < counted[cell]; nth++) {
      const slot = roll[begin[cell] + nth];
      missesLeft[slot] -= missesDone(slot);
      missFrom[slot] = nowSeconds;
      milestoneAt[slot] = drawMilestone(cell, missesLeft[slot]);
      schedule(slot);
    }
  }
}

/** Hosts of the cell that try now, the first `known` slots aside. */
export function activeCount(cell: i32, known: i32): i32 {
  let count = 0;
  for (let nth = known; nth < slotCount[cell]; nth++) if (state[begin[cell] + nth] !== OUT) count++;
  return count;
}

/** The slot of the `nth` host of the cell that tries now, the first `known` slots aside; -1 when there are fewer. */
export function activeSlot(cell: i32, known: i32, nth: i32): i32 {
  let before = nth;
  for (let at = begin[cell] + known; at < begin[cell] + slotCount[cell]; at++) {
    if (state[at] === OUT) continue;
    if (before === 0) return at;
    before--;
  }
  return -1;
}

/** The slot of the `nth` host that was known at the start. */
export function knownSlot(cell: i32, nth: i32): i32 {
  return begin[cell] + nth;
}

/** Isolates a host by order. @returns whether it was trying */
export function isolate(slot: i32): bool {
  if (state[slot] === OUT) return false;
  if (state[slot] === COUNTED) missesLeft[slot] -= missesDone(slot);
  else missesLeft[slot] = 0;
  leave(slot);
  schedule(slot);
  touch(cellOf[slot]);
  return true;
}

/** The order is lifted: the host, which nobody cleaned, goes on, unless it gave up or was isolated meanwhile. */
export function release(slot: i32): void {
  if (Math.min(giveUpAt[slot], isolateAt[slot]) <= nowSeconds) return;
  enter(slot, missesLeft[slot]);
  touch(cellOf[slot]);
}

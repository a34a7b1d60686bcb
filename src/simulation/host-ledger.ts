// Taken hosts followed one by one, where their tries matter: flags after so many tries, isolation some time after the
// flag, lockout after so many tries, giving up, and orders that isolate one host by name.
//
// A host tries at rate r, a Poisson process. Tries at vulnerable hosts ("hits", taken or not) are events of the cell's
// clock and are told to the host that made them; the others ("misses") are an independent Poisson process whose rate does
// not change while a policy holds. So the k-th try needs no counting of misses: with m = k misses to go the moment is
// from + Gamma(m, rate); each hit means one miss less, and given the moment of the m-th miss the m - 1 earlier ones are
// uniform before it. Worked example: m = 3, from 0, due at 6. A hit at 2: of the two earlier misses, each was before 2
// with chance 1/3. If both were, this hit was the third try. If one was, one is left, uniform in (2, 6): the new moment.

import { HostHeap } from "./host-heap.ts";
import type { Terms } from "./terms.ts";
import { nextBelow, nextBinomial, nextGamma, nextUniform } from "./stream.ts";
import { touch, type Ward } from "./ward.ts";

/** What becomes of a host: its tries are counted, it only tries, or it does nothing more. */
const COUNTED = 1;
const TRYING = 2;
const OUT = 3;

const NEVER = Number.POSITIVE_INFINITY;

/** Columns by slot: slot `begin[cell] + n` is the n-th host of the cell that began to try. */
export class HostLedger {
  readonly heap: HostHeap;
  private readonly terms: Terms;
  private readonly begin: Int32Array;
  private readonly cellOf: Int32Array;
  private readonly slotCount: Int32Array;
  private readonly state: Uint8Array;
  /** Misses to go until the next milestone, counted from `missFrom`; the milestone is at `milestoneAt`. */
  private readonly missesLeft: Int32Array;
  private readonly missFrom: Float64Array;
  private readonly milestoneAt: Float64Array;
  /** 1 once flagged. */
  private readonly isFlagged: Uint8Array;
  private readonly isolateAt: Float64Array;
  private readonly giveUpAt: Float64Array;
  /** Counted hosts of a cell: `roll[begin[cell] .. + counted[cell] - 1]`, and where each stands. */
  private readonly roll: Int32Array;
  private readonly rollAt: Int32Array;

  constructor(terms: Terms) {
    this.terms = terms;
    const { vulnerable } = terms.start;
    this.begin = new Int32Array(vulnerable.length + 1);
    vulnerable.forEach((count, cell) => {
      this.begin[cell + 1] = this.begin[cell] + count;
    });
    const slots = this.begin[vulnerable.length];
    this.cellOf = new Int32Array(slots);
    vulnerable.forEach((_, cell) => this.cellOf.fill(cell, this.begin[cell], this.begin[cell + 1]));
    this.slotCount = new Int32Array(vulnerable.length);
    this.heap = new HostHeap(slots);
    this.state = new Uint8Array(slots);
    this.missesLeft = new Int32Array(slots);
    this.missFrom = new Float64Array(slots);
    this.milestoneAt = new Float64Array(slots);
    this.isFlagged = new Uint8Array(slots);
    this.isolateAt = new Float64Array(slots);
    this.giveUpAt = new Float64Array(slots);
    this.roll = new Int32Array(slots);
    this.rollAt = new Int32Array(slots);
  }

  clear(): void {
    this.heap.clear();
    this.slotCount.fill(0);
  }

  /**
   * A host of the cell begins to try; the caller touches the cell.
   * @param sinceSeconds  when it was due to begin: sooner than now for a host that was isolated then
   */
  arrive(ward: Ward, cell: number, sinceSeconds: number): void {
    const slot = this.begin[cell] + this.slotCount[cell]++;
    const { activeSeconds } = this.terms.worm;
    this.isFlagged[slot] = 0;
    this.isolateAt[slot] = NEVER;
    this.giveUpAt[slot] = activeSeconds === null ? NEVER : sinceSeconds + activeSeconds;
    this.state[slot] = OUT;
    if (this.giveUpAt[slot] > ward.nowSeconds) this.enter(ward, slot, this.firstMilestone());
  }

  /** Tries until the first of flag and lockout; 0 when neither matters. */
  private firstMilestone(): number {
    const { flagTries, lockoutTries } = this.terms;
    return Math.min(flagTries, lockoutTries) === NEVER ? 0 : Math.min(flagTries, lockoutTries);
  }

  /** Puts a host among the counted (with so many misses to go) or, with none, among the trying. */
  private enter(ward: Ward, slot: number, misses: number): void {
    const cell = this.cellOf[slot];
    this.missesLeft[slot] = misses;
    if (misses === 0) {
      this.state[slot] = TRYING;
      this.milestoneAt[slot] = NEVER;
      ward.trying[cell]++;
    } else {
      this.state[slot] = COUNTED;
      this.rollAt[slot] = ward.counted[cell];
      this.roll[this.begin[cell] + ward.counted[cell]++] = slot;
      this.missFrom[slot] = ward.nowSeconds;
      this.milestoneAt[slot] = this.drawMilestone(ward, cell, misses);
    }
    this.schedule(slot);
  }

  /** Takes a host from the counted or the trying. */
  private leave(ward: Ward, slot: number): void {
    const cell = this.cellOf[slot];
    if (this.state[slot] === TRYING) ward.trying[cell]--;
    if (this.state[slot] === COUNTED) {
      const last = this.roll[this.begin[cell] + --ward.counted[cell]];
      this.roll[this.begin[cell] + this.rollAt[slot]] = last;
      this.rollAt[last] = this.rollAt[slot];
    }
    this.state[slot] = OUT;
  }

  private drawMilestone(ward: Ward, cell: number, misses: number): number {
    const missRate = ward.policy.triesPerSecond[cell] - ward.countedLocal[cell] - ward.countedCross[cell];
    // What rounding leaves of equal rates is no rate.
    if (missRate <= 1e-9 * ward.policy.triesPerSecond[cell]) return NEVER;
    return ward.nowSeconds + nextGamma(ward.detail, cell, misses) / missRate;
  }

  /** How many of the misses before the milestone have happened by now. */
  private missesDone(ward: Ward, slot: number): number {
    const from = this.missFrom[slot];
    const span = this.milestoneAt[slot] - from;
    if (span === NEVER || span <= 0) return 0;
    const share = Math.min(1, (ward.nowSeconds - from) / span);
    return nextBinomial(ward.detail, this.cellOf[slot], this.missesLeft[slot] - 1, share);
  }

  /** A counted host of the cell, each as likely as the other. */
  drawCounted(ward: Ward, cell: number): number {
    return this.roll[this.begin[cell] + nextBelow(ward.detail, cell, ward.counted[cell])];
  }

  /** A host made a hit: one try more. Call after what the hit did. */
  countHit(ward: Ward, slot: number): void {
    const misses = this.missesLeft[slot] - 1 - this.missesDone(ward, slot);
    if (misses <= 0) {
      this.reachMilestone(ward, slot);
      return;
    }
    const now = ward.nowSeconds;
    this.missesLeft[slot] = misses;
    this.missFrom[slot] = now;
    if (this.milestoneAt[slot] !== NEVER) {
      const last = nextUniform(ward.detail, this.cellOf[slot]) ** (1 / misses);
      this.milestoneAt[slot] = now + (this.milestoneAt[slot] - now) * last;
    }
    this.schedule(slot);
  }

  /** The host made its k-th try: it is flagged, or locked out, or both. */
  private reachMilestone(ward: Ward, slot: number): void {
    const { flagTries, lockoutTries, isolateAfterSeconds, isolateFailure } = this.terms;
    const cell = this.cellOf[slot];
    const isFlag = this.isFlagged[slot] === 0 && flagTries <= lockoutTries;
    const isLockout = this.isFlagged[slot] === 1 || lockoutTries <= flagTries;
    this.leave(ward, slot);
    if (isFlag) {
      this.isFlagged[slot] = 1;
      const hasFailed = isolateFailure > 0 && nextUniform(ward.detail, cell) < isolateFailure;
      this.isolateAt[slot] = hasFailed ? NEVER : ward.nowSeconds + isolateAfterSeconds;
    }
    if (isLockout) this.schedule(slot);
    else this.enter(ward, slot, lockoutTries === NEVER ? 0 : lockoutTries - flagTries);
  }

  private schedule(slot: number): void {
    const due =
      this.state[slot] === OUT ? NEVER : Math.min(this.milestoneAt[slot], this.isolateAt[slot], this.giveUpAt[slot]);
    this.heap.set(slot, due);
  }

  /** Handles the first event of the heap, which is due now. */
  settleFirst(ward: Ward): void {
    const slot = this.heap.first();
    const due = this.heap.dueAt[slot];
    if (due === this.milestoneAt[slot]) this.reachMilestone(ward, slot);
    else {
      this.leave(ward, slot);
      this.schedule(slot);
    }
    touch(ward, this.cellOf[slot]);
  }

  /** Rates changed: the misses to go of every counted host are drawn anew from the present. */
  redrawMisses(ward: Ward): void {
    for (let cell = 0; cell < this.slotCount.length; cell++) {
      for (let nth = 0; nth < ward.counted[cell]; nth++) {
        const slot = this.roll[this.begin[cell] + nth];
        this.missesLeft[slot] -= this.missesDone(ward, slot);
        this.missFrom[slot] = ward.nowSeconds;
        this.milestoneAt[slot] = this.drawMilestone(ward, cell, this.missesLeft[slot]);
        this.schedule(slot);
      }
    }
  }

  /** Hosts of the cell that try now, the first `known` slots aside. */
  activeCount(cell: number, known: number): number {
    let count = 0;
    for (let nth = known; nth < this.slotCount[cell]; nth++) {
      if (this.state[this.begin[cell] + nth] !== OUT) count++;
    }
    return count;
  }

  /** The slot of the `nth` host of the cell that tries now, the first `known` slots aside. */
  activeSlot(cell: number, known: number, nth: number): number {
    let before = nth;
    for (let at = this.begin[cell] + known; at < this.begin[cell] + this.slotCount[cell]; at++) {
      if (this.state[at] !== OUT && before-- === 0) return at;
    }
    return -1;
  }

  /** The slot of the `nth` host that was known at the start. */
  knownSlot(cell: number, nth: number): number {
    return this.begin[cell] + nth;
  }

  /** Isolates a host by order. @returns whether it was trying */
  isolate(ward: Ward, slot: number): boolean {
    if (this.state[slot] === OUT) return false;
    if (this.state[slot] === COUNTED) this.missesLeft[slot] -= this.missesDone(ward, slot);
    else this.missesLeft[slot] = 0;
    this.leave(ward, slot);
    this.schedule(slot);
    touch(ward, this.cellOf[slot]);
    return true;
  }

  /** The order is lifted: the host, which nobody cleaned, goes on, unless it gave up or was isolated meanwhile. */
  release(ward: Ward, slot: number): void {
    if (Math.min(this.giveUpAt[slot], this.isolateAt[slot]) <= ward.nowSeconds) return;
    this.enter(ward, slot, this.missesLeft[slot]);
    touch(ward, this.cellOf[slot]);
  }
}

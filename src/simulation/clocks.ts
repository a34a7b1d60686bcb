// The inner loop: rings the clocks of the cells in order of time. A take inside a cell and a removal are handled here, with
// the generator in local variables; all else goes to the caller.

import { layerEnd, settleExponential } from "./stream.ts";
import { replay, type Ward } from "./ward.ts";

/** What the caller does with events that are not settled here. */
export interface ClockCaller {
  /** A host inside `cell` is taken, and more than counts must follow. */
  take(cell: number): void;
  /** Something else happened at `cell`; `mark` is what is left of its draw after takes and removals. */
  settle(cell: number, mark: number): void;
  /** When the next thing with a known time happens to a host. */
  nextKnownAt(): number;
  /** Lets it happen, at that moment. */
  settleKnown(atSeconds: number): void;
}

/** Rings per call: a loop that is left often is compiled whole, one that never ends is only replaced on the stack. */
const RINGS_PER_CALL = 512;

/**
 * Rings clocks until `until`, or for a while. The same draws as nextUniform and nextExponential (stream.ts), written out:
 * xoshiro128** in local variables is worth a factor of 1.3 here. Four words a ring: two for the mark, two for the wait.
 * @param isPlain  a taken host begins to try at once, and nobody follows it
 * @returns whether it came to `until`; no when the while was over before
 */
export function ringClocks(ward: Ward, until: number, isPlain: boolean, caller: ClockCaller): boolean {
  const { winner, nextAt, rate, left, since, open, trying, taken, localRate, crossBound, words, removalRate } = ward;
  const { counted, dormant, countedLocal, countedCross, wakeRate, leafCount } = ward;
  let stop = Math.min(until, caller.nextKnownAt());
  let ringCount = 0;
  for (; ringCount < RINGS_PER_CALL; ringCount++) {
    const cell = winner[1];
    const now = nextAt[cell];
    if (now >= stop) {
      if (stop === until) break;
      caller.settleKnown(stop);
      stop = Math.min(until, caller.nextKnownAt());
      continue;
    }
    const base = 4 * cell;
    // Four words of xoshiro128**: two for the mark, two for the exponential.
    let a = words[base];
    let b = words[base + 1];
    let c = words[base + 2] ^ a;
    let d = words[base + 3] ^ b;
    let m = Math.imul(b, 5);
    const first = Math.imul((m << 7) | (m >>> 25), 9);
    let e = b ^ c;
    let f = a ^ d;
    let g = c ^ (b << 9);
    let h = (d << 11) | (d >>> 21);
    m = Math.imul(e, 5);
    const second = Math.imul((m << 7) | (m >>> 25), 9);
    c = g ^ f;
    d = h ^ e;
    b = e ^ c;
    a = f ^ d;
    c ^= e << 9;
    d = (d << 11) | (d >>> 21);
    m = Math.imul(b, 5);
    const third = Math.imul((m << 7) | (m >>> 25), 9);
    g = c ^ a;
    h = d ^ b;
    e = b ^ g;
    f = a ^ h;
    g ^= b << 9;
    h = (h << 11) | (h >>> 21);
    m = Math.imul(e, 5);
    const fourth = Math.imul((m << 7) | (m >>> 25), 9);
    c = g ^ f;
    d = h ^ e;
    words[base] = f ^ d;
    words[base + 1] = e ^ c;
    words[base + 2] = c ^ (e << 9);
    words[base + 3] = (d << 11) | (d >>> 21);
    let mark = ((first >>> 5) * 67_108_864 + (second >>> 6)) * 2 ** -53 * rate[cell];
    const layer = third & 255;
    let next = ((third >>> 8) * 4_294_967_296 + (fourth >>> 0)) * 2 ** -56 * layerEnd[layer];
    if (next >= layerEnd[layer + 1]) next = settleExponential(words, cell, layer, next);
    const tries = trying[cell];
    const takes = tries * localRate[cell] * open[cell];
    if (mark < takes && isPlain) {
      open[cell]--;
      trying[cell]++;
      taken[cell]++;
    } else if ((mark -= takes) >= 0 && mark < tries * removalRate) trying[cell]--;
    else {
      ward.nowSeconds = now;
      // The cell's clock begins anew before anything else sees it.
      left[cell] = next;
      since[cell] = now;
      if (mark < 0) caller.take(cell);
      else caller.settle(cell, mark - tries * removalRate);
      if (!isPlain) stop = Math.min(until, caller.nextKnownAt());
    }
    const pace =
      trying[cell] * (localRate[cell] * open[cell] + removalRate + crossBound[cell]) +
      counted[cell] * (countedLocal[cell] + countedCross[cell]) +
      dormant[cell] * wakeRate;
    left[cell] = next;
    since[cell] = now;
    rate[cell] = pace;
    nextAt[cell] = pace > 0 ? now + next / pace : Number.POSITIVE_INFINITY;
    replay(winner, nextAt, leafCount, cell);
  }
  ward.ringCount += ringCount;
  return ringCount < RINGS_PER_CALL;
}

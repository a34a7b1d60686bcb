// One rehearsal's runs: the loop over the clocks of the cells, and between their rings what happens at known times
// (a host wakes, is isolated, gives up; an order takes effect; a sample is due). Between two rings nothing has memory, so
// taking the earlier of ring and known time is exact.

import { assert } from "../kit/assert.ts";
import { type ClockCaller, ringClocks } from "./clocks.ts";
import { Closings } from "./closings.ts";
import { DelayRing } from "./delay-ring.ts";
import { HostLedger } from "./host-ledger.ts";
import { NamedIsolations } from "./named-isolations.ts";
import type { Policy } from "./policy.ts";
import type { Rehearsal } from "./rehearsal.ts";
import { CHANNEL_HIDDEN, nextPoisson, nextUniform, startStream } from "./stream.ts";
import type { Terms } from "./terms.ts";
import { beginRun, newWard, noteCrossing, prepare, putInForce, refreshClass, touch, type Ward } from "./ward.ts";

const NEVER = Number.POSITIVE_INFINITY;

/** Plays runs of one rehearsal, one after the other, in memory that is made once. */
export class OutbreakRun implements ClockCaller {
  readonly ward: Ward;
  private readonly terms: Terms;
  private readonly rehearsal: Rehearsal;
  private readonly closings: Closings;
  private readonly wakes: DelayRing;
  private readonly giveUps: DelayRing;
  private readonly ledger: HostLedger | null;
  private readonly isolations: NamedIsolations | null;
  private readonly isPlain: boolean;
  private isPolicyDue = false;
  private readonly hiddenWords = new Int32Array(4);

  constructor(terms: Terms) {
    const { rehearsal, start, worm, layout, isNamed } = terms;
    assert(terms.removalRate === 0 || !isNamed, "removal at a rate is for hosts that are not followed");
    this.terms = terms;
    this.rehearsal = rehearsal;
    this.closings = new Closings(layout, rehearsal, start.vulnerable);
    this.ward = newWard({
      cellCount: start.vulnerable.length,
      boundaries: layout.boundaries,
      policy: this.closings.policy(),
      dormancyKind: terms.dormancyKind,
      dormancySeconds: worm.dormancy.meanSeconds,
      removalRate: terms.removalRate,
      isNamed,
      seed: rehearsal.seed,
    });
    const hostCount = start.vulnerable.reduce((sum, count) => sum + count, 0);
    this.wakes = new DelayRing(terms.dormancyKind === "fixed" ? hostCount + rehearsal.orders.length : 0);
    this.giveUps = new DelayRing(worm.activeSeconds !== null && !isNamed ? hostCount : 0);
    this.isPlain = terms.dormancyKind === "none" && !isNamed && worm.activeSeconds === null;
    this.ledger = isNamed ? new HostLedger(terms) : null;
    this.isolations = this.ledger === null ? null : new NamedIsolations(terms, this.ledger, this.wakes);
  }

  /** Plays run `run`; `onSample(time)` is called at each of `atSeconds`, ascending. */
  play(run: number, atSeconds: readonly number[], onSample: (time: number) => void): void {
    this.begin(run);
    const { changes } = this.closings;
    const { horizonSeconds } = this.rehearsal;
    const { ward } = this;
    let [time, change] = [0, 0];
    for (;;) {
      const sampleAt = time < atSeconds.length ? Math.min(atSeconds[time], horizonSeconds) : horizonSeconds;
      const changeAt = change < changes.length ? changes[change].atSeconds : NEVER;
      const until = Math.min(sampleAt, changeAt);
      if (!ringClocks(ward, until, this.isPlain, this)) continue;
      ward.nowSeconds = until;
      if (changeAt === until) this.change(change++);
      else if (time < atSeconds.length) onSample(time++);
      else break;
    }
    for (let cell = 0; cell < ward.cellCount; cell++) ward.takeCount += ward.taken[cell];
  }

  /** Whether nothing could spread any more: no host that tries or will try reaches an open one. */
  hasEnded(): boolean {
    const { open, trying, counted, dormant, policy, cellCount, localRate } = this.ward;
    for (let cell = 0; cell < cellCount; cell++) {
      if (trying[cell] + counted[cell] + dormant[cell] === 0) continue;
      if (localRate[cell] > 0 && open[cell] > 0) return false;
      const nth = policy.classOf[cell];
      if (nth < 0 || policy.crossRate[cell] === 0) continue;
      for (let at = policy.begin[nth]; at < policy.begin[nth + 1]; at++) {
        if (policy.target[at] !== cell && open[policy.target[at]] > 0) return false;
      }
    }
    return true;
  }

  private begin(run: number): void {
    const { ward, closings, terms, ledger } = this;
    const { start } = terms;
    beginRun(ward, run, start.vulnerable);
    closings.begin(run);
    this.wakes.clear();
    this.giveUps.clear();
    ledger?.clear();
    this.isolations?.clear();
    this.enforce(closings.policy());
    for (let cell = 0; cell < ward.cellCount; cell++) {
      let active = start.trying[cell];
      const known = active + start.isolated[cell];
      if (start.hiddenMean[cell] > 0) {
        startStream(this.hiddenWords, 0, ward.seed, run, CHANNEL_HIDDEN + cell);
        const hidden = nextPoisson(this.hiddenWords, 0, start.hiddenMean[cell]);
        active += Math.min(hidden, start.vulnerable[cell] - known);
      }
      ward.taken[cell] = active + start.isolated[cell];
      ward.open[cell] -= ward.taken[cell];
    }
    // All counts first: the snapshots of the start are taken when the first cell begins.
    for (let cell = 0; cell < ward.cellCount; cell++) {
      const active = ward.taken[cell] - start.isolated[cell];
      if (active === 0) continue;
      touch(ward, cell);
      for (let host = 0; host < active; host++) this.arrive(cell);
      touch(ward, cell);
    }
  }

  private enforce(policy: Policy): void {
    putInForce(this.ward, policy, this.terms.start.vulnerable);
  }

  /** An order takes effect or ends. Those of one moment come into force together: a policy is dear. */
  private change(nth: number): void {
    const { changes } = this.closings;
    const change = changes[nth];
    if (this.closings.apply(change)) {
      const { control } = this.rehearsal.orders[change.order];
      if (control.kind === "isolate-host") {
        const isOpenAgain = this.isolations?.apply(this.ward, change.order, change.isLift) ?? false;
        if (isOpenAgain) this.enforce(this.ward.policy);
      } else this.isPolicyDue = true;
    }
    if (!this.isPolicyDue || changes[nth + 1]?.atSeconds === change.atSeconds) return;
    this.isPolicyDue = false;
    this.enforce(this.closings.policy());
    this.ledger?.redrawMisses(this.ward);
  }

  /** A dormant host begins to try. */
  private wake(cell: number): void {
    if (cell < 0) return;
    this.ward.dormant[cell]--;
    this.arrive(cell);
    touch(this.ward, cell);
  }

  /** A host begins to try. The caller touches the cell after. */
  private arrive(cell: number): void {
    const { ward, ledger, terms } = this;
    if (ledger !== null) {
      prepare(ward, cell);
      ledger.arrive(ward, cell, ward.nowSeconds);
      return;
    }
    ward.trying[cell]++;
    const { activeSeconds } = terms.worm;
    if (activeSeconds !== null) this.giveUps.push(ward.nowSeconds + activeSeconds, cell);
  }

  /** When the next thing happens to a host at a known time. */
  nextKnownAt(): number {
    const hostAt = this.ledger === null ? NEVER : this.ledger.heap.firstAt();
    return Math.min(hostAt, this.wakes.firstAt, this.giveUps.firstAt);
  }

  settleKnown(atSeconds: number): void {
    this.ward.nowSeconds = atSeconds;
    if (this.wakes.firstAt === atSeconds) this.wake(this.wakes.shift());
    else if (this.giveUps.firstAt === atSeconds) this.giveUp(this.giveUps.shift());
    else this.ledger?.settleFirst(this.ward);
  }

  private giveUp(cell: number): void {
    this.ward.trying[cell]--;
    touch(this.ward, cell);
  }

  /** A host of the cell is taken. The caller touches the cell after. */
  take(cell: number): void {
    const { ward } = this;
    ward.open[cell]--;
    ward.taken[cell]++;
    if (ward.dormancyKind === "none") {
      this.arrive(cell);
      return;
    }
    ward.dormant[cell]++;
    if (ward.dormancyKind === "fixed") this.wakes.push(ward.nowSeconds + ward.dormancySeconds, cell);
  }

  /** A proposal across by a host that only tries: accepted as far as the snapshot still tells the truth. */
  private proposeAcross(cell: number): void {
    const { ward } = this;
    const { policy, detail } = ward;
    const nth = policy.classOf[cell];
    const from = policy.begin[nth];
    const count = policy.begin[nth + 1] - from;
    let at = -1;
    do {
      const draw = nextUniform(detail, cell) * count;
      at = from + Math.floor(draw);
      if ((from + draw - at) * policy.seenSum[nth] >= policy.keep[at]) at = policy.other[at];
    } while (policy.target[at] === cell);
    const to = policy.target[at];
    if (nextUniform(detail, cell) * policy.seen[at] < ward.open[to]) {
      this.take(to);
      touch(ward, to);
      noteCrossing(ward, cell, to);
    } else if (++policy.rejectedCount[nth] > count) refreshClass(ward, nth);
  }

  /** A hit of a counted host: it takes the vulnerable host it fell on when that one is still open. */
  private hit(cell: number, isAcross: boolean): void {
    const { ward, ledger } = this;
    if (ledger === null || ward.counted[cell] === 0) return;
    const slot = ledger.drawCounted(ward, cell);
    const { vulnerable } = this.terms.start;
    if (!isAcross) {
      if (nextUniform(ward.detail, cell) * (vulnerable[cell] - 1) < ward.open[cell]) this.take(cell);
    } else {
      const to = this.drawReached(cell);
      if (nextUniform(ward.detail, cell) * vulnerable[to] < ward.open[to]) {
        this.take(to);
        touch(ward, to);
        noteCrossing(ward, cell, to);
      }
    }
    ledger.countHit(ward, slot);
  }

  /** The cell of a vulnerable host, taken or not, drawn from all that `cell` reaches across. */
  private drawReached(cell: number): number {
    const { policy, detail } = this.ward;
    const nth = policy.classOf[cell];
    const self = policy.selfAt[cell];
    let draw = nextUniform(detail, cell) * policy.reachedVulnerable[cell];
    if (self >= 0 && draw >= policy.vulnerableBefore[self]) draw += this.terms.start.vulnerable[cell];
    let [low, high] = [policy.begin[nth], policy.begin[nth + 1] - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (policy.vulnerableBefore[middle] <= draw) low = middle;
      else high = middle - 1;
    }
    return policy.target[low];
  }

  /** What is no take inside: a proposal across, a host that wakes, or a counted host's hit. */
  settle(cell: number, markAfter: number): void {
    const { ward } = this;
    const proposals = ward.trying[cell] * ward.crossBound[cell];
    if (markAfter < proposals) {
      this.proposeAcross(cell);
      return;
    }
    const mark = markAfter - proposals;
    const wakes = ward.dormant[cell] * ward.wakeRate;
    if (mark < wakes) {
      ward.dormant[cell]--;
      this.arrive(cell);
      return;
    }
    const isAcross = mark - wakes >= ward.counted[cell] * ward.countedLocal[cell];
    this.hit(cell, isAcross && ward.countedCross[cell] > 0);
  }
}

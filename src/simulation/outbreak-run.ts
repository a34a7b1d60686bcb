// Runs of rehearsals that differ in their orders only: what happens before any order is played once, and every rehearsal
// goes on from there with its own. Between orders and samples the kernel rings the clocks.

import { assert } from "../kit/assert.ts";
import { CHANNEL_HIDDEN } from "./channels.ts";
import { Closings, plainPolicyOf } from "./closings.ts";
import { giveKernel } from "./kernel.ts";
import { NamedIsolations } from "./named-isolations.ts";
import type { Terms } from "./terms.ts";
import { type LoadedPolicy, Ward } from "./ward.ts";

const NEVER = Number.POSITIVE_INFINITY;
/** Bytes that are kept and put back in the time in which one host is taken: beyond, a moment is played again instead. */
const BYTES_PER_TAKE = 400;

/** Called at each moment that is asked for, when the ward stands there. */
export type OnSample = (time: number, branch: number) => void;

/** Plays runs, one after the other, in memory that is made once. */
export class OutbreakRun {
  readonly ward: Ward;
  private readonly terms: Terms;
  /** In the order in which they part from the others, with their place in the list they were given in. */
  private readonly branches: readonly { readonly branch: Branch; readonly nth: number }[];

  /** @param each  rehearsals of the same map, worm, defender, state, seed and horizon */
  constructor(...each: readonly Terms[]) {
    const [terms] = each;
    const isNamed = each.some((one) => one.isNamed);
    assert(terms.removalRate === 0 || !isNamed, "removal at a rate is for hosts that are not followed");
    this.terms = { ...terms, isNamed };
    const orderCount = Math.max(...each.map(({ rehearsal }) => rehearsal.orders.length));
    this.ward = new Ward(this.terms, plainPolicyOf(terms), orderCount, each.length > 1);
    this.branches = each
      .map((one, nth) => ({ branch: new Branch({ ...one, isNamed }, this.ward), nth }))
      .sort((a, b) => a.branch.partsAt - b.branch.partsAt);
  }

  /** Gives the memory back: nothing may be played or read after. */
  close(): void {
    giveKernel(this.ward.kernel);
  }

  /**
   * Plays run `run` of each rehearsal.
   * @param atSeconds  ascending
   * @param onEnd  when a rehearsal came to its horizon
   */
  play(run: number, atSeconds: readonly number[], onSample: OnSample, onEnd?: (branch: number) => void): void {
    const { branches, ward } = this;
    const { kernel } = ward;
    this.begin(run);
    let time = 0;
    branches.forEach(({ branch, nth }, left) => {
      // The common stretch, up to where this rehearsal parts; its samples are those of all that have not parted yet.
      for (; time < atSeconds.length && atSeconds[time] < branch.partsAt; time++) {
        kernel.playUntil(Math.min(atSeconds[time], this.terms.rehearsal.horizonSeconds));
        for (const other of branches.slice(left)) onSample(time, other.nth);
      }
      kernel.playUntil(branch.partsAt);
      const isLast = left === branches.length - 1;
      const isKept = !isLast && ward.takenNow() * BYTES_PER_TAKE > ward.keptBytes;
      if (isKept) kernel.keep();
      branch.play(run, time, atSeconds, (at) => onSample(at, nth));
      ward.takeCount += ward.takenNow();
      onEnd?.(nth);
      if (isKept) kernel.goBack();
      else if (!isLast) {
        this.begin(run);
        kernel.playUntil(branch.partsAt);
      }
    });
  }

  /** Whether nothing could spread any more: no host that tries or will try reaches an open one. */
  hasEnded(): boolean {
    return this.ward.kernel.hasEnded() !== 0;
  }

  private begin(run: number): void {
    const { ward, terms } = this;
    const { kernel } = ward;
    const { start } = terms;
    kernel.beginRun(run);
    kernel.putInForce(ward.plainPolicy);
    const { open, taken } = ward;
    for (let cell = 0; cell < ward.cellCount; cell++) {
      let active = start.trying[cell];
      if (start.hiddenMean[cell] > 0) {
        const hidden = kernel.poissonOf(run, CHANNEL_HIDDEN + cell, start.hiddenMean[cell]);
        active += Math.min(hidden, start.vulnerable[cell] - active - start.isolated[cell]);
      }
      taken[cell] = active + start.isolated[cell];
      open[cell] -= taken[cell];
    }
    // All counts first: the snapshots of the start are taken when the first cell begins.
    for (let cell = 0; cell < ward.cellCount; cell++) {
      const active = taken[cell] - start.isolated[cell];
      if (active > 0) kernel.beginTrying(cell, active);
    }
  }
}

/** One rehearsal from its first order on. */
class Branch {
  /** When its first order takes effect, or its horizon. */
  readonly partsAt: number;
  private readonly terms: Terms;
  private readonly ward: Ward;
  private readonly closings: Closings;
  private readonly isolations: NamedIsolations | null;
  private inForce: LoadedPolicy = 0;
  private isPolicyDue = false;

  constructor(terms: Terms, ward: Ward) {
    this.terms = terms;
    this.ward = ward;
    this.closings = new Closings(terms, ward);
    this.isolations = terms.isNamed ? new NamedIsolations(terms) : null;
    this.partsAt = this.closings.changes.at(0)?.atSeconds ?? terms.rehearsal.horizonSeconds;
  }

  /** Goes on from where it parts; `fromTime` is the first sample that is due. */
  play(run: number, fromTime: number, atSeconds: readonly number[], onSample: (time: number) => void): void {
    const { closings, ward } = this;
    const { changes } = closings;
    const { horizonSeconds } = this.terms.rehearsal;
    closings.begin(run);
    this.isolations?.clear();
    this.inForce = ward.plainPolicy;
    let [time, change] = [fromTime, 0];
    for (;;) {
      const sampleAt = time < atSeconds.length ? Math.min(atSeconds[time], horizonSeconds) : horizonSeconds;
      const changeAt = change < changes.length ? changes[change].atSeconds : NEVER;
      const until = Math.min(sampleAt, changeAt);
      ward.kernel.playUntil(until);
      if (changeAt === until) this.change(change++);
      else if (time < atSeconds.length) onSample(time++);
      else break;
    }
  }

  /** An order takes effect or ends. Those of one moment come into force together: a policy is dear. */
  private change(nth: number): void {
    const { changes } = this.closings;
    const { kernel } = this.ward;
    const change = changes[nth];
    if (this.closings.apply(change)) {
      const { control } = this.terms.rehearsal.orders[change.order];
      if (control.kind === "isolate-host") {
        const isOpenAgain = this.isolations?.apply(this.ward, change.order, change.isLift) ?? false;
        if (isOpenAgain) kernel.putInForce(this.inForce);
      } else this.isPolicyDue = true;
    }
    if (!this.isPolicyDue || changes[nth + 1]?.atSeconds === change.atSeconds) return;
    this.isPolicyDue = false;
    this.inForce = this.closings.policy();
    kernel.putInForce(this.inForce);
    if (this.terms.isNamed) kernel.redrawMisses();
  }
}

// One rehearsal's runs: orders that take effect and samples that are due at known times, and between them the kernel,
// which rings the clocks of the cells and settles what happens to hosts.

import { assert } from "../kit/assert.ts";
import { CHANNEL_HIDDEN } from "./channels.ts";
import { Closings } from "./closings.ts";
import { giveKernel } from "./kernel.ts";
import { NamedIsolations } from "./named-isolations.ts";
import type { Rehearsal } from "./rehearsal.ts";
import type { Terms } from "./terms.ts";
import { type LoadedPolicy, Ward } from "./ward.ts";

const NEVER = Number.POSITIVE_INFINITY;

/** Plays runs of one rehearsal, one after the other, in memory that is made once. */
export class OutbreakRun {
  readonly ward: Ward;
  private readonly terms: Terms;
  private readonly rehearsal: Rehearsal;
  private readonly closings: Closings;
  private readonly isolations: NamedIsolations | null;
  private inForce: LoadedPolicy = 0;
  private isPolicyDue = false;

  constructor(terms: Terms) {
    const { rehearsal, start, layout, isNamed } = terms;
    assert(terms.removalRate === 0 || !isNamed, "removal at a rate is for hosts that are not followed");
    this.terms = terms;
    this.rehearsal = rehearsal;
    this.ward = new Ward(terms);
    this.closings = new Closings(layout, rehearsal, start.vulnerable, this.ward);
    this.isolations = isNamed ? new NamedIsolations(terms) : null;
  }

  /** Gives the memory back: nothing may be played or read after. */
  close(): void {
    giveKernel(this.ward.kernel);
  }

  /** Plays run `run`; `onSample(time)` is called at each of `atSeconds`, ascending. */
  play(run: number, atSeconds: readonly number[], onSample: (time: number) => void): void {
    this.begin(run);
    const { changes } = this.closings;
    const { horizonSeconds } = this.rehearsal;
    const { kernel } = this.ward;
    let [time, change] = [0, 0];
    for (;;) {
      const sampleAt = time < atSeconds.length ? Math.min(atSeconds[time], horizonSeconds) : horizonSeconds;
      const changeAt = change < changes.length ? changes[change].atSeconds : NEVER;
      const until = Math.min(sampleAt, changeAt);
      kernel.playUntil(until);
      if (changeAt === until) this.change(change++);
      else if (time < atSeconds.length) onSample(time++);
      else break;
    }
    for (const count of this.ward.taken) this.ward.takeCount += count;
  }

  /** Whether nothing could spread any more: no host that tries or will try reaches an open one. */
  hasEnded(): boolean {
    return this.ward.kernel.hasEnded() !== 0;
  }

  private begin(run: number): void {
    const { ward, closings, terms } = this;
    const { kernel } = ward;
    const { start } = terms;
    kernel.beginRun(run);
    closings.begin(run);
    this.isolations?.clear();
    this.enforce();
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

  /** Puts the policy of the orders in force into force. */
  private enforce(): void {
    this.inForce = this.closings.policy();
    this.ward.kernel.putInForce(this.inForce);
  }

  /** An order takes effect or ends. Those of one moment come into force together: a policy is dear. */
  private change(nth: number): void {
    const { changes } = this.closings;
    const { kernel } = this.ward;
    const change = changes[nth];
    if (this.closings.apply(change)) {
      const { control } = this.rehearsal.orders[change.order];
      if (control.kind === "isolate-host") {
        const isOpenAgain = this.isolations?.apply(this.ward, change.order, change.isLift) ?? false;
        if (isOpenAgain) kernel.putInForce(this.inForce);
      } else this.isPolicyDue = true;
    }
    if (!this.isPolicyDue || changes[nth + 1]?.atSeconds === change.atSeconds) return;
    this.isPolicyDue = false;
    this.enforce();
    if (this.terms.isNamed) kernel.redrawMisses();
  }
}

// Orders that isolate one host by name. A host known to be infected is the one that is meant; any other is one of the
// segment's hosts nobody knows anything of, so what it is (open, dormant, trying, none of these) is drawn when the order
// takes effect.

import type { DelayRing } from "./delay-ring.ts";
import type { HostLedger } from "./host-ledger.ts";
import { cellOfHost } from "./layout.ts";
import { nextBelow } from "./stream.ts";
import type { Terms } from "./terms.ts";
import { touch, type Ward } from "./ward.ts";

/** What the isolated host was. */
const NOTHING = 0;
const OPEN = 1;
const DORMANT = 2;
const ACTIVE = 3;

export class NamedIsolations {
  private readonly terms: Terms;
  private readonly ledger: HostLedger;
  private readonly wakes: DelayRing;
  /** Per order: its cell (-1 for no isolation of a host) and which known host of it, -1 for one nobody knows. */
  private readonly cellOf: Int32Array;
  private readonly knownNth: Int32Array;
  private readonly was: Uint8Array;
  private readonly slotOf: Int32Array;
  /** Hosts nobody knows that are isolated by name now, per cell: they are out of the draw. */
  private readonly drawnCount: Int32Array;

  constructor(terms: Terms, ledger: HostLedger, wakes: DelayRing) {
    this.terms = terms;
    this.ledger = ledger;
    this.wakes = wakes;
    const { orders, state } = terms.rehearsal;
    const { layout, start } = terms;
    this.cellOf = new Int32Array(orders.length).fill(-1);
    this.knownNth = new Int32Array(orders.length).fill(-1);
    this.was = new Uint8Array(orders.length);
    this.slotOf = new Int32Array(orders.length);
    this.drawnCount = new Int32Array(start.trying.length);
    const nameOf = (name: string): string => layout.places.hostOf(name)?.id ?? name;
    const seen = new Int32Array(start.trying.length);
    const known = new Map<string, number>();
    for (const name of new Set(state.hosts.map(nameOf))) {
      const cell = cellOfHost(layout, name);
      if (cell >= 0 && seen[cell] < start.trying[cell]) known.set(name, seen[cell]++);
    }
    orders.forEach(({ control }, order) => {
      if (control.kind !== "isolate-host") return;
      this.cellOf[order] = cellOfHost(layout, control.host);
      this.knownNth[order] = known.get(nameOf(control.host)) ?? -1;
    });
  }

  clear(): void {
    this.was.fill(NOTHING);
    this.drawnCount.fill(0);
  }

  /** Puts an isolation into effect or lifts it. @returns true when an open host came back, so snapshots no longer bound */
  apply(ward: Ward, order: number, isLift: boolean): boolean {
    const cell = this.cellOf[order];
    if (cell < 0) return false;
    if (isLift) return this.lift(ward, order, cell);
    const nth = this.knownNth[order];
    if (nth >= 0) {
      this.slotOf[order] = this.ledger.knownSlot(cell, nth);
      this.was[order] = this.ledger.isolate(ward, this.slotOf[order]) ? ACTIVE : NOTHING;
    } else this.drawHost(ward, order, cell);
    return false;
  }

  private drawHost(ward: Ward, order: number, cell: number): void {
    const { start, layout } = this.terms;
    touch(ward, cell); // Its stream is needed even when nothing happens in it yet.
    const known = start.trying[cell];
    const pool = layout.hosts[cell] - known - start.isolated[cell] - this.drawnCount[cell];
    this.drawnCount[cell]++;
    let draw = nextBelow(ward.words, cell, Math.max(1, pool));
    if (draw < ward.open[cell]) {
      this.was[order] = OPEN;
      ward.open[cell]--;
    } else if ((draw -= ward.open[cell]) < ward.dormant[cell]) {
      this.was[order] = DORMANT;
      ward.dormant[cell]--;
      this.wakes.strike(cell, draw);
    } else {
      draw -= ward.dormant[cell];
      const isActive = draw < this.ledger.activeCount(cell, known);
      this.was[order] = isActive ? ACTIVE : NOTHING;
      if (isActive) {
        this.slotOf[order] = this.ledger.activeSlot(cell, known, draw);
        this.ledger.isolate(ward, this.slotOf[order]);
      }
    }
    touch(ward, cell);
  }

  private lift(ward: Ward, order: number, cell: number): boolean {
    const was = this.was[order];
    this.was[order] = NOTHING;
    if (this.knownNth[order] < 0) this.drawnCount[cell]--;
    if (was === OPEN) ward.open[cell]++;
    else if (was === DORMANT) this.ledger.arrive(ward, cell);
    else if (was === ACTIVE) this.ledger.release(ward, this.slotOf[order]);
    touch(ward, cell);
    return was === OPEN;
  }
}

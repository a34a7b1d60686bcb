// Orders that isolate one host by name. A host known to be infected is the one that is meant. Of any other only the
// segment and the kind are known: whether the worm can take it, and whether it has, is drawn when it is first isolated.

import { hostKinds, kindOfRole } from "../model/places.ts";
import { cellOfHost } from "./layout.ts";
import type { Terms } from "./terms.ts";
import type { Ward } from "./ward.ts";

/** What a named host was when it was isolated, or `UNSEEN` when it is not isolated and nothing was drawn yet. */
const UNSEEN = 0;
const HARMLESS = 1;
const OPEN = 2;
const DORMANT = 3;
const ACTIVE = 4;

/** One host that orders name. */
interface Named {
  readonly cell: number;
  /** Its kind; -1 for an address that is no host of the map. */
  readonly kind: number;
  /** Which of the known infected of its cell it is, -1 for none. */
  readonly knownNth: number;
  /** Orders against it now. */
  against: number;
  was: number;
  slot: number;
  wakesAt: number;
  /** 1 when the worm can take it, 0 when not, -1 when that is not drawn yet. */
  canBeTaken: number;
}

export class NamedIsolations {
  private readonly terms: Terms;
  private readonly hosts: readonly Named[];
  /** Per order: its host, -1 for no isolation of a host. */
  private readonly hostOf: Int32Array;
  /** Known infected that the state names, per cell: they hold the first slots. */
  private readonly listed: Int32Array;
  private readonly listedOfKind: Int32Array;
  /** Hosts drawn so far in this run, and of them those that can be taken, by cell and kind. */
  private readonly drawn: Int32Array;
  private readonly drawnVulnerable: Int32Array;

  constructor(terms: Terms) {
    this.terms = terms;
    const { layout, start } = terms;
    const { orders, state } = terms.rehearsal;
    this.listed = new Int32Array(start.trying.length);
    this.listedOfKind = new Int32Array(start.vulnerableOfKind.length);
    this.drawn = new Int32Array(start.vulnerableOfKind.length);
    this.drawnVulnerable = new Int32Array(start.vulnerableOfKind.length);
    const idOf = (name: string): string => layout.places.hostOf(name)?.id ?? name;
    const known = new Map<string, number>();
    for (const id of new Set(state.hosts.map(idOf))) {
      const cell = cellOfHost(layout, id);
      if (cell < 0 || this.listed[cell] >= start.trying[cell]) continue;
      known.set(id, this.listed[cell]++);
      const kind = this.kindOf(id);
      if (kind >= 0) this.listedOfKind[cell * hostKinds.length + kind]++;
    }
    const places = new Map<string, number>();
    const hosts: Named[] = [];
    this.hostOf = Int32Array.from(orders, ({ control }) => {
      if (control.kind !== "isolate-host") return -1;
      const id = idOf(control.host);
      const place = places.get(id) ?? hosts.length;
      if (place === hosts.length) {
        const unseen = { against: 0, was: UNSEEN, slot: -1, wakesAt: 0, canBeTaken: -1 };
        hosts.push({ cell: cellOfHost(layout, id), kind: this.kindOf(id), knownNth: known.get(id) ?? -1, ...unseen });
        places.set(id, place);
      }
      return place;
    });
    this.hosts = hosts;
  }

  private kindOf(id: string): number {
    const host = this.terms.layout.places.hostOf(id);
    return host === undefined ? -1 : hostKinds.indexOf(kindOfRole(host.role));
  }

  clear(): void {
    this.drawn.fill(0);
    this.drawnVulnerable.fill(0);
    for (const host of this.hosts) Object.assign(host, { against: 0, was: UNSEEN, slot: -1, canBeTaken: -1 });
  }

  /** Puts an isolation into effect or lifts it. @returns true when an open host came back, so snapshots no longer bound */
  apply(ward: Ward, order: number, isLift: boolean): boolean {
    const host = this.hosts[this.hostOf[order]];
    if (host === undefined || host.cell < 0) return false;
    host.against += isLift ? -1 : 1;
    if (isLift && host.against === 0) return this.lift(ward, host);
    if (!isLift && host.against === 1) this.isolate(ward, host);
    return false;
  }

  private isolate(ward: Ward, host: Named): void {
    const { cell } = host;
    ward.kernel.touch(cell); // Its stream is needed even when nothing happens in it yet.
    if (host.knownNth >= 0) host.slot = ward.kernel.knownSlot(cell, host.knownNth);
    if (host.slot >= 0) host.was = ward.kernel.isolate(host.slot) !== 0 ? ACTIVE : HARMLESS;
    else this.drawHost(ward, host);
    ward.kernel.touch(cell);
  }

  /** Draws what a host is of which nothing is known but where and of what kind it is. */
  private drawHost(ward: Ward, host: Named): void {
    const { cell } = host;
    if (host.canBeTaken < 0) host.canBeTaken = this.drawVulnerable(ward, host) ? 1 : 0;
    host.was = HARMLESS;
    if (host.canBeTaken === 0) return;
    // Vulnerable hosts are alike, whatever their kind: open, dormant, trying, or out already.
    const known = this.listed[cell];
    let gone = 0;
    for (const other of this.hosts) if (other !== host && other.cell === cell && isDrawnOut(other)) gone++;
    let draw = Math.floor(
      ward.kernel.detailUniform(cell) * Math.max(1, this.terms.start.vulnerable[cell] - known - gone),
    );
    if (draw < ward.open[cell]) {
      host.was = OPEN;
      ward.open[cell]--;
    } else if ((draw -= ward.open[cell]) < ward.dormant[cell]) {
      host.was = DORMANT;
      ward.dormant[cell]--;
      host.wakesAt =
        this.terms.dormancyKind === "fixed"
          ? ward.kernel.strikeWake(cell, draw)
          : ward.nowSeconds + this.terms.worm.dormancy.meanSeconds * ward.kernel.detailExponential(cell);
    } else if ((draw -= ward.dormant[cell]) < ward.kernel.activeCount(cell, known)) {
      host.was = ACTIVE;
      host.slot = ward.kernel.activeSlot(cell, known, draw);
      ward.kernel.isolate(host.slot);
    }
  }

  private drawVulnerable(ward: Ward, host: Named): boolean {
    const { start, layout } = this.terms;
    const { cell, kind } = host;
    const row = cell * hostKinds.length + kind;
    const hosts =
      kind < 0 ? layout.hosts[cell] - this.listed[cell] : this.left(row, layout.kinds[cell][hostKinds[kind]]);
    const vulnerable =
      kind < 0
        ? start.vulnerable[cell] - this.listed[cell]
        : start.vulnerableOfKind[row] -
          Math.min(start.vulnerableOfKind[row], this.listedOfKind[row]) -
          this.drawnVulnerable[row];
    const isTakable = ward.kernel.detailUniform(cell) * Math.max(1, hosts) < vulnerable;
    if (kind >= 0) {
      this.drawn[row]++;
      if (isTakable) this.drawnVulnerable[row]++;
    }
    return isTakable;
  }

  private left(row: number, hosts: number): number {
    return hosts - this.listedOfKind[row] - this.drawn[row];
  }

  private lift(ward: Ward, host: Named): boolean {
    const { cell, was } = host;
    host.was = UNSEEN;
    if (was === OPEN) ward.open[cell]++;
    else if (was === DORMANT) {
      if (host.wakesAt <= ward.nowSeconds) ward.kernel.enlist(cell, host.wakesAt);
      else {
        ward.dormant[cell]++;
        if (this.terms.dormancyKind === "fixed") ward.kernel.insertWake(host.wakesAt, cell);
      }
    } else if (was === ACTIVE) ward.kernel.release(host.slot);
    ward.kernel.touch(cell);
    return was === OPEN;
  }
}

/** Whether a drawn host is out of what may be drawn: it is not among the open, dormant and trying now. */
function isDrawnOut(host: Named): boolean {
  return host.knownNth < 0 && host.canBeTaken === 1 && host.was !== UNSEEN;
}

// Loss by the exporter's own sequence numbers. In: the number of each datagram and what it counted; out: how many units
// never came. Late datagrams are given back; a restart of the exporter begins anew instead of counting as loss.

/** Jumps over this are restarts or other exporters behind one address, not loss. */
const JUMP_MAX = 1_000_000;
/** A datagram this many units behind is late; further behind, the exporter began anew. */
const LATE_MAX = 10_000;

/**
 * Follows one sequence of 32-bit numbers that go up by `units` per datagram: flows (v5), data records (IPFIX) or
 * datagrams (v9, sFlow). The number counts what was sent before the datagram (RFC 7011) or, with some exporters
 * (softflowd), what was sent including it. Both are followed; the reading with less loss is the right one.
 */
export class SequenceTracker {
  readonly #before = new Reading();
  readonly #including = new Reading();
  restarts = 0;
  datagrams = 0;

  /** @param units  what the datagram holds, or -1 when that is not known (data without template) */
  observe(sequence: number, units: number): void {
    this.datagrams++;
    if (units < 0) {
      this.#before.isKnown = false;
      this.#including.isKnown = false;
      return;
    }
    const isRestart = this.#before.observe(sequence, units, units);
    this.#including.observe((sequence - units) >>> 0, units, units);
    if (isRestart) this.restarts++;
  }

  get lost(): number {
    return Math.max(0, Math.min(this.#before.lost, this.#including.lost));
  }
}

class Reading {
  lost = 0;
  isKnown = false;
  #next = 0;

  /** True when the numbers begin anew. */
  observe(sequence: number, units: number, lateUnits: number): boolean {
    const gap = (sequence - this.#next) | 0;
    const wasKnown = this.isKnown;
    this.isKnown = true;
    if (wasKnown && gap < 0 && gap >= -LATE_MAX && this.lost >= lateUnits && units > 0) {
      this.lost -= lateUnits;
      return false;
    }
    this.#next = (sequence + units) >>> 0;
    if (!wasKnown || gap === 0) return false;
    if (gap < 0 || gap > JUMP_MAX) return true;
    this.lost += gap;
    return false;
  }
}

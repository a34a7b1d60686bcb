// What happens a fixed time from now, first in first out: a constant delay needs no sorting.

/** Cells with the moment of each, in order. Room is made once, for every entry of a run. */
export class DelayRing {
  /** The moment of the first entry, Infinity when there is none. */
  firstAt = Number.POSITIVE_INFINITY;
  private readonly atSeconds: Float64Array;
  private readonly cells: Int32Array;
  private head = 0;
  private tail = 0;

  constructor(capacity: number) {
    this.atSeconds = new Float64Array(capacity + 1);
    this.cells = new Int32Array(capacity + 1);
  }

  clear(): void {
    this.head = 0;
    this.tail = 0;
    this.firstAt = Number.POSITIVE_INFINITY;
  }

  push(atSeconds: number, cell: number): void {
    if (this.head === this.tail) this.firstAt = atSeconds;
    this.atSeconds[this.tail] = atSeconds;
    this.cells[this.tail] = cell;
    this.tail++;
  }

  /** Puts an entry where it belongs: for the few that do not come last. */
  insert(atSeconds: number, cell: number): void {
    this.push(atSeconds, cell);
    let at = this.tail - 1;
    for (; at > this.head && this.atSeconds[at - 1] > atSeconds; at--) {
      this.atSeconds[at] = this.atSeconds[at - 1];
      this.cells[at] = this.cells[at - 1];
    }
    this.atSeconds[at] = atSeconds;
    this.cells[at] = cell;
    this.firstAt = this.atSeconds[this.head];
  }

  /** Removes the first entry. @returns its cell, -1 when it was struck out */
  shift(): number {
    const cell = this.cells[this.head++];
    this.firstAt = this.head === this.tail ? Number.POSITIVE_INFINITY : this.atSeconds[this.head];
    return cell;
  }

  /** Strikes out the `nth` entry of a cell. @returns its moment */
  strike(cell: number, nth: number): number {
    let before = nth;
    for (let at = this.head; at < this.tail; at++) {
      if (this.cells[at] !== cell) continue;
      if (before === 0) {
        this.cells[at] = -1;
        return this.atSeconds[at];
      }
      before--;
    }
    return Number.POSITIVE_INFINITY;
  }
}

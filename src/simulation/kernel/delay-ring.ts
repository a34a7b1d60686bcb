// What happens a fixed time from now, first in first out: a constant delay needs no sorting.

import { Doubles, Ints, newDoubles, newInts, newRecord } from "./columns";

/** Cells with the moment of each, in order. Room is made once, for every entry of a run. */
@unmanaged
export class DelayRing {
  /** The moment of the first entry, Infinity when there is none. */
  firstAt: f64;
  private atSeconds: Doubles;
  private cells: Ints;
  private head: i32;
  private tail: i32;

  static make(capacity: i32): DelayRing {
    const ring = changetype<DelayRing>(newRecord(offsetof<DelayRing>()));
    ring.atSeconds = newDoubles(capacity + 1);
    ring.cells = newInts(capacity + 1);
    ring.clear();
    return ring;
  }

  clear(): void {
    this.head = 0;
    this.tail = 0;
    this.firstAt = Infinity;
  }

  push(atSeconds: f64, cell: i32): void {
    if (this.head === this.tail) this.firstAt = atSeconds;
    this.atSeconds[this.tail] = atSeconds;
    this.cells[this.tail] = cell;
    this.tail++;
  }

  /** Puts an entry where it belongs: for the few that do not come last. */
  insert(atSeconds: f64, cell: i32): void {
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
  shift(): i32 {
    const cell = this.cells[this.head++];
    this.firstAt = this.head === this.tail ? Infinity : this.atSeconds[this.head];
    return cell;
  }

  /** Strikes out the `nth` entry of a cell. @returns its moment */
  strike(cell: i32, nth: i32): f64 {
    let before = nth;
    for (let at = this.head; at < this.tail; at++) {
      if (this.cells[at] !== cell) continue;
      if (before === 0) {
        this.cells[at] = -1;
        return this.atSeconds[at];
      }
      before--;
    }
    return Infinity;
  }
}

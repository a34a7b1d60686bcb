// A queue of hosts by the moment of their next known event: a 4-ary heap over slots, each in it at most once.

/** Slots ordered by `dueAt[slot]`, Infinity for those that wait for nothing. */
export class HostHeap {
  readonly dueAt: Float64Array;
  private readonly slots: Int32Array;
  private readonly placeOf: Int32Array;
  private length = 0;

  constructor(capacity: number) {
    this.dueAt = new Float64Array(capacity);
    this.slots = new Int32Array(capacity);
    this.placeOf = new Int32Array(capacity).fill(-1);
  }

  clear(): void {
    for (let place = 0; place < this.length; place++) this.placeOf[this.slots[place]] = -1;
    this.length = 0;
  }

  /** The moment of the first event, Infinity when there is none. */
  firstAt(): number {
    return this.length === 0 ? Number.POSITIVE_INFINITY : this.dueAt[this.slots[0]];
  }

  first(): number {
    return this.slots[0];
  }

  /** Sets when a slot is due next; Infinity takes it out. */
  set(slot: number, dueAt: number): void {
    let place = this.placeOf[slot];
    if (dueAt === Number.POSITIVE_INFINITY) {
      if (place >= 0) this.remove(place);
      return;
    }
    this.dueAt[slot] = dueAt;
    if (place < 0) place = this.length++;
    this.slots[place] = slot;
    this.placeOf[slot] = place;
    this.settle(place);
  }

  private remove(place: number): void {
    this.placeOf[this.slots[place]] = -1;
    const last = this.slots[--this.length];
    if (place === this.length) return;
    this.slots[place] = last;
    this.placeOf[last] = place;
    this.settle(place);
  }

  /** Moves the slot at `place` up or down to where it belongs. */
  private settle(place: number): void {
    const { slots, placeOf, dueAt } = this;
    const slot = slots[place];
    const due = dueAt[slot];
    let at = place;
    while (at > 0) {
      const above = (at - 1) >> 2;
      if (dueAt[slots[above]] <= due) break;
      slots[at] = slots[above];
      placeOf[slots[at]] = at;
      at = above;
    }
    for (;;) {
      let least = -1;
      const end = Math.min(this.length, 4 * at + 5);
      for (let below = 4 * at + 1; below < end; below++) {
        if (least < 0 || dueAt[slots[below]] < dueAt[slots[least]]) least = below;
      }
      if (least < 0 || dueAt[slots[least]] >= due) break;
      slots[at] = slots[least];
      placeOf[slots[at]] = at;
      at = least;
    }
    slots[at] = slot;
    placeOf[slot] = at;
  }
}

// What happens next: a 4-ary heap of (time, task). In: tasks with a time. Out: the earliest one.
// Ties are taken in the order they were put in, so that a run is the same everywhere.

/** Does its work at `nowMs` and says when it wants to run again; Infinity when it is over. */
export type Task = (nowMs: number) => number;

export class TaskQueue {
  length = 0;
  #atMs = new Float64Array(1024);
  #order = new Float64Array(1024);
  #tasks: Task[] = [];
  #added = 0;

  /** The time of the earliest task, Infinity when there is none. */
  get nextMs(): number {
    return this.length === 0 ? Infinity : this.#atMs[0];
  }

  add(atMs: number, task: Task): void {
    if (!(atMs < Infinity)) return;
    if (this.length === this.#atMs.length) this.#grow();
    this.#rise(this.length++, atMs, this.#added++, task);
  }

  /** Runs the earliest task and puts it back at the time it asks for. The queue must not be empty. */
  runNext(): void {
    const task = this.#tasks[0];
    const order = this.#order[0];
    const nowMs = this.#atMs[0];
    const again = task(nowMs);
    // The task may have added others, all later than now or equal with a higher order: it is still at the root.
    if (this.#tasks[0] !== task || this.#order[0] !== order)
      throw new Error("Assertion failed: a task stays first while it runs");
    if (again < Infinity) {
      this.#sink(0, Math.max(again, nowMs), this.#added++, task);
      return;
    }
    const last = --this.length;
    const [lastMs, lastOrder, lastTask] = [this.#atMs[last], this.#order[last], this.#tasks[last]];
    this.#tasks.length = last;
    if (last > 0) this.#sink(0, lastMs, lastOrder, lastTask);
  }

  #rise(from: number, atMs: number, order: number, task: Task): void {
    let slot = from;
    while (slot > 0) {
      const parent = (slot - 1) >> 2;
      if (!isBefore(atMs, order, this.#atMs[parent], this.#order[parent])) break;
      this.#copy(parent, slot);
      slot = parent;
    }
    this.#put(slot, atMs, order, task);
  }

  #sink(from: number, atMs: number, order: number, task: Task): void {
    let slot = from;
    for (;;) {
      const first = slot * 4 + 1;
      if (first >= this.length) break;
      const end = Math.min(first + 4, this.length);
      let least = first;
      for (let child = first + 1; child < end; child++) {
        if (isBefore(this.#atMs[child], this.#order[child], this.#atMs[least], this.#order[least])) least = child;
      }
      if (!isBefore(this.#atMs[least], this.#order[least], atMs, order)) break;
      this.#copy(least, slot);
      slot = least;
    }
    this.#put(slot, atMs, order, task);
  }

  #copy(from: number, to: number): void {
    this.#atMs[to] = this.#atMs[from];
    this.#order[to] = this.#order[from];
    this.#tasks[to] = this.#tasks[from];
  }

  #put(slot: number, atMs: number, order: number, task: Task): void {
    this.#atMs[slot] = atMs;
    this.#order[slot] = order;
    this.#tasks[slot] = task;
  }

  #grow(): void {
    const atMs = new Float64Array(this.#atMs.length * 2);
    const order = new Float64Array(atMs.length);
    atMs.set(this.#atMs);
    order.set(this.#order);
    this.#atMs = atMs;
    this.#order = order;
  }
}

function isBefore(atMs: number, order: number, otherMs: number, otherOrder: number): boolean {
  return atMs < otherMs || (atMs === otherMs && order < otherOrder);
}

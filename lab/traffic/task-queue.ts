// What happens next: a 4-ary heap of (time, task). In: tasks with a time. Out: the earliest one.
// Ties are taken in the order they were put in, so that a run is the same everywhere.

import { assert } from "../../src/kit/assert.ts";

/** Does its work at `nowMs` and says when it wants to run again; Infinity when it is over. */
export type Task = (nowMs: number) => number;

/** Slots of the heap are columns; `task` is a row of the list of tasks, which does not move. */
export class TaskQueue {
  length = 0;
  #atMs = new Float64Array(1024);
  #order = new Float64Array(1024);
  #task = new Int32Array(1024);
  readonly #tasks: Task[] = [];
  readonly #free: number[] = [];
  #added = 0;

  /** The time of the earliest task, Infinity when there is none. */
  get nextMs(): number {
    return this.length === 0 ? Infinity : this.#atMs[0];
  }

  add(atMs: number, task: Task): void {
    if (!(atMs < Infinity)) return;
    if (this.length === this.#atMs.length) this.#grow();
    const row = this.#free.pop() ?? this.#tasks.length;
    this.#tasks[row] = task;
    this.#rise(this.length++, atMs, this.#added++, row);
  }

  /** Runs the earliest task and puts it back at the time it asks for. The queue must not be empty. */
  runNext(): void {
    const row = this.#task[0];
    const nowMs = this.#atMs[0];
    const againMs = this.#tasks[row](nowMs);
    assert(this.#task[0] === row, "what a task adds comes after it");
    if (againMs < Infinity) {
      this.#sink(Math.max(againMs, nowMs), this.#added++, row);
      return;
    }
    this.#free.push(row);
    const last = --this.length;
    if (last > 0) this.#sink(this.#atMs[last], this.#order[last], this.#task[last]);
  }

  #rise(from: number, atMs: number, order: number, row: number): void {
    let slot = from;
    while (slot > 0) {
      const parent = (slot - 1) >> 2;
      if (this.#atMs[parent] < atMs || (this.#atMs[parent] === atMs && this.#order[parent] < order)) break;
      this.#copy(parent, slot);
      slot = parent;
    }
    this.#put(slot, atMs, order, row);
  }

  /** Puts a task in at the top and lets it sink. */
  #sink(putMs: number, putOrder: number, row: number): void {
    const atMs = this.#atMs;
    const order = this.#order;
    const { length } = this;
    let slot = 0;
    for (;;) {
      const first = slot * 4 + 1;
      if (first >= length) break;
      const end = Math.min(first + 4, length);
      let least = first;
      let leastMs = atMs[first];
      for (let child = first + 1; child < end; child++) {
        if (atMs[child] < leastMs || (atMs[child] === leastMs && order[child] < order[least])) {
          least = child;
          leastMs = atMs[child];
        }
      }
      if (leastMs > putMs || (leastMs === putMs && order[least] > putOrder)) break;
      this.#copy(least, slot);
      slot = least;
    }
    this.#put(slot, putMs, putOrder, row);
  }

  #copy(from: number, to: number): void {
    this.#atMs[to] = this.#atMs[from];
    this.#order[to] = this.#order[from];
    this.#task[to] = this.#task[from];
  }

  #put(slot: number, atMs: number, order: number, row: number): void {
    this.#atMs[slot] = atMs;
    this.#order[slot] = order;
    this.#task[slot] = row;
  }

  #grow(): void {
    const atMs = new Float64Array(this.#atMs.length * 2);
    const order = new Float64Array(atMs.length);
    const task = new Int32Array(atMs.length);
    atMs.set(this.#atMs);
    order.set(this.#order);
    task.set(this.#task);
    [this.#atMs, this.#order, this.#task] = [atMs, order, task];
  }
}

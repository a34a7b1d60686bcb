import { describe, expect, it } from "vitest";
import { createRandom } from "../../src/kit/random.ts";
import { TaskQueue } from "./task-queue.ts";

describe("TaskQueue", () => {
  it("runs tasks by time, ties in the order they were put in, as a sorted list would", () => {
    const random = createRandom(1);
    const queue = new TaskQueue();
    const expected: { atMs: number; name: number }[] = [];
    const ran: { atMs: number; name: number }[] = [];
    for (let name = 0; name < 3_000; name++) {
      const atMs = random.below(500);
      expected.push({ atMs, name });
      queue.add(atMs, (nowMs) => {
        ran.push({ atMs: nowMs, name });
        return Infinity;
      });
    }
    while (queue.length > 0) queue.runNext();
    expect(ran).toEqual(expected.toSorted((a, b) => a.atMs - b.atMs || a.name - b.name));
    expect(queue.nextMs).toBe(Infinity);
  });

  it("runs a task again at the time it asks for and tasks that tasks add", () => {
    const queue = new TaskQueue();
    const ran: string[] = [];
    queue.add(5, (nowMs) => {
      ran.push(`a${nowMs}`);
      if (nowMs === 5) queue.add(5, () => (ran.push("added"), Infinity));
      return nowMs < 15 ? nowMs + 5 : Infinity;
    });
    queue.add(10, () => (ran.push("b10"), Infinity));
    while (queue.length > 0) queue.runNext();
    expect(ran).toEqual(["a5", "added", "b10", "a10", "a15"]);
  });
});

// The contact memory against a Map with two generations, on random keys and times.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  CONTACT_PENDING,
  CONTACT_SETTLED,
  CONTACT_UNKNOWN,
  ContactMemory,
  contactKey,
  pairKey,
} from "./contact-memory.ts";

const HALF_MS = 1_000;

/** The slow twin: forgets by time only. */
class MapMemory {
  young = new Map<number, number>();
  old = new Map<number, number>();
  rotatedMs: number | null = null;

  see(key: number, nowMs: number): number {
    if (this.rotatedMs === null) this.rotatedMs = nowMs;
    else if (nowMs - this.rotatedMs > HALF_MS) {
      this.rotatedMs = nowMs;
      this.old = this.young;
      this.young = new Map();
    }
    const known = this.young.get(key);
    if (known !== undefined) return known;
    const before = this.old.get(key) ?? CONTACT_UNKNOWN;
    this.young.set(key, before === CONTACT_UNKNOWN ? CONTACT_SETTLED : before);
    return before;
  }

  peek(key: number): number {
    return this.young.get(key) ?? this.old.get(key) ?? CONTACT_UNKNOWN;
  }

  mark(key: number, state: number): void {
    if (this.young.has(key)) this.young.set(key, state);
  }
}

const step = fc.record({
  key: fc.integer({ min: 1, max: 300 }).map((n) => Math.imul(n, 0x9e3779b1) >>> 0),
  afterMs: fc.integer({ min: 0, max: 60 }),
  act: fc.constantFrom("see", "see", "peek", "mark-pending", "mark-settled"),
});

describe("ContactMemory", () => {
  test("answers like a Map with two generations", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const memory = new ContactMemory(2 * HALF_MS, 1 << 16);
        const twin = new MapMemory();
        let nowMs = 0;
        for (const { key, afterMs, act } of steps) {
          nowMs += afterMs;
          if (act === "see") expect(memory.see(key, nowMs)).toBe(twin.see(key, nowMs));
          else if (act === "peek") expect(memory.peek(key)).toBe(twin.peek(key));
          else {
            const state = act === "mark-pending" ? CONTACT_PENDING : CONTACT_SETTLED;
            memory.mark(key, state);
            twin.mark(key, state);
          }
        }
      }),
      { seed: 11 },
    );
  });

  test("keeps all keys and their states while it grows", () => {
    const memory = new ContactMemory(Number.POSITIVE_INFINITY, 1 << 20);
    const keyAt = (at: number): number => Math.imul(at + 1, 0x85ebca6b) >>> 0;
    for (let at = 0; at < 50_000; at++) {
      memory.see(keyAt(at), 0);
      if (at % 3 === 0) memory.mark(keyAt(at), CONTACT_PENDING);
    }
    for (let at = 0; at < 50_000; at++) {
      expect(memory.peek(keyAt(at))).toBe(at % 3 === 0 ? CONTACT_PENDING : CONTACT_SETTLED);
    }
    expect(memory.keys().length).toBe(50_000);
    expect(memory.forgottenCount).toBe(0);
  });

  test("forgets the older half and counts it when it may not grow", () => {
    const memory = new ContactMemory(Number.POSITIVE_INFINITY, 64);
    for (let key = 1; key <= 200; key++) memory.see(key, 0);
    expect(memory.keys().length).toBeLessThanOrEqual(64);
    expect(memory.keys().length + memory.forgottenCount).toBe(200);
    expect(memory.peek(200)).toBe(CONTACT_SETTLED);
    expect(memory.peek(1)).toBe(CONTACT_UNKNOWN);
  });

  test("keys tell the direction, the port and the pair apart", () => {
    const keys = [
      contactKey(1, 2, 6, 445),
      contactKey(2, 1, 6, 445),
      contactKey(1, 2, 17, 445),
      contactKey(1, 2, 6, 446),
    ];
    keys.push(pairKey(1, 2), pairKey(2, 1));
    expect(new Set(keys).size).toBe(keys.length);
  });
});

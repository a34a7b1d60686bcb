// Listeners against a Map of objects on random calls, beyond several growths, and what a baseline keeps of them.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { HostIndex } from "../model/units.ts";
import { Listeners, NO_LISTENER } from "./listeners.ts";

const call = fc.record({
  host: fc.integer({ min: -50, max: 50 }),
  port: fc.constantFrom(22, 445, 3389),
  protocol: fc.constantFrom(6, 17),
  caller: fc.integer({ min: 0, max: 1_000 }),
  isClient: fc.boolean(),
  atMs: fc.integer({ min: 0, max: 1e12 }),
  bytes: fc.integer({ min: -1, max: 1e6 }),
});

describe("Listeners", () => {
  test("count and remember like a Map of objects", () => {
    fc.assert(
      fc.property(fc.array(call, { maxLength: 300 }), (calls) => {
        const listeners = new Listeners(10_000);
        const twin = new Map<string, { callers: number; clients: number; last: (typeof calls)[number] }>();
        for (const one of calls) {
          const { host, protocol, port, caller, isClient, atMs, bytes } = one;
          listeners.call(host, protocol, port, caller as HostIndex, isClient, atMs, bytes);
          const key = `${host} ${protocol} ${port}`;
          const known = twin.get(key) ?? { callers: 0, clients: 0, last: one };
          twin.set(key, { callers: known.callers + 1, clients: known.clients + (isClient ? 1 : 0), last: one });
        }
        expect(listeners.length).toBe(twin.size);
        for (const { callers, clients, last } of twin.values()) {
          const listener = listeners.find(last.host, last.protocol, last.port);
          expect(listeners.callers[listener]).toBe(callers);
          expect(listeners.clientCallers[listener]).toBe(clients);
          expect(listeners.lastCaller[listener]).toBe(last.caller);
          expect(listeners.lastCallMsOf(listener)).toBe(last.atMs);
          expect(listeners.lastBytes[listener]).toBe(last.bytes);
        }
        expect(listeners.find(51, 6, 22)).toBe(NO_LISTENER);
      }),
      { seed: 12 },
    );
  });

  test("keep everything while the table grows", () => {
    const listeners = new Listeners(100_000);
    for (let host = 0; host < 20_000; host++) {
      for (let turn = 0; turn <= host % 3; turn++)
        listeners.call(host, 6, 445, host as HostIndex, true, host + 0.5, host);
    }
    for (let host = 0; host < 20_000; host++) {
      const listener = listeners.find(host, 6, 445);
      expect(listeners.callers[listener]).toBe(1 + (host % 3));
      expect(listeners.lastCallMsOf(listener)).toBe(host + 0.5);
    }
  });

  test("refuse and count new listeners beyond the limit, and still count the old ones", () => {
    const listeners = new Listeners(2);
    for (const host of [1, 2, 3, 1]) listeners.call(host, 6, 22, 9 as HostIndex, true, 0, 0);
    expect(listeners.refusedCount).toBe(1);
    expect(listeners.find(3, 6, 22)).toBe(NO_LISTENER);
    expect(listeners.callers[listeners.find(1, 6, 22)]).toBe(2);
  });

  test("hand servers to a baseline by key, and take them back", () => {
    const listeners = new Listeners(5_000);
    for (let host = 0; host < 3_000; host++) {
      for (let caller = 0; caller <= host % 4; caller++) listeners.call(host, 6, 22, caller as HostIndex, true, 0, 0);
    }
    const servers = listeners.serverKeys(3);
    expect(servers.length).toBe(1_500);
    expect(servers.every((server, at) => at === 0 || server.key > servers[at - 1].key)).toBe(true);
    const restored = new Listeners(5_000);
    for (const { key, clientCallers } of servers) restored.restore(key, clientCallers);
    expect(restored.serverKeys(3)).toEqual(servers);
    expect(restored.lastCaller[restored.find(3, 6, 22)]).toBe(-1);
    expect(restored.clientCallers[restored.find(3, 6, 22)]).toBe(4);
  });
});

// The contact log against an array of objects: chains by source and by target, growth, and what a full ring forgets.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Outcome } from "../model/flow.ts";
import type { HostIndex } from "../model/units.ts";
import { ContactLog, NO_CONTACT } from "./contact-log.ts";

const contact = fc.record({ source: fc.integer({ min: 0, max: 6 }), target: fc.integer({ min: 0, max: 6 }) });

/** Writes the contacts with their chains; contact k is at k * 1.5 ms on port k with k bytes. */
function write(log: ContactLog, contacts: readonly { source: number; target: number }[]): Map<string, number> {
  const last = new Map<string, number>();
  for (const [at, { source, target }] of contacts.entries()) {
    const serial = log.append(
      at * 1.5,
      source as HostIndex,
      target as HostIndex,
      6,
      at & 0xffff,
      (at % 4) as Outcome,
      at,
      last.get(`source ${source}`) ?? NO_CONTACT,
      last.get(`target ${target}`) ?? NO_CONTACT,
    );
    last.set(`source ${source}`, serial);
    last.set(`target ${target}`, serial);
  }
  return last;
}

describe("ContactLog", () => {
  test("its chains are the contacts of a source or target backwards, as far as the ring reaches", () => {
    fc.assert(
      fc.property(fc.array(contact, { maxLength: 200 }), fc.integer({ min: 1, max: 64 }), (contacts, capacity) => {
        const log = new ContactLog(capacity);
        const last = write(log, contacts);
        const kept = contacts.map((one, at) => ({ ...one, at })).slice(-capacity);
        expect(log.overwrittenCount).toBe(Math.max(0, contacts.length - capacity));
        for (let host = 0; host <= 6; host++) {
          const chains = [
            { end: "source", before: log.beforeBySource },
            { end: "target", before: log.beforeByTarget },
          ] as const;
          for (const { end, before } of chains) {
            const seen: number[] = [];
            let row = log.row(last.get(`${end} ${host}`) ?? NO_CONTACT);
            while (row !== NO_CONTACT) {
              expect(log[end][row]).toBe(host);
              expect(log.atMs[row]).toBe(log.bytes[row] * 1.5);
              seen.push(log.bytes[row]);
              row = log.row(before[row]);
            }
            const expected = kept.filter((one) => one[end] === host).map(({ at }) => at);
            expect(seen).toEqual(expected.reverse());
          }
        }
      }),
      { seed: 13 },
    );
  });

  test("keeps its rows while it grows", () => {
    const log = new ContactLog(20_000);
    write(
      log,
      Array.from({ length: 15_000 }, (_, at) => ({ source: at % 7, target: at % 5 })),
    );
    for (const serial of [0, 4_095, 4_096, 14_999]) {
      const row = log.row(serial);
      expect([log.atMs[row], log.port[row], log.outcome[row]]).toEqual([serial * 1.5, serial, serial % 4]);
    }
    expect(log.row(-1)).toBe(NO_CONTACT);
  });
});

// The rows of sources: columns of one row do not overlap and survive growth, rows change hands as they should.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Column } from "../kit/column.ts";
import { HostTable } from "../model/host-table.ts";
import {
  CLASSES,
  classOf,
  GROUPS,
  NO_SOURCE,
  narrowOf,
  narrowTestOf,
  portBreadth,
  SOURCE_WORDS,
  Sources,
  testOf,
  wideOf,
  wideTestOf,
} from "./sources.ts";

/** Every place of a row by name: the column and where in it. */
function placesOf(sources: Sources, source: number): [string, Column<number>, number][] {
  const columns = sources as unknown as Record<string, Column<number>>;
  const places: [string, Column<number>, number][] = [];
  const wide = ["firstMs", "lastMs", "bytesBack", "exposedMs", "calledMs", "childMs", "flaggedMs"];
  const narrow = ["passedOn", "sameLoads"];
  const plain = ["lastTargetWord", "lastContact", "status", "contacts", "repeats", "knownPairs", "failed"];
  plain.push("portsLow", "portsHigh", "exposedBy", "propagated", "calledBy", "childScore", "child", "lastLoad");
  for (const name of wide) places.push([name, columns[name], wideOf(source)]);
  for (const name of narrow) places.push([name, columns[name], narrowOf(source)]);
  for (const name of plain) places.push([name, columns[name], source]);
  for (let portClass = 0; portClass < CLASSES; portClass++) {
    places.push([`byClass ${portClass}`, sources.byClass, classOf(source, portClass)]);
  }
  for (let group = 0; group < GROUPS; group++) {
    places.push([`score ${group}`, sources.score, testOf(source, group)]);
    places.push([`peak ${group}`, sources.peak, testOf(source, group)]);
    places.push([`onsetMs ${group}`, sources.onsetMs, wideTestOf(source, group)]);
    places.push([`run ${group}`, sources.run, narrowTestOf(source, group)]);
    places.push([`lastPort ${group}`, sources.lastPort, narrowTestOf(source, group)]);
  }
  return places;
}

describe("Sources", () => {
  test("hold each value in a place of its own, also after the table has grown", () => {
    const hosts = new HostTable();
    const sources = new Sources(hosts, 5_000);
    const rowCount = 700; // beyond the 256 rows at the start, twice
    const rows = Array.from({ length: rowCount }, (_, at) => sources.rowOf(hosts.intern4(at + 1), 7));
    for (const [at, source] of rows.entries()) {
      for (const [place, [, column, index]] of placesOf(sources, source).entries())
        column[index] = 1 + place + (at % 50);
    }
    for (let more = 0; more < 1_000; more++) sources.rowOf(hosts.intern4(10_000 + more), 8);
    for (const [at, source] of rows.entries()) {
      const wrong = placesOf(sources, source).filter(
        ([, column, index], place) => column[index] !== 1 + place + (at % 50),
      );
      expect(wrong.map(([name]) => name)).toEqual([]);
      expect(sources.find(hosts.intern4(at + 1))).toBe(source);
    }
    expect(sources.count).toBe(rowCount + 1_000);
  });

  test("find and give rows like a Map, and never give one row to two hosts", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 600 }), (addresses) => {
        const hosts = new HostTable();
        const sources = new Sources(hosts, 1_000);
        const twin = new Map<number, number>();
        for (const address of addresses) {
          const host = hosts.intern4(address);
          expect(sources.find(host)).toBe(twin.get(address) ?? NO_SOURCE);
          const source = sources.rowOf(host, 0);
          expect(source % SOURCE_WORDS).toBe(0);
          if (!twin.has(address)) expect([...twin.values()]).not.toContain(source);
          twin.set(address, source);
        }
      }),
      { seed: 14, numRuns: 30 },
    );
  });

  test("a full table gives the row of a host without suspicion to the next, cleared, and refuses when all are suspected", () => {
    const hosts = new HostTable();
    const sources = new Sources(hosts, 2);
    const [a, b, c] = [hosts.intern4(1), hosts.intern4(2), hosts.intern4(3)];
    const rowOfA = sources.rowOf(a, 0);
    sources.score[testOf(rowOfA, 0)] = 9;
    const rowOfB = sources.rowOf(b, 0);
    sources.contacts[rowOfB] = 5;
    expect(sources.rowOf(c, 1)).toBe(rowOfB);
    expect([sources.contacts[rowOfB], sources.find(b), sources.reusedCount]).toEqual([0, NO_SOURCE, 1]);
    sources.score[testOf(rowOfB, 0)] = 9;
    expect(sources.rowOf(b, 2)).toBe(NO_SOURCE);
    expect(sources.refusedCount).toBe(1);
    expect(sources.find(a)).toBe(rowOfA);
  });

  test("a host row that changed its owner is no source any more", () => {
    const hosts = new HostTable(2);
    const sources = new Sources(hosts, 10);
    const host = hosts.intern4(1);
    sources.rowOf(host, 0);
    hosts.intern4(2);
    hosts.beginBatch();
    const other = hosts.intern4(3);
    expect(hosts.evictedCount).toBe(1);
    expect(sources.find(other)).toBe(NO_SOURCE);
  });

  test("portBreadth estimates distinct ports from the bits set: linear counting", () => {
    expect(portBreadth(0, 0)).toBe(0);
    expect(portBreadth(1, 0)).toBeCloseTo(64 * Math.log(64 / 63), 12);
    expect(portBreadth(-1, 0)).toBeCloseTo(64 * Math.log(2), 12);
    expect(portBreadth(-1, -1)).toBeCloseTo(64 * Math.log(64), 12);
  });
});

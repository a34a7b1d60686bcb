import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commonTask, momentsOf, rehearsalOf, townMap } from "../../test/town.ts";
import { randomRehearsal } from "../../test/twin/random-rehearsal.ts";
import type { TimedOrder } from "../model/rehearsal.ts";
import { OutbreakRun } from "./outbreak-run.ts";
import { defenders, openRehearsalPool, playRuns, type Rehearsal, RehearsalError, simulate, worms } from "./simulate.ts";
import { termsOf } from "./terms.ts";

const base = rehearsalOf({
  segments: 6,
  hosts: 60,
  vulnerableShare: 0.5,
  worm: { localTriesPerSecond: 1, remoteTriesPerSecond: 0.05, dormancy: { meanSeconds: 5, kind: "exponential" } },
  defender: { isolateSeconds: 1, contactsToFlag: 3, isolateFailureProbability: 0.02 },
  horizonSeconds: 120,
});
const anyRehearsal = fc.nat(10_000).map(randomRehearsal);
const order = (segment: string, atSeconds = 10): TimedOrder => {
  const control = { kind: "isolate-segment", segment, except: [] } as const;
  return { control, atSeconds, failureProbability: 0, liftSeconds: null };
};
const meanAtEnd = (rehearsal: Rehearsal, runs: number): number => {
  const { taken, segmentCount } = playRuns(rehearsal, 0, runs, [rehearsal.horizonSeconds]);
  return (momentsOf(taken).mean * taken.length) / (taken.length / segmentCount);
};

describe("playRuns()", () => {
  it("never takes more than is vulnerable, and never gives back", () => {
    fc.assert(
      fc.property(anyRehearsal, (rehearsal) => {
        const at = [0, 0.3, 0.6, 1].map((share) => share * rehearsal.horizonSeconds);
        const { vulnerable } = termsOf(rehearsal).start;
        const { taken, segmentCount, crossedSeconds } = playRuns(rehearsal, 0, 5, at);
        taken.forEach((count, row) => {
          expect(count).toBeLessThanOrEqual(vulnerable[row % segmentCount]);
          const isFirst = Math.floor(row / segmentCount) % at.length === 0;
          if (!isFirst) expect(count).toBeGreaterThanOrEqual(taken[row - segmentCount]);
        });
        for (const moment of crossedSeconds) {
          expect(moment === Number.POSITIVE_INFINITY || (moment >= 0 && moment <= rehearsal.horizonSeconds)).toBe(true);
        }
      }),
      { seed: 3, numRuns: 100 },
    );
  });
  it("plays a run the same whichever runs are played before it", () => {
    fc.assert(
      fc.property(anyRehearsal, (rehearsal) => {
        const at = [rehearsal.horizonSeconds];
        const all = playRuns(rehearsal, 0, 6, at);
        const last = playRuns(rehearsal, 5, 6, at);
        expect(last.taken).toEqual(all.taken.subarray(5 * all.segmentCount));
        expect(last.hasEnded[0]).toBe(all.hasEnded[5]);
      }),
      { seed: 4, numRuns: 60 },
    );
  });
  it("takes nothing outside a segment that is isolated from the start", () => {
    const orders = base.map.segments.map(({ id }) => order(id, 0));
    const { taken } = playRuns({ ...base, orders }, 0, 50, [120]);
    taken.forEach((count, row) => expect(count === 0 || row % 6 === 0).toBe(true));
  });
  it("ends at once when everything is closed and the known are isolated", () => {
    const state = { ...base.state, segments: [{ segment: "s0", infected: 3, isolated: 3, hiddenMean: 0 }] };
    const samples = playRuns({ ...base, state }, 0, 10, [120]);
    expect(Array.from(samples.hasEnded)).toEqual(Array(10).fill(1));
    expect(samples.taken.reduce((sum, count) => sum + count)).toBe(30);
  });
  it("has fewer taken in the mean with an order than without", () => {
    const without = meanAtEnd(base, 300);
    for (const segment of ["s0", "s3"]) {
      const orders = [order(segment, 5)];
      expect(meanAtEnd({ ...base, orders }, 300)).toBeLessThan(without);
    }
  });
  it("shares the luck of two rehearsals until they differ", () => {
    const at = [9, 120];
    const [first, second] = [base, { ...base, orders: [order("s0")] }].map((each) => playRuns(each, 0, 40, at));
    for (let run = 0; run < 40; run++) {
      expect(first.taken.subarray(run * 12, run * 12 + 6)).toEqual(second.taken.subarray(run * 12, run * 12 + 6));
    }
  });
  it("allocates nothing per event", () => {
    const town = { segments: 20, hosts: 200, worm: base.worm, horizonSeconds: 300 } as const;
    const defender = { isolateSeconds: 2, contactsToFlag: 10 };
    const outbreaks = [
      new OutbreakRun(termsOf(commonTask(20), { removalRate: 1 })),
      new OutbreakRun(termsOf(rehearsalOf(town))),
      new OutbreakRun(termsOf(rehearsalOf({ ...town, defender }))),
    ];
    for (const outbreak of outbreaks) {
      const playAll = (): void => {
        for (let run = 0; run < 60; run++) outbreak.play(run, [], () => undefined);
      };
      for (let warmup = 0; warmup < 4; warmup++) playAll();
      globalThis.gc?.();
      const [rings, before] = [outbreak.ward.ringCount, process.memoryUsage().heapUsed];
      playAll();
      const made = process.memoryUsage().heapUsed - before;
      globalThis.gc?.();
      const kept = process.memoryUsage().heapUsed - before;
      const ringCount = outbreak.ward.ringCount - rings;
      // Numbers that cross a call are boxed until the loop is compiled (the benchmark sees 0.7 bytes); objects would be more.
      expect(made / ringCount).toBeLessThan(64);
      expect(kept / ringCount).toBeLessThan(1);
    }
  });
});

describe("simulate()", () => {
  it("gives the same bytes on 0, 1, 2 and 4 workers", async () => {
    const forecasts = [];
    for (const workers of [0, 1, 2, 4]) {
      forecasts.push(JSON.stringify(await simulate(base, { runs: 300, workers, precision: 0.02, runsMax: 1_200 })));
    }
    expect(new Set(forecasts).size).toBe(1);
  });
  it("goes on from a checkpoint to the same bytes", async () => {
    const folder = mkdtempSync(join(tmpdir(), "cordon-checkpoint-"));
    const path = join(folder, "forecast.json");
    const options = { runs: 300, precision: 0.001, runsMax: 2_000 };
    const stop = new AbortController();
    const stopped = simulate(base, {
      ...options,
      checkpoint: path,
      signal: stop.signal,
      onProgress: (runs) => {
        if (runs >= 700) stop.abort();
      },
    });
    await expect(stopped).rejects.toThrow();
    expect(readFileSync(path, "utf8")).toContain("cordon.checkpoint/1");
    const resumed = await simulate(base, { ...options, checkpoint: path });
    expect(JSON.stringify(resumed)).toBe(JSON.stringify(await simulate(base, options)));
    await expect(simulate({ ...base, seed: 8 }, { checkpoint: path })).rejects.toThrow("of this very rehearsal");
    rmSync(folder, { recursive: true });
  });
  it("stops when it is precise, and says whether it was", async () => {
    const rough = await simulate(base, { runs: 200, precision: 0.1 });
    expect([rough.runs, rough.isPrecise]).toEqual([200, true]);
    const capped = await simulate(base, { runs: 200, precision: 1e-6, runsMax: 500 });
    expect([capped.runs, capped.isPrecise]).toEqual([500, false]);
  });
  it("adds up places, bands and boundaries", async () => {
    const { hospital, segments, boundaries, endedProbability, atSeconds } = await simulate(base, { runs: 200 });
    const end = atSeconds.length - 1;
    expect(segments.reduce((sum, each) => sum + each.taken.mean[end], 0)).toBeCloseTo(hospital.taken.mean[end], 9);
    expect(hospital.hostCount).toBe(360);
    for (const band of [hospital.taken, segments[3].taken]) {
      for (let level = 1; level < 5; level++) {
        expect(band.quantiles[level].every((value, at) => value >= band.quantiles[level - 1][at])).toBe(true);
      }
    }
    for (const { crossedProbability, crossedSeconds } of boundaries) {
      expect(crossedProbability.low).toBeLessThanOrEqual(crossedProbability.mean);
      expect(crossedProbability.high).toBeGreaterThanOrEqual(crossedProbability.mean);
      expect(crossedSeconds === null).toBe(crossedProbability.mean === 0);
    }
    expect(endedProbability.high).toBeLessThanOrEqual(1);
  });
});

describe("a pool", () => {
  it("plays many rehearsals as one thread does, and again after a fault", async () => {
    const pool = openRehearsalPool(2);
    const rehearsals = [base, { ...base, orders: [order("s1")] }, { ...base, seed: 9 }];
    const here = rehearsals.map((each) => playRuns(each, 10, 260, [60, 120]));
    expect(await pool.play(rehearsals, 10, 260, [60, 120])).toEqual(here);
    await expect(pool.play([{ ...base, seed: -1 }], 0, 10, [1])).rejects.toThrow(RehearsalError);
    expect(await pool.play(rehearsals, 10, 260, [60, 120])).toEqual(here);
    await pool.close();
    await expect(pool.play(rehearsals, 0, 1, [1])).rejects.toThrow("the pool must be open");
  });
  it("says what stopped a worker, and goes on", async () => {
    const pool = openRehearsalPool(1);
    // A map that cannot be read by a worker: the getter is gone after cloning, so its segments are no list.
    const broken = { ...base, map: { ...townMap({ segments: 1, hosts: 5 }), timeZone: () => "" } as never };
    await expect(pool.play([broken], 0, 10, [1])).rejects.toThrow(/could not be cloned/);
    expect((await pool.play([base], 0, 10, [120]))[0].runCount).toBe(10);
    await pool.close();
  });
});

describe("a rehearsal that cannot be played", () => {
  const cases: readonly (readonly [what: string, change: Partial<Rehearsal>, where: string])[] = [
    ["a negative rate", { worm: { ...base.worm, localTriesPerSecond: -1 } }, "worm.localTriesPerSecond"],
    ["a rate that is no number", { worm: { ...base.worm, remoteTriesPerSecond: Number.NaN } }, "worm.remoteTries"],
    ["an unknown port", { worm: { ...base.worm, port: "smb" } }, "worm.port"],
    ["another port", { state: { ...base.state, port: "tcp/139" } }, "state.port"],
    ["slots without a time", { worm: { ...base.worm, takesAtOnce: 10 } }, "worm.takeSeconds"],
    ["a time without slots", { worm: { ...base.worm, takeSeconds: 45 } }, "worm.takesAtOnce"],
    ["no slots", { worm: { ...base.worm, takesAtOnce: 0, takeSeconds: 45 } }, "worm.takesAtOnce"],
    ["a take of no time", { worm: { ...base.worm, takesAtOnce: 1, takeSeconds: 0 } }, "worm.takeSeconds"],
    ["a probability above 1", { worm: { ...base.worm, takeProbability: 1.1 } }, "worm.takeProbability"],
    ["an empty outbreak", { state: { ...base.state, segments: [] } }, "state.segments"],
    ["a map without segments", { map: { ...base.map, segments: [] } }, "map.segments"],
    ["a map without hosts", { map: townMap({ segments: 2, hosts: 0 }) }, "map.segments"],
    ["a seed that is no whole number", { seed: 0.5 }, "seed"],
    ["a horizon without end", { horizonSeconds: Number.POSITIVE_INFINITY }, "horizonSeconds"],
    ["no tries to a flag", { defender: { ...base.defender, contactsToFlag: 0 } }, "defender.contactsToFlag"],
    ["an order on an unknown segment", { orders: [order("s99")] }, "orders[0].control"],
    ["a lift before its order", { orders: [{ ...order("s1"), liftSeconds: 1 }] }, "orders[0].liftSeconds"],
  ];
  it.each(cases)("is refused for %s", (_, change, where) => {
    const play = (): unknown => playRuns({ ...base, ...change }, 0, 1, [1]);
    expect(play).toThrow(RehearsalError);
    expect(play).toThrow(`Cannot rehearse: ${where}`);
  });
  it("is refused for an unknown segment, and for more infected than hosts", () => {
    const state = (segment: string, infected: number): Rehearsal["state"] => {
      return { ...base.state, segments: [{ segment, infected, isolated: 0, hiddenMean: 0 }] };
    };
    expect(() => playRuns({ ...base, state: state("nowhere", 1) }, 0, 1, [1])).toThrow(
      "must be in the map, got nowhere",
    );
    expect(() => playRuns({ ...base, state: state("s1", 61) }, 0, 1, [1])).toThrow("at most the segment's hosts (60)");
  });
});

describe("profiles", () => {
  it("that come with Cordon can be played, and claim where their figures come from", () => {
    expect(worms.map(({ id }) => id)).toEqual(["sweep", "topological", "slow-shares", "slow-careful", "hit-list"]);
    expect(defenders.map(({ id }) => id)).toEqual(["watch-only", "automatic", "night", "day"]);
    for (const worm of worms) {
      for (const defender of defenders) playRuns({ ...base, worm, defender }, 0, 2, [120]);
      expect(worm.claims.length).toBeGreaterThan(1);
    }
  });
});

import { describe, expect, it } from "vitest";
import type { TimedOrder } from "../../src/model/rehearsal.ts";
import type { Rehearsal } from "../../src/simulation/simulate.ts";
import { compareOn, type Engine, judge } from "./compare.ts";
import { countTimes, errorsOf, fittedCells, probeTimes, sweepWorm } from "./fit-sweep.ts";
import { oneSegment } from "./one-segment.ts";
import { ProbeEvents } from "./probe-events.ts";
import { playProbeRun, playProbeRuns, wannaCryPace } from "./probe-twin.ts";
import { randomRehearsal } from "./random-rehearsal.ts";
import { savedBy, scoreWithProbes } from "./score-with-probes.ts";
import { playSlowRuns } from "./slow-twin.ts";

const segmentOf = (hostCount: number, change: Partial<Rehearsal> = {}): Rehearsal => ({
  ...oneSegment({
    hostCount,
    cidr: "10.0.0.0/24",
    horizonSeconds: 3_600,
    worm: { dormancy: { meanSeconds: 15, kind: "fixed" } },
  }),
  ...change,
});

describe("the probe twin", () => {
  it.each([
    [10, 76],
    [50, 118],
    [100, 161],
    [200, 235],
  ])("takes %i vulnerable hosts of a /24 in %i s, as measured before", (vulnerable, seconds) => {
    const runs = 150;
    let mean = 0;
    for (let run = 0; run < runs; run++) {
      const { takenAtSeconds } = playProbeRun(segmentOf(vulnerable), run, [3_600]);
      expect(takenAtSeconds).toHaveLength(vulnerable);
      mean += (takenAtSeconds.at(-1) ?? 0) / runs;
    }
    expect(Math.abs(mean / seconds - 1)).toBeLessThan(0.06);
  });
  it("is the slow twin when there is no sweep and a take needs no time", () => {
    const remoteOnly =
      (play: Engine): Engine =>
      (rehearsal, ...runs) => {
        const { worm } = rehearsal;
        const remote = { localTriesPerSecond: 0, remoteTriesPerSecond: 0.2, takesAtOnce: null, takeSeconds: null };
        return play({ ...rehearsal, worm: { ...worm, ...remote } }, ...runs);
      };
    const probes: Engine = (rehearsal, from, to, at) =>
      playProbeRuns(rehearsal, from, to, at, { ...wannaCryPace, takeMeanSeconds: 1e-9 });
    const compared = Array.from({ length: 40 }, (_, seed) =>
      compareOn(randomRehearsal(seed + 400), 60, remoteOnly(playSlowRuns), remoteOnly(probes)),
    ).flat();
    expect(compared.some((each) => each.meanFirst > 10)).toBe(true);
    expect(judge(compared, 1e-3).alarms).toEqual([]);
  });
  it("stops where an order closes the way, and takes up again when it is lifted", () => {
    const order: TimedOrder = {
      control: { kind: "close-port-within", within: "s", port: "tcp/445" },
      atSeconds: 1,
      failureProbability: 0,
      liftSeconds: null,
    };
    const host: TimedOrder = { ...order, control: { kind: "isolate-segment", segment: "s", except: [] } };
    const [nothing, closed, around] = scoreWithProbes(segmentOf(50), [[], [order], [host]], { runs: 20 });
    expect(savedBy(nothing, closed).mean).toBeGreaterThan(45);
    expect(savedBy(nothing, around).mean).toBe(0);
    const [again] = scoreWithProbes(segmentOf(50), [[]], { runs: 20 });
    expect(again).toEqual(nothing);
  });
  it("is followed by the counts of the profile within 31 %, at the densities of a usual hospital", () => {
    for (const cell of fittedCells) {
      const errors = errorsOf(countTimes(cell, 120, sweepWorm().dormancy), probeTimes(cell, 120));
      expect([cell, errors, errors.every((error) => Math.abs(error) < 0.31)]).toEqual([cell, errors, true]);
    }
  });
  it("waits for the earliest first", () => {
    const events = new ProbeEvents();
    const seconds = Array.from({ length: 3_000 }, (_, at) => (at * 7_919) % 3_001);
    seconds.forEach((each, at) => events.push(each, at % 7, at, -1));
    const seen: number[] = [];
    for (; events.length > 0; events.pop()) {
      expect([events.nextSeconds, events.nextKind]).toEqual([seconds[events.nextHost], events.nextHost % 7]);
      seen.push(events.nextSeconds);
    }
    expect(seen).toEqual([...seconds].sort((a, b) => a - b));
  });
});

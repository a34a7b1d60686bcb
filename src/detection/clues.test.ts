import { describe, expect, it } from "vitest";
import { wholeFlow } from "../../test/whole-flow.ts";
import { ipv4 } from "../model/address.ts";
import { BatchWriter } from "../model/batch.ts";
import { appendFlow, OUTCOME_ANSWERED, OUTCOME_UNANSWERED, type Outcome } from "../model/flow.ts";
import { HostTable } from "../model/host-table.ts";
import type { Observation } from "../model/observation.ts";
import type { Detection } from "../model/outbreak.ts";
import type { HostIndex } from "../model/units.ts";
import { Detector } from "./detect.ts";

const hosts = new HostTable();
const hostOf = (number: number): HostIndex => hosts.intern(ipv4(0x0a010000 + number * 77 + 5));
const a = hostOf(1);

interface Call {
  readonly atMs: number;
  readonly target: HostIndex;
  readonly outcome: Outcome;
}

function detect(calls: readonly Call[], observations: readonly Observation[], isOneBatch = true): Detection {
  const detector = new Detector({ hosts });
  const writer = new BatchWriter(hosts, (batch) => detector.feed(batch), 1_000);
  for (const { atMs, target, outcome } of calls) {
    appendFlow(writer.flows, wholeFlow({ atMs, source: a, target, outcome }));
    if (!isOneBatch) writer.flush();
  }
  for (const observation of observations) writer.observe(observation);
  writer.flush();
  return detector.report();
}

const repeat = (count: number, of: (nth: number) => Observation): Observation[] =>
  Array.from({ length: count }, (_, nth) => of(nth));

const failedLogons = (count: number, atMs = 500): Observation[] =>
  repeat(count, (nth) => ({
    kind: "logon-failed",
    atMs: atMs + nth,
    source: a,
    target: hostOf(2),
    accountHash: nth % 3,
  }));
const lockouts = (count: number): Observation[] =>
  repeat(count, (nth) => ({ kind: "account-locked", atMs: 700 + nth, source: a, accountHash: nth }));
const renames = (count: number): Observation[] => [
  { kind: "share-renames", atMs: 800, source: a, target: hostOf(2), count },
];
const sprays = (count: number): Observation[] =>
  repeat(count, (nth) => ({ kind: "logon-explicit", atMs: 850 + nth, source: a, target: hostOf(2), accountHash: nth }));

/** Every kind of evidence, much of it, against many targets. */
const everything: Observation[] = [
  ...failedLogons(500),
  ...lockouts(50),
  ...renames(5_000),
  ...sprays(200),
  ...repeat(40, (nth): Observation => ({ kind: "name-lookup", atMs: 900 + nth, source: a, name: `x${nth}.test` })),
  ...repeat(
    40,
    (nth): Observation => ({
      kind: "smb-probe",
      atMs: 950 + nth,
      source: a,
      target: hostOf(10 + nth),
      probe: "ms17-010",
    }),
  ),
  ...repeat(
    40,
    (nth): Observation => ({
      kind: "remote-execution",
      atMs: 1_000 + nth,
      source: a,
      target: hostOf(10 + nth),
      how: "service",
    }),
  ),
  ...repeat(
    40,
    (nth): Observation => ({
      kind: "alert",
      atMs: 1_050 + nth,
      source: a,
      target: hostOf(10 + nth),
      targetPort: 445,
      signature: `made-up alert ${nth}`,
      severity: 1,
      sensorName: "s",
    }),
  ),
];
const kindsOf = (detection: Detection): string[] => detection.notables.map((notable) => notable.kind);

describe("further evidence", () => {
  it("never flags a host by itself, however much there is", () => {
    const detection = detect([], everything);
    expect(detection.suspects).toEqual([]);
    expect(kindsOf(detection)).toEqual(expect.arrayContaining(["indicator", "lateral", "brute-force"]));
  });

  it("never flags a host with it that opened two shares that day", () => {
    const calls = [0, 300].map((atMs, nth) => ({
      atMs,
      target: hostOf(30 + nth),
      outcome: OUTCOME_ANSWERED as Outcome,
    }));
    expect(detect(calls, everything).suspects).toEqual([]);
  });

  it("flags a sweep sooner, and changes nothing about who is flagged", () => {
    const calls = Array.from({ length: 8 }, (_, nth) => ({
      atMs: nth * 20_000,
      target: hostOf(40 + nth * 3),
      outcome: (nth === 0 ? OUTCOME_ANSWERED : OUTCOME_UNANSWERED) as Outcome,
    }));
    const probes: Observation[] = [
      { kind: "smb-probe", atMs: 20_500, source: a, target: hostOf(40), probe: "smb1-anonymous-ipc" },
      { kind: "name-lookup", atMs: 20_600, source: a, name: "x.test" },
    ];
    const without = detect(calls, []).suspects;
    const withThem = detect(calls, probes).suspects;
    expect(without.map((suspect) => suspect.host)).toEqual([a]);
    expect(withThem.map((suspect) => suspect.host)).toEqual([a]);
    expect(withThem[0].flaggedMs).toBeLessThan(without[0].flaggedMs);
  });

  it("adds at most four nats per host", () => {
    const calls = Array.from({ length: 12 }, (_, nth) => ({
      atMs: nth * 60_000,
      target: hostOf(60 + nth * 3),
      outcome: OUTCOME_UNANSWERED as Outcome,
    }));
    const peakOf = (observations: readonly Observation[]): number => detect(calls, observations).suspects[0].logOdds;
    // Before any decay: the clues come within the first second or so.
    const gained = peakOf(everything) - peakOf([]);
    expect(gained).toBeGreaterThan(0);
    expect(gained).toBeLessThanOrEqual(4 + 1e-4);
  });

  it.each([
    ["failed log-ons", failedLogons, 20],
    ["lockouts", lockouts, 5],
    ["renames", renames, 20],
    ["log-ons with explicit credentials", sprays, 10],
  ] as const)("says nothing of a few %s and one sentence from the burst on", (_, make, least) => {
    expect(detect([], make(least - 1)).notables).toEqual([]);
    const { notables } = detect([], make(least));
    expect(notables.length).toBe(1);
    expect(notables[0].because.join()).toContain(String(least));
  });

  it("weighs a burst once, at its count, and not each event", () => {
    const calls = [{ atMs: 0, target: hostOf(90), outcome: OUTCOME_UNANSWERED as Outcome }];
    const unusual = (observations: readonly Observation[]): Detection => detect(calls, observations);
    expect(unusual(failedLogons(20)).suspects).toEqual([]);
    expect(unusual(failedLogons(20_000)).suspects).toEqual([]);
  });

  it("gathers alerts about one inside host that is called from outside in one line", () => {
    const alerts = repeat(
      30,
      (nth): Observation => ({
        kind: "alert",
        atMs: nth,
        source: hosts.intern(ipv4(0xc6120000 + nth)),
        target: a,
        targetPort: 22,
        signature: "made-up scan",
        severity: 2,
        sensorName: "s",
      }),
    );
    const { notables } = detect([], alerts);
    expect(notables.map(({ host, kind }) => [host, kind])).toEqual([[a, "inbound-scan"]]);
    expect(notables[0].because[0]).toContain("30 alerts about calls by 30 outside addresses");
  });
});

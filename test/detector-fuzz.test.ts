// Random rows, random observations, late rows and changing hosts through a detector: whatever comes, no throw, no number
// that is none, the same answer when asked twice; and a flood of forged sources neither fills the tables nor hides a worm.

import { describe, expect, it } from "vitest";
import { Detector } from "../src/detection/detect.ts";
import { createRandom, type Random } from "../src/kit/random.ts";
import { type Address, ipv4, ipv6 } from "../src/model/address.ts";
import { BatchWriter } from "../src/model/batch.ts";
import { OUTCOME_ANSWERED, OUTCOME_UNANSWERED, type Outcome, writeFlow } from "../src/model/flow.ts";
import { HostTable } from "../src/model/host-table.ts";
import type { Observation } from "../src/model/observation.ts";
import type { Detection } from "../src/model/outbreak.ts";
import type { HostIndex, SensorIndex } from "../src/model/units.ts";
import { wholeFlow } from "./whole-flow.ts";

/** Every number in a value is finite and no sentence speaks of a number that is none. */
function expectSound(value: unknown, path = ""): void {
  if (typeof value === "number") expect(Number.isFinite(value), path).toBe(true);
  else if (typeof value === "string") expect(value, path).not.toMatch(/NaN|undefined|Infinity|\bnull\b/);
  else if (typeof value === "object" && value !== null)
    for (const [key, part] of Object.entries(value)) expectSound(part, `${path}.${key}`);
}

class Chaos {
  readonly hosts = new HostTable(5_000, 16);
  readonly detector = new Detector({ hosts: this.hosts });
  readonly #random: Random;
  readonly #hostCount: number;
  readonly #ports: readonly number[];

  constructor(seed: number) {
    this.#random = createRandom(seed);
    this.#hostCount = this.#random.pick([4, 12, 60, 400]);
    this.#ports = this.#random.pick([[445], [445, 3389, 22], [445, 80, 53, 161, 0, 65_535, 8530, 9100, 104, 40_000]]);
  }

  run(isLateAllowed: boolean): Detection {
    const random = this.#random;
    const writer = new BatchWriter(this.hosts, (batch) => this.detector.feed(batch), random.pick([1, 7, 50]));
    const gapMs = random.pick([0.001, 1, 300, 60_000, 7_200_000]);
    let atMs = random.pick([0, 1_700_000_000_000]);
    for (let left = random.pick([5, 60, 500]); left > 0; left--) {
      atMs += random.exponential(gapMs);
      const lateMs = isLateAllowed && random.chance(0.05) ? random.below(100_000) : 0;
      this.#row(writer, atMs - lateMs);
      if (random.chance(0.05)) writer.observe(this.#observation(atMs - lateMs));
    }
    writer.flush();
    return this.detector.report();
  }

  #host(): HostIndex {
    const number = this.#random.below(this.#hostCount);
    let address: Address = ipv4(0x0a000000 + number * (this.#hostCount > 100 ? 1 : 300));
    if (number % 7 === 5) address = ipv4(0xc6120000 + number * 3);
    if (number % 7 === 6) address = ipv6(0xfd000000, 0, 0, number);
    return this.hosts.intern(address);
  }

  #row(writer: BatchWriter, atMs: number): void {
    const random = this.#random;
    const row = writer.row();
    const { flows } = writer;
    flows.atMs[row] = atMs;
    flows.startMs[row] = atMs - (random.chance(0.2) ? random.below(60_000) : 0);
    flows.durationMs[row] = random.below(5_000);
    flows.source[row] = this.#host();
    flows.target[row] = this.#host();
    flows.sourcePort[row] = random.below(65_536);
    flows.targetPort[row] = random.pick(this.#ports);
    flows.protocol[row] = random.pick([6, 6, 6, 6, 17, 1, 0, 58, 132, 47]);
    flows.phase[row] = random.pick([1, 2, 3, 3, 3, 4, 0, 7]);
    flows.outcome[row] = random.below(4) as Outcome;
    flows.direction[row] = random.below(3);
    flows.bytes[row] = random.pick([-1, 0, 60, 700, 40_000, 9e5, 4e9]);
    flows.packets[row] = random.pick([-1, 1, 9]);
    flows.bytesBack[row] = random.pick([-1, 0, 900, 1e8]);
    flows.packetsBack[row] = random.pick([-1, 0, 4]);
    flows.sensor[row] = random.below(3) as SensorIndex;
  }

  #observation(atMs: number): Observation {
    const random = this.#random;
    const [source, target] = [this.#host(), this.#host()];
    return random.pick<Observation>([
      { kind: "name-lookup", atMs, source, name: "x.test" },
      { kind: "alert", atMs, source, target, targetPort: 445, signature: "made up", severity: 1, sensorName: "s" },
      { kind: "logon-failed", atMs, source, target, accountHash: random.below(50) },
      { kind: "logon-explicit", atMs, source, target, accountHash: random.below(50) },
      { kind: "account-locked", atMs, source, accountHash: random.below(9) },
      { kind: "smb-probe", atMs, source, target, probe: "ms17-010" },
      { kind: "remote-execution", atMs, source, target, how: "wmi" },
      { kind: "share-renames", atMs, source, target, count: random.below(40) },
    ]);
  }
}

const seeds = Array.from({ length: 400 }, (_, nth) => 20_000 + nth);

describe("a detector under random rows", () => {
  it.each(["in order", "with late rows"] as const)("stays sound, %s, seeds 20000 to 20399", (order) => {
    for (const seed of seeds) {
      const chaos = new Chaos(seed);
      const detection = chaos.run(order === "with late rows");
      const where = `seed ${seed}`;
      expectSound(detection, where);
      expectSound(chaos.detector.losses(), where);
      expect(chaos.detector.report(), where).toEqual(detection);
      const hosts = detection.suspects.map((suspect) => suspect.host);
      expect(new Set(hosts).size, where).toBe(hosts.length);
      for (const suspect of detection.suspects) {
        expect(suspect.onsetMs, where).toBeLessThanOrEqual(suspect.flaggedMs);
        expect(suspect.contactsToFlag, where).toBeGreaterThanOrEqual(1);
        expect(suspect.logOdds, where).toBeGreaterThan(0);
      }
      const onsetOf = new Map(detection.suspects.map((suspect) => [suspect.host, suspect.onsetMs]));
      for (const { id, hosts: members, edges, patientZero } of detection.outbreaks) {
        expect(members, where).toContain(patientZero);
        for (const member of members) {
          expect(detection.suspects.find((suspect) => suspect.host === member)?.outbreak, where).toBe(id);
        }
        for (const edge of edges) expect(edge.atMs, where).toBeLessThanOrEqual((onsetOf.get(edge.to) ?? 0) + 1_000);
      }
      const times = detection.notables.map((notable) => notable.atMs ?? Number.POSITIVE_INFINITY);
      expect(times, where).toEqual([...times].sort((a, b) => a - b));
    }
  });

  it("gives the same verdict for the same rows", () => {
    for (const seed of seeds.slice(0, 50)) expect(new Chaos(seed).run(true)).toEqual(new Chaos(seed).run(true));
  });
});

describe("a detector under a flood of forged sources", () => {
  const hostsMax = 4_096;

  /** 200,000 forged outside sources on one inside host and one port each, and a worm of ten contacts a second in it. */
  function flood(isWormOn: boolean): { hosts: HostTable; detector: Detector; worm: HostIndex } {
    const hosts = new HostTable(hostsMax);
    const detector = new Detector({ hosts });
    const writer = new BatchWriter(hosts, (batch) => detector.feed(batch), 1_000);
    const random = createRandom(7);
    const put = (atMs: number, source: number, target: number, port: number, outcome: Outcome): void => {
      const row = writer.row();
      const ends = { source: hosts.intern4(source), target: hosts.intern4(target), targetPort: port };
      const sizes = { bytes: 60, packets: 1, bytesBack: 0, packetsBack: 0 };
      writeFlow(writer.flows, row, wholeFlow({ atMs, durationMs: 0, ...ends, outcome, ...sizes }));
    };
    const worm = 0x0a010105;
    for (let nth = 0; nth < 200_000; nth++) {
      const atMs = 1_700_000_000_000 + nth / 10;
      put(
        atMs,
        (0x50000000 + random.below(0x10000000)) >>> 0,
        0x0a020202,
        random.pick([80, 443, 22]),
        OUTCOME_ANSWERED,
      );
      if (isWormOn && nth % 1_000 === 0) put(atMs, worm, 0x0a030000 + (7 * nth) / 1_000 + 3, 445, OUTCOME_UNANSWERED);
    }
    writer.flush();
    return { hosts, detector, worm: hosts.intern4(worm) };
  }

  it("keeps within its tables, counts what gave way, and still flags the worm inside", () => {
    const { hosts, detector, worm } = flood(true);
    expect(hosts.length).toBeLessThanOrEqual(hostsMax);
    expect(detector.losses().hostsEvicted).toBeGreaterThan(190_000 - hostsMax);
    const { suspects } = detector.report();
    expect(suspects.map((suspect) => suspect.host)).toEqual([worm]);
    expect(suspects[0].contactsToFlag).toBeLessThanOrEqual(8);
  });

  it("accuses nobody inside when there is no worm", () => {
    const { detector } = flood(false);
    const { suspects, notables } = detector.report();
    expect(suspects).toEqual([]);
    expect(notables.some((notable) => notable.kind === "inbound-scan")).toBe(true);
  });
});

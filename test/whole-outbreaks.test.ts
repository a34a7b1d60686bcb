// Whole generated outbreaks, written as files of every format and read back through the main job: who is infected, who
// infected whom and who was first must come out right, and the same from every format of the same traffic.

import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createEncoder, type Encoding, encodings } from "../lab/traffic/encode.ts";
import { createTraffic } from "../lab/traffic/generate.ts";
import { createHospital } from "../lab/traffic/hospital.ts";
import type { TrafficTruth } from "../lab/traffic/truth.ts";
import { type Worm, wormLike } from "../lab/traffic/worm.ts";
import { inspect } from "../src/cordon.ts";
import { BatchWriter } from "../src/model/batch.ts";
import { HostTable } from "../src/model/host-table.ts";
import { type CaptureFaults, PacketWriter } from "./outbreak-packets.ts";

const folder = mkdtempSync(join(tmpdir(), "cordon-outbreaks-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A Tuesday at nine, UTC. */
const MORNING_MS = Date.UTC(2026, 2, 10, 9);

interface Case {
  readonly seed: number;
  readonly worm: Worm;
  readonly hours: number;
  readonly workstations: number;
}

const fanOut: Omit<Case, "seed"> = {
  worm: wormLike("fan-out", { startAfterMs: 300_000, infectedMax: 25 }),
  hours: 0.25,
  workstations: 60,
};
const sweep: Omit<Case, "seed"> = {
  worm: wormLike("sweep", { startAfterMs: 300_000, contactsPerHostMax: 60, infectedMax: 15 }),
  hours: 0.15,
  workstations: 60,
};

function trafficOf({ seed, hours, worm, workstations }: Case): ReturnType<typeof createTraffic> {
  const hospital = createHospital({ seed, workstations });
  return createTraffic({ seed, hospital, hours, startMs: MORNING_MS, worms: [worm], localView: "all" });
}

/** Writes the case in one format. The same case gives the same flows whatever the format. */
function write(outbreak: Case, encoding: Encoding, path: string): TrafficTruth {
  const traffic = trafficOf(outbreak);
  const hosts = new HostTable();
  const file = openSync(path, "w");
  const encoder = createEncoder(encoding, { startMs: MORNING_MS }, (bytes) => void writeSync(file, bytes));
  traffic.run(new BatchWriter(hosts, (batch) => encoder.write(batch, hosts)));
  encoder.end();
  closeSync(file);
  return traffic.truth;
}

/** Writes the case as a capture with every packet but for its faults. */
function writePackets(outbreak: Case, faults: CaptureFaults, path: string): TrafficTruth {
  const traffic = trafficOf(outbreak);
  const hosts = new HostTable();
  const packets = new PacketWriter(faults);
  traffic.run(new BatchWriter(hosts, (batch) => packets.write(batch, hosts)));
  writeFileSync(path, packets.bytes());
  return traffic.truth;
}

interface Verdict {
  readonly suspects: ReadonlySet<string>;
  /** `from>to` by address. */
  readonly edges: ReadonlySet<string>;
  readonly patientZero: string | null;
  readonly outbreaks: number;
}

async function verdictOf(path: string): Promise<Verdict> {
  const { detection, hosts } = await inspect([path]);
  const largest = [...detection.outbreaks].sort((a, b) => b.hosts.length - a.hosts.length)[0];
  const edges = detection.outbreaks.flatMap((outbreak) => outbreak.edges);
  return {
    suspects: new Set(detection.suspects.map((suspect) => suspect.address)),
    edges: new Set(edges.map(({ from, to }) => `${hosts.format(from)}>${hosts.format(to)}`)),
    patientZero: largest === undefined || largest.patientZero === null ? null : hosts.format(largest.patientZero),
    outbreaks: detection.outbreaks.filter((outbreak) => outbreak.phase === "confirmed").length,
  };
}

interface Shares {
  /** Of the infected that made contacts: flagged. */
  readonly found: number;
  /** Of the flagged: infected. */
  readonly right: number;
  /** Of the branches told: true. */
  readonly edgesRight: number;
  /** Of the true branches between flagged hosts: told. */
  readonly edgesTold: number;
  readonly isFirstRight: boolean;
}

function compare(verdict: Verdict, truth: TrafficTruth): Shares {
  const spreading = truth.infections.filter((infection) => infection.contacts >= 3);
  const infected = new Set(truth.infections.map((infection) => infection.host));
  const trueEdges = truth.infections.filter((i) => i.by !== null).map((i) => `${i.by}>${i.host}`);
  const bothFlagged = trueEdges.filter((edge) => edge.split(">").every((host) => verdict.suspects.has(host)));
  const share = (part: number, of: number): number => (of === 0 ? 1 : part / of);
  return {
    found: share(spreading.filter(({ host }) => verdict.suspects.has(host)).length, spreading.length),
    right: share([...verdict.suspects].filter((host) => infected.has(host)).length, verdict.suspects.size),
    edgesRight: share([...verdict.edges].filter((edge) => trueEdges.includes(edge)).length, verdict.edges.size),
    edgesTold: share(bothFlagged.filter((edge) => verdict.edges.has(edge)).length, bothFlagged.length),
    isFirstRight: verdict.patientZero === truth.infections.find((i) => i.by === null)?.host,
  };
}

const seeds = [5, 11, 12];
const worms = { "fan-out": fanOut, sweep } as const;
/** Captures of what a sensor may miss. One direction: what the way back alone shows is asked apart. */
const captures: Readonly<Record<string, CaptureFaults>> = {
  "every packet": {},
  "begun late, cut to 96 bytes": { isMidStream: true },
  "begun late, headers only": { isMidStream: true, cutTo: 54 },
  "every frame twice": { isTwice: true },
  "one direction": { sees: "forward" },
  "one direction, begun late": { isMidStream: true, sees: "forward" },
};

interface Trial {
  readonly verdict: Verdict;
  readonly shares: Shares;
}

const trials = new Map<string, Trial>();

/** Runs a case once and remembers the verdict. */
async function trialOf(worm: keyof typeof worms, seed: number, form: Encoding | CaptureFaults): Promise<Trial> {
  const key = `${worm} ${seed} ${JSON.stringify(form)}`;
  const known = trials.get(key);
  if (known !== undefined) return known;
  const path = join(folder, `${trials.size}.bin`);
  const outbreak = { ...worms[worm], seed };
  const truth = typeof form === "string" ? write(outbreak, form, path) : writePackets(outbreak, form, path);
  const verdict = await verdictOf(path);
  rmSync(path);
  const trial = { verdict, shares: compare(verdict, truth) };
  trials.set(key, trial);
  return trial;
}

/** Means over the seeds. */
async function meanOf(worm: keyof typeof worms, form: Encoding | CaptureFaults): Promise<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const seed of seeds) {
    const { shares } = await trialOf(worm, seed, form);
    for (const [name, value] of Object.entries(shares)) sums[name] = (sums[name] ?? 0) + Number(value) / seeds.length;
  }
  return sums;
}

function expectTree(mean: Readonly<Record<string, number>>): void {
  expect(mean.right, "flagged hosts that are infected").toBe(1);
  expect(mean.found, "infected hosts that are flagged").toBeGreaterThanOrEqual(0.9);
  expect(mean.edgesRight, "branches that are true").toBeGreaterThanOrEqual(0.95);
  expect(mean.edgesTold, "true branches that are told").toBeGreaterThanOrEqual(0.85);
  expect(mean.isFirstRight, "patient zero").toBeCloseTo(1);
}

describe.each(["fan-out", "sweep"] as const)("a whole outbreak of the worm %s", (worm) => {
  it.each(Object.entries(captures))("is explained from a capture: %s", async (_, faults) => {
    expectTree(await meanOf(worm, faults));
  });

  it.each(encodings.filter((encoding) => encoding !== "pcap"))("is explained from %s", async (encoding) => {
    expectTree(await meanOf(worm, encoding));
  });

  it("is seen, and its patient zero, in a capture that shows the ends of flows only, so no loads", async () => {
    const mean = await meanOf(worm, "pcap");
    expect(mean.right).toBe(1);
    expect(mean.found).toBeGreaterThanOrEqual(0.95);
    expect(mean.isFirstRight).toBeCloseTo(1);
  });

  it("is seen in a capture of the way back alone, where nobody is wrongly accused", async () => {
    const mean = await meanOf(worm, { sees: "back" });
    expect(mean.right).toBe(1);
    expect(mean.found).toBeGreaterThanOrEqual(0.7);
  });

  it("has the same suspects and branches in every format, within one in six", async () => {
    for (const seed of seeds) {
      const { verdict } = await trialOf(worm, seed, {});
      for (const encoding of encodings) {
        const other = (await trialOf(worm, seed, encoding)).verdict;
        expect(overlap(verdict.suspects, other.suspects), `${encoding}, seed ${seed}`).toBeGreaterThan(5 / 6);
        expect(other.patientZero, `${encoding}, seed ${seed}`).toBe(verdict.patientZero);
        if (encoding === "pcap") continue;
        expect(overlap(verdict.edges, other.edges), `${encoding}, seed ${seed}`).toBeGreaterThan(5 / 6);
      }
    }
  });
});

/** What both hold, of what either holds (Jaccard). */
function overlap(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const both = [...one].filter((item) => other.has(item)).length;
  return both / Math.max(1, one.size + other.size - both);
}

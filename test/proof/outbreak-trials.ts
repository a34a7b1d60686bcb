// Trials of detection on generated traffic: one outbreak, or quiet days, in; what was flagged against the truth, out.
// Contacts to flag are counted here, from the rows, and not taken from the detector's own word.

import { createHospital, type TrafficHospital } from "../../lab/traffic/hospital.ts";
import { createTraffic, type TrafficOptions } from "../../lab/traffic/generate.ts";
import { type Worm, wormCatalogue } from "../../lab/traffic/worm.ts";
import { Baseline, Detector } from "../../src/detection/detect.ts";
import { type Batch, BatchWriter } from "../../src/model/batch.ts";
import { PHASE_OPENING, PROTOCOL_TCP } from "../../src/model/flow.ts";
import { HostTable } from "../../src/model/host-table.ts";
import type { Detection } from "../../src/model/outbreak.ts";

const HOUR_MS = 3_600_000;
/** A Tuesday, nine in the morning, UTC. */
const MORNING_MS = Date.UTC(2026, 2, 10, 9);

/** First time each source touched each target on one port. */
type FirstTouches = Map<string, Map<string, number>>;

export interface Trial {
  readonly detection: Detection;
  readonly infected: number;
  /** For each infected host that was flagged: its contacts on the worm's port up to the flag. */
  readonly contactsToFlag: readonly number[];
  /** Infected hosts that made at least ten contacts and were never flagged. */
  readonly missed: number;
  readonly falseFlags: readonly { readonly address: string; readonly role: string; readonly because: string }[];
  /** How far it was when an outbreak could first be told (one infected host flagged), and when a branch of it stood. */
  readonly suspected: Extent | null;
  readonly confirmed: Extent | null;
  readonly isPatientZeroRight: boolean;
  readonly edgesRight: number;
  readonly edgesTold: number;
}

/** How far an outbreak had come at some time. */
export interface Extent {
  readonly infected: number;
  /** The highest one: 0 is patient zero. */
  readonly generation: number;
}

export interface TrialOptions {
  readonly seed: number;
  readonly worm: Worm;
  readonly workstations?: number;
  readonly hours?: number;
  readonly lossShare?: number;
  readonly phases?: "whole" | "two";
  readonly localView?: NonNullable<TrafficOptions["localView"]>;
  /** Learn a baseline on a quiet day of the same hospital first. */
  readonly hasBaseline?: boolean;
}

/** A baseline of `hours` quiet hours of the same hospital, from other random draws. */
export function quietBaseline(hospital: TrafficHospital, seed: number, hours: number, endMs: number): Baseline {
  const hosts = new HostTable();
  const detector = new Detector({ hosts, isLearning: true });
  const traffic = createTraffic({ seed, hospital, hours, startMs: endMs - hours * HOUR_MS });
  traffic.run(new BatchWriter(hosts, (batch) => detector.feed(batch)));
  return new Baseline(detector.baseline());
}

/** Runs one outbreak through the detector. */
export function runTrial(options: TrialOptions): Trial {
  const { seed, worm } = options;
  const hospital = createHospital({ seed, workstations: options.workstations ?? 200 });
  const baseline = options.hasBaseline ? quietBaseline(hospital, seed + 7_919, 24, MORNING_MS) : null;
  const traffic = createTraffic({
    seed,
    hospital,
    hours: options.hours ?? 1,
    startMs: MORNING_MS,
    worms: [worm],
    phases: options.phases ?? "whole",
    localView: options.localView ?? "all",
    lossShare: options.lossShare ?? 0,
  });
  const hosts = new HostTable();
  const detector = new Detector({ hosts, baseline });
  const touches: FirstTouches = new Map();
  const writer = new BatchWriter(hosts, (batch) => {
    noteTouches(touches, batch, hosts, worm.port);
    detector.feed(batch);
  });
  traffic.run(writer);
  return judge(detector.report(), traffic.truth, touches);
}

/** When the first branch of a tree stood: both its hosts flagged. Infinity when there is none. */
function confirmationOf(detection: Detection): number {
  const flaggedMs = new Map(detection.suspects.map((suspect) => [suspect.host, suspect.flaggedMs]));
  let firstMs = Number.POSITIVE_INFINITY;
  for (const { from, to } of detection.outbreaks.flatMap((outbreak) => outbreak.edges)) {
    firstMs = Math.min(firstMs, Math.max(flaggedMs.get(from) ?? Infinity, flaggedMs.get(to) ?? Infinity));
  }
  return firstMs;
}

function noteTouches(touches: FirstTouches, batch: Batch, hosts: HostTable, port: number): void {
  const { flows } = batch;
  for (let flow = 0; flow < flows.length; flow++) {
    if (flows.targetPort[flow] !== port || flows.protocol[flow] !== PROTOCOL_TCP) continue;
    if ((flows.phase[flow] & PHASE_OPENING) === 0) continue;
    const source = hosts.format(flows.source[flow]);
    const target = hosts.format(flows.target[flow]);
    const known = touches.get(source) ?? new Map<string, number>();
    if (known.size === 0) touches.set(source, known);
    if (!known.has(target) && known.size < 2_000) known.set(target, flows.atMs[flow]);
  }
}

type Truth = ReturnType<typeof createTraffic>["truth"];

function judge(detection: Detection, truth: Truth, touches: FirstTouches): Trial {
  const confirmedMs = confirmationOf(detection);
  const flaggedMs = new Map(detection.suspects.map((suspect) => [suspect.address, suspect.flaggedMs]));
  const infectedBy = new Map(truth.infections.map((infection) => [infection.host, infection]));
  const roleOf = new Map(truth.hosts.map((host) => [host.address, host.role as string]));
  const contactsToFlag: number[] = [];
  let missed = 0;
  for (const infection of truth.infections) {
    const flagged = flaggedMs.get(infection.host);
    const begin = infection.firstContactMs;
    if (begin === null) continue;
    const times = [...(touches.get(infection.host)?.values() ?? [])].filter((atMs) => atMs >= begin);
    if (flagged === undefined) missed += infection.contacts >= 10 ? 1 : 0;
    else contactsToFlag.push(Math.max(1, times.filter((atMs) => atMs <= flagged).length));
  }
  const falseFlags = detection.suspects
    .filter((suspect) => !infectedBy.has(suspect.address))
    .map(({ address, because }) => ({ address, role: roleOf.get(address) ?? "outside", because: because.join("; ") }));
  const addressOf = new Map(detection.suspects.map((suspect) => [suspect.host as number, suspect.address]));
  const edges = detection.outbreaks.flatMap((outbreak) => outbreak.edges);
  const isRight = (edge: { from: number; to: number }): boolean =>
    infectedBy.get(addressOf.get(edge.to) ?? "")?.by === addressOf.get(edge.from);
  const largest = [...detection.outbreaks].sort((a, b) => b.hosts.length - a.hosts.length)[0];
  const first = truth.infections.find((infection) => infection.by === null);
  const patientZero = largest?.patientZero;
  const suspectedMs = Math.min(
    ...detection.suspects
      .filter(({ outbreak, address }) => outbreak !== null && infectedBy.has(address))
      .map(({ flaggedMs: atMs }) => atMs),
  );
  return {
    detection,
    infected: truth.infections.length,
    contactsToFlag,
    missed,
    falseFlags,
    suspected: extentAt(truth, suspectedMs),
    confirmed: extentAt(truth, confirmedMs),
    isPatientZeroRight:
      first !== undefined && patientZero !== undefined && addressOf.get(patientZero as number) === first.host,
    edgesRight: edges.filter(isRight).length,
    edgesTold: edges.length,
  };
}

/** What was infected up to then; null for a time that never came. */
function extentAt(truth: Truth, atMs: number): Extent | null {
  if (!Number.isFinite(atMs)) return null;
  const known = truth.infections.filter((infection) => infection.atMs <= atMs);
  return { infected: known.length, generation: Math.max(0, ...known.map((infection) => infection.generation)) };
}

export interface QuietTrial {
  readonly hostDays: Readonly<Record<string, number>>;
  readonly falseFlags: readonly { readonly address: string; readonly role: string; readonly because: string }[];
  readonly outbreaks: number;
  readonly talkersNamed: readonly string[];
  readonly talkersUnnamed: readonly string[];
}

/** Quiet days: whoever is flagged is a false flag. */
export function runQuiet(options: {
  seed: number;
  workstations: number;
  hours: number;
  hasBaseline: boolean;
  baselineHours?: number;
}): QuietTrial {
  const hospital = createHospital({ seed: options.seed, workstations: options.workstations });
  const baseline = options.hasBaseline
    ? quietBaseline(hospital, options.seed + 7_919, options.baselineHours ?? 96, MORNING_MS)
    : null;
  const traffic = createTraffic({ seed: options.seed, hospital, hours: options.hours, startMs: MORNING_MS });
  const hosts = new HostTable();
  const detector = new Detector({ hosts, baseline });
  traffic.run(new BatchWriter(hosts, (batch) => detector.feed(batch)));
  const detection = detector.report();
  const roleOf = new Map(traffic.truth.hosts.map((host) => [host.address, host.role as string]));
  const named = new Set(
    detection.notables
      .filter((notable) => notable.kind === "known-talker")
      .map((notable) => hosts.format(notable.host)),
  );
  return {
    hostDays: traffic.truth.hostDays,
    falseFlags: detection.suspects.map(({ address, because }) => ({
      address,
      role: roleOf.get(address) ?? "outside",
      because: because.join("; "),
    })),
    outbreaks: detection.outbreaks.length,
    talkersNamed: traffic.truth.knownTalkers.filter(({ address }) => named.has(address)).map(({ role }) => role),
    talkersUnnamed: traffic.truth.knownTalkers.filter(({ address }) => !named.has(address)).map(({ role }) => role),
  };
}

export { wormCatalogue };

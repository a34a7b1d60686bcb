// Hospital traffic on demand: benign behaviour by role, abstract worms, and what really happened. In: a seed,
// a hospital, hours, worms. Out: rows in event-time order for a BatchWriter, and the truth. Memory does not grow.

import { createRandom } from "../../src/kit/random.ts";
import { formatIpv4 } from "../../src/model/address.ts";
import type { BatchWriter } from "../../src/model/batch.ts";
import { HOUR_MS } from "./day.ts";
import type { Rhythm } from "./day.ts";
import { type TrafficHospital, type TrafficRole, talkerRoles } from "./hospital.ts";
import { startWorm } from "./infection.ts";
import { rates } from "./parameters.ts";
import { type AddressPool, startAdministrator, startGuest, startLaptop, startProxy, startTelephone } from "./people.ts";
import { type LocalView, RowBuffer } from "./row-buffer.ts";
import * as servers from "./servers.ts";
import * as talkers from "./talkers.ts";
import { TaskQueue } from "./task-queue.ts";
import type { TrafficTruth } from "./truth.ts";
import { startDirectory, startWorkstation } from "./workstation.ts";
import { traitOf, type World } from "./world.ts";
import type { Worm } from "./worm.ts";

export interface TrafficOptions {
  readonly seed: number;
  readonly hospital: TrafficHospital;
  readonly startMs: number;
  readonly hours: number;
  readonly worms?: readonly Worm[];
  /** `whole`: one row a flow, as exports and logs give (default). `two`: one at first packet, one at the outcome. */
  readonly phases?: "whole" | "two";
  /** What is seen inside a segment (default "all"). */
  readonly localView?: LocalView;
  /** Share of flows that are lost before anyone sees them (default 0). Truth does not change. */
  readonly lossShare?: number;
  /** False leaves the worms alone on the network (default true). */
  readonly isBenignOn?: boolean;
}

export interface Traffic {
  readonly truth: TrafficTruth;
  /** Flows made so far, lost and unseen ones included. */
  readonly flowsMade: number;
  /** Writes the traffic up to this time (default: to the end, then flushes the writer). Call it again to go on. */
  run(writer: BatchWriter, untilMs?: number): void;
}

/** Prepares traffic; nothing is made before `run`. The same options give the same rows. */
export function createTraffic(options: TrafficOptions): Traffic {
  const world = createWorld(options);
  const random = createRandom(options.seed ^ 0x3019);
  if (options.isBenignOn !== false) startBenign(world);
  for (const worm of options.worms ?? []) startWorm(world, worm, random.fork());
  const endMs = options.startMs + options.hours * HOUR_MS;
  return {
    truth: world.truth,
    get flowsMade() {
      return world.rows.flowsMade;
    },
    run: (writer, untilMs = endMs) => runWorld(world, writer, Math.min(untilMs, endMs), untilMs >= endMs),
  };
}

/** Rows leave in steps of this length: long enough to be cheap, short enough to keep few rows waiting. */
const STEP_MS = 1_000;

function runWorld(world: World, writer: BatchWriter, untilMs: number, isEnd: boolean): void {
  const { queue, rows } = world;
  let drainMs = -Infinity;
  while (queue.nextMs < untilMs) {
    if (queue.nextMs >= drainMs) {
      rows.drain(queue.nextMs, writer);
      tell(world, queue.nextMs, writer);
      drainMs = queue.nextMs + STEP_MS;
    }
    queue.runNext();
  }
  rows.drain(isEnd ? Infinity : untilMs, writer);
  tell(world, isEnd ? Infinity : untilMs, writer);
  if (isEnd) writer.flush();
}

/** Hands on the observations and sightings whose time has come. */
function tell(world: World, untilMs: number, writer: BatchWriter): void {
  const { news } = world;
  if (news.length === 0) return;
  let kept = 0;
  for (const item of news) {
    if (item.atMs >= untilMs) news[kept++] = item;
    else if (item.kind === "observation") writer.observe(item.of(writer.hosts));
    else writer.sight(item.of(writer.hosts));
  }
  news.length = kept;
}

function createWorld(options: TrafficOptions): World {
  const { hospital, startMs, seed } = options;
  const { devices, segments } = hospital;
  const addressOf = Uint32Array.from(devices, (device) => device.address);
  const rowOptions = {
    startMs,
    phases: options.phases ?? "whole",
    localView: options.localView ?? "all",
    lossShare: options.lossShare ?? 0,
    seed,
  } as const;
  const truth: TrafficTruth = {
    synthetic: true,
    seed,
    startMs,
    hours: options.hours,
    hosts: devices.map(({ index, address, role, segment }) => ({
      device: index,
      address: formatIpv4(address),
      role,
      segment: segments[segment].name,
      segmentKind: segments[segment].kind,
      building: segments[segment].building,
    })),
    knownTalkers: devices
      .filter((device) => talkerRoles.has(device.role))
      .map(({ address, role }) => ({ address: formatIpv4(address), role })),
    infections: [],
    leases: [],
    hostDays: Object.fromEntries(
      Object.entries(hospital.byRole).map(([role, list]) => [role, (list.length * options.hours) / 24]),
    ),
  };
  const world: World = {
    hospital,
    startMs,
    random: createRandom(seed),
    rows: new RowBuffer(rowOptions),
    queue: new TaskQueue(),
    truth,
    addressOf,
    deviceAt: new Map(devices.map((device) => [device.address, device.index])),
    isHere: new Uint8Array(devices.length).fill(1),
    rhythmOf: [],
    news: [],
  };
  const rhythms = world.rhythmOf as Rhythm[];
  for (const device of devices) rhythms.push(rhythmFor(device.role, traitOf(world, device.index, 0)));
  return world;
}

/** Roles that are on all the time but less busy at night. The rest of the machines is as busy at any hour. */
const wardRoles: ReadonlySet<TrafficRole> = new Set<TrafficRole>([
  "laptop",
  "guest",
  "telephone",
  "modality",
  "image-archive",
  "nat-gateway",
  "print-server",
  "proxy",
  "message-engine",
  "software-distribution",
]);

function rhythmFor(role: TrafficRole, luck: number): Rhythm {
  if (role === "workstation") return luck < rates.wardShare ? "ward" : "office";
  if (role === "admin-workstation" || role === "reading-station") return "office";
  return wardRoles.has(role) ? "ward" : "steady";
}

function startBenign(world: World): void {
  const pool: AddressPool = new Map();
  for (const device of world.hospital.devices) startRole(world, device.index, device.role, pool);
}

function startRole(world: World, device: number, role: TrafficRole, pool: AddressPool): void {
  switch (role) {
    case "workstation":
      return startWorkstation(world, device);
    case "reading-station":
      servers.startReadingStation(world, device);
      return startDirectory(world, device);
    case "admin-workstation":
      return startAdministrator(world, device);
    case "laptop":
      return startLaptop(world, device, pool);
    case "guest":
      return startGuest(world, device, pool);
    case "telephone":
      return startTelephone(world, device);
    case "printer":
      return; // printers answer
    case "medical-device":
      return servers.startMedicalDevice(world, device);
    case "modality":
      return servers.startModality(world, device);
    case "domain-controller":
      servers.startDomainController(world, device);
      return servers.startServer(world, device);
    case "image-archive":
      return servers.startImageArchive(world, device);
    case "message-engine":
      return servers.startMessageEngine(world, device);
    case "mail-server":
      servers.startMailServer(world, device);
      return servers.startServer(world, device);
    case "print-server":
      return talkers.startPrintServer(world, device);
    case "software-distribution":
      return talkers.startSoftwareDistribution(world, device);
    case "backup":
      return talkers.startBackup(world, device);
    case "vulnerability-scanner":
      return talkers.startVulnerabilityScanner(world, device);
    case "uptime-monitor":
      return talkers.startUptimeMonitor(world, device);
    case "nat-gateway":
      return talkers.startNatGateway(world, device);
    case "exposed-server":
      return talkers.startExposedServer(world, device);
    case "proxy":
      startProxy(world, device);
      return servers.startServer(world, device);
    case "file-server":
      return servers.startFileServer(world, device);
    case "dhcp-server":
    case "records-server":
    case "application-server":
      return servers.startServer(world, device);
    case "call-manager":
      return;
  }
}

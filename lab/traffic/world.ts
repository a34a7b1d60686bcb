// What every behaviour is given: the hospital, chance, the rows, the clock's queue. In: the hospital and options.
// Behaviours are plain functions that return a Task; they may only write rows from now on, never into the past.

import { mix32 } from "../../src/kit/hash.ts";
import type { Random } from "../../src/kit/random.ts";
import type { HostTable } from "../../src/model/host-table.ts";
import type { Observation, Sighting } from "../../src/model/observation.ts";
import type { HostIndex } from "../../src/model/units.ts";
import { OUTCOME_ANSWERED, PROTOCOL_TCP, PROTOCOL_UDP } from "../../src/model/flow.ts";
import { activityAt, HOUR_MS, isSwitchedOn, peakGapMs, type Rhythm } from "./day.ts";
import type { TrafficHospital, TrafficRole } from "./hospital.ts";
import { rates } from "./parameters.ts";
import type { RowBuffer } from "./row-buffer.ts";
import type { Task, TaskQueue } from "./task-queue.ts";
import type { TrafficTruth } from "./truth.ts";

/** Something said by a log source; the addresses become hosts when it is handed on. */
export type PendingNews =
  | { readonly kind: "observation"; readonly atMs: number; readonly of: (hosts: HostTable) => Observation }
  | { readonly kind: "sighting"; readonly atMs: number; readonly of: (hosts: HostTable) => Sighting };

export interface World {
  readonly hospital: TrafficHospital;
  readonly startMs: number;
  readonly random: Random;
  readonly rows: RowBuffer;
  readonly queue: TaskQueue;
  readonly truth: TrafficTruth;
  /** Address a device has now. */
  readonly addressOf: Uint32Array;
  /** Device at an address now. */
  readonly deviceAt: Map<number, number>;
  /** 1 while a device that comes and goes (laptop, guest) is here; always 1 for the rest. */
  readonly isHere: Uint8Array;
  readonly rhythmOf: readonly Rhythm[];
  readonly news: PendingNews[];
}

/** A fixed number from 0 to 1 for a device and a purpose: the same in every run of a seed. */
export function traitOf(world: World, device: number, purpose: number): number {
  return (mix32(Math.imul(device + 1, 0x9e3779b1) ^ mix32(purpose ^ world.hospital.seed)) >>> 0) / 4294967296;
}

/** One of a role, fixed for the device: "its" file server. */
export function homeServer(world: World, device: number, role: TrafficRole, purpose = 0): number {
  const servers = world.hospital.byRole[role];
  return servers[Math.floor(traitOf(world, device, purpose + 977) * servers.length)];
}

export function isOn(world: World, device: number, nowMs: number): boolean {
  return world.isHere[device] === 1 && isSwitchedOn(world.rhythmOf[device], device, nowMs);
}

/** Log-normal: `median` times e^(sigma z), z roughly normal (sum of three uniforms, kept within three sigma). */
export function spread(random: Random, median: number, sigma: number): number {
  const z = (random.float() + random.float() + random.float() - 1.5) * 2;
  return median * Math.exp(sigma * z);
}

/**
 * A behaviour that happens `perDay` times on a working day of the device, at random moments that follow its day curve.
 * Nothing happens while the device is off or away. The curve is constant within an hour, so a gap that would pass the
 * full hour is drawn again from there: exact for a Poisson process, and no events are drawn only to be thrown away.
 */
export function often(world: World, device: number, perDay: number, act: (nowMs: number) => void): Task {
  const { random } = world;
  const rhythm = world.rhythmOf[device];
  const gapMs = peakGapMs(rhythm, perDay);
  const isRare = gapMs > HOUR_MS;
  let isBegun = isRare;
  return (nowMs) => {
    const isHappening = isRare ? random.float() < activityAt(rhythm, nowMs) : isBegun;
    isBegun = true;
    if (isHappening && isOn(world, device, nowMs)) act(nowMs);
    return isRare ? nowMs + random.exponential(gapMs) : nextOften(random, rhythm, gapMs, nowMs);
  };
}

function nextOften(random: Random, rhythm: Rhythm, gapMs: number, nowMs: number): number {
  for (let fromMs = nowMs; ; ) {
    const fullHourMs = (Math.floor(fromMs / HOUR_MS) + 1) * HOUR_MS;
    const nextMs = fromMs + random.exponential(gapMs / activityAt(rhythm, fromMs));
    if (nextMs < fullHourMs) return nextMs;
    fromMs = fullHourMs;
  }
}

/** A behaviour that repeats with a period, give or take a tenth, while the device is on. */
export function regularly(world: World, device: number, periodMs: number, act: (nowMs: number) => void): Task {
  const { random } = world;
  return (nowMs) => {
    if (isOn(world, device, nowMs)) act(nowMs);
    return nowMs + periodMs * (0.95 + 0.1 * random.float());
  };
}

/** Puts a behaviour into the queue, at a random moment of its first `withinMs`. */
export function begin(world: World, withinMs: number, task: Task): void {
  world.queue.add(world.startMs + world.random.float() * withinMs, task);
}

/** An answered TCP session between two devices. */
export function session(
  world: World,
  atMs: number,
  source: number,
  target: number,
  port: number,
  durationMs: number,
  bytes: number,
  bytesBack: number,
): void {
  world.rows.put(
    atMs,
    world.addressOf[source],
    world.addressOf[target],
    PROTOCOL_TCP,
    port,
    OUTCOME_ANSWERED,
    durationMs,
    bytes,
    bytesBack,
  );
}

/** A question and its answer over UDP between two devices. */
export function question(
  world: World,
  atMs: number,
  source: number,
  target: number,
  port: number,
  bytes = 70,
  bytesBack = 200,
): void {
  world.rows.put(
    atMs,
    world.addressOf[source],
    world.addressOf[target],
    PROTOCOL_UDP,
    port,
    OUTCOME_ANSWERED,
    1 + world.random.float() * 40,
    bytes,
    bytesBack,
  );
}

/** A session with a device that may be off (no answer) or have the port closed (a reset, or silence). */
export function attempt(
  world: World,
  atMs: number,
  source: number,
  target: number,
  port: number,
  openShare: number,
  durationMs: number,
  bytes: number,
  bytesBack: number,
): boolean {
  const { rows, addressOf } = world;
  if (!isOn(world, target, atMs)) {
    rows.putDark(atMs, addressOf[source], addressOf[target], port);
    return false;
  }
  if (traitOf(world, target, port) < openShare) {
    session(world, atMs, source, target, port, durationMs, bytes, bytesBack);
    return true;
  }
  if (traitOf(world, target, port + 70_000) < 0.5) rows.putRefused(atMs, addressOf[source], addressOf[target], port);
  else rows.putUnanswered(atMs, addressOf[source], addressOf[target], port);
  return false;
}

/** A failed log-on, as the directory's log would say. */
export function reportFailedLogon(world: World, atMs: number, source: number, target: number, account: number): void {
  report(world, atMs, source, target, (from, to) => ({
    kind: "logon-failed",
    atMs,
    source: from,
    target: to,
    accountHash: account,
  }));
}

/** A service that one device started on another, as the log of the other would say. */
export function reportRemoteRun(world: World, atMs: number, source: number, target: number): void {
  report(world, atMs, source, target, (from, to) => ({
    kind: "remote-execution",
    atMs,
    source: from,
    target: to,
    how: "service",
  }));
}

/** News of two devices by the addresses they have now; the hosts are made when it is handed on. */
function report(
  world: World,
  atMs: number,
  source: number,
  target: number,
  of: (from: HostIndex, to: HostIndex) => Observation,
): void {
  const [from, to] = [world.addressOf[source], world.addressOf[target]];
  world.news.push({ kind: "observation", atMs, of: (hosts) => of(hosts.intern4(from), hosts.intern4(to)) });
}

export function lookUp(world: World, atMs: number, source: number): void {
  const { random, rows, addressOf } = world;
  const server = homeServer(world, source, "domain-controller", 53);
  if (random.float() < rates.dnsUnansweredShare)
    rows.put(atMs, addressOf[source], addressOf[server], PROTOCOL_UDP, 53, 3, 0, 63, 0);
  else question(world, atMs, source, server, 53, 63, 228);
}

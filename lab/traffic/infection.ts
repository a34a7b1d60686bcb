// Runs one abstract worm in the generated hospital. In: the world and the worm's numbers. Out: rows and the true tree.
// The worm has its own chance, so the benign traffic of a seed is the same with and without it.

import { formatIpv4 } from "../../src/model/address.ts";
import type { Random } from "../../src/kit/random.ts";
import { OUTCOME_ANSWERED, OUTCOME_UNKNOWN, PROTOCOL_TCP } from "../../src/model/flow.ts";
import { isOutside, outsideAddress, windowsRoles } from "./hospital.ts";
import { rates } from "./parameters.ts";
import type { TrueInfection } from "./truth.ts";
import type { Worm } from "./worm.ts";
import { isOn, reportFailedLogon, reportRemoteRun, traitOf, type World } from "./world.ts";

/** State of one worm: who is infected, who can be. */
interface Epidemic {
  readonly world: World;
  readonly worm: Worm;
  readonly random: Random;
  readonly isVulnerable: Uint8Array;
  readonly infectionOf: Map<number, TrueInfection>;
  /** `hit-list`: devices still to be taken, shared as if every host had been given its own part. */
  readonly list: number[];
}

export function startWorm(world: World, worm: Worm, random: Random): void {
  const { devices, segments } = world.hospital;
  const isVulnerable = new Uint8Array(devices.length);
  for (const device of devices) {
    const share = worm.vulnerableShare[segments[device.segment].kind] ?? 0;
    const draw = random.float();
    if (worm.takes.includes(device.role) && draw < share) isVulnerable[device.index] = 1;
  }
  const epidemic: Epidemic = { world, worm, random, isVulnerable, infectionOf: new Map(), list: [] };
  const startMs = world.startMs + worm.startAfterMs;
  world.queue.add(startMs, (nowMs) => {
    const first = worm.firstDevice ?? pickFirst(epidemic, nowMs);
    isVulnerable[first] = 1;
    if (worm.kind === "hit-list") fillList(epidemic, first);
    infect(epidemic, first, null, nowMs, 0);
    return Infinity;
  });
}

function pickFirst({ world, random }: Epidemic, nowMs: number): number {
  const workstations = world.hospital.byRole.workstation;
  for (let tries = 0; tries < 1_000; tries++) {
    const device = random.pick(workstations);
    if (isOn(world, device, nowMs)) return device;
  }
  return workstations[0];
}

function fillList(epidemic: Epidemic, first: number): void {
  const { list, isVulnerable, random } = epidemic;
  for (let device = 0; device < isVulnerable.length; device++)
    if (isVulnerable[device] === 1 && device !== first) list.push(device);
  for (let left = list.length - 1; left > 0; left--) {
    const other = random.below(left + 1);
    [list[left], list[other]] = [list[other], list[left]];
  }
}

/** Marks a device and lets it begin after its dormancy. */
function infect(epidemic: Epidemic, device: number, by: TrueInfection | null, atMs: number, delayMs: number): void {
  const { world, worm, infectionOf } = epidemic;
  const infection: TrueInfection = {
    worm: worm.name,
    host: formatIpv4(world.addressOf[device]),
    by: by === null ? null : formatIpv4(world.addressOf[by.device]),
    byDevice: by === null ? null : by.device,
    atMs,
    generation: by === null ? 0 : by.generation + 1,
    port: worm.port,
    device,
    firstContactMs: null,
    contacts: 0,
  };
  infectionOf.set(device, infection);
  world.truth.infections.push(infection);
  world.queue.add(atMs + delayMs, spreadFrom(epidemic, device, infection));
}

/** The contacts of one infected host, one per call. */
function spreadFrom(epidemic: Epidemic, device: number, infection: TrueInfection): (nowMs: number) => number {
  const { world, worm, random } = epidemic;
  const next = targetsOf(epidemic, device);
  const gapMs = 1_000 / worm.contactsPerSecond;
  const most =
    worm.kind === "fan-out"
      ? worm.fanOut[0] + random.below(worm.fanOut[1] - worm.fanOut[0] + 1)
      : worm.contactsPerHostMax;
  return (nowMs) => {
    if (!isOn(world, device, nowMs)) return world.isHere[device] === 1 ? nowMs + 600_000 : nowMs + 3_600_000;
    const target = next(nowMs);
    if (target === null) return Infinity;
    if (target !== world.addressOf[device]) {
      infection.firstContactMs ??= nowMs;
      infection.contacts++;
      contact(epidemic, device, infection, target, nowMs);
    }
    return infection.contacts >= most ? Infinity : nowMs + gapMs * (0.5 + random.float());
  };
}

function contact(epidemic: Epidemic, device: number, infection: TrueInfection, target: number, nowMs: number): void {
  const { world, worm, random } = epidemic;
  const { rows, addressOf, deviceAt } = world;
  const source = addressOf[device];
  const owner = deviceAt.get(target);
  if (owner === undefined || !isOn(world, owner, nowMs)) {
    if (isOutside(target) && random.chance(0.02))
      rows.put(nowMs, source, target, PROTOCOL_TCP, worm.port, OUTCOME_ANSWERED, 300, 800, 600);
    else rows.putDark(nowMs, source, target, worm.port);
    return;
  }
  if (worm.kind === "credentials") {
    logOnTo(epidemic, device, infection, owner, nowMs);
    return;
  }
  if (isTaken(epidemic, owner)) {
    put(
      epidemic,
      source,
      target,
      nowMs,
      12_000 + random.float() * 20_000,
      4_000_000 * (0.9 + 0.2 * random.float()),
      60_000,
    );
    take(epidemic, infection, owner, nowMs);
    return;
  }
  if (epidemic.infectionOf.has(owner) || isOpen(world, owner, worm.port)) {
    put(epidemic, source, target, nowMs, 400, 1_100 + random.below(400), 900 + random.below(300));
  } else if (traitOf(world, owner, worm.port + 70_000) < 0.5) rows.putRefused(nowMs, source, target, worm.port);
  else rows.putUnanswered(nowMs, source, target, worm.port);
}

function isTaken({ isVulnerable, infectionOf, worm, random }: Epidemic, owner: number): boolean {
  const isPossible = isVulnerable[owner] === 1 && !infectionOf.has(owner) && infectionOf.size < worm.infectedMax;
  return isPossible && (worm.kind === "hit-list" || random.chance(worm.takeProbability));
}

function take(epidemic: Epidemic, by: TrueInfection, owner: number, nowMs: number): void {
  const { worm, random } = epidemic;
  infect(epidemic, owner, by, nowMs, worm.dormancyMs * (0.1 + random.exponential(0.9)));
}

function put(
  { world, worm, random }: Epidemic,
  source: number,
  target: number,
  nowMs: number,
  durationMs: number,
  bytes: number,
  bytesBack: number,
): void {
  const { rows } = world;
  rows.isMidStream = worm.isMidStream;
  const outcome = worm.isMidStream && random.chance(0.3) ? OUTCOME_UNKNOWN : OUTCOME_ANSWERED;
  rows.put(
    nowMs,
    source,
    target,
    PROTOCOL_TCP,
    worm.port,
    outcome,
    durationMs,
    bytes,
    outcome === OUTCOME_UNKNOWN ? 0 : bytesBack,
  );
  rows.isMidStream = false;
}

function isOpen(world: World, device: number, port: number): boolean {
  const { role } = world.hospital.devices[device];
  if (!windowsRoles.has(role)) return false;
  const share = role === "workstation" || role === "laptop" ? rates.smbOpenOnWorkstations : 0.95;
  return traitOf(world, device, port) < (port === 445 ? share : share * 0.5);
}

/** One log-on: it fails a few times, now and then locks the account, or succeeds and takes the host. */
function logOnTo(epidemic: Epidemic, device: number, infection: TrueInfection, owner: number, nowMs: number): void {
  const { world, worm, random } = epidemic;
  const { addressOf } = world;
  const account = Math.floor(traitOf(world, owner % 40, 90) * 0x7fffffff);
  const isWon = isTaken(epidemic, owner) && random.chance(worm.logonProbability / 0.9);
  const failures = isWon ? random.below(3) : 1 + random.below(worm.lockOutAfter > 0 ? worm.lockOutAfter + 2 : 4);
  for (let nth = 0; nth < failures; nth++) reportFailedLogon(world, nowMs + nth * 40, device, owner, account);
  if (worm.lockOutAfter > 0 && failures >= worm.lockOutAfter) {
    const [from, atMs] = [addressOf[device], nowMs + failures * 40];
    world.news.push({
      kind: "observation",
      atMs,
      of: (hosts) => ({ kind: "account-locked", atMs, source: hosts.intern4(from), accountHash: account }),
    });
  }
  if (!isWon) {
    put(
      epidemic,
      addressOf[device],
      addressOf[owner],
      nowMs,
      300 + failures * 40,
      1_200 + failures * 600,
      900 + failures * 300,
    );
    return;
  }
  put(epidemic, addressOf[device], addressOf[owner], nowMs, 9_000, 900_000, 30_000);
  reportRemoteRun(world, nowMs + 2_000, device, owner);
  take(epidemic, infection, owner, nowMs);
}

/** The addresses a host contacts, one per call; null when it has no more. */
function targetsOf(epidemic: Epidemic, device: number): (nowMs: number) => number | null {
  switch (epidemic.worm.kind) {
    case "local-sweep":
      return sweepTargets(epidemic, device);
    case "random":
      return randomTargets(epidemic);
    case "hit-list":
      return () => {
        const taken = epidemic.list.pop();
        return taken === undefined ? null : epidemic.world.addressOf[taken];
      };
    case "credentials":
      return knownTargets(epidemic, device);
    case "fan-out":
      return neighbourTargets(epidemic, device);
  }
}

/** Steps that visit 254 offsets once each, in a scrambled order: all coprime to 254 = 2 * 127. */
const steps: readonly number[] = [3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73];

function sweepTargets({ world, worm, random }: Epidemic, device: number): () => number {
  const { segments } = world.hospital;
  const own = world.hospital.devices[device].segment;
  const order = segments
    .map((segment) => segment.index)
    .filter((segment) => segment !== own && segments[segment].kind !== "guests");
  for (let left = order.length - 1; left > 0; left--) {
    const other = random.below(left + 1);
    [order[left], order[other]] = [order[other], order[left]];
  }
  order.unshift(own);
  const begin = worm.isAscending ? 0 : random.below(254);
  const step = worm.isAscending ? 1 : random.pick(steps);
  let made = 0;
  return () => {
    const segment = order[Math.floor(made / 254) % order.length];
    const offset = 1 + ((begin + (made % 254) * step) % 254);
    made++;
    return segments[segment].base + offset;
  };
}

function randomTargets({ world, worm, random }: Epidemic): () => number {
  const { segments } = world.hospital;
  return () => {
    if (!random.chance(worm.insideShare)) return outsideAddress(random.uint32());
    // Half of the inside is not a segment at all.
    if (random.chance(0.5)) return ((10 << 24) >>> 0) + random.below(0x1000000);
    return random.pick(segments).base + 1 + random.below(254);
  };
}

/** File and application servers first, as a directory lists them, then workstations. */
function knownTargets({ world, random }: Epidemic, device: number): (nowMs: number) => number | null {
  const { byRole } = world.hospital;
  const servers = [...byRole["file-server"], ...byRole["application-server"]];
  const tried = new Set<number>([device]);
  return (nowMs) => {
    for (let tries = 0; tries < 200; tries++) {
      const target = random.chance(0.4) ? random.pick(servers) : random.pick(byRole.workstation);
      if (tried.has(target) || !isOn(world, target, nowMs)) continue;
      tried.add(target);
      return world.addressOf[target];
    }
    return null;
  };
}

/** Living neighbours of the same segment that answer on the port, as a list of neighbours would give. */
function neighbourTargets(epidemic: Epidemic, device: number): (nowMs: number) => number | null {
  const { world, random, worm, isVulnerable } = epidemic;
  const { devices } = world.hospital;
  const { segment } = devices[device];
  const neighbours = devices.filter(
    (other) =>
      other.segment === segment &&
      other.index !== device &&
      (isVulnerable[other.index] === 1 || isOpen(world, other.index, worm.port)),
  );
  const tried = new Set<number>();
  return (nowMs) => {
    for (let tries = 0; tries < 100 && tried.size < neighbours.length; tries++) {
      const other = random.pick(neighbours).index;
      if (tried.has(other) || !isOn(world, other, nowMs)) continue;
      tried.add(other);
      return world.addressOf[other];
    }
    return null;
  };
}

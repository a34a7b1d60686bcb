// Devices that come and go or belong to people: laptops with changing addresses, guests, telephones, administrators.
// In: a device. Out: Tasks. An address freed by one laptop is given to the next that arrives.

import { OUTCOME_ANSWERED, OUTCOME_UNANSWERED, PROTOCOL_TCP, PROTOCOL_UDP } from "../../src/model/flow.ts";
import { formatIpv4 } from "../../src/model/address.ts";
import { DAY_MS, HOUR_MS, hourOfDay, isWeekend } from "./day.ts";
import { outsideAddress } from "./hospital.ts";
import { rates } from "./parameters.ts";
import { browse } from "./web.ts";
import { startWorkstation } from "./workstation.ts";
import {
  attempt,
  begin,
  homeServer,
  lookUp,
  often,
  question,
  regularly,
  reportRemoteRun,
  session,
  spread,
  traitOf,
  type World,
} from "./world.ts";

/** Free addresses of each segment whose devices come and go, longest free first. */
export type AddressPool = Map<number, number[]>;

/** Arrivals and departures of laptops and guests, with leases for the truth and sightings for the map's history. */
export function startComingAndGoing(world: World, device: number, pool: AddressPool): void {
  const { random, isHere } = world;
  const isGuest = world.hospital.devices[device].role === "guest";
  const arriveHour = isGuest ? 8 + 9 * traitOf(world, device, 60) : 6.5 + 3 * traitOf(world, device, 60);
  const stayMs = isGuest
    ? (1 + 3 * traitOf(world, device, 61)) * HOUR_MS
    : (7 + 3 * traitOf(world, device, 61)) * HOUR_MS;
  const midnight = Math.floor(world.startMs / DAY_MS) * DAY_MS;
  const hour = hourOfDay(world.startMs) + (world.startMs % HOUR_MS) / HOUR_MS;
  const isIn = hour >= arriveHour && hour < arriveHour + stayMs / HOUR_MS && !isWeekend(world.startMs);
  leave(world, device, pool, world.startMs);
  if (isIn) arrive(world, device, pool, world.startMs);
  const firstMs = isIn ? midnight + arriveHour * HOUR_MS + stayMs : midnight + arriveHour * HOUR_MS;
  world.queue.add(firstMs < world.startMs ? firstMs + DAY_MS : firstMs, (nowMs) => {
    if (isHere[device] === 1) {
      leave(world, device, pool, nowMs);
      return Math.max(
        nowMs,
        Math.floor(nowMs / DAY_MS) * DAY_MS + DAY_MS + (arriveHour + random.float() - 0.5) * HOUR_MS,
      );
    }
    if (!isGuest && isWeekend(nowMs)) return nowMs + DAY_MS;
    arrive(world, device, pool, nowMs);
    return nowMs + stayMs;
  });
}

function arrive(world: World, device: number, pool: AddressPool, nowMs: number): void {
  const { addressOf, deviceAt, isHere, truth, hospital } = world;
  const { segment, mac, name } = hospital.devices[device];
  const address = pool.get(segment)?.shift();
  if (address === undefined) return;
  addressOf[device] = address;
  deviceAt.set(address, device);
  isHere[device] = 1;
  truth.leases.push({ device, address: formatIpv4(address), fromMs: nowMs, untilMs: null });
  world.news.push({
    kind: "sighting",
    atMs: nowMs,
    of: (hosts) => ({ atMs: nowMs, host: hosts.intern4(address), mac, from: "dhcp", name }),
  });
  if (nowMs > world.startMs) question(world, nowMs, device, hospital.byRole["dhcp-server"][0], 67, 330, 328);
}

function leave(world: World, device: number, pool: AddressPool, nowMs: number): void {
  const { addressOf, deviceAt, isHere, truth, hospital } = world;
  const { segment } = hospital.devices[device];
  const free = pool.get(segment) ?? [];
  free.push(addressOf[device]);
  pool.set(segment, free);
  if (deviceAt.get(addressOf[device]) === device) deviceAt.delete(addressOf[device]);
  isHere[device] = 0;
  const lease = truth.leases.findLast((entry) => entry.device === device);
  if (lease !== undefined && lease.untilMs === null) lease.untilMs = nowMs;
}

export function startLaptop(world: World, device: number, pool: AddressPool): void {
  startComingAndGoing(world, device, pool);
  startWorkstation(world, device);
}

/** Waiting-room devices: the web, sometimes a program that tries many peers, most of them gone. */
export function startGuest(world: World, device: number, pool: AddressPool): void {
  const { random, rows, addressOf } = world;
  startComingAndGoing(world, device, pool);
  begin(world, HOUR_MS, browse(world, device, rates.guestPagesPerDay));
  if (traitOf(world, device, 70) >= rates.guestPeerShare) return;
  begin(
    world,
    HOUR_MS,
    often(world, device, rates.guestPeersPerHour * 10, (nowMs) => {
      const peer = outsideAddress(1_000_000 + random.below(60_000));
      const protocol = random.chance(0.5) ? PROTOCOL_TCP : PROTOCOL_UDP;
      const port = random.chance(0.3) ? 6881 : 1_024 + random.below(60_000);
      const isGone = random.float() < rates.guestPeerUnansweredShare;
      rows.put(
        nowMs,
        addressOf[device],
        peer,
        protocol,
        port,
        isGone ? OUTCOME_UNANSWERED : OUTCOME_ANSWERED,
        isGone ? 3_000 : 60_000,
        isGone ? 156 : 9_000,
        isGone ? 0 : spread(random, 60_000, 1.5),
      );
    }),
  );
}

/** Registration with the call manager; speech goes straight to the other telephone. */
export function startTelephone(world: World, device: number): void {
  const { random, rows, addressOf, hospital } = world;
  const manager = hospital.byRole["call-manager"][0];
  begin(
    world,
    HOUR_MS,
    regularly(world, device, DAY_MS / rates.phoneRegistrationsPerDay, (nowMs) =>
      question(world, nowMs, device, manager, 5060, 700, 600),
    ),
  );
  begin(
    world,
    HOUR_MS,
    often(world, device, rates.callsPerDay, (nowMs) => {
      question(world, nowMs, device, manager, 5060, 1_400, 1_200);
      const other = random.chance(0.5) ? manager : random.pick(hospital.byRole.telephone);
      if (other === device) return;
      const durationMs = Math.min(3.6e6, random.exponential(120_000));
      const bytes = durationMs * 10;
      const port = 16_384 + 2 * random.below(8_000);
      rows.put(
        nowMs + 4_000,
        addressOf[device],
        addressOf[other],
        PROTOCOL_UDP,
        port,
        OUTCOME_ANSWERED,
        durationMs,
        bytes,
        bytes,
      );
    }),
  );
}

/** Remote control of a few servers, now and then of a workstation, rarely a command run on one. */
export function startAdministrator(world: World, device: number): void {
  const { random, hospital } = world;
  const servers = [
    ...hospital.byRole["application-server"],
    ...hospital.byRole["file-server"],
    ...hospital.byRole["records-server"],
    ...hospital.byRole["domain-controller"],
  ];
  startWorkstation(world, device);
  begin(
    world,
    HOUR_MS,
    often(world, device, rates.adminServersPerDay, (nowMs) => {
      const port = random.chance(0.7) ? 3389 : 5985;
      attempt(world, nowMs, device, random.pick(servers), port, 0.96, 600_000 * random.float(), 90_000, 2e6);
      lookUp(world, nowMs - 0, device);
    }),
  );
  begin(
    world,
    HOUR_MS,
    often(world, device, rates.adminWorkstationsPerDay, (nowMs) => {
      attempt(
        world,
        nowMs,
        device,
        random.pick(hospital.byRole.workstation),
        random.chance(0.6) ? 3389 : 5985,
        0.85,
        300_000,
        60_000,
        1e6,
      );
    }),
  );
  begin(
    world,
    DAY_MS,
    often(world, device, rates.adminRemoteRunsPerDay, (nowMs) =>
      runRemotely(world, device, random.pick(hospital.byRole.workstation), nowMs),
    ),
  );
}

/** The traffic and the log line of one PsExec-like run. */
export function runRemotely(world: World, source: number, target: number, nowMs: number): void {
  if (!attempt(world, nowMs, source, target, 445, 1, 50_000, 190_000, 12_000)) return;
  session(world, nowMs + 300, source, target, 135, 300, 900, 700);
  session(world, nowMs + 500, source, target, 49_700, 4_000, 5_000, 4_000);
  reportRemoteRun(world, nowMs + 1_000, source, target);
}

export function startProxy(world: World, device: number): void {
  begin(world, HOUR_MS, browse(world, device, world.hospital.byRole.workstation.length * 5));
  begin(
    world,
    HOUR_MS,
    often(world, device, 100, (nowMs) =>
      question(world, nowMs, device, homeServer(world, device, "domain-controller"), 53),
    ),
  );
}

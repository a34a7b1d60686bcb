// What servers and clinical machines do of their own accord: directory replication, image pushes, message relay, mail.
// In: a device. Out: Tasks. Several receive and send on one port, as a worm would: that is the point.

import { OUTCOME_ANSWERED, OUTCOME_UNANSWERED, PROTOCOL_TCP, PROTOCOL_UDP } from "../../src/model/flow.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "./day.ts";
import { outsideAddress } from "./hospital.ts";
import { rates } from "./parameters.ts";
import { startDirectory } from "./workstation.ts";
import { attempt, begin, homeServer, lookUp, often, regularly, session, spread, traitOf, type World } from "./world.ts";

/** Names and time from the controller, mail now and then: what any Windows server does. */
export function startServer(world: World, device: number): void {
  startDirectory(world, device);
  begin(
    world,
    HOUR_MS,
    often(world, device, 4, (nowMs) =>
      session(world, nowMs, device, world.hospital.byRole["software-distribution"][0], 8530, 20_000, 9_000, 300_000),
    ),
  );
}

/** Controllers replicate with each other and ask outside resolvers: a server that is a client of its own ports. */
export function startDomainController(world: World, device: number): void {
  const { random, rows, addressOf, hospital } = world;
  const others = hospital.byRole["domain-controller"].filter((other) => other !== device);
  begin(
    world,
    MINUTE_MS,
    regularly(world, device, 15 * MINUTE_MS, (nowMs) => {
      for (const other of others) {
        session(world, nowMs, device, other, 135, 50, 700, 600);
        session(world, nowMs + 60, device, other, 49_158, 900, 9_000, 14_000);
        session(world, nowMs + 400, device, other, 445, 800, 6_000, 7_000);
        session(world, nowMs + 500, device, other, 389, 500, 4_000, 5_000);
      }
    }),
  );
  const perDay = 400 + hospital.byRole.workstation.length * 20;
  begin(
    world,
    MINUTE_MS,
    often(world, device, perDay, (nowMs) => {
      const resolver = outsideAddress(800_000 + Math.floor(3_000 ** random.float()));
      const isAnswered = random.float() >= 0.02;
      rows.put(
        nowMs,
        addressOf[device],
        resolver,
        PROTOCOL_UDP,
        53,
        isAnswered ? OUTCOME_ANSWERED : OUTCOME_UNANSWERED,
        30,
        70,
        isAnswered ? 220 : 0,
      );
    }),
  );
}

/** Modalities send to the archive and take their work list from it. */
export function startModality(world: World, device: number): void {
  const { random, hospital } = world;
  const archive = hospital.byRole["image-archive"][0];
  begin(
    world,
    HOUR_MS,
    often(world, device, rates.examsPerDay, (nowMs) =>
      session(world, nowMs, device, archive, 104, 60_000, spread(random, rates.imagesBytesMedian, 1), 40_000),
    ),
  );
  begin(
    world,
    HOUR_MS,
    regularly(world, device, 5 * MINUTE_MS, (nowMs) => session(world, nowMs, device, archive, 104, 200, 2_000, 6_000)),
  );
  begin(
    world,
    HOUR_MS,
    often(world, device, 6, (nowMs) =>
      world.rows.put(
        nowMs,
        world.addressOf[device],
        outsideAddress(700_000 + (device & 7)),
        PROTOCOL_TCP,
        443,
        OUTCOME_ANSWERED,
        30_000,
        40_000,
        9_000,
      ),
    ),
  );
  startDirectory(world, device);
}

/** The archive pushes earlier exams to reading stations in rounds: it receives and sends on tcp/104. */
export function startImageArchive(world: World, device: number): void {
  const { random, hospital } = world;
  const stations = hospital.byRole["reading-station"];
  begin(
    world,
    HOUR_MS,
    often(world, device, rates.prefetchesPerDay, (nowMs) => {
      const targets = 1 + random.below(2 * rates.prefetchTargets - 1);
      for (let nth = 0; nth < targets; nth++) {
        attempt(
          world,
          nowMs + nth * 400,
          device,
          random.pick(stations),
          104,
          0.9,
          40_000,
          spread(random, rates.imagesBytesMedian, 1),
          30_000,
        );
      }
    }),
  );
  startServer(world, device);
}

/** Reading stations query the archive; what they ask for comes back in a connection the archive opens. */
export function startReadingStation(world: World, device: number): void {
  const { random, hospital } = world;
  const archive = hospital.byRole["image-archive"][0];
  begin(
    world,
    HOUR_MS,
    often(world, device, 60, (nowMs) => {
      session(world, nowMs, device, archive, 104, 300, 3_000, 9_000);
      if (random.chance(0.6))
        session(world, nowMs + 900, archive, device, 104, 20_000, spread(random, rates.imagesBytesMedian, 1), 30_000);
    }),
  );
}

/** Messages come in on tcp/2575 and go out on tcp/2575: a relay that a propagation test must not take for a worm. */
export function startMessageEngine(world: World, device: number): void {
  const { random, hospital } = world;
  const records = hospital.byRole["records-server"];
  const receivers = hospital.byRole["application-server"];
  begin(
    world,
    MINUTE_MS,
    often(world, device, rates.messagesPerHour * 12, (nowMs) => {
      const from = random.chance(0.6) ? random.pick(records) : random.pick(receivers);
      session(world, nowMs, from, device, 2575, 150, spread(random, 1_500, 0.6), 300);
      const relays = 1 + random.below(3);
      for (let nth = 0; nth < relays; nth++) {
        const to = receivers[(from * 7 + nth) % receivers.length];
        if (to !== from) session(world, nowMs + 30 + nth * 20, device, to, 2575, 150, 1_500, 300);
      }
    }),
  );
  startServer(world, device);
}

export function startMedicalDevice(world: World, device: number): void {
  const { random } = world;
  const gateway = homeServer(world, device, "application-server", 5);
  begin(
    world,
    HOUR_MS,
    regularly(world, device, DAY_MS / rates.medicalReportsPerDay, (nowMs) =>
      session(world, nowMs, device, gateway, 2575, 150, spread(random, 900, 0.5), 250),
    ),
  );
}

/** Mail comes from outside and leaves again: in and out on tcp/25. */
export function startMailServer(world: World, device: number): void {
  const { random, rows, addressOf, hospital } = world;
  const perDay = 500 + hospital.byRole.workstation.length * 6;
  begin(
    world,
    MINUTE_MS,
    often(world, device, perDay, (nowMs) => {
      const peer = outsideAddress(600_000 + Math.floor(5_000 ** random.float()));
      const bytes = spread(random, 9_000, 1.5);
      if (random.chance(0.6))
        rows.put(nowMs, peer, addressOf[device], PROTOCOL_TCP, 25, OUTCOME_ANSWERED, 1_200, bytes, 1_400);
      else if (random.chance(0.06)) rows.putUnanswered(nowMs, addressOf[device], peer, 25);
      else rows.put(nowMs, addressOf[device], peer, PROTOCOL_TCP, 25, OUTCOME_ANSWERED, 1_200, bytes, 1_400);
      lookUp(world, nowMs, device);
    }),
  );
}

/**
 * Old-fashioned file servers tell and ask the names of the PCs that use them (udp/137, udp/138): PCs with a firewall
 * never answer. A server that tries many PCs in vain, and nothing is wrong with it (M57).
 */
export function startFileServer(world: World, device: number): void {
  const { rows, addressOf, hospital } = world;
  startServer(world, device);
  if (traitOf(world, device, 137) >= rates.nameCheckServerShare) return;
  for (const client of hospital.byRole.workstation) {
    if (homeServer(world, client, "file-server") !== device) continue;
    const check = (nowMs: number): void => {
      rows.put(nowMs, addressOf[device], addressOf[client], PROTOCOL_UDP, 137, OUTCOME_UNANSWERED, 0, 78, 0);
      rows.put(nowMs + 2, addressOf[device], addressOf[client], PROTOCOL_UDP, 138, OUTCOME_UNANSWERED, 2_250, 416, 0);
    };
    begin(world, HOUR_MS, regularly(world, device, DAY_MS / rates.nameChecksPerDay, check));
  }
}

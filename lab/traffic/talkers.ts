// Machines whose work is to reach everybody: print server, software distribution, backup, vulnerability scanner, uptime
// monitor, an annex behind one address; and one host the internet knocks at. In: a device. Out: Tasks.

import {
  OUTCOME_ANSWERED,
  OUTCOME_UNANSWERED,
  PROTOCOL_ICMP,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
} from "../../src/model/flow.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "./day.ts";
import { outsideAddress, type TrafficRole } from "./hospital.ts";
import { rates } from "./parameters.ts";
import { startServer } from "./servers.ts";
import { browse } from "./web.ts";
import { startDirectory } from "./workstation.ts";
import {
  attempt,
  begin,
  homeServer,
  isOn,
  often,
  question,
  regularly,
  session,
  spread,
  traitOf,
  type World,
} from "./world.ts";

const ECHO_REQUEST = 8 * 256;

/** Print servers poll every printer (SNMP) and send the jobs. */
export function startPrintServer(world: World, device: number): void {
  const { random, hospital, rows, addressOf } = world;
  const printers = hospital.byRole.printer;
  begin(
    world,
    10 * MINUTE_MS,
    regularly(world, device, 10 * MINUTE_MS, (nowMs) => {
      for (const [nth, printer] of printers.entries()) {
        const isOff = traitOf(world, printer, 12) < rates.printerOffShare;
        rows.put(
          nowMs + nth * 50,
          addressOf[device],
          addressOf[printer],
          PROTOCOL_UDP,
          161,
          isOff ? OUTCOME_UNANSWERED : OUTCOME_ANSWERED,
          20,
          90,
          isOff ? 0 : 140,
        );
      }
    }),
  );
  begin(
    world,
    MINUTE_MS,
    often(world, device, hospital.byRole.workstation.length * rates.printJobsPerDay * 0.9, (nowMs) => {
      const printer = random.pick(printers);
      const isOpen = traitOf(world, printer, 12) < rates.printerOffShare ? 0 : 1;
      attempt(world, nowMs, device, printer, 9100, isOpen, 4_000, spread(random, 200_000, 1), 300);
    }),
  );
  startServer(world, device);
}

/** Client pushes and remote checks: tcp/445 and tcp/135 to workstations, in rounds, a quarter of them off. */
export function startSoftwareDistribution(world: World, device: number): void {
  const { random, hospital } = world;
  begin(
    world,
    HOUR_MS,
    often(world, device, rates.distributionPushesPerDay / 6, (nowMs) => {
      for (let nth = 0; nth < 6; nth++) {
        const target = random.pick(hospital.byRole.workstation);
        const atMs = nowMs + nth * 3_000;
        const isReached = attempt(world, atMs, device, target, 445, 1 - rates.distributionOffShare, 20_000, 4e6, 9_000);
        if (isReached) session(world, atMs + 500, device, target, 135, 200, 900, 700);
      }
    }),
  );
  startServer(world, device);
}

/** One server after the other, all night long. */
export function startBackup(world: World, device: number): void {
  const { random, hospital } = world;
  const roles: readonly TrafficRole[] = [
    "file-server",
    "records-server",
    "image-archive",
    "application-server",
    "domain-controller",
  ];
  const targets = roles.flatMap((role) => hospital.byRole[role]);
  const nightMs = Math.floor(world.startMs / DAY_MS) * DAY_MS + 22 * HOUR_MS;
  let next = 0;
  world.queue.add(nightMs < world.startMs ? nightMs + DAY_MS : nightMs, (nowMs) => {
    const bytes = spread(random, rates.backupBytesMedian, 1);
    session(world, nowMs, device, targets[next], 445, 900_000, 40_000, 60_000);
    session(world, nowMs + 2_000, device, targets[next], 10_000, Math.min(3.6e6, bytes / 1e5), bytes / 200, bytes);
    next = (next + 1) % targets.length;
    return next === 0
      ? nowMs - (nowMs % DAY_MS) + (nowMs % DAY_MS < 22 * HOUR_MS ? 22 * HOUR_MS : 46 * HOUR_MS)
      : nowMs + (5 * HOUR_MS) / targets.length;
  });
}

const scanPorts: readonly number[] = [445, 22, 80, 443, 3389, 135, 139, 5985, 8080, 23, 21, 104, 1433, 5900, 161, 9100];

/** Every address of every segment, one segment a night, dark ones included. */
export function startVulnerabilityScanner(world: World, device: number): void {
  const { random, hospital, rows, addressOf, deviceAt } = world;
  const segments = hospital.segments.filter((segment) => segment.kind !== "guests");
  let [segment, step] = [random.below(segments.length), 0];
  const steps = 254 * rates.scanPortsPerHost;
  const nightMs = Math.floor(world.startMs / DAY_MS) * DAY_MS + 20 * HOUR_MS;
  world.queue.add(nightMs < world.startMs ? nightMs + DAY_MS : nightMs, (nowMs) => {
    const target = segments[segment].base + 1 + Math.floor(step / rates.scanPortsPerHost);
    const port = scanPorts[step % rates.scanPortsPerHost];
    const owner = deviceAt.get(target);
    if (owner === undefined || !isOn(world, owner, nowMs)) rows.putDark(nowMs, addressOf[device], target, port);
    else attempt(world, nowMs, device, owner, port, 0.2, 50, 900, 700);
    if (++step < steps) return nowMs + random.exponential(1_000 / rates.scanContactsPerSecond);
    [segment, step] = [(segment + 1) % segments.length, 0];
    return nightMs + DAY_MS * (1 + Math.floor((nowMs - nightMs) / DAY_MS));
  });
}

/** The same checks of the same servers for ever; a few have failed for months and nobody took them out. */
export function startUptimeMonitor(world: World, device: number): void {
  const { rows, addressOf, hospital } = world;
  const roles: readonly TrafficRole[] = [
    "file-server",
    "records-server",
    "image-archive",
    "message-engine",
    "application-server",
    "domain-controller",
    "mail-server",
    "proxy",
    "call-manager",
    "print-server",
  ];
  const checks = [22, 80, 443, 445, 3389];
  for (const target of roles.flatMap((role) => hospital.byRole[role])) {
    begin(
      world,
      MINUTE_MS,
      regularly(world, device, rates.monitorPeriodSeconds * 1_000, (nowMs) => {
        rows.putFrom(
          nowMs,
          addressOf[device],
          0,
          addressOf[target],
          PROTOCOL_ICMP,
          ECHO_REQUEST,
          OUTCOME_ANSWERED,
          1,
          84,
          84,
        );
        for (const [nth, port] of checks.entries()) {
          const isChecked = traitOf(world, target, 500 + port) < 0.4;
          if (isChecked) attempt(world, nowMs + 100 + nth * 40, device, target, port, 0.93, 30, 600, 900);
        }
      }),
    );
  }
}

/** An annex behind one address: the web of many people, and their records, shares and directory. */
export function startNatGateway(world: World, device: number): void {
  const { random, hospital } = world;
  for (let user = 0; user < rates.natUsers; user++) {
    begin(world, HOUR_MS, browse(world, device, rates.webPagesPerDay));
    startDirectory(world, device);
    const records = random.pick(hospital.byRole["records-server"]);
    const share = random.pick(hospital.byRole["file-server"]);
    begin(
      world,
      HOUR_MS,
      often(world, device, rates.recordsFlowsPerDay, (nowMs) =>
        session(world, nowMs, device, records, 443, 700, 2_500, 9_000),
      ),
    );
    begin(
      world,
      HOUR_MS,
      often(world, device, rates.shareSessionsPerDay, (nowMs) =>
        session(world, nowMs, device, share, 445, 9, 709, 510),
      ),
    );
  }
}

/** A host the internet can reach: outside addresses knock all day; it attacks nobody (T6). */
export function startExposedServer(world: World, device: number): void {
  const { random, rows, addressOf } = world;
  begin(
    world,
    MINUTE_MS,
    often(world, device, rates.inboundSourcesPerDay, (nowMs) => {
      const source = outsideAddress(500_000 + random.below(40_000));
      const draw = random.float();
      const port =
        draw < rates.inboundSmbShare
          ? 445
          : draw < 0.37
            ? 23
            : draw < 0.42
              ? 22
              : random.pick([80, 443, 3389, 8080, 1433, 5060]);
      if (random.chance(0.3) || port === 443)
        rows.put(nowMs, source, addressOf[device], PROTOCOL_TCP, port, OUTCOME_ANSWERED, 800, 700, 900);
      else if (random.chance(0.5)) rows.putRefused(nowMs, source, addressOf[device], port);
      else rows.putUnanswered(nowMs, source, addressOf[device], port);
    }),
  );
  begin(
    world,
    HOUR_MS,
    often(world, device, 40, (nowMs) =>
      question(world, nowMs, device, homeServer(world, device, "domain-controller"), 53),
    ),
  );
}

// What a workstation or staff laptop does all day besides the web: log-on, policy, shares, records, print, mail,
// updates, and the things that never work (stale mappings, dead licence servers, old passwords). Out: Tasks.

import { mix32 } from "../../src/kit/hash.ts";
import { OUTCOME_REFUSED, OUTCOME_UNANSWERED, PROTOCOL_TCP, PROTOCOL_UDP } from "../../src/model/flow.ts";
import { DAY_MS, HOUR_MS } from "./day.ts";
import { outsideAddress } from "./hospital.ts";
import { rates } from "./parameters.ts";
import { browse } from "./web.ts";
import {
  attempt,
  begin,
  homeServer,
  isOn,
  lookUp,
  often,
  question,
  regularly,
  reportFailedLogon,
  session,
  spread,
  traitOf,
  type World,
} from "./world.ts";

/** Everything a workstation does. */
export function startWorkstation(world: World, device: number): void {
  begin(world, HOUR_MS, browse(world, device, rates.webPagesPerDay * (0.6 + 0.8 * traitOf(world, device, 1))));
  startDirectory(world, device);
  startShares(world, device);
  startCarePrograms(world, device);
  startPrinting(world, device);
  startBrokenThings(world, device);
  startUpdates(world, device);
}

/** Log-on in the morning, policy refresh, names, time, addresses (ZAT, M57). */
export function startDirectory(world: World, device: number): void {
  const { random } = world;
  const controller = homeServer(world, device, "domain-controller");
  const dhcp = world.hospital.byRole["dhcp-server"][0];
  const logonHourMs = (6.5 + 3 * traitOf(world, device, 6)) * HOUR_MS;
  const firstLogonMs = Math.floor(world.startMs / DAY_MS) * DAY_MS + logonHourMs;
  world.queue.add(firstLogonMs < world.startMs ? firstLogonMs + DAY_MS : firstLogonMs, (nowMs) => {
    if (isOn(world, device, nowMs)) logOn(world, device, controller, nowMs);
    return nowMs + DAY_MS + (random.float() - 0.5) * 600_000;
  });
  begin(
    world,
    HOUR_MS,
    regularly(world, device, rates.policyPeriodMinutes * 60_000, (nowMs) => {
      question(world, nowMs, device, controller, 389, 200, 180);
      for (let nth = 0; nth < 2; nth++) session(world, nowMs + 10 + nth * 20, device, controller, 88, 4, 1_700, 1_800);
      session(world, nowMs + 60, device, controller, 389, 300, 3_200, 4_800);
      session(world, nowMs + 80, device, controller, 445, 12_000, 5_200, 6_100);
    }),
  );
  begin(
    world,
    HOUR_MS,
    often(world, device, rates.dnsBackgroundPerDay, (nowMs) => lookUp(world, nowMs, device)),
  );
  begin(
    world,
    HOUR_MS,
    regularly(world, device, DAY_MS / rates.dhcpRenewalsPerDay, (nowMs) =>
      question(world, nowMs, device, dhcp, 67, 330, 328),
    ),
  );
  begin(
    world,
    HOUR_MS,
    regularly(world, device, HOUR_MS, (nowMs) => question(world, nowMs, device, controller, 123, 76, 76)),
  );
}

function logOn(world: World, device: number, controller: number, nowMs: number): void {
  const { random } = world;
  const at = (): number => nowMs + random.float() * 70_000;
  for (let nth = 0; nth < rates.logonNames; nth++) lookUp(world, at(), device);
  for (let nth = 0; nth < rates.logonKerberos; nth++) session(world, at(), device, controller, 88, 4, 1_700, 1_800);
  for (let nth = 0; nth < rates.logonLdap; nth++) session(world, at(), device, controller, 389, 400, 3_200, 4_800);
  for (let nth = 0; nth < rates.logonShares; nth++) session(world, at(), device, controller, 445, 20_000, 6_000, 8_000);
  for (let nth = 0; nth < rates.logonRpc; nth++) session(world, at(), device, controller, 135, 90, 700, 600);
  session(world, at(), device, controller, 49_158, 120, 2_400, 2_100);
}

function startShares(world: World, device: number): void {
  const { random, hospital } = world;
  const home = homeServer(world, device, "file-server");
  const second = homeServer(world, device, "file-server", 1);
  begin(
    world,
    HOUR_MS,
    often(world, device, rates.shareSessionsPerDay, (nowMs) => {
      const server = random.chance(0.85) ? home : second;
      const isWork = random.chance(0.15);
      const back = isWork ? spread(random, 400_000, 1.8) : rates.shareBytesBackMedian + random.below(60);
      session(
        world,
        nowMs,
        device,
        server,
        445,
        isWork ? 90_000 * random.float() : 9,
        rates.shareBytesMedian + random.below(40),
        back,
      );
    }),
  );
  begin(
    world,
    DAY_MS,
    often(world, device, rates.shareNewServersPerDay, (nowMs) => {
      const server = random.pick(
        random.chance(0.7) ? hospital.byRole["file-server"] : hospital.byRole["application-server"],
      );
      attempt(world, nowMs, device, server, 445, 0.85, 3_000, 4_000, spread(random, 20_000, 1.5));
    }),
  );
  begin(
    world,
    DAY_MS,
    often(world, device, rates.sharePeersPerDay, (nowMs) => {
      const peer = random.pick(hospital.byRole.workstation);
      attempt(world, nowMs, device, peer, 445, rates.smbOpenOnWorkstations, 8_000, 5_000, spread(random, 80_000, 1.5));
    }),
  );
  begin(
    world,
    HOUR_MS,
    often(world, device, rates.mailFlowsPerDay, (nowMs) =>
      session(
        world,
        nowMs,
        device,
        hospital.byRole["mail-server"][0],
        random.chance(0.75) ? 993 : 587,
        534,
        495,
        spread(random, 2_149, 1),
      ),
    ),
  );
}

function startCarePrograms(world: World, device: number): void {
  const { random, hospital } = world;
  const records = homeServer(world, device, "records-server");
  const program = homeServer(world, device, "application-server", 3);
  begin(
    world,
    HOUR_MS,
    often(world, device, rates.recordsFlowsPerDay, (nowMs) => {
      session(
        world,
        nowMs,
        device,
        records,
        443,
        spread(random, 700, 1),
        spread(random, 2_500, 0.7),
        spread(random, 9_000, 1.2),
      );
    }),
  );
  begin(
    world,
    HOUR_MS,
    often(world, device, 60, (nowMs) => {
      const server = random.chance(0.9) ? program : random.pick(hospital.byRole["application-server"]);
      session(
        world,
        nowMs,
        device,
        server,
        random.chance(0.7) ? 8443 : 1433,
        spread(random, 2_000, 1),
        3_000,
        spread(random, 12_000, 1),
      );
    }),
  );
}

function startPrinting(world: World, device: number): void {
  const { random, hospital } = world;
  const server = homeServer(world, device, "print-server");
  begin(
    world,
    HOUR_MS,
    often(world, device, rates.printJobsPerDay, (nowMs) => {
      if (random.chance(rates.printDirectShare)) {
        const printer = hospital.byRole.printer[Math.floor(traitOf(world, device, 9) * hospital.byRole.printer.length)];
        attempt(world, nowMs, device, printer, 9100, 0.97, 4_000, spread(random, 60_000, 1), 300);
      } else session(world, nowMs, device, server, 445, 3_000, spread(random, 200_000, 1), 2_000);
    }),
  );
  begin(
    world,
    DAY_MS,
    often(world, device, rates.printDiscoveriesPerDay, (nowMs) => {
      const found = 3 + random.below(10);
      for (let nth = 0; nth < found; nth++) {
        const printer = random.pick(hospital.byRole.printer);
        const atMs = nowMs + nth * 300 + random.float() * 200;
        question(world, atMs, device, printer, 161, 90, 120);
        attempt(world, atMs + 100, device, printer, random.chance(0.5) ? 631 : 9100, 0.9, 200, 400, 600);
      }
    }),
  );
}

/** A dead address in a server segment: what used to be somebody's file server. */
function deadServer(world: World, device: number, purpose: number): number {
  const segments = world.hospital.segments.filter((segment) => segment.kind === "servers");
  const segment = segments[Math.floor(traitOf(world, device, purpose) * segments.length)];
  for (let offset = 3 + Math.floor(traitOf(world, device, purpose + 1) * 240); ; offset = 2 + ((offset + 1) % 250)) {
    if (!world.deviceAt.has(segment.base + offset)) return segment.base + offset;
  }
}

function startBrokenThings(world: World, device: number): void {
  const { random, rows, addressOf, hospital } = world;
  begin(
    world,
    HOUR_MS,
    often(world, device, rates.deadTimeTriesPerDay, (nowMs) => {
      const server = outsideAddress(900_000 + random.below(rates.deadTimeServers));
      rows.put(nowMs, addressOf[device], server, PROTOCOL_UDP, 123, OUTCOME_UNANSWERED, 3_000, 152, 0);
    }),
  );
  if (traitOf(world, device, 20) < rates.staleMappingShare) {
    const gone = deadServer(world, device, 21);
    const isPrinter = traitOf(world, device, 22) < 0.3;
    begin(
      world,
      HOUR_MS,
      often(world, device, rates.staleMappingTriesPerDay, (nowMs) => {
        rows.putDark(nowMs, addressOf[device], gone, isPrinter ? 9100 : 445);
        if (!isPrinter) rows.putDark(nowMs + 4_000, addressOf[device], gone, 139);
      }),
    );
  }
  if (traitOf(world, device, 25) < rates.brokenProgramShare) {
    const servers = [0, 1, 2].map(
      (nth) => hospital.byRole["application-server"][nth % hospital.byRole["application-server"].length],
    );
    const isGone = traitOf(world, device, 26) < 0.5;
    begin(
      world,
      HOUR_MS,
      often(world, device, rates.brokenProgramTriesPerDay, (nowMs) => {
        for (const [nth, server] of servers.entries()) {
          const atMs = nowMs + nth * 1_000;
          const target = isGone ? deadServer(world, device, 30 + nth) : addressOf[server];
          rows.put(
            atMs,
            addressOf[device],
            target,
            PROTOCOL_TCP,
            27_000,
            isGone ? OUTCOME_UNANSWERED : OUTCOME_REFUSED,
            isGone ? 3_000 : 1,
            isGone ? 156 : 52,
            isGone ? 0 : 40,
          );
        }
      }),
    );
  }
  startWrongPasswords(world, device);
}

function startWrongPasswords(world: World, device: number): void {
  const { random } = world;
  const controller = homeServer(world, device, "domain-controller");
  const account = Math.floor(traitOf(world, device, 40) * 0x7fffffff);
  const fail = (atMs: number, tries: number): void => {
    for (let nth = 0; nth < tries; nth++) {
      session(world, atMs + nth * 4_000, device, controller, 88, 3, 300, 200);
      reportFailedLogon(world, atMs + nth * 4_000, device, controller, account);
    }
  };
  begin(
    world,
    DAY_MS,
    often(world, device, rates.wrongPasswordPerDay, (nowMs) => fail(nowMs, 1 + random.below(6))),
  );
  if (traitOf(world, device, 41) < rates.forgottenPasswordShare) {
    begin(
      world,
      HOUR_MS,
      often(world, device, 120, (nowMs) => fail(nowMs, 1)),
    );
  }
}

/** Update checks at the hospital's server, and PCs that share updates with each other on tcp/7680. */
function startUpdates(world: World, device: number): void {
  const { random, hospital } = world;
  const server = hospital.byRole["software-distribution"][0];
  begin(
    world,
    HOUR_MS * 6,
    often(world, device, rates.updateChecksPerDay, (nowMs) =>
      session(world, nowMs, device, server, 8530, 20_000, 9_000, spread(random, 300_000, 2)),
    ),
  );
  if ((mix32(hospital.seed ^ 0x7680) >>> 0) / 4294967296 >= rates.deliveryOptimizationShare) return;
  begin(
    world,
    DAY_MS,
    often(world, device, rates.updatePeersPerDay / 4, (nowMs) => {
      const peers = 1 + random.below(7);
      for (let nth = 0; nth < peers; nth++) {
        const peer = random.pick(hospital.byRole.workstation);
        const atMs = nowMs + nth * 2_000 * random.float();
        attempt(
          world,
          atMs,
          device,
          peer,
          7680,
          1 - rates.updatePeerUnansweredShare,
          30_000,
          2_000,
          spread(random, 1e6, 1.5),
        );
      }
    }),
  );
}

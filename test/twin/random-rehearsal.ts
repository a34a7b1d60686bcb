// Small rehearsals for comparing two engines: 1 to 6 segments of 1 to 40 hosts, and every part of the contract in use
// now and then. The same seed gives the same rehearsal.

import { newBuilding, newHost, newMap, newSegment } from "../../src/hospital/load.ts";
import { createRandom, type Random } from "../../src/kit/random.ts";
import type { Control } from "../../src/model/control.ts";
import { crossingDefaults, type HospitalMap, type Host, type Scope, segmentUses } from "../../src/model/map.ts";
import type {
  DefenderProfile,
  Delay,
  OutbreakState,
  SegmentOutbreak,
  TimedOrder,
  WormProfile,
} from "../../src/model/rehearsal.ts";
import type { HostRole } from "../../src/model/terrain.ts";
import type { Rehearsal } from "../../src/simulation/simulate.ts";

const PORT = "tcp/445";

export function randomRehearsal(seed: number): Rehearsal {
  const random = createRandom(seed ^ 0x7e57);
  const map = randomMap(random, seed);
  const state = randomState(map, random);
  const horizonSeconds = random.pick([120, 300, 900]);
  const orders = Array.from({ length: random.below(4) }, () => randomOrder(map, state, horizonSeconds, random));
  return {
    map,
    worm: randomWorm(random, horizonSeconds),
    defender: randomDefender(random),
    state,
    orders,
    seed,
    horizonSeconds,
  };
}

function randomMap(random: Random, seed: number): HospitalMap {
  const segmentCount = 1 + random.below(6);
  const buildings = ["b1", "b2", "b3"].slice(0, 1 + random.below(3));
  const segments = Array.from({ length: segmentCount }, (_, at) => {
    const isFirst = at === 0; // the outbreak begins there: it should seldom end at once
    const hostCount = isFirst ? 6 + random.below(35) : 1 + random.below(40);
    const smallest = 32 - Math.ceil(Math.log2(hostCount + 2));
    return {
      ...newSegment(`s${at}`, random.pick(segmentUses)),
      building: random.chance(0.8) ? random.pick(buildings) : null,
      cidrs: [`10.0.${at}.0/${smallest - random.below(2)}`],
      hostCount,
      isPeerIsolated: random.chance(isFirst ? 0.03 : 0.1),
      vulnerableShare: isFirst || random.chance(0.4) ? random.pick(isFirst ? [0.5, 0.8, 1] : [0, 0.3, 0.7, 1]) : null,
    };
  });
  const roles: readonly HostRole[] = ["workstation", "server", "medical-device", "printer"];
  const hosts = segments.flatMap(({ id, hostCount }, at): Host[] =>
    Array.from({ length: Math.min(hostCount, random.below(4)) }, (_, nth) => {
      const address = `10.0.${at}.${nth + 1}`;
      return { ...newHost(`${id}-h${nth}`), role: random.pick(roles), segment: id, addresses: [address] };
    }),
  );
  const scopes: Scope[] = ["all", "internet", "use:servers", ...buildings.map((id) => `building:${id}`), "site:main"];
  const scope = (): Scope => (random.chance(0.6) ? random.pick(segments).id : random.pick(scopes));
  const ports = [["any"], [PORT], ["tcp/400-500"], ["tcp/443", PORT], ["udp/445"], ["tcp/443"]];
  return {
    ...newMap(`random ${seed}`),
    sites: [{ id: "main", name: null, aliases: [] }],
    buildings: buildings.map((id) => ({ ...newBuilding(id), site: random.chance(0.7) ? "main" : null })),
    segments,
    hosts,
    crossingDefault: random.pick(crossingDefaults),
    crossings: Array.from({ length: random.below(6) }, () => {
      return { from: scope(), to: scope(), ports: random.pick(ports), because: null };
    }),
    boundaries: [{ id: "line", name: null, around: [scope(), scope()] }],
  };
}

function randomDelay(random: Random, meanSeconds: number): Delay {
  return { meanSeconds, kind: random.pick(["fixed", "exponential"] as const) };
}

function randomWorm(random: Random, horizonSeconds: number): WormProfile {
  // Slow enough that most runs are still moving somewhere in the middle of the horizon.
  const pace = 30 / horizonSeconds;
  // Of a worm with slots fewer tries take, so it makes more of them.
  const takesAtOnce = random.chance(0.3) ? 1 + random.below(10) : null;
  const localPace = takesAtOnce === null ? pace : 2 * pace;
  return {
    id: "random",
    title: "random",
    port: PORT,
    localTriesPerSecond: random.chance(0.05) ? 0 : localPace * (0.5 + 3 * random.float()),
    remoteTriesPerSecond: random.chance(0.1) ? 0 : pace * (0.1 + random.float()),
    knowsHosts: random.chance(0.4),
    takeProbability: random.chance(0.3) ? 1 : 0.4 + 0.6 * random.float(),
    takesAtOnce,
    takeSeconds: takesAtOnce === null ? null : (takesAtOnce / localPace) * (0.2 + 2 * random.float()),
    dormancy: randomDelay(random, random.chance(0.2) ? 0 : (horizonSeconds / 20) * random.float()),
    activeSeconds: random.chance(0.3) ? horizonSeconds * (0.1 + 0.3 * random.float()) : null,
    triesUntilLockout: random.chance(0.3) ? 2 + random.below(30) : null,
    vulnerableShare: {
      workstation: random.pick([0.3, 0.6, 1]),
      server: random.pick([0.2, 0.5, 1]),
      medical: random.pick([0.4, 0.8]),
      other: random.pick([0, 0.3]),
    },
    claims: [],
  };
}

function randomDefender(random: Random): DefenderProfile {
  return {
    id: "random",
    title: "random",
    telemetryDelaySeconds: random.pick([0, 1, 10]),
    contactsToFlag: 1 + random.below(25),
    isolateSeconds: random.chance(0.6) ? random.pick([0, 5, 30]) : null,
    isolateFailureProbability: random.pick([0, 0.02, 0.3]),
    applySecondsByRing: [1, 5, 60],
    decideSeconds: 60,
    claims: [],
  };
}

function randomState(map: HospitalMap, random: Random): OutbreakState {
  const segments: SegmentOutbreak[] = [];
  const hosts: string[] = [];
  map.segments.forEach((segment, at) => {
    const isFirst = at === 0;
    if (!isFirst && !random.chance(0.25)) return;
    const hostCount = segment.hostCount ?? 0;
    const infected = Math.min(hostCount, isFirst ? 1 + random.below(3) : random.below(3));
    const named = map.hosts.filter((host) => host.segment === segment.id).slice(0, random.below(infected + 1));
    hosts.push(...named.map((host) => (random.chance(0.5) ? host.id : host.addresses[0])));
    const isolated = named.length === 0 && infected > 1 && random.chance(0.3) ? 1 : 0;
    const hiddenMean = hostCount >= 20 && random.chance(0.3) ? 1.5 * random.float() : 0;
    segments.push({ segment: segment.id, infected, isolated, hiddenMean });
  });
  return { port: PORT, segments, hosts };
}

function randomOrder(map: HospitalMap, state: OutbreakState, horizonSeconds: number, random: Random): TimedOrder {
  const atSeconds = random.chance(0.07) ? 0 : horizonSeconds * 0.7 * random.float();
  return {
    control: randomControl(map, state, random),
    atSeconds,
    failureProbability: random.pick([0, 0, 0.1, 0.5]),
    liftSeconds: random.chance(0.3) ? atSeconds + horizonSeconds * 0.3 * random.float() : null,
  };
}

function randomControl(map: HospitalMap, state: OutbreakState, random: Random): Control {
  const segment = random.pick(map.segments).id;
  const building = random.pick(map.buildings).id;
  const scope = random.pick([segment, segment, `building:${building}`, "site:main", "all", "use:servers"]);
  const except = random.chance(0.4) ? [{ from: segment, to: random.pick(["all", segment]), port: "any" }] : [];
  const named = [...state.hosts, ...map.hosts.map((host) => host.id)];
  const choices: Control[] = [
    { kind: "close-port-within", within: scope, port: random.chance(0.8) ? PORT : "tcp/139" },
    { kind: "close-port", around: scope, port: PORT },
    { kind: "isolate-segment", segment, except },
    { kind: "isolate-building", building, except },
    { kind: "isolate-site", site: "main", except },
    { kind: "cut-internet", site: null },
  ];
  if (named.length > 0) choices.push({ kind: "isolate-host", host: random.pick(named) });
  return random.pick(choices);
}

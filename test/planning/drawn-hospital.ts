// Small hospitals drawn from a seed, for tests of planning: a few segments, servers, services that need each other,
// protected items, points that can do some things and not others, and an outbreak.

import { createRandom, type Random } from "../../src/kit/random.ts";
import { newHost, newMap, newSegment } from "../../src/hospital/load.ts";
import type { CareService, EnforcementPoint, HospitalMap, NeedOption, SegmentUse } from "../../src/model/map.ts";
import type { OutbreakState, WormProfile } from "../../src/model/rehearsal.ts";

export interface DrawnHospital {
  readonly map: HospitalMap;
  readonly state: OutbreakState;
  readonly worm: WormProfile;
}

const ports = ["tcp/443", "tcp/104", "tcp/445"];

export function drawHospital(seed: number): DrawnHospital {
  const random = createRandom(seed);
  const buildings = Array.from({ length: 1 + random.below(3) }, (_, at) => ({
    id: `b${at}`,
    name: null,
    site: `s${random.below(2)}`,
    aliases: [],
  }));
  const uses: readonly SegmentUse[] = ["workstations", "servers", "medical-devices", "workstations"];
  const segments = Array.from({ length: 3 + random.below(3) }, (_, at) => ({
    ...newSegment(`n${at}`, at === 0 ? "workstations" : random.pick(uses)),
    building: random.pick(buildings).id,
    cidrs: [`10.0.${at}.0/24`],
    hostCount: 5 + random.below(60),
    isPeerIsolated: random.chance(0.1),
    vulnerableShare: random.chance(0.3) ? random.float() : null,
  }));
  const hosts = segments.flatMap((segment, at) =>
    segment.use === "workstations"
      ? []
      : [0, 1].map((nth) => ({
          ...newHost(`h${at}-${nth}`),
          addresses: [`10.0.${at}.${10 + nth}`],
          role: segment.use === "servers" ? ("server" as const) : ("medical-device" as const),
          isProtected: random.chance(0.12),
        })),
  );
  const ids = segments.map(({ id }) => id);
  const scopes = [...ids, ...buildings.map(({ id }) => `building:${id}`), "use:workstations"];
  const services = drawServices(
    random,
    ids,
    hosts.map(({ id }) => id),
  );
  const base = newMap(`drawn ${seed}`);
  const map: HospitalMap = {
    ...base,
    sites: [0, 1].map((at) => ({ id: `s${at}`, name: null, aliases: [] })),
    buildings,
    segments,
    hosts,
    crossingDefault: random.pick(["closed", "open-within-building", "open-within-site", "open"] as const),
    crossings: Array.from({ length: random.below(5) }, () => ({
      from: random.pick(scopes),
      to: random.pick(scopes),
      ports: [random.pick(ports)],
      because: null,
    })),
    enforcementPoints: drawPoints(
      random,
      buildings.map(({ id }) => id),
    ),
    services,
    protected: [
      ...services
        .filter(() => random.chance(0.25))
        .map(({ id }) => ({
          item: `service:${id}`,
          rule: random.pick(["never", "with-stand-in"] as const),
          because: "drawn",
        })),
      ...ids.filter(() => random.chance(0.1)).map((item) => ({ item, rule: "never" as const, because: "drawn" })),
    ],
  };
  return { map, state: drawOutbreak(random, map), worm: drawnWorm };
}

export const drawnWorm: WormProfile = {
  id: "drawn",
  title: "Drawn for tests",
  port: "tcp/445",
  localTriesPerSecond: 5,
  remoteTriesPerSecond: 0.5,
  knowsHosts: true,
  takeProbability: 0.8,
  takesAtOnce: null,
  takeSeconds: null,
  dormancy: { meanSeconds: 5, kind: "exponential" },
  activeSeconds: null,
  triesUntilLockout: null,
  vulnerableShare: { workstation: 0.5, server: 0.3, medical: 0.6, other: 0.1 },
  claims: [],
};

function drawServices(random: Random, segments: readonly string[], hosts: readonly string[]): CareService[] {
  return Array.from({ length: random.below(4) }, (_, at): CareService => {
    const options = (): NeedOption[] =>
      Array.from({ length: 1 + random.below(3) }, (): NeedOption => {
        if (at > 0 && random.chance(0.2)) return { kind: "service", service: `c${random.below(at)}` };
        if (hosts.length === 0) return { kind: "internet", what: "a link" };
        return { kind: "path", from: random.pick(segments), to: random.pick(hosts), port: random.pick(ports) };
      });
    return {
      id: `c${at}`,
      name: `Care ${at}`,
      kind: "wards",
      site: null,
      building: null,
      needs: Array.from({ length: 1 + random.below(2) }, (_each, nth) => ({ name: `need ${nth}`, anyOf: options() })),
      standIns: random.chance(0.5) ? [{ standIn: "paper", shareKept: 0.5, takeUpMinutes: random.below(120) }] : [],
      consultations: null,
      harmPerHour: 1 + random.below(40),
      toleratedMinutes: random.below(3) * 20,
      seats: 0,
      contact: null,
    };
  });
}

function drawPoints(random: Random, buildings: readonly string[]): EnforcementPoint[] {
  const blank = {
    name: null,
    site: null,
    building: null,
    driver: "dry-run",
    settings: {},
    managementAddress: null,
    contact: null,
  };
  return buildings.flatMap((building): EnforcementPoint[] => [
    {
      ...blank,
      id: `fw-${building}`,
      kind: "firewall",
      guards: [`building:${building}`],
      accepts: random.chance(0.8) ? ["close-port", "isolate-segment", "isolate-building"] : ["isolate-building"],
      ring: 1,
      applySeconds: random.below(3),
      failureProbability: random.float() * 0.1,
    },
    {
      ...blank,
      id: `sw-${building}`,
      kind: "switch",
      guards: [`building:${building}`],
      accepts: ["close-port-within", "isolate-host"],
      ring: 2,
      applySeconds: 2 + random.below(400),
      failureProbability: random.float() * 0.2,
    },
  ]);
}

function drawOutbreak(random: Random, map: HospitalMap): OutbreakState {
  const infected = 1 + random.below(3);
  const segment = random.below(map.segments.length);
  const hosts = Array.from({ length: random.below(infected + 1) }, (_, at) => `10.0.${segment}.${100 + at}`);
  const other = map.segments[random.below(map.segments.length)].id;
  return {
    port: "tcp/445",
    segments: [
      { segment: map.segments[segment].id, infected, isolated: 0, hiddenMean: random.chance(0.5) ? 0 : random.float() },
      ...(other === map.segments[segment].id
        ? []
        : [{ segment: other, infected: 0, isolated: 0, hiddenMean: random.float() * 0.8 }]),
    ],
    hosts,
  };
}

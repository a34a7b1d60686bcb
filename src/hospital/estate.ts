// A drawn hospital from counts: sites, buildings, machines. For replaying crises whose real plans nobody outside knows.

import type { CareService, HospitalMap, Host, Need, Segment } from "../model/map.ts";
import type { HostRole } from "../model/terrain.ts";
import { newBuilding, newHost, newMap, newSegment } from "./blank.ts";

/** One site of an estate. Counts are whole; machines are spread evenly over the buildings. */
export interface EstateSite {
  readonly id: string;
  readonly buildings: number;
  readonly workstations: number;
  readonly medicalDevices: number;
  readonly servers: number;
  /** Consultations of a full working day; none for 0. */
  readonly consultationsPerDay: number;
}

export interface Estate {
  readonly sites: readonly EstateSite[];
  /** What closes between buildings: as the published account says they were parted, or not. */
  readonly crossingDefault: HospitalMap["crossingDefault"];
  /** True when the worm's port is open from workstations to workstations of other buildings. */
  readonly isFlat: boolean;
  readonly timeZone: string;
}

const WORKSTATIONS_PER_SEGMENT = 200;
const DEVICES_PER_SEGMENT = 200;

/** @returns a map whose segments are `SITE-bN-workN`, `SITE-bN-devices` and `SITE-servers` */
export function mapOfEstate(name: string, estate: Estate): HospitalMap {
  const segments: Segment[] = [];
  const buildings = [];
  const hosts: Host[] = [];
  const services: CareService[] = [];
  const block = (): string => {
    const nth = segments.length;
    return `10.${nth >> 8}.${nth & 255}.0/24`;
  };
  for (const site of estate.sites) {
    for (let nth = 1; nth <= site.buildings; nth++) {
      const building = `${site.id}-b${nth}`;
      buildings.push({ ...newBuilding(building), site: site.id });
      const fill = (use: Segment["use"], label: string, count: number, most: number): void => {
        const parts = Math.ceil(count / most);
        for (let part = 1; part <= parts; part++) {
          const id = parts === 1 ? `${building}-${label}` : `${building}-${label}${part}`;
          const hostCount = shareOf(count, parts, part);
          segments.push({ ...newSegment(id, use), building, cidrs: [block()], hostCount });
        }
      };
      fill("workstations", "work", shareOf(site.workstations, site.buildings, nth), WORKSTATIONS_PER_SEGMENT);
      fill("medical-devices", "devices", shareOf(site.medicalDevices, site.buildings, nth), DEVICES_PER_SEGMENT);
    }
    const first = `${site.id}-b1`;
    const servers = `${site.id}-servers`;
    const base = block().replace("0/24", "");
    segments.push({
      ...newSegment(servers, "servers"),
      building: first,
      cidrs: [block()],
      hostCount: Math.max(site.servers, serverRoles.length),
      isEssential: true,
    });
    serverRoles.forEach(([id, role, does], at) =>
      hosts.push({ ...newHost(`${id}-${site.id}`), role, does: [does], addresses: [`${base}${10 + at}`] }),
    );
    const clients = segments.find((segment) => segment.building === first && segment.use === "workstations");
    if (clients !== undefined) services.push(...servicesOf(site, clients.id));
  }
  return {
    ...newMap(name),
    timeZone: estate.timeZone,
    sites: estate.sites.map(({ id }) => ({ id, name: null, aliases: [] })),
    buildings,
    segments,
    hosts,
    services,
    standIns: [{ id: "paper", name: "Paper forms", kind: "paper", contact: null }],
    crossingDefault: estate.crossingDefault,
    crossings: crossingsOf(estate),
  };
}

function crossingsOf(estate: Estate): HospitalMap["crossings"] {
  const work = { from: "use:workstations", to: "use:servers", ports: ["tcp/443", "tcp/445", "tcp/88", "tcp/104"] };
  const devices = { from: "use:medical-devices", to: "use:servers", ports: ["tcp/104", "tcp/443"] };
  const web = { from: "all", to: "internet", ports: ["tcp/443"] };
  const flat = { from: "all", to: "all", ports: ["any"] };
  const crossings = estate.isFlat ? [flat, web] : [work, devices, web];
  return crossings.map((crossing) => ({ ...crossing, because: null }));
}

/** Servers every site of an estate has by name: what its services need. */
const serverRoles: readonly (readonly [id: string, role: HostRole, does: string])[] = [
  ["directory", "domain-controller", "directory"],
  ["records", "server", "patient records"],
  ["images", "server", "image archive"],
  ["laboratory", "server", "laboratory results"],
  ["phones", "infrastructure", "telephone exchange"],
];

/** The `nth` of `parts` shares (from 1) of a whole count; the first ones take the remainder. */
function shareOf(count: number, parts: number, nth: number): number {
  return Math.floor(count / parts) + (nth <= count % parts ? 1 : 0);
}

function servicesOf(site: EstateSite, clients: string): readonly CareService[] {
  const need = (what: string, host: string, port: string): Need => ({
    name: what,
    anyOf: [{ kind: "path", from: clients, to: `${host}-${site.id}`, port }],
  });
  const records = need("patient records", "records", "tcp/443");
  const images = need("images", "images", "tcp/104");
  const results = need("laboratory results", "laboratory", "tcp/443");
  const phones: Need = { name: "telephone exchange", anyOf: [{ kind: "host", host: `phones-${site.id}` }] };
  const partners: Need = { name: "partners outside", anyOf: [{ kind: "internet", what: "partners" }] };
  const service = (id: string, name: string, kind: CareService["kind"], harmPerHour: number, needs: Need[]) => ({
    id: `${id}-${site.id}`,
    name: `${name} (${site.id})`,
    kind,
    site: site.id,
    building: `${site.id}-b1`,
    needs,
    standIns: [{ standIn: "paper", shareKept: 0.4, takeUpMinutes: 30 }],
    consultations: null,
    harmPerHour,
    toleratedMinutes: 0,
    seats: 0,
    contact: null,
  });
  const half = Math.round(site.consultationsPerDay / 2);
  const full: readonly [number, number] = [half, site.consultationsPerDay - half];
  const off: readonly [number, number] = [0, 0];
  const week = {
    monday: full,
    tuesday: full,
    wednesday: full,
    thursday: full,
    friday: full,
    saturday: off,
    sunday: off,
  };
  return [
    service("calls", "Emergency calls", "emergency-calls", 100, [phones]),
    service("reception", "Emergency reception", "emergency-reception", 60, [images, results]),
    service("imaging", "Imaging", "imaging", 20, [images]),
    service("exchange", "Results to and from partners", "support", 4, [partners]),
    {
      ...service("consultations", "Consultations", "consultations", 10, [records]),
      consultations: site.consultationsPerDay > 0 ? week : null,
    },
  ];
}

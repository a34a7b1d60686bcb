// A university hospital of the size of a real one, and clearly not a real one: trees for sites, plain words for
// buildings. The same seed gives the same bytes.
//   node examples/chu/generate.ts > examples/chu/hospital.yaml

import { pathToFileURL } from "node:url";
import { newHost, newMap, newSegment, writeMap } from "../../src/hospital/load.ts";
import { createRandom, type Random } from "../../src/kit/random.ts";
import type { Building, HospitalMap, Host, Segment, SegmentUse, Site } from "../../src/model/map.ts";
import { chuServices } from "./services.ts";
import { chuContacts, chuCrossings, chuPoints, chuSensors, chuStandIns, chuTalkers } from "./operations.ts";

const SEED = 649;

/** Buildings of each site; the first of a site holds its wards' central rooms. */
const siteBuildings: readonly (readonly [site: string, name: string, buildings: readonly string[]])[] = [
  [
    "birch",
    "Birch Hospital (adults, emergencies)",
    ["atrium", "beacon", "cairn", "delta", "ember", "fjord", "grove", "harbour", "islet"],
  ],
  ["cedar", "Cedar Hospital (head and neck)", ["jetty", "kiln", "lagoon", "mesa", "nave", "orchard", "pier"]],
  ["maple", "Maple Hospital (mother and child)", ["quarry", "reef", "spire", "terrace", "upland", "vault", "wharf"]],
  ["willow", "Willow Hospital (heart and lungs)", ["arbour", "brook", "cove", "dune", "eyrie", "forge"]],
  ["juniper", "Juniper Hospital (psychiatry)", ["garden", "hearth", "inlet", "knoll"]],
  ["olive", "Olive Hospital (rehabilitation, long stay)", ["ledge", "meadow", "nook", "oasis"]],
  ["almond", "Almond Park (administration, call centre, logistics)", ["plaza", "ridge", "summit"]],
];

/** How many devices of each use there are: 20,000 in all. */
const deviceTotals = {
  workstations: 6_400,
  "medical-devices": 5_700,
  telephony: 3_600,
  printers: 1_300,
  "building-systems": 900,
  guests: 1_250,
  management: 486,
  transit: 14,
  servers: 350,
} as const;

/** The whole map. */
export function generateHospital(): HospitalMap {
  const random = createRandom(SEED);
  const sites: Site[] = siteBuildings.map(([id, name]) => ({ id, name, aliases: [] }));
  const buildings: Building[] = siteBuildings.flatMap(([site, , ids]) =>
    ids.map((id) => ({ id, name: `${id[0].toUpperCase()}${id.slice(1)} building`, site, aliases: [] })),
  );
  const { segments, hosts } = generateNetwork(random);
  const services = chuServices();
  return {
    ...newMap("Five Trees University Hospital (invented, generated)"),
    calendar: {
      morning: "08:00-13:00",
      afternoon: "13:00-18:30",
      closedOn: ["2026-12-25", "2027-01-01", "2027-05-01"],
    },
    inside: ["10.16.0.0/12"],
    outside: ["10.200.0.0/16"],
    cordonAddresses: [addressIn(segments, "almond-mgmt", 10)],
    sites,
    buildings,
    segments,
    hosts,
    crossingDefault: "open-within-building",
    crossings: chuCrossings(),
    boundaries: [
      { id: "medical-zone", name: "All medical devices", around: ["use:medical-devices"] },
      { id: "data-centres", name: "Both server rooms", around: ["dc-a", "dc-b", "dc-c"] },
      {
        id: "care-campus",
        name: "The four hospitals with emergencies",
        around: ["site:birch", "site:cedar", "site:maple", "site:willow"],
      },
    ],
    enforcementPoints: chuPoints(siteBuildings, (segment, last) => addressIn(segments, segment, last)),
    sensors: chuSensors(siteBuildings, (segment, last) => addressIn(segments, segment, last)),
    talkers: chuTalkers(),
    services,
    standIns: chuStandIns(),
    internetUses: [
      {
        name: "Links with neighbouring emergency call centres",
        services: ["emergency-calls"],
        because: "their calls overflow to each other",
      },
      { name: "Remote reading of images at night", services: ["imaging-emergency"], because: null },
      { name: "Maintenance access of makers of medical devices", services: [], because: null },
      { name: "Orders to suppliers, payroll, social insurance", services: ["logistics"], because: null },
      { name: "Regional health record and electronic prescriptions", services: ["pharmacy"], because: null },
    ],
    protected: [
      { item: "service:emergency-calls", rule: "never", because: "people call here when it is urgent" },
      { item: "service:emergency-reception", rule: "with-stand-in", because: "neighbours must be told first" },
      { item: "medical-zone", rule: "with-stand-in", because: "bedside devices work alone, central screens do not" },
      { item: "host:blood-bank-1", rule: "never", because: "transfusion has no paper of its own at night" },
      { item: "calls", rule: "never", because: "the segment of the call centre" },
    ],
    laptops: [
      {
        id: "pool-birch",
        building: "atrium",
        count: 40,
        readyMinutes: 30,
        network: "wireless",
        contact: "network-on-call",
      },
      {
        id: "pool-cedar",
        building: "jetty",
        count: 24,
        readyMinutes: 30,
        network: "wireless",
        contact: "network-on-call",
      },
      {
        id: "pool-maple",
        building: "quarry",
        count: 20,
        readyMinutes: 30,
        network: "wireless",
        contact: "network-on-call",
      },
      {
        id: "pool-willow",
        building: "arbour",
        count: 16,
        readyMinutes: 45,
        network: "wired",
        contact: "network-on-call",
      },
      { id: "pool-store", building: "ridge", count: 60, readyMinutes: 180, network: "mobile", contact: "facility" },
    ],
    contacts: chuContacts(siteBuildings.map(([site]) => site)),
  };
}

/** Segments with their blocks, and the hosts that matter by name. */
function generateNetwork(random: Random): { segments: Segment[]; hosts: Host[] } {
  const plan = segmentPlan();
  const segments: Segment[] = [];
  const nextThird = new Map<number, number>();
  let vlan = 100;
  for (const { id, site, building, use, name } of plan) {
    const octet = 20 + siteBuildings.findIndex(([each]) => each === site);
    const size = use === "telephony" ? 4 : use === "guests" ? 2 : 1;
    const third = Math.ceil((nextThird.get(octet) ?? 1) / size) * size;
    nextThird.set(octet, third + size);
    const bits = size === 4 ? 22 : size === 2 ? 23 : 24;
    const isServers = use === "servers";
    segments.push({
      ...newSegment(id, use),
      name,
      building,
      site: building === null ? site : null,
      cidrs: [`10.${octet}.${third}.0/${bits}`, ...(isServers ? [`fd20:${octet}:${third}::/64`] : [])],
      vlan: vlan++,
      gateways: [`10.${octet}.${third}.1`],
      isEssential: isServers || id.startsWith("monitor-") || id === "calls",
      isListed: isServers,
      isPeerIsolated: use === "guests",
    });
  }
  const hosts = namedHosts(segments);
  const counted = withCounts(segments, hosts, random);
  return { segments: counted, hosts };
}

interface SegmentPlan {
  readonly id: string;
  readonly site: string;
  readonly building: string | null;
  readonly use: SegmentUse;
  readonly name: string | null;
}

function segmentPlan(): readonly SegmentPlan[] {
  const plan: SegmentPlan[] = [];
  for (const [site, , buildings] of siteBuildings) {
    for (const [index, building] of buildings.entries()) {
      plan.push({ id: `${building}-ws`, site, building, use: "workstations", name: null });
      const isLarge = index < 2 && site !== "almond";
      if (isLarge) plan.push({ id: `${building}-ws-2`, site, building, use: "workstations", name: null });
      const hasMedicine = site !== "almond" && index < (site === "juniper" || site === "olive" ? 1 : 6);
      if (hasMedicine) plan.push({ id: `${building}-med`, site, building, use: "medical-devices", name: null });
    }
    const central = buildings[0];
    plan.push(
      { id: `${site}-phones`, site, building: null, use: "telephony", name: null },
      { id: `${site}-printers`, site, building: null, use: "printers", name: null },
      { id: `${site}-bms`, site, building: null, use: "building-systems", name: "Doors, lifts, gases, cooling" },
      { id: `${site}-guests`, site, building: null, use: "guests", name: "Wireless for patients and visitors" },
      { id: `${site}-mgmt`, site, building: null, use: "management", name: "Network devices" },
    );
    if (["birch", "cedar", "maple", "willow"].includes(site)) {
      plan.push(
        { id: `imaging-${site}`, site, building: central, use: "medical-devices", name: "Imaging devices" },
        { id: `monitor-${site}`, site, building: central, use: "medical-devices", name: "Central monitoring" },
      );
    }
  }
  plan.push(
    { id: "lab-birch", site: "birch", building: "cairn", use: "medical-devices", name: "Laboratory automation" },
    { id: "lab-maple", site: "maple", building: "spire", use: "medical-devices", name: "Laboratory automation" },
    { id: "radiotherapy", site: "willow", building: "brook", use: "medical-devices", name: "Treatment machines" },
    { id: "dc-a", site: "birch", building: "islet", use: "servers", name: "Server room A" },
    { id: "dc-b", site: "willow", building: "forge", use: "servers", name: "Server room B" },
    { id: "dc-c", site: "almond", building: "summit", use: "servers", name: "Servers of administration" },
    { id: "dmz", site: "birch", building: "islet", use: "servers", name: "Reached from the internet" },
    { id: "calls", site: "almond", building: "plaza", use: "workstations", name: "Emergency call centre" },
    { id: "backbone", site: "birch", building: null, use: "transit", name: "Links between sites" },
  );
  return plan;
}

/** Splits each total over the segments of its use, with different weights, and none above what its block holds. */
function withCounts(segments: readonly Segment[], hosts: readonly Host[], random: Random): Segment[] {
  const counts = new Map<string, number>();
  for (const segment of segments.filter((each) => each.use === "servers")) {
    counts.set(segment.id, hosts.filter((host) => host.segment === segment.id).length);
  }
  for (const [use, total] of Object.entries(deviceTotals)) {
    if (use === "servers") continue;
    const members = segments.filter((segment) => segment.use === use);
    const roomOf = (segment: Segment): number =>
      segment.cidrs[0].endsWith("/22") ? 960 : segment.cidrs[0].endsWith("/23") ? 460 : 236;
    const weights = members.map(() => 0.6 + 0.8 * random.float());
    const sum = weights.reduce((all, weight) => all + weight, 0);
    let left = total;
    for (const [index, segment] of members.entries()) {
      const count = Math.min(roomOf(segment), Math.floor((total * weights[index]) / sum));
      counts.set(segment.id, count);
      left -= count;
    }
    for (let at = 0; left > 0; at = (at + 1) % members.length) {
      const known = counts.get(members[at].id) ?? 0;
      if (known >= roomOf(members[at])) continue;
      counts.set(members[at].id, known + 1);
      left--;
    }
  }
  return segments.map((segment) => ({ ...segment, hostCount: counts.get(segment.id) ?? null }));
}

/** The address `last` of a segment's first block. */
function addressIn(segments: readonly Segment[], id: string, last: number): string {
  const segment = segments.find((each) => each.id === id);
  if (segment === undefined) throw new Error(`Cannot place an address: the segment must exist, got ${id}`);
  return segment.cidrs[0].replace(/\.0\/\d+$/, `.${last}`);
}

type Named = readonly [
  id: string,
  segment: string,
  role: Host["role"],
  does: readonly string[],
  ports: readonly string[],
];

const coreHosts: readonly Named[] = [
  ["dc-1", "dc-a", "domain-controller", ["directory", "names", "time"], ["udp/53", "tcp/88", "tcp/389", "tcp/445"]],
  ["dc-2", "dc-b", "domain-controller", ["directory", "names", "time"], ["udp/53", "tcp/88", "tcp/389", "tcp/445"]],
  ["dc-3", "dc-c", "domain-controller", ["directory", "names"], ["udp/53", "tcp/88", "tcp/389", "tcp/445"]],
  ["dhcp-1", "dc-a", "infrastructure", ["addresses"], ["udp/67"]],
  ["dhcp-2", "dc-b", "infrastructure", ["addresses"], ["udp/67"]],
  ["proxy-1", "dmz", "infrastructure", ["web proxy"], ["tcp/3128"]],
  ["mail-1", "dmz", "server", ["mail"], ["tcp/25", "tcp/443"]],
  ["portal-1", "dmz", "server", ["appointments on line"], ["tcp/443"]],
  ["ehr-1", "dc-a", "server", ["patient records"], ["tcp/443"]],
  ["ehr-2", "dc-b", "server", ["patient records, second room"], ["tcp/443"]],
  ["ehr-db-1", "dc-a", "server", ["database of patient records"], ["tcp/1521"]],
  ["identity-1", "dc-a", "server", ["admissions and identity"], ["tcp/443"]],
  ["hl7-1", "dc-a", "server", ["message exchange"], ["tcp/2575"]],
  ["hl7-2", "dc-b", "server", ["message exchange, second room"], ["tcp/2575"]],
  ["pacs-1", "dc-a", "server", ["pacs"], ["tcp/104", "tcp/443"]],
  ["pacs-2", "dc-b", "server", ["pacs, second room"], ["tcp/104", "tcp/443"]],
  ["ris-1", "dc-a", "server", ["imaging orders"], ["tcp/443"]],
  ["lis-1", "dc-a", "server", ["laboratory"], ["tcp/443", "tcp/2575"]],
  ["blood-bank-1", "dc-a", "server", ["transfusion"], ["tcp/443"]],
  ["pharmacy-1", "dc-b", "server", ["prescriptions"], ["tcp/443"]],
  ["chemo-1", "dc-b", "server", ["chemotherapy"], ["tcp/443"]],
  ["theatre-1", "dc-b", "server", ["theatre planning"], ["tcp/443"]],
  ["sterile-1", "dc-b", "server", ["tracing of sterilisation"], ["tcp/443"]],
  ["radio-1", "dc-b", "server", ["radiotherapy record and verify"], ["tcp/443"]],
  ["dialysis-1", "dc-b", "server", ["dialysis"], ["tcp/443"]],
  ["birth-1", "dc-b", "server", ["maternity record"], ["tcp/443"]],
  ["calls-1", "dc-c", "server", ["emergency call software"], ["tcp/443"]],
  ["calls-2", "dc-a", "server", ["emergency call software, second room"], ["tcp/443"]],
  ["phones-1", "dc-a", "infrastructure", ["telephone exchange"], ["udp/5060"]],
  ["phones-2", "dc-c", "infrastructure", ["telephone exchange, second room"], ["udp/5060"]],
  ["kitchen-1", "dc-c", "server", ["meals"], ["tcp/443"]],
  ["stock-1", "dc-c", "server", ["stocks and orders"], ["tcp/443"]],
  ["transport-1", "dc-c", "server", ["porters and ambulances"], ["tcp/443"]],
  ["schedule-1", "dc-c", "server", ["appointments"], ["tcp/443"]],
  ["backup-1", "dc-a", "backup", [], []],
  ["backup-2", "dc-b", "backup", [], []],
  ["monitoring-1", "dc-c", "monitoring", [], []],
  ["software-1", "dc-c", "management", ["software distribution"], ["tcp/8531"]],
  ["software-2", "dc-a", "management", ["software distribution"], ["tcp/8531"]],
  ["vuln-scan-1", "dc-c", "vulnerability-scanner", [], []],
];

const protectedIds = new Set(["dc-1", "dc-2", "blood-bank-1", "calls-1", "calls-2", "phones-1", "phones-2", "lis-1"]);
const appNames = [
  "ledger",
  "roster",
  "archive",
  "survey",
  "library",
  "badge",
  "fleet",
  "training",
  "quality",
  "research",
];

function namedHosts(segments: readonly Segment[]): Host[] {
  const hosts: Host[] = [];
  const nextLast = new Map<string, number>();
  const add = ([id, segment, role, does, ports]: Named, extra: Partial<Host> = {}): void => {
    const last = nextLast.get(segment) ?? 11;
    nextLast.set(segment, last + 1);
    const room = extra.room ?? null;
    hosts.push({
      ...newHost(id),
      addresses: [addressIn(segments, segment, last)],
      role,
      does,
      segment,
      ports,
      ...extra,
      room,
    });
  };
  for (const host of coreHosts) add(host, { isProtected: protectedIds.has(host[0]), room: "server room" });
  for (const [index, [site]] of siteBuildings.entries()) {
    const room = index % 2 === 0 ? "dc-a" : "dc-b";
    add([`files-${site}`, room, "server", ["file shares"], ["tcp/445"]], { room: "server room" });
    add([`print-${site}`, room, "print-server", ["print queues"], ["tcp/445", "tcp/631"]], { room: "server room" });
  }
  const servers = (): number => hosts.length;
  for (let number = 1; servers() < deviceTotals.servers; number++) {
    const does = appNames[number % appNames.length];
    const segment = ["dc-a", "dc-b", "dc-c"][number % 3];
    add([`app-${String(number).padStart(3, "0")}`, segment, "server", [does], ["tcp/443"]], { room: "server room" });
  }
  for (const site of ["birch", "cedar", "maple", "willow"]) {
    for (const [number, ward] of ["intensive-care", "emergency", "step-down"].entries()) {
      const does = [`central monitoring, ${ward}`];
      add([`central-${site}-${number + 1}`, `monitor-${site}`, "medical-device", does, []], {
        isProtected: true,
        room: `${ward} station`,
      });
    }
    for (const device of ["ct-1", "ct-2", "mri-1", "xray-1", "angio-1"]) {
      add([`${device}-${site}`, `imaging-${site}`, "medical-device", [device.slice(0, -2)], ["tcp/104"]], {
        room: `imaging ${device}`,
      });
    }
  }
  for (const number of [1, 2]) {
    add([`linac-${number}`, "radiotherapy", "medical-device", ["treatment machine"], []], {
      isProtected: true,
      room: `bunker ${number}`,
    });
  }
  for (const site of ["birch", "maple"]) {
    add([`analyser-${site}`, `lab-${site}`, "medical-device", ["automated line"], []], { room: "laboratory" });
  }
  return hosts;
}

const header =
  "A university hospital that does not exist: generated by examples/chu/generate.ts, not written by hand.\n" +
  "Its size is that of a real one: 7 sites, 40 buildings, 6,400 workstations, 20,000 devices.";

/** The committed text. */
export function generateText(): string {
  return writeMap(generateHospital(), [], header);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.stdout.write(generateText());
}

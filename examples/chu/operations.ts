// The hands of the generated hospital: what may cross, who can cut where, who watches, who is called.

import type { Contact, Crossing, EnforcementPoint, MapSensor, StandIn, Talker } from "../../src/model/map.ts";

type Sites = readonly (readonly [site: string, name: string, buildings: readonly string[]])[];
type AddressOf = (segment: string, last: number) => string;

export function chuCrossings(): readonly Crossing[] {
  const cross = (from: string, to: string, ports: readonly string[], because: string | null = null): Crossing => ({
    from,
    to,
    ports,
    because,
  });
  return [
    cross(
      "use:workstations",
      "use:servers",
      ["udp/53", "tcp/53", "tcp/88", "tcp/389", "tcp/443", "tcp/445", "tcp/631", "udp/123", "tcp/3128"],
      "daily work",
    ),
    cross(
      "use:servers",
      "use:workstations",
      ["tcp/445", "tcp/5985", "tcp/8531"],
      "software distribution and remote help",
    ),
    cross("use:servers", "use:servers", ["any"], "never segmented"),
    cross(
      "use:medical-devices",
      "use:servers",
      ["tcp/104", "tcp/2575", "tcp/443", "udp/53", "udp/123"],
      "images and results",
    ),
    cross("use:servers", "use:medical-devices", ["tcp/104", "tcp/2575"]),
    cross("use:servers", "use:printers", ["tcp/9100", "tcp/515", "udp/161"]),
    cross("use:workstations", "use:medical-devices", ["tcp/443", "tcp/3389"], "central screens read from the wards"),
    cross("use:telephony", "use:servers", ["udp/5060", "tcp/5061", "udp/69", "udp/123"]),
    cross("use:telephony", "use:telephony", ["udp/16384-32767"], "voices"),
    cross("use:management", "all", ["any"], "administration of the network"),
    cross("use:servers", "use:management", ["udp/161", "tcp/22", "tcp/443"]),
    cross("use:management", "use:servers", ["udp/162", "udp/514", "udp/1812", "udp/2055"]),
    cross("use:building-systems", "dc-c", ["tcp/443", "udp/47808"]),
    cross(
      "site:cedar",
      "site:cedar",
      ["tcp/135", "tcp/139", "tcp/445"],
      "shares between wards, from before the renewal",
    ),
    cross("site:birch", "site:maple", ["tcp/445", "tcp/3389"], "shared on-call rooms"),
    cross("use:workstations", "internet", ["tcp/80", "tcp/443"]),
    cross("use:guests", "internet", ["any"]),
    cross("dmz", "internet", ["tcp/25", "tcp/80", "tcp/443", "udp/53"]),
    cross("internet", "dmz", ["tcp/25", "tcp/443"]),
  ];
}

/** A firewall and a person for each site, a switch for each building, the edge, a list that firewalls poll. */
export function chuPoints(sites: Sites, addressOf: AddressOf): readonly EnforcementPoint[] {
  const points: EnforcementPoint[] = [];
  for (const [site, , buildings] of sites) {
    points.push({
      ...blankPoint(`fw-${site}`, "firewall", "nftables"),
      site,
      settings: { over: "ssh", user: "cordon", keyFile: `/etc/cordon/keys/fw-${site}` },
      guards: [`site:${site}`, ...buildings.map((building) => `building:${building}`), "medical-zone"],
      accepts: ["close-port", "isolate-segment", "isolate-building", "isolate-site"],
      ring: 1,
      applySeconds: 0.5,
      failureProbability: 0.01,
      managementAddress: addressOf(`${site}-mgmt`, 2),
    });
    for (const [index, building] of buildings.entries()) {
      points.push({
        ...blankPoint(`sw-${building}`, "switch", "radius-coa"),
        building,
        settings: { port: 3799, secretFile: `/etc/cordon/keys/sw-${building}` },
        guards: [`building:${building}`],
        accepts: ["close-port-within", "isolate-host", "isolate-segment", "isolate-building"],
        ring: 2,
        applySeconds: 2,
        failureProbability: 0.03,
        managementAddress: addressOf(`${site}-mgmt`, 20 + index),
      });
    }
    points.push({
      ...blankPoint(`hands-${site}`, "person", "by-hand"),
      site,
      guards: [`site:${site}`, ...buildings.map((building) => `building:${building}`)],
      accepts: ["isolate-host", "isolate-segment", "isolate-building", "isolate-site"],
      ring: 3,
      applySeconds: site === "juniper" || site === "olive" ? 2_700 : 1_200,
      failureProbability: 0.1,
      contact: `duty-${site}`,
    });
  }
  points.push(
    {
      ...blankPoint("edge-birch", "firewall", "block-list"),
      site: "birch",
      settings: { form: "panos" },
      guards: ["internet", "dmz"],
      accepts: ["cut-internet", "close-port"],
      ring: 1,
      applySeconds: 5,
      failureProbability: 0.02,
      managementAddress: addressOf("birch-mgmt", 3),
    },
    {
      ...blankPoint("edge-list", "block-list", "block-list"),
      site: "birch",
      settings: { form: "plain", pollSeconds: 300 },
      guards: ["internet", "data-centres", "care-campus"],
      accepts: ["isolate-host", "close-port"],
      ring: 3,
      applySeconds: 300,
      failureProbability: 0.05,
    },
    {
      ...blankPoint("wireless", "wireless", "radius-coa"),
      site: "almond",
      settings: { port: 3799, secretFile: "/etc/cordon/keys/wireless" },
      guards: ["use:guests"],
      accepts: ["isolate-host", "isolate-segment"],
      ring: 2,
      applySeconds: 3,
      failureProbability: 0.03,
      managementAddress: addressOf("almond-mgmt", 4),
    },
  );
  return points;
}

function blankPoint(id: string, kind: EnforcementPoint["kind"], driver: string): EnforcementPoint {
  return {
    id,
    name: null,
    kind,
    site: null,
    building: null,
    driver,
    settings: {},
    guards: [],
    accepts: [],
    ring: 3,
    applySeconds: 0,
    failureProbability: 0,
    managementAddress: null,
    contact: null,
  };
}

export function chuSensors(sites: Sites, addressOf: AddressOf): readonly MapSensor[] {
  return [
    ...sites.map(
      ([site]): MapSensor => ({
        id: `flows-${site}`,
        kind: "ipfix",
        address: addressOf(`${site}-mgmt`, 2),
        sees: [`site:${site}`],
      }),
    ),
    { id: "mirror-rooms", kind: "mirror", address: null, sees: ["dc-a", "dc-b", "dmz"] },
    { id: "zeek-edge", kind: "zeek", address: null, sees: ["internet", "dmz"] },
  ];
}

export function chuTalkers(): readonly Talker[] {
  return [
    { host: "vuln-scan-1", ports: [], until: "2027-06-30", because: "scans every server segment on Sundays" },
    {
      host: "monitoring-1",
      ports: ["udp/161", "tcp/443"],
      until: "2027-12-31",
      because: "asks every device every minute",
    },
    { host: "backup-1", ports: ["tcp/445", "tcp/10000"], until: "2027-12-31", because: "reads the servers at night" },
    { host: "backup-2", ports: ["tcp/445", "tcp/10000"], until: "2027-12-31", because: "reads the servers at night" },
    {
      host: "software-1",
      ports: ["tcp/445", "tcp/5985"],
      until: "2027-06-30",
      because: "installs updates on workstations",
    },
    {
      host: "software-2",
      ports: ["tcp/445", "tcp/5985"],
      until: "2027-06-30",
      because: "installs updates on workstations",
    },
  ];
}

export function chuStandIns(): readonly StandIn[] {
  return [
    { id: "paper", name: "Paper forms of the crisis cupboards", kind: "paper", contact: null },
    { id: "laptops", name: "Spare laptops", kind: "laptops", contact: "network-on-call" },
    { id: "bedside", name: "One person per room at the bedside monitors", kind: "other", contact: "care-lead" },
    {
      id: "neighbour-calls",
      name: "The neighbouring call centre takes the calls",
      kind: "neighbour",
      contact: "neighbour-calls",
    },
    { id: "clinics", name: "Private clinics of the town take patients", kind: "neighbour", contact: "clinics" },
    { id: "mobile-phones", name: "Mobile telephones and ten-digit numbers", kind: "telephone", contact: "telephony" },
    { id: "console-reading", name: "Images read at the device", kind: "other", contact: "biomedical" },
    { id: "runners", name: "Results carried by hand", kind: "other", contact: "care-lead" },
    {
      id: "blood-neighbour",
      name: "The regional blood centre delivers on call",
      kind: "neighbour",
      contact: "blood-centre",
    },
  ];
}

/** Numbers of the block that the French regulator keeps for fiction. */
export function chuContacts(sites: readonly string[]): readonly Contact[] {
  const phone = (number: number): string =>
    `01 99 00 ${String(Math.floor(number / 100)).padStart(2, "0")} ${String(number % 100).padStart(2, "0")}`;
  const contact = (id: string, role: Contact["role"], number: number, name: string | null = null): Contact => ({
    id,
    role,
    name,
    phone: phone(number),
    otherPhone: null,
    isOnIpPhone: false,
  });
  return [
    contact("crisis-director", "crisis-director", 1001),
    contact("care-lead", "care-lead", 1002),
    contact("network-lead", "network-lead", 1003),
    contact("network-on-call", "network-on-call", 1004),
    contact("security-lead", "security-lead", 1005),
    contact("data-protection", "data-protection", 1006),
    contact("biomedical", "biomedical", 1007),
    contact("telephony", "telephony", 1008),
    contact("facility", "facility", 1009),
    contact("neighbour-calls", "neighbour", 1010, "Neighbouring emergency call centre"),
    contact("clinics", "neighbour", 1011, "Desk of the private clinics"),
    contact("blood-centre", "neighbour", 1012, "Regional blood centre"),
    contact("authority", "authority", 1013, "Regional health agency, on call"),
    ...sites.map((site, index) => contact(`duty-${site}`, "facility", 1100 + index, `Technician on duty, ${site}`)),
  ];
}

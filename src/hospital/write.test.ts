import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type ContactRole,
  type ControlKind,
  contactRoles,
  controlKinds,
  crossingDefaults,
  type HospitalMap,
  hostRoles,
  pointKinds,
  segmentUses,
  serviceKinds,
} from "../model/map.ts";
import { formatProblem, loadMap, newHost, newMap, newSegment, writeMap } from "./load.ts";

// Texts that YAML likes to misread.
const nastyText = fc.oneof(
  fc.constantFrom(
    "no",
    "null",
    "~",
    "1e3",
    "0x1f",
    "007",
    "- a",
    "a: b",
    "a #b",
    "  x ",
    "'",
    '"',
    "|",
    "line\nbreak",
    "é\u2028",
    "true",
    "*x",
    "&x",
    "!x",
    "%x",
    "@x",
    "12:30",
    "2027-01-01",
    "\ttab",
    "[",
    "{",
    ">",
  ),
  fc.string({ minLength: 1, maxLength: 60 }),
);
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { nil: null });
const words = fc.array(nastyText, { maxLength: 3 });
const anyShare = fc.double({ min: 0, max: 1, noNaN: true }).map((value) => (Object.is(value, -0) ? 0 : value));
const number = (max: number): fc.Arbitrary<number> =>
  fc.oneof(fc.nat(max), fc.double({ min: 0.001, max, noNaN: true }));
const setting = fc.dictionary(
  fc.stringMatching(/^[a-z]{1,8}$/),
  fc.oneof(nastyText, fc.integer(), fc.boolean(), fc.constant(null), fc.array(nastyText, { maxLength: 2 })),
  { maxKeys: 3 },
);

/** A map with sound references: ids are made of positions, and each reference picks one that is there. */
const anyMap: fc.Arbitrary<HospitalMap> = fc
  .record({
    text: fc.array(nastyText, { minLength: 8, maxLength: 8 }),
    sites: fc.integer({ min: 1, max: 3 }),
    buildings: fc.array(fc.record({ site: maybe(fc.nat(9)), name: maybe(nastyText), aliases: words }), {
      minLength: 1,
      maxLength: 4,
    }),
    segments: fc.array(
      fc.record({
        building: maybe(fc.nat(9)),
        use: fc.constantFrom(...segmentUses),
        v6: fc.boolean(),
        vlan: maybe(fc.integer({ min: 1, max: 4094 })),
        hostCount: maybe(fc.nat(9999)),
        flags: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
        vulnerableShare: maybe(anyShare),
        child: fc.boolean(),
        name: maybe(nastyText),
      }),
      { minLength: 1, maxLength: 6 },
    ),
    hosts: fc.array(
      fc.record({
        segment: fc.nat(9),
        role: fc.constantFrom(...hostRoles),
        does: words,
        room: maybe(nastyText),
        serial: maybe(nastyText),
        isProtected: fc.boolean(),
        ports: fc.array(fc.constantFrom("tcp/443", "udp/53", "sctp/2905"), { maxLength: 2 }),
        macs: fc.array(fc.constantFrom("00:1b:2c:3d:4e:5f", "12:34:56:78:90:12"), { maxLength: 2 }),
      }),
      { minLength: 1, maxLength: 6 },
    ),
    points: fc.array(
      fc.record({
        kind: fc.constantFrom(...pointKinds),
        settings: setting,
        guard: fc.nat(9),
        applySeconds: number(86_400),
        failureProbability: anyShare,
        ring: fc.constantFrom<1 | 2 | 3>(1, 2, 3),
        accepts: fc.uniqueArray(fc.constantFrom<ControlKind>(...controlKinds), { minLength: 1 }),
      }),
      { maxLength: 3 },
    ),
    services: fc.array(
      fc.record({
        kind: fc.constantFrom(...serviceKinds),
        option: fc.nat(3),
        shareKept: anyShare,
        takeUpMinutes: number(1e5),
        harmPerHour: number(1e6),
        toleratedMinutes: number(1e5),
        seats: fc.nat(100),
        consultations: maybe(fc.array(fc.nat(500), { minLength: 14, maxLength: 14 })),
      }),
      { maxLength: 4 },
    ),
    contacts: fc.array(
      fc.record({
        role: fc.constantFrom<ContactRole>(...contactRoles),
        name: maybe(nastyText),
        isOnIpPhone: fc.boolean(),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    crossingDefault: fc.constantFrom(...crossingDefaults),
    timeZone: fc.constantFrom("Europe/Paris", "UTC", "Indian/Reunion"),
  })
  .map((drawn) => {
    const { text } = drawn;
    const pick = (prefix: string, list: readonly unknown[], index: number | null): string | null =>
      index === null ? null : `${prefix}${index % list.length}`;
    const segments = drawn.segments.map((each, index) => ({
      ...newSegment(`seg${index}`, each.use),
      name: each.name,
      building: pick("b", drawn.buildings, each.building),
      vlan: each.vlan,
      hostCount: each.hostCount,
      cidrs:
        each.child && index > 0
          ? [`10.0.${128 + index}.0/24`]
          : [`10.${index}.0.0/16`, ...(each.v6 ? [`fd00:${index + 1}::/64`] : [])],
      parent: each.child && index > 0 && !drawn.segments[0].child ? "seg0" : null,
      gateways: each.v6 ? ["10.0.0.1"] : [],
      isEssential: each.flags[0],
      isListed: each.flags[1],
      isPeerIsolated: each.flags[2],
      vulnerableShare: each.vulnerableShare,
    }));
    // A child is only sound when the first segment is its parent.
    const sound = segments.map((segment, index) =>
      segment.parent === null ? { ...segment, cidrs: [`10.${index}.0.0/16`] } : segment,
    );
    const week = (counts: readonly number[]): HospitalMap["services"][number]["consultations"] => ({
      monday: [counts[0], counts[1]],
      tuesday: [counts[2], counts[3]],
      wednesday: [counts[4], counts[5]],
      thursday: [counts[6], counts[7]],
      friday: [counts[8], counts[9]],
      saturday: [counts[10], counts[11]],
      sunday: [counts[12], counts[13]],
    });
    return {
      ...newMap(text[0]),
      timeZone: drawn.timeZone,
      crossingDefault: drawn.crossingDefault,
      calendar: { morning: "07:30-12:00", afternoon: "13:00-18:30", closedOn: ["2027-01-01"] },
      inside: ["192.0.2.0/24"],
      cordonAddresses: ["10.0.0.2", "fd00::9"],
      sites: Array.from({ length: drawn.sites }, (_, index) => ({ id: `s${index}`, name: text[1], aliases: [] })),
      buildings: drawn.buildings.map((each, index) => ({
        id: `b${index}`,
        name: each.name,
        site: each.site === null ? null : `s${each.site % drawn.sites}`,
        aliases: each.aliases,
      })),
      segments: sound,
      hosts: drawn.hosts.map(({ segment, ...each }, index) => ({
        ...newHost(`h${index}`),
        ...each,
        name: text[2],
        addresses: [sound[segment % sound.length].cidrs[0].replace(/\.0\/\d+$/, `.${50 + index}`)],
        segment: sound[segment % sound.length].id,
        switchPort: text[3],
        assetTag: text[4],
        macs: index === 0 ? each.macs : [],
      })),
      crossings: [
        { from: "use:servers", to: "seg0", ports: ["tcp/443", "udp/5000-5010"], because: text[5] },
        { from: "all", to: "internet", ports: ["any"], because: null },
      ],
      boundaries: [{ id: "line", name: text[6], around: ["site:s0", "seg0"] }],
      enforcementPoints: drawn.points.map(({ guard, ...each }, index) => ({
        ...each,
        id: `p${index}`,
        name: null,
        site: null,
        building: null,
        driver: "dry-run",
        guards: [`seg${guard % sound.length}`, "line"],
        managementAddress: "10.0.0.3",
        contact: "c0",
      })),
      sensors: [{ id: "x", kind: "ipfix" as const, address: null, sees: ["all"] }],
      talkers: [{ host: "h0", ports: [], until: "2027-06-30", because: text[7] }],
      services: drawn.services.map((each, index) => ({
        id: `v${index}`,
        name: text[1],
        kind: each.kind,
        site: null,
        building: "b0",
        harmPerHour: each.harmPerHour,
        toleratedMinutes: each.toleratedMinutes,
        seats: each.seats,
        contact: null,
        consultations: each.consultations === null ? null : week(each.consultations),
        standIns: [{ standIn: "i0", shareKept: each.shareKept, takeUpMinutes: each.takeUpMinutes }],
        needs: [
          {
            name: text[2],
            anyOf: [
              [
                { kind: "host" as const, host: "h0" },
                { kind: "internet" as const, what: text[3] },
                { kind: "path" as const, from: "seg0", to: "h0", port: "tcp/1" },
                { kind: "host" as const, host: "h0" },
              ][each.option],
            ],
          },
        ],
      })),
      standIns: [{ id: "i0", name: text[4], kind: "paper" as const, contact: "c0" }],
      internetUses: [{ name: text[5], services: [], because: null }],
      protected: [
        { item: "host:h0", rule: "with-stand-in" as const, because: text[6] },
        { item: "seg0", rule: "never" as const, because: text[6] },
      ],
      laptops: [{ id: "l", building: "b0", count: 3, readyMinutes: 0, network: "mobile" as const, contact: null }],
      contacts: drawn.contacts.map((each, index) => ({
        ...each,
        id: `c${index}`,
        phone: "01 99 00 00 01",
        otherPhone: null,
      })),
    } satisfies HospitalMap;
  });

function loaded(text: string): HospitalMap {
  const result = loadMap(text, "written.yaml");
  if (!result.ok) throw new Error(`${result.problems.map(formatProblem).join("\n")}\n${text}`);
  return result.map;
}

describe("writeMap()", () => {
  test("loadMap(writeMap(map)) is the map, for random maps with texts that YAML misreads", () => {
    fc.assert(
      fc.property(anyMap, (map) => {
        expect(loaded(writeMap(map))).toEqual(map);
      }),
      { seed: 11, numRuns: 150 },
    );
  });

  test("leaves defaults out and puts comments where they belong", () => {
    const map = {
      ...newMap("Small"),
      segments: [{ ...newSegment("a", "servers" as const), cidrs: ["10.0.0.0/24"] }],
      sites: [{ id: "s", name: null, aliases: [] }],
    };
    const text = writeMap(map, [{ section: "segments", index: 0, text: "why\nand how" }], "The head");
    expect(text).toBe(`# The head

schema: cordon.map/1
name: Small
timeZone: Europe/Paris

sites:
  - { id: s }

segments:
  # why
  # and how
  - { id: a, use: servers, cidrs: [ 10.0.0.0/24 ] }

crossingDefault: closed
`);
    expect(loaded(text)).toEqual(map);
  });
});

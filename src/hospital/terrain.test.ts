import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Address, cidrContains, ipv4, ipv6, maskAddress, parseAddress } from "../model/address.ts";
import { HostTable } from "../model/host-table.ts";
import { NO_SEGMENT } from "../model/units.ts";
import { newHost, newMap, newSegment, terrainOf } from "./load.ts";
import { type BlockEntry, PrefixTable } from "./prefix-table.ts";

/** The longest block that holds the address, by looking at all of them; the first of equals. */
function slowLookup(entries: readonly BlockEntry[], address: Address): number {
  let best = -1;
  let bits = -1;
  for (const { cidr, value } of entries) {
    if (cidrContains(cidr, address) && cidr.bits > bits) [best, bits] = [value, cidr.bits];
  }
  return best;
}

// Few distinct addresses, so that blocks nest, touch and repeat often.
const word = fc.constantFrom(0, 0x0a000000, 0x0a000001, 0x0a0000ff, 0x0a000100, 0x0a00ffff, 0x0a010000, 0xffffffff);
const anyAddress = fc.oneof(
  word.map((w) => ipv4(w)),
  fc.tuple(fc.constantFrom(0x20010db8, 0xfd000000), word, word).map(([a, b, c]) => ipv6(a, b, 0, c)),
);
const anyEntry = fc.tuple(anyAddress, fc.nat(128), fc.nat(50)).map(([address, length, value]) => {
  const bits = address.family === 4 ? length % 33 : length;
  return { cidr: { base: maskAddress(address, bits), bits }, value };
});

describe("PrefixTable", () => {
  test("finds what looking at every block finds, with nested, touching and equal blocks", () => {
    fc.assert(
      fc.property(
        fc.array(anyEntry, { maxLength: 12 }),
        fc.array(anyAddress, { minLength: 1, maxLength: 20 }),
        (entries, addresses) => {
          const table = new PrefixTable(entries);
          for (const address of addresses) expect(table.lookup(address)).toBe(slowLookup(entries, address));
        },
      ),
      { seed: 5, numRuns: 1_000 },
    );
  });

  test("holds the whole address space and both ends of a block", () => {
    const table = new PrefixTable([
      { cidr: { base: ipv4(0), bits: 0 }, value: 1 },
      { cidr: { base: ipv4(0xffffff00), bits: 24 }, value: 2 },
    ]);
    expect([0, 0xfffffeff, 0xffffff00, 0xffffffff].map((each) => table.lookup(ipv4(each)))).toEqual([1, 1, 2, 2]);
    expect(table.lookup(ipv6(0, 0, 0, 1))).toBe(-1);
  });
});

describe("terrainOf()", () => {
  const map = {
    ...newMap("Test"),
    inside: ["203.0.113.0/24"],
    outside: ["10.200.0.0/16"],
    cordonAddresses: ["10.0.2.9"],
    segments: [
      { ...newSegment("wide", "workstations"), cidrs: ["10.0.0.0/16", "2001:db8::/48"] },
      {
        ...newSegment("servers", "servers"),
        cidrs: ["10.0.2.0/24"],
        parent: "wide",
        isListed: true,
        gateways: ["10.0.2.1"],
      },
    ],
    hosts: [
      { ...newHost("dc"), addresses: ["10.0.2.10"], role: "domain-controller" as const },
      { ...newHost("scan"), addresses: ["10.0.2.11", "2001:DB8:0::11"], role: "vulnerability-scanner" as const },
      { ...newHost("plain"), addresses: ["10.0.2.12"] },
      { ...newHost("far"), addresses: ["198.51.100.7"] },
    ],
    talkers: [
      { host: "scan", ports: [], until: "2027-01-31", because: "scans" },
      { host: "scan", ports: [], until: "2027-03-01T12:00:00Z", because: "scans longer" },
    ],
  };
  const terrain = terrainOf(map);
  const hosts = new HostTable();
  const facts = (text: string) => terrain.factsOf(hosts, hosts.intern(parseAddress(text)!));

  test.each([
    ["10.0.1.1", { isInside: true, role: "workstation", segment: 0, isDark: false, knownTalkerUntilMs: null }],
    ["10.0.2.10", { isInside: true, role: "domain-controller", segment: 1, isDark: false }],
    ["10.0.2.12", { isInside: true, role: "server", segment: 1, isDark: false }],
    ["10.0.2.99", { isInside: true, role: "server", segment: 1, isDark: true }],
    ["10.0.2.1", { isInside: true, role: "network-device", segment: 1, isDark: false }],
    ["10.0.2.9", { isInside: true, isDark: false }],
    [
      "2001:db8::11",
      {
        isInside: true,
        role: "vulnerability-scanner",
        segment: 0,
        knownTalkerUntilMs: Date.parse("2027-03-01T12:00:00Z"),
      },
    ],
    ["198.51.100.7", { isInside: true, segment: NO_SEGMENT }],
    ["203.0.113.9", { isInside: true, segment: NO_SEGMENT }],
    ["10.200.1.1", { isInside: false }],
    ["192.168.7.7", { isInside: null, segment: NO_SEGMENT, role: "unknown" }],
    ["8.8.8.8", { isInside: false, segment: NO_SEGMENT }],
  ])("says of %s what the map says", (address, expected) => {
    expect(facts(address)).toMatchObject(expected);
  });
});

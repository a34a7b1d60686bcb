import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { createRandom } from "../kit/random.ts";
import { formatFinding, formatProblem, type LoadedMap, loadMap } from "./load.ts";

const clinic = readFileSync(new URL("../../examples/clinic/hospital.yaml", import.meta.url), "utf8");

const head = "schema: cordon.map/1\nname: Test\n";

function problemsOf(text: string): readonly string[] {
  const loaded = loadMap(text, "t.yaml");
  return loaded.ok ? [] : loaded.problems.map(formatProblem);
}
function findingsOf(text: string, nowMs: number | null = null): readonly string[] {
  const loaded = loadMap(text, "t.yaml", nowMs);
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join("\n"));
  return loaded.findings.map(formatFinding);
}
function kindsOf(text: string, nowMs: number | null = null): readonly string[] {
  const loaded = loadMap(text, "t.yaml", nowMs);
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join("\n"));
  return loaded.findings.map((finding) => finding.kind);
}

describe("loadMap() refuses", () => {
  test("every fault at once, in the order of lines, each with its line and column", () => {
    const text = `${head}timeZone: Europe/Pari
sitess: []
segments:
  - { id: a, use: worksations, cidrs: [10.0.0.5/24] }
  - { id: b, use: servers, cidrs: [10.0.1.0/24], vlann: 3 }
  - { id: e, use: servers, cidrs: [10.0.3.0/24], building: nope }
hosts:
  - { id: h, macs: [00-1B-2C-3D-4E-5F] }
crossings:
  - { from: bb, to: b, ports: [tcp/99999] }
`;
    expect(problemsOf(text)).toEqual([
      't.yaml:3:11: Cannot read the map: timeZone must be a time zone name like Europe/Paris, got "Europe/Pari"',
      't.yaml:4:1: Cannot read the map: sitess must be a known key, got the key "sitess" (did you mean "sites"?)',
      expect.stringContaining(
        "t.yaml:6:19: Cannot read the map: segments[0].use must be one of workstations, servers,",
      ),
      expect.stringContaining("t.yaml:6:40: Cannot read the map: segments[0].cidrs[0] must be a block"),
      't.yaml:7:50: Cannot read the map: segments[1].vlann must be a known key, got the key "vlann" (did you mean "vlan"?)',
      't.yaml:8:60: Cannot read the map: segments[2].building must be the id of a building, got "nope"',
      expect.stringContaining('(did you mean "00:1b:2c:3d:4e:5f"?)'),
      expect.stringContaining("t.yaml:12:32: Cannot read the map: crossings[0].ports[0] must be a port like tcp/443"),
    ]);
    expect(problemsOf(text)[2]).toContain('got "worksations" (did you mean "workstations"?)');
    expect(problemsOf(text)[3]).toContain('got "10.0.0.5/24" (did you mean "10.0.0.0/24"?)');
  });

  test("several faults of YAML itself", () => {
    const problems = problemsOf("a: [1\nb: }\nc: 'x");
    expect(problems.length).toBeGreaterThan(1);
    expect(problems[0]).toMatch(/^t\.yaml:\d+:\d+: Cannot read the map: the file must be correct YAML, got /);
  });

  test("a segment id nobody declared, with the nearest one", () => {
    const text = `${head}segments:\n  - { id: wards, use: workstations }\ncrossings:\n  - { from: warts, to: wards, ports: [any] }\n`;
    expect(problemsOf(text)).toEqual([
      't.yaml:6:13: Cannot read the map: crossings[0].from must be the id of a segment, got "warts" (did you mean "wards"?)',
    ]);
  });

  test("a building named where a segment is meant, and says how to name it", () => {
    const text = `${head}buildings: [{ id: heart }]\nsegments: [{ id: wards, use: workstations, building: heart }]\ncrossings: [{ from: heart, to: wards, ports: [any] }]\n`;
    expect(problemsOf(text)).toEqual([expect.stringContaining('got "heart" (did you mean "building:heart"?)')]);
  });

  test("ids of elements that have faults of their own still count as declared", () => {
    const text = `${head}segments:\n  - { id: wards, use: nonsense }\ncrossings: [{ from: wards, to: all, ports: [any] }]\n`;
    expect(problemsOf(text)).toHaveLength(1);
  });

  test.each([
    [
      "overlapping blocks",
      "segments: [{ id: a, use: servers, cidrs: [10.0.0.0/16] }, { id: b, use: servers, cidrs: [10.0.1.0/24] }]",
      "apart from the blocks of other segments (or name a as parent), got 10.0.1.0/24, which overlaps 10.0.0.0/16 of a",
    ],
    [
      "the same block twice",
      "segments: [{ id: a, use: servers, cidrs: [10.0.1.0/24] }, { id: b, use: servers, cidrs: [10.0.1.0/24], parent: a }]",
      "apart from the blocks of other segments, got 10.0.1.0/24",
    ],
    [
      "a child outside of its parent",
      "segments: [{ id: a, use: servers, cidrs: [10.0.0.0/24] }, { id: b, use: servers, cidrs: [10.0.1.0/24], parent: a }]",
      "inside the blocks of its parent a",
    ],
    ["a circle of parents", "segments: [{ id: a, use: servers, parent: a }]", "free of circles"],
    [
      "a need that names an unknown host",
      "segments: [{ id: a, use: servers }]\nservices: [{ id: s, name: S, kind: imaging, needs: [{ name: n, anyOf: [{ kind: path, from: a, to: pacs, port: tcp/104 }] }] }]",
      'services[0].needs[0].anyOf[0].to must be the id of a host, got "pacs"',
    ],
    [
      "an unknown kind of need",
      "services: [{ id: s, name: S, kind: imaging, needs: [{ name: n, anyOf: [{ kind: pth }] }] }]",
      '(did you mean "path"?)',
    ],
    [
      "a misspelt key in a need",
      "services: [{ id: s, name: S, kind: imaging, needs: [{ name: n, anyOf: [{ kind: host, hots: a }] }] }]",
      'got the key "hots" (did you mean "host"?)',
    ],
    [
      "a service that needs itself",
      "services: [{ id: s, name: S, kind: imaging, needs: [{ name: n, anyOf: [{ kind: service, service: s }] }] }]",
      "free of circles",
    ],
    [
      "an enforcement point that guards nothing",
      "enforcementPoints: [{ id: p, kind: firewall, driver: nftables, guards: [], accepts: [close-port], ring: 1, applySeconds: 1, managementAddress: 10.0.0.1 }]",
      "enforcementPoints[0].guards must be at least one boundary or scope",
    ],
    [
      "a firewall without an address",
      "segments: [{ id: a, use: servers }]\nenforcementPoints: [{ id: p, kind: firewall, driver: nftables, guards: [a], accepts: [close-port], ring: 1, applySeconds: 1 }]",
      "managementAddress must be given for a firewall",
    ],
    [
      "an id used twice",
      "hosts: [{ id: h }, { id: h }]",
      'hosts[1].id must be used once, got "h", which hosts[0] has too',
    ],
    [
      "an address of two hosts",
      "hosts: [{ id: a, addresses: ['2001:db8::1'] }, { id: b, addresses: ['2001:DB8:0::1'] }]",
      "the address of one host, got 2001:db8::1, which a has too",
    ],
    [
      "a host outside of its stated segment",
      "segments: [{ id: a, use: servers, cidrs: [10.0.0.0/24] }]\nhosts: [{ id: h, addresses: [10.9.0.1], segment: a }]",
      "in the blocks of segment a",
    ],
    [
      "a site that is not its building's",
      "sites: [{ id: n }, { id: s }]\nbuildings: [{ id: b, site: n }]\nsegments: [{ id: a, use: servers, building: b, site: s }]",
      'the site of its building (n), got "s"',
    ],
    ["a segment called internet", "segments: [{ id: internet, use: servers }]", "another word than internet and all"],
    ["a number where an id is meant", "sites: [{ id: 12 }]", 'sites[0].id must be text, got 12 (did you mean "12"?)'],
    [
      "a talker without an end",
      "hosts: [{ id: h }]\ntalkers: [{ host: h, because: x }]",
      "talkers[0].until must be given",
    ],
    ["a day that does not exist", "calendar: { closedOn: [2027-02-30] }", "a day like 2027-06-30"],
    ["a key given twice", "name: again", "correct YAML"],
    ["nested needs that are lists", "services: [[1]]", "keys and values"],
  ])("%s", (_, text, expected) => {
    const problems = problemsOf(`${head}${text}\n`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(expected);
  });

  test("what is no map at all, with one sentence each", () => {
    for (const text of ["", "42", "[]", "- a", "null", "just words", "\u0000", "&a [*a]"]) {
      expect(loadMap(text, "t.yaml").ok, JSON.stringify(text)).toBe(false);
    }
  });

  test("nesting without end and alias bombs, without dying", () => {
    const deep = loadMap(`${head}sites: ${"[".repeat(200_000)}`, "t.yaml");
    expect(deep.ok).toBe(false);
    let bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n";
    for (const [name, of] of ["ba", "cb", "dc", "ed", "fe", "gf", "hg"])
      bomb += `${name}: &${name} [${`*${of},`.repeat(10)}]\n`;
    expect(loadMap(bomb, "t.yaml").ok).toBe(false);
  });
});

describe("loadMap() finds", () => {
  const segment =
    "segments: [{ id: a, use: servers, cidrs: [10.0.0.0/24], building: b }]\nbuildings: [{ id: b, site: s }]\nsites: [{ id: s }]\n";
  test.each([
    [
      "a host in no segment",
      `${segment}hosts: [{ id: h, addresses: [10.9.9.9], building: b }]`,
      ["host-without-segment"],
    ],
    [
      "a host in no building",
      "hosts: [{ id: h, addresses: [10.9.9.9] }]",
      ["host-without-segment", "host-without-building"],
    ],
    ["nothing for a host whose segment tells its building", `${segment}hosts: [{ id: h, addresses: [10.0.0.9] }]`, []],
    [
      "more named hosts than expected",
      "segments: [{ id: a, use: servers, cidrs: [10.0.0.0/24], site: s, hostCount: 1 }]\nsites: [{ id: s }]\nhosts: [{ id: g, addresses: [10.0.0.8], building: b }, { id: h, addresses: [10.0.0.9], building: b }]\nbuildings: [{ id: b, site: s }]",
      ["more-hosts-than-expected", "building-without-segment"],
    ],
    [
      "more hosts than the block has room for",
      "segments: [{ id: a, use: servers, cidrs: [10.0.0.0/29], site: s, hostCount: 7 }]\nsites: [{ id: s }]",
      ["more-hosts-than-addresses"],
    ],
    [
      "a secret in the settings",
      `${segment}enforcementPoints: [{ id: p, kind: firewall, driver: x, settings: { snmpCommunity: x, keyFile: f }, guards: [a], accepts: [close-port], ring: 1, applySeconds: 1, managementAddress: 10.0.0.1 }]`,
      ["secret-in-settings"],
    ],
    ["a boundary nobody can close", `${segment}boundaries: [{ id: line, around: [a] }]`, ["boundary-without-point"]],
    [
      "a contact that hangs on the telephone exchange",
      "contacts: [{ id: c, role: other, phone: '1234', isOnIpPhone: true }]",
      ["contact-on-ip-phone"],
    ],
  ])("%s", (_, text, kinds) => {
    expect([...kindsOf(`${head}${text}\n`)].sort()).toEqual([...kinds].sort());
  });

  test("a service without a stand-in, and one whose path no crossing allows", () => {
    const text = `${head}sites: [{ id: s }]
segments:
  - { id: a, use: workstations, cidrs: [10.0.0.0/24], site: s }
  - { id: b, use: servers, cidrs: [10.0.1.0/24], site: s }
hosts: [{ id: h, addresses: [10.0.1.5], building: x }]
buildings: [{ id: x, site: s }]
services:
  - { id: c, name: C, kind: emergency-calls, needs: [{ name: n, anyOf: [{ kind: path, from: a, to: h, port: tcp/443 }] }] }
  - { id: d, name: D, kind: emergency-reception, needs: [{ name: n, anyOf: [{ kind: host, host: h }] }] }
`;
    expect([...kindsOf(text)].sort()).toEqual(
      [
        "building-without-segment",
        "need-without-crossing",
        "service-without-stand-in",
        "service-without-stand-in",
      ].sort(),
    );
    const opened = `${text}crossings: [{ from: use:workstations, to: b, ports: [tcp/400-500] }]\n`;
    expect(kindsOf(opened)).not.toContain("need-without-crossing");
    expect(kindsOf(`${text}crossingDefault: open-within-site\n`)).not.toContain("need-without-crossing");
    expect(kindsOf(`${text}crossingDefault: open-within-building\n`)).toContain("need-without-crossing");
  });

  test("a talker whose day is over, from the end of that day on", () => {
    const text = `${head}hosts: [{ id: h, addresses: [10.0.0.9] }]\ntalkers: [{ host: h, until: 2027-06-30, because: x }]\n`;
    expect(kindsOf(text, Date.parse("2027-06-30T23:59:59Z"))).not.toContain("talker-expired");
    expect(kindsOf(text, Date.parse("2027-07-01T00:00:00Z"))).toContain("talker-expired");
    expect(kindsOf(text, null)).not.toContain("talker-expired");
  });

  test("each finding on its own line", () => {
    expect(findingsOf(`${head}hosts:\n  - { id: h }\n`)[0]).toMatch(/^t\.yaml:4:5: Host h has no address/);
  });
});

describe("loadMap() survives", () => {
  const isSound = (loaded: LoadedMap): boolean =>
    loaded.ok || (loaded.problems.length > 0 && loaded.problems.every((each) => each.line >= 1 && each.column >= 1));

  test("a file cut at every 13th byte", () => {
    for (let end = 0; end < clinic.length; end += 13)
      expect(isSound(loadMap(clinic.slice(0, end), "t.yaml"))).toBe(true);
  });

  test("400 damaged files (seed 1)", () => {
    const random = createRandom(1);
    const damage = [
      "[",
      "]",
      "{",
      "}",
      ":",
      "-",
      "\n",
      " ",
      "\t",
      "&a ",
      "*a",
      "!!binary ",
      "'",
      '"',
      "#",
      "0",
      "é",
      "null",
      "%",
      "|",
      "?",
    ];
    for (let run = 0; run < 400; run++) {
      let text = clinic;
      for (let change = random.below(4); change >= 0; change--) {
        const at = random.below(text.length);
        text = text.slice(0, at) + random.pick(damage) + text.slice(at + random.below(3));
      }
      expect(isSound(loadMap(text, "t.yaml")), text.slice(0, 80)).toBe(true);
    }
  });
});

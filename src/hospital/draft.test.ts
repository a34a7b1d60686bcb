import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { wholeFlow } from "../../test/whole-flow.ts";
import { createRandom } from "../kit/random.ts";
import { parseAddress } from "../model/address.ts";
import { BatchWriter } from "../model/batch.ts";
import {
  OUTCOME_ANSWERED,
  OUTCOME_UNANSWERED,
  type Outcome,
  PROTOCOL_ARP,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  writeFlow,
} from "../model/flow.ts";
import { HostTable } from "../model/host-table.ts";
import { broadcastBits, draftBlocks, masked } from "./draft-blocks.ts";
import { DraftContacts } from "./draft-contacts.ts";
import { createDraft, type DraftedMap, formatProblem, loadMap, writeDraft } from "./load.ts";

/** Flows as words: who, whom, port, how it ended, bytes out and back. */
class Traffic {
  readonly hosts: HostTable;
  readonly writer: BatchWriter;
  readonly #draft;
  #atMs = 0;

  constructor(capacity = 64, hostsMax = 4096) {
    this.hosts = new HostTable(hostsMax);
    this.#draft = createDraft(this.hosts);
    this.writer = new BatchWriter(this.hosts, (batch) => this.#draft.feed(batch), capacity);
  }

  flow(
    source: string,
    target: string,
    port: string,
    outcome: Outcome = OUTCOME_ANSWERED,
    bytes = 100,
    bytesBack = 100,
  ): void {
    const row = this.writer.row();
    const [protocol, number] = port.split("/");
    const flow = wholeFlow({
      atMs: this.#atMs++,
      source: this.hosts.intern(parseAddress(source)!),
      target: this.hosts.intern(parseAddress(target)!),
      targetPort: Number(number ?? 0),
      protocol: protocol === "tcp" ? PROTOCOL_TCP : protocol === "udp" ? PROTOCOL_UDP : PROTOCOL_ARP,
      outcome,
      bytes,
      bytesBack: outcome === OUTCOME_ANSWERED ? bytesBack : 0,
    });
    writeFlow(this.writer.flows, row, flow);
  }

  finish(): DraftedMap {
    this.writer.flush();
    return this.#draft.finish();
  }
}

/** Twelve workstations of a ward, with servers of every kind a hospital has. */
function smallHospital(traffic: Traffic): void {
  const wards = Array.from({ length: 12 }, (_, index) => `10.1.2.${20 + index}`);
  for (const pc of wards) {
    for (const port of ["tcp/88", "tcp/389", "tcp/445", "udp/53"]) traffic.flow(pc, "10.1.3.10", port);
    traffic.flow(pc, "10.1.3.11", "tcp/443");
    traffic.flow(pc, "10.1.3.20", "tcp/445");
    traffic.flow(pc, "203.0.113.9", "tcp/443");
    traffic.flow(pc, "10.1.2.255", "udp/137", OUTCOME_UNANSWERED);
  }
  for (const modality of ["10.1.4.5", "10.1.4.6", "10.1.4.7"])
    traffic.flow(modality, "10.1.3.12", "tcp/104", OUTCOME_ANSWERED, 9e6, 4e3);
  for (const printer of ["10.1.5.5", "10.1.5.6", "10.1.5.7"]) traffic.flow("10.1.3.20", printer, "tcp/9100");
  for (const pc of wards) traffic.flow("10.1.3.30", pc, "udp/161");
  for (let port = 1; port < 60; port++)
    for (const pc of wards) traffic.flow("10.1.3.31", pc, `tcp/${port}`, OUTCOME_UNANSWERED);
  for (const phone of ["10.1.6.5", "10.1.6.6", "10.1.6.7"]) traffic.flow(phone, "10.1.3.40", "udp/5060");
}

describe("createDraft()", () => {
  const traffic = new Traffic();
  smallHospital(traffic);
  const draft = traffic.finish();
  const byAddress = new Map(draft.map.hosts.map((host) => [host.addresses[0], host]));
  const commentOf = (address: string): string =>
    draft.comments.find(({ section, index }) => section === "hosts" && draft.map.hosts[index].addresses[0] === address)
      ?.text ?? "";

  test.each([
    ["10.1.3.10", "domain-controller", ["directory"]],
    ["10.1.3.11", "server", []],
    ["10.1.3.12", "server", ["pacs"]],
    ["10.1.4.5", "medical-device", ["imaging"]],
    ["10.1.5.5", "printer", []],
    ["10.1.3.40", "infrastructure", ["telephony"]],
    ["10.1.6.5", "telephone", []],
  ])("takes %s for a %s", (address, role, does) => {
    expect(byAddress.get(address)).toMatchObject({ role, does });
    expect(commentOf(address)).toMatch(/^(sure|likely|guess): \S/);
  });

  test.each([
    ["10.1.3.31", "vulnerability-scanner"],
    ["10.1.3.30", "monitoring"],
    ["10.1.3.20", "print-server"],
  ])("proposes %s as %s, but does not excuse it by itself", (address, role) => {
    expect(byAddress.get(address)?.role).toBe("unknown");
    expect(commentOf(address)).toContain(`Looks like: ${role}`);
    expect(draft.map.talkers).toEqual([]);
  });

  test("makes segments with a use, a size and the number of hosts seen; workstations are only counted", () => {
    const segments = new Map(draft.map.segments.map((segment) => [segment.cidrs[0], segment]));
    expect(segments.get("10.1.2.0/24")).toMatchObject({ use: "workstations", hostCount: 12 });
    expect(segments.get("10.1.3.0/24")).toMatchObject({ use: "servers" });
    expect(segments.get("10.1.4.0/24")).toMatchObject({ use: "medical-devices", hostCount: 3 });
    expect(segments.get("10.1.5.0/24")).toMatchObject({ use: "printers" });
    expect(segments.get("10.1.6.0/24")).toMatchObject({ use: "telephony" });
    expect(byAddress.has("10.1.2.20")).toBe(false);
    expect(draft.header).toContain("1 other host left out as outside");
  });

  test("writes YAML that loads, with its reasons as comments", () => {
    const text = writeDraft(draft);
    const loaded = loadMap(text, "draft");
    if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join("\n"));
    expect(loaded.map).toEqual(draft.map);
    expect(text).toContain("# sure: answers Kerberos (12 clients) and LDAP (12)");
    expect(text).toContain("12 hosts broadcast to 10.1.2.255");
  });

  test("gives a sweep no role, whatever else the host does", () => {
    const swept = new Traffic();
    smallHospital(swept);
    for (let last = 1; last < 60; last++)
      swept.flow("10.1.3.11", `10.1.9.${last}`, "tcp/445", last % 5 === 0 ? OUTCOME_ANSWERED : OUTCOME_UNANSWERED);
    const { map, comments } = swept.finish();
    const index = map.hosts.findIndex((host) => host.addresses[0] === "10.1.3.11");
    expect(map.hosts[index].role).toBe("unknown");
    expect(comments.find((each) => each.section === "hosts" && each.index === index)?.text).toContain("a sweep");
  });

  test("does not take the victims of a sweep for servers, nor those who ask printers for monitoring", () => {
    const struck = new Traffic();
    smallHospital(struck);
    for (const source of ["10.1.2.20", "10.1.2.21", "10.1.2.22", "10.1.2.23"]) {
      for (let last = 60; last < 100; last++) struck.flow(source, `10.1.2.${last}`, "tcp/445", OUTCOME_UNANSWERED);
      for (let last = 24; last < 32; last++) struck.flow(source, `10.1.2.${last}`, "tcp/445");
      for (let last = 5; last < 8; last++) struck.flow(source, `10.1.5.${last}`, "udp/161");
    }
    for (let last = 8; last < 20; last++) {
      struck.flow("10.1.3.20", `10.1.5.${last}`, "tcp/9100");
      struck.flow("10.1.2.30", `10.1.5.${last}`, "udp/161");
    }
    const { map } = struck.finish();
    const listed = new Map(map.hosts.map((host) => [host.addresses[0], host.role]));
    for (let last = 24; last < 32; last++) expect(listed.get(`10.1.2.${last}`), `10.1.2.${last}`).toBeUndefined();
    expect(listed.get("10.1.2.20")).toBe("unknown");
  });

  test("proposes a gateway for one that reaches hundreds outside, not for one that tries them in vain", () => {
    const both = new Traffic();
    smallHospital(both);
    for (let host = 0; host < 600; host++) {
      const target = `198.51.${100 + (host >> 8)}.${host & 255}`;
      both.flow("10.1.7.1", target, "tcp/443");
      both.flow("10.1.7.2", target, "tcp/23", OUTCOME_UNANSWERED);
    }
    const { map, comments } = both.finish();
    const gateways = comments.filter((each) => each.text.includes("Looks like: nat-gateway"));
    expect(gateways.map((each) => map.hosts[each.index].addresses[0])).toEqual(["10.1.7.1"]);
  });

  test("takes the busiest public block for the inside when no address is private", () => {
    const open = new Traffic();
    for (let last = 1; last < 40; last++) open.flow("203.0.113.5", `198.51.100.${last}`, "tcp/443");
    const { map, header } = open.finish();
    expect(map.segments.map((segment) => segment.cidrs[0])).toContain("203.0.113.0/24");
    expect(header).toContain("No address seen is private");
  });

  test("makes a map of random flows that always loads, IPv6 and a host table that forgets included", () => {
    const random = createRandom(9);
    const ports = [
      "tcp/445",
      "tcp/88",
      "tcp/389",
      "udp/53",
      "udp/137",
      "tcp/104",
      "tcp/9100",
      "arp",
      "udp/161",
      "tcp/55000",
    ];
    for (let run = 0; run < 60; run++) {
      const many = new Traffic(16, run % 2 === 0 ? 4096 : 40);
      const anyone = (): string => {
        const kind = random.below(10);
        if (kind === 0) return `fd00:${random.below(3)}::${random.below(50).toString(16)}`;
        if (kind === 1) return `198.51.${random.below(4)}.${random.below(256)}`;
        if (kind === 2)
          return random.pick([
            "fe80::1",
            "ff02::1",
            "255.255.255.255",
            "0.0.0.0",
            "127.0.0.1",
            "169.254.3.3",
            "224.0.0.1",
          ]);
        return `10.0.${random.below(5)}.${random.below(256)}`;
      };
      for (let flow = 0; flow < 400; flow++)
        many.flow(anyone(), anyone(), random.pick(ports), random.pick<Outcome>([0, 1, 2, 3]));
      const drafted = many.finish();
      const loaded = loadMap(writeDraft(drafted), "draft");
      if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join("\n"));
      expect(loaded.map).toEqual(drafted.map);
    }
  });

  test("says so when nothing was seen", () => {
    const { map, header } = new Traffic().finish();
    expect(map.segments).toEqual([]);
    expect(header).toContain("0 distinct contacts");
  });
});

describe("DraftContacts", () => {
  test("counts each contact once, as a plain map of objects does, and stays in its bounds", () => {
    const random = createRandom(4);
    const hosts = new HostTable();
    const contacts = new DraftContacts(hosts, 3_000);
    const twin = new Map<string, { bytes: number; outcome: number }>();
    const writer = new BatchWriter(
      hosts,
      (batch) => {
        for (let flow = 0; flow < batch.flows.length; flow++) {
          const { source, target, targetPort, protocol, bytes, outcome } = batch.flows;
          const key = `${source[flow]} ${target[flow]} ${protocol[flow]} ${Math.min(49_152, targetPort[flow])}`;
          const seen = twin.get(key) ?? { bytes: 0, outcome: 0 };
          const result = outcome[flow];
          twin.set(key, {
            bytes: seen.bytes + bytes[flow],
            outcome: seen.outcome | (result === 1 ? 1 : result > 1 ? 2 : 0),
          });
        }
        contacts.feed(batch.flows);
      },
      500,
    );
    const fill = (count: number, spread: number): void => {
      for (let flow = 0; flow < count; flow++) {
        const row = writer.row();
        writer.flows.source[row] = hosts.intern4(random.below(spread));
        writer.flows.target[row] = hosts.intern4(random.below(spread));
        writer.flows.targetPort[row] = random.pick([445, 80, 50_000, 60_000]);
        writer.flows.protocol[row] = PROTOCOL_TCP;
        writer.flows.outcome[row] = random.pick<Outcome>([0, 1, 2, 3]);
        writer.flows.bytes[row] = random.below(100);
        writer.flows.bytesBack[row] = -1;
      }
      writer.flush();
    };
    fill(5_000, 20);
    expect(contacts.length).toBe(twin.size);
    expect(contacts.droppedCount).toBe(0);
    for (let contact = 0; contact < contacts.length; contact++) {
      const key = `${contacts.source[contact]} ${contacts.target[contact]} ${PROTOCOL_TCP} ${contacts.portKey[contact] % 65_536}`;
      expect(twin.get(key)).toEqual({ bytes: contacts.bytes[contact], outcome: contacts.outcome[contact] });
    }
    fill(20_000, 5_000);
    expect(contacts.length).toBe(3_000);
    expect(contacts.droppedCount).toBeGreaterThan(10_000);
  });
});

describe("draftBlocks()", () => {
  const word = (text: string): number => parseAddress(text)!.w3;

  test.each([
    ["10.0.2.127", ["10.0.2.9"], 25],
    ["10.0.2.255", ["10.0.2.9"], 24],
    ["10.0.2.255", ["10.0.2.250"], 24],
    ["10.0.3.255", ["10.0.2.9", "10.0.3.4"], 23],
    ["10.0.2.63", ["10.0.2.33", "10.0.2.2"], 26],
    ["10.0.255.255", ["10.0.2.9"], 16],
    ["10.255.255.255", ["10.0.2.9"], null],
    ["10.0.2.127", ["10.0.9.9"], null],
  ])("a broadcast to %s from %s ends a block of %s bits", (target, senders, bits) => {
    expect(broadcastBits(word(target), senders.map(word))).toBe(bits);
  });

  test("joins blocks that ARP crosses twice, not once", () => {
    const addresses = ["10.0.2.5", "10.0.3.5"].map(word);
    const arp = (source: string, target: string): { source: number; target: number } => ({
      source: word(source),
      target: word(target),
    });
    const once = draftBlocks({ addresses, broadcasts: [], arps: [arp("10.0.2.5", "10.0.3.5")] });
    expect(once.map((block) => block.bits)).toEqual([24, 24]);
    const twice = draftBlocks({
      addresses,
      broadcasts: [],
      arps: [arp("10.0.2.5", "10.0.3.5"), arp("10.0.3.5", "10.0.2.5")],
    });
    expect(twice.map(({ base, bits }) => [base, bits])).toEqual([[word("10.0.2.0"), 23]]);
  });

  test("gives disjoint blocks that hold every address, whatever the evidence", () => {
    const near = fc.nat(0xfff).map((low) => word("10.0.0.0") + low);
    const pair = fc.record({ source: near, target: near });
    fc.assert(
      fc.property(fc.array(near, { minLength: 1 }), fc.array(pair), fc.array(pair), (addresses, broadcasts, arps) => {
        const blocks = draftBlocks({ addresses, broadcasts, arps });
        for (const address of addresses) {
          expect(blocks.filter((block) => masked(address, block.bits) === block.base)).toHaveLength(1);
        }
        for (const a of blocks) {
          for (const b of blocks)
            if (a !== b)
              expect(masked(a.base, Math.min(a.bits, b.bits))).not.toBe(masked(b.base, Math.min(a.bits, b.bits)));
        }
      }),
      { seed: 6, numRuns: 300 },
    );
  });
});

import { describe, expect, it } from "vitest";
import { PHASE_ENDED } from "../../model/flow.ts";
import {
  ACK,
  arpPacket,
  concat,
  ethernet,
  ethernetIp,
  FIN,
  type Frame,
  icmpMessage,
  ipPacket,
  type PacketSpec,
  pcapFile,
  RST,
  SYN,
} from "../../../bench/packet-traffic.ts";
import { formatRow, type ReadCapture, type ReadOptions, readCapture } from "../../../test/proof/read-capture.ts";

const zeroMs = 1_552_348_800_000;
const a = 0x0a000001;
const b = 0x0a000002;
let ipId = 0;

/** A TCP packet from a:50000 to b:445, or back. */
function tcp(flags: number, more: Partial<PacketSpec> = {}, isBack = false): Uint8Array {
  const [source, target, sourcePort, targetPort] = isBack ? [b, a, 445, 50_000] : [a, b, 50_000, 445];
  return ethernetIp({ source, target, protocol: 6, sourcePort, targetPort, flags, ipId: ++ipId, ...more });
}
const back = (flags: number, more: Partial<PacketSpec> = {}): Uint8Array => tcp(flags, more, true);
function udp(source: number, sourcePort: number, target: number, targetPort: number, payload?: Uint8Array): Uint8Array {
  const spec = { source, target, protocol: 17, sourcePort, targetPort, ipId: ++ipId };
  return ethernetIp(payload === undefined ? spec : { ...spec, payload });
}
const icmp = (source: number, target: number, message: Uint8Array): Uint8Array =>
  ethernetIp({ source, target, protocol: 1, payload: message, ipId: ++ipId });
const data = { payload: new Uint8Array(100) };

/** Reads frames given as pairs: ms since the start, bytes. */
function read(
  steps: readonly (readonly [number, Uint8Array])[],
  options: ReadOptions = {},
): ReadCapture & { text: string[] } {
  const frames: Frame[] = steps.map(([ms, bytes]) => ({ atMs: zeroMs + ms, bytes }));
  const capture = readCapture(pcapFile(frames), options);
  return { ...capture, text: capture.rows.map((row) => formatRow(row, zeroMs)) };
}

const forward = "10.0.0.1:50000 > 10.0.0.2:445 6";

describe("a TCP conversation", () => {
  it("opens at its SYN and closes as answered at the answer", () => {
    const steps = [
      [0, tcp(SYN)],
      [1, back(SYN | ACK)],
      [2, tcp(ACK, data)],
      [5_000, tcp(ACK, data)],
    ] as const;
    const { rows, text, report } = read(steps);
    expect(text).toEqual([`0 opens ${forward} unknown seen`, `1 closes ${forward} answered seen`]);
    expect(rows[0]).toMatchObject({ bytes: 40, packets: 1, bytesBack: -1, packetsBack: -1, startMs: zeroMs });
    expect(rows[1]).toMatchObject({ bytes: 40, packets: 1, bytesBack: 40, packetsBack: 1, durationMs: 1 });
    expect(report).toMatchObject({ flows: 1, records: 4 });
  });

  it("tells the sizes of a large flow when it ends, or after it has settled", () => {
    const large = { ...data, payload: new Uint8Array(3_000) };
    const begin = [
      [0, tcp(SYN)],
      [1, back(SYN | ACK)],
      [2, tcp(ACK, large)],
      [3, tcp(ACK, large)],
    ] as const;
    const ended = read([...begin, [9, tcp(RST)]]).rows[2];
    expect(ended).toMatchObject({ phase: PHASE_ENDED, atMs: zeroMs + 9, packets: 4, packetsBack: 1 });
    expect(ended.bytes).toBeGreaterThan(6_000);
    expect(read([...begin, [40_000, tcp(ACK)]]).rows[2]).toMatchObject({ phase: PHASE_ENDED, atMs: zeroMs + 30_001 });
  });

  it("closes once when both sides have finished", () => {
    const steps = [
      [0, tcp(SYN)],
      [1, back(SYN | ACK)],
      [2, tcp(FIN | ACK)],
      [3, back(FIN | ACK)],
      [9_000, tcp(ACK)],
    ] as const;
    expect(read(steps).text[1]).toBe(`1 closes ${forward} answered seen`);
  });

  it("is refused by a RST of the target, at once", () => {
    expect(
      read([
        [0, tcp(SYN)],
        [2, back(RST | ACK)],
      ]).text[1],
    ).toBe(`2 closes ${forward} refused seen`);
  });

  it("is unanswered 3.5 s after its SYN when later packets carry time past that, unknown when the capture ends before", () => {
    const other = udp(a, 40_000, b, 123);
    expect(
      read([
        [0, tcp(SYN)],
        [3_000, tcp(SYN)],
        [3_600, other],
      ]).text[1],
    ).toBe(`3500 closes ${forward} unanswered seen`);
    expect(
      read([
        [0, tcp(SYN)],
        [3_000, tcp(SYN)],
      ]).text[1],
    ).toBe(`3000 closes ${forward} unknown seen`);
  });

  it("is answered when the initiator acknowledges what this sensor did not see; the way back is not known", () => {
    const { rows, report } = read([
      [0, tcp(SYN)],
      [1, tcp(ACK)],
      [2, tcp(ACK, data)],
    ]);
    expect(rows[1]).toMatchObject({ outcome: 1, bytesBack: -1, packetsBack: -1 });
    expect(report.notVisible).toContain("reverse-direction");
  });

  it("begins anew with a SYN of another number after its end, not with the same SYN again", () => {
    const first = [
      [0, tcp(SYN, { sequence: 7 })],
      [1, back(RST | ACK)],
    ] as const;
    expect(read([...first, [500, tcp(SYN, { sequence: 7 })], [501, back(RST | ACK)]]).report.flows).toBe(1);
    expect(read([...first, [500, tcp(SYN, { sequence: 8 })], [501, back(RST | ACK)]]).report.flows).toBe(2);
  });

  it("seen from the middle is turned by its ports, whoever speaks first", () => {
    expect(read([[0, back(ACK, data)]]).text).toEqual([
      `0 opens ${forward} unknown from-ports`,
      `0 closes ${forward} answered from-ports`,
    ]);
    expect(
      read([
        [0, tcp(ACK)],
        [9_000, udp(a, 1, b, 2)],
      ]).text[1],
    ).toBe(`3500 closes ${forward} unknown from-ports`);
    const high = { sourcePort: 40_001, targetPort: 40_002 };
    expect(read([[0, tcp(ACK, high)]]).text[0]).toContain("unknown guessed");
    expect(read([[0, tcp(ACK)]]).report.notVisible).toContain("start-of-flows");
  });

  it("turns round when a SYN contradicts the guess", () => {
    const ports = { sourcePort: 40_001, targetPort: 40_002 };
    const turned = { sourcePort: 40_002, targetPort: 40_001 };
    const { text } = read([
      [0, tcp(ACK, ports)],
      [1, back(SYN, turned)],
      [2, tcp(SYN | ACK, ports)],
      [3, back(ACK, turned)],
    ]);
    expect(text[0]).toContain("10.0.0.1:40001 > 10.0.0.2:40002");
    expect(text[1]).toBe("2 closes 10.0.0.2:40002 > 10.0.0.1:40001 6 answered seen");
  });
});

describe("an answer without a question", () => {
  it("is counted and no contact: SYN-ACK, RST, echo reply, ICMP error, datagram from a known port", () => {
    const quoted = ipPacket({ source: a, target: b, protocol: 17, sourcePort: 9, targetPort: 9 });
    const steps = [
      [0, back(SYN | ACK)],
      [1, back(SYN | ACK)],
      [2, back(RST, { sourcePort: 80 })],
      [3, icmp(b, a, icmpMessage(0, 0))],
      [4, icmp(b, a, icmpMessage(3, 3, quoted))],
      [5, udp(b, 53, a, 50_000)],
      [6, tcp(RST)],
    ] as const;
    const { rows, report } = read(steps);
    expect(rows).toEqual([]);
    expect(report.flows).toBe(0);
    expect(report.skipped.toJSON()).toEqual({ "reply-without-request": 7 });
  });

  it("becomes a conversation when the other side speaks: the receiver of a SYN-ACK had begun it", () => {
    expect(
      read([
        [0, back(SYN | ACK)],
        [1, tcp(ACK)],
      ]).text,
    ).toEqual([`1 opens ${forward} unknown seen`, `1 closes ${forward} answered seen`]);
    expect(
      read([
        [0, udp(b, 53, a, 50_000)],
        [1, udp(a, 50_000, b, 53)],
      ]).text[1],
    ).toContain("10.0.0.1:50000 > 10.0.0.2:53 17 answered from-ports");
  });
});

describe("datagrams and ICMP", () => {
  it("answers, refuses and leaves unanswered", () => {
    const ask = udp(a, 50_000, b, 53);
    const later = [9_000, tcp(SYN)] as const;
    expect(read([[0, ask], [10, udp(b, 53, a, 50_000)], later]).text[1]).toContain("10 closes");
    expect(read([[0, ask], later]).text[1]).toContain(
      "5000 closes 10.0.0.1:50000 > 10.0.0.2:53 17 unanswered from-ports",
    );
    const unreachable = icmpMessage(3, 3, ask.subarray(14));
    expect(read([[0, ask], [3, icmp(b, a, unreachable)], later]).text[1]).toContain(
      "3 closes 10.0.0.1:50000 > 10.0.0.2:53 17 refused",
    );
    expect(read([[0, udp(a, 40_001, b, 40_002)]]).text[0]).toContain("guessed");
  });

  it("lets a router refuse a SYN from eight quoted bytes, but not a packet that was only too big", () => {
    const quoted = tcp(SYN).subarray(14, 14 + 28);
    const error = (code: number): Uint8Array => icmp(0x0a0000fe, a, icmpMessage(3, code, quoted));
    expect(
      read([
        [0, tcp(SYN)],
        [1, error(1)],
      ]).text[1],
    ).toContain("refused");
    const tooBig = read([
      [0, tcp(SYN)],
      [1, error(4)],
    ]);
    expect(tooBig.text[1]).toContain("unknown");
    expect(tooBig.report.skipped.toJSON()).toEqual({ unsupported: 1 });
  });

  it("makes a ping a contact with its type in the target port", () => {
    const { rows } = read([
      [0, icmp(a, b, icmpMessage(8, 0))],
      [1, icmp(b, a, icmpMessage(0, 0))],
    ]);
    expect(rows[1]).toMatchObject({
      from: "10.0.0.1",
      protocol: 1,
      sourcePort: 0,
      targetPort: 2_048,
      outcome: 1,
      direction: 2,
    });
  });

  it("gives multicast, broadcast and loopback no row", () => {
    const targets = [0xe0000001, 0xffffffff, 0x7f000001, 0];
    const { rows, report } = read(targets.map((target) => [0, udp(a, 50_000, target, 5353)] as const));
    expect(rows).toEqual([]);
    expect(report.skipped.toJSON()).toEqual({ "no-address": 4 });
  });

  it("uses the first fragment and counts the later ones", () => {
    const piece = (fragment: number): Uint8Array =>
      ethernetIp({
        source: a,
        target: b,
        protocol: 17,
        sourcePort: 50_000,
        targetPort: 53,
        ipId: 7,
        fragment,
        payload: new Uint8Array(64),
      });
    const { report } = read([
      [0, piece(0x2000)],
      [0, piece(0x2009)],
      [0, piece(0x0012)],
    ]);
    expect(report.flows).toBe(1);
    expect(report.skipped.toJSON()).toEqual({ fragment: 2 });
  });
});

describe("IPv6", () => {
  const host = (last: number): Uint8Array =>
    new Uint8Array([0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last]);
  const segment = ipPacket({
    source: a,
    target: b,
    protocol: 6,
    sourcePort: 50_000,
    targetPort: 445,
    flags: SYN,
  }).subarray(20);
  const frame = (protocol: number, payload: Uint8Array): Uint8Array =>
    ethernetIp({ source: host(1), target: host(2), protocol, payload });

  it("is read through extension headers, up to a bound", () => {
    const hop = new Uint8Array([60, 0, 0, 0, 0, 0, 0, 0]);
    const options = new Uint8Array([6, 0, 0, 0, 0, 0, 0, 0]);
    const { text } = read([[0, frame(0, concat(hop, options, segment))]]);
    expect(text[0]).toBe("0 opens 2001:db8::1:50000 > 2001:db8::2:445 6 unknown seen");
    const endless = concat(...Array.from({ length: 20 }, () => new Uint8Array([0, 0, 0, 0, 0, 0, 0, 0])), segment);
    expect(read([[0, frame(0, endless)]]).report.skipped.toJSON()).toEqual({ malformed: 1 });
  });

  it("takes a neighbour solicitation for an ARP request, and its answer", () => {
    const option = (kind: number, mac: number): Uint8Array => new Uint8Array([kind, 1, 2, 0, 0, 0, 0, mac]);
    const ask = concat(icmpMessage(135, 0, host(2)), option(1, 9));
    const tell = concat(icmpMessage(136, 0, host(2)), option(2, 8));
    const group = new Uint8Array([0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, 0, 0, 2]);
    const { text, sightings } = read([
      [0, ethernetIp({ source: host(1), target: group, protocol: 58, payload: ask })],
      [1, ethernetIp({ source: host(2), target: host(1), protocol: 58, payload: tell })],
    ]);
    expect(text[1]).toBe("1 closes 2001:db8::1:0 > 2001:db8::2:0 0 answered seen");
    expect(sightings).toEqual(["2001:db8::1 02:00:00:00:00:09 arp", "2001:db8::2 02:00:00:00:00:08 arp"]);
  });
});

describe("ARP", () => {
  const arp = (operation: number, sender: number, target: number, mac = 1): Uint8Array =>
    ethernet(0x0806, arpPacket(operation, sender, target, mac));

  it("is a contact, answered or not, and a sighting when new or changed", () => {
    const steps = [
      [0, arp(1, a, b)],
      [1, arp(2, b, a, 2)],
      [100, arp(1, a, 0x0a000003)],
      [5_000, arp(1, a, a)],
      [5_001, arp(1, 0, b)],
      [5_002, arp(1, a, a, 7)],
    ] as const;
    const { text, sightings, report } = read(steps);
    expect(text).toEqual([
      "0 opens 10.0.0.1:0 > 10.0.0.2:0 0 unknown seen",
      "1 closes 10.0.0.1:0 > 10.0.0.2:0 0 answered seen",
      "100 opens 10.0.0.1:0 > 10.0.0.3:0 0 unknown seen",
      "1100 closes 10.0.0.1:0 > 10.0.0.3:0 0 unanswered seen",
    ]);
    expect(sightings).toEqual([
      "10.0.0.1 02:00:00:00:00:01 arp",
      "10.0.0.2 02:00:00:00:00:02 arp",
      "10.0.0.1 02:00:00:00:00:07 arp",
    ]);
    expect(report.skipped.toJSON()).toEqual({ "no-address": 3 });
    expect(report.notVisible).not.toContain("arp");
  });

  it("learns a name from DHCP", () => {
    const message = (kind: number, yours: number, options: readonly number[]): Uint8Array => {
      const bytes = new Uint8Array(300);
      bytes.set([kind === 3 ? 1 : 2, 1, 6]);
      new DataView(bytes.buffer).setUint32(16, yours);
      bytes.set([2, 0, 0, 0, 0, 5], 28);
      bytes.set([0x63, 0x82, 0x53, 0x63, 53, 1, kind, ...options, 255], 236);
      return bytes;
    };
    const name = [12, 4, 0x77, 0x73, 0x2d, 0x31];
    const { sightings } = read([
      [0, udp(0, 68, 0xffffffff, 67, message(3, 0, name))],
      [1, udp(b, 67, 0xffffffff, 68, message(5, a, []))],
    ]);
    expect(sightings).toEqual(["10.0.0.1 02:00:00:00:00:05 dhcp ws-1"]);
  });
});

describe("time and copies", () => {
  it("skips a packet seen twice whatever its VLAN and hops, not one sent again", () => {
    const spec: PacketSpec = {
      source: a,
      target: b,
      protocol: 6,
      sourcePort: 50_000,
      targetPort: 445,
      flags: SYN,
      ipId: 9,
    };
    const twin = ethernet(0x0800, ipPacket({ ...spec, ttl: 63 }), [5]);
    const { rows, report } = read([
      [0, ethernetIp(spec)],
      [0.1, twin],
      [0.2, back(SYN | ACK)],
      [0.3, back(SYN | ACK, { ipId })],
    ]);
    expect(rows[1]).toMatchObject({ packets: 1, packetsBack: 1 });
    expect(report.skipped.toJSON()).toEqual({ duplicate: 2 });
    expect(report.remarks[0]).toBe("every frame is there twice: 2 of 4 were skipped");
    const bare = { ...spec, ipId: 0 };
    expect(
      read([
        [0, ethernetIp(bare)],
        [200, ethernetIp(bare)],
      ]).report.skipped.toJSON(),
    ).toEqual({});
  });

  it("closes what is open at a jump of the clock and says how far it jumped", () => {
    const days = 86_400_000;
    const { text, report } = read([
      [0, tcp(SYN)],
      [212 * days, tcp(SYN, { sequence: 5 })],
      [0, tcp(SYN, { sequence: 6 })],
    ]);
    expect(report.flows).toBe(3);
    expect(text.filter((row) => row.includes("closes")).every((row) => row.includes("unknown"))).toBe(true);
    expect(report.remarks).toEqual([
      "the clock jumps by 212 days (the largest of 2 jumps): open flows were closed there",
    ]);
  });

  it("stays within time when the clock jumps at every packet", () => {
    const steps = Array.from(
      { length: 5_000 },
      (_, turn) => [(turn % 2) * 1e9, tcp(SYN, { sourcePort: 1_024 + turn })] as const,
    );
    expect(read(steps).rows).toHaveLength(10_000);
  });

  it("follows flows whose hosts gave way, without mixing them up", () => {
    const steps = Array.from({ length: 2_000 }, (_, turn) => [turn, tcp(SYN, { source: a + (turn % 500) })] as const);
    const { rows } = read(steps, { hostsMax: 64, batchRows: 8 });
    expect(new Set(rows.map((row) => row.from)).size).toBe(500);
    expect(rows.every((row) => row.to === "10.0.0.2")).toBe(true);
  });
});

describe("evidence in payloads", () => {
  const text = (value: string): Uint8Array => new TextEncoder().encode(value);
  const query = concat(
    new Uint8Array([0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 4]),
    text("KILL"),
    new Uint8Array([4]),
    text("test"),
    new Uint8Array([0, 0, 1, 0, 1]),
  );
  const isWatchedName = (name: string): boolean => name === "kill.test";

  it("keeps watched names of DNS over UDP and TCP, HTTP and TLS, and no others", () => {
    const name = text("kill.test");
    const extension = concat(new Uint8Array([0, 0, 0, name.length + 5, 0, name.length + 3, 0, 0, name.length]), name);
    const hello = new Uint8Array(52 + extension.length);
    hello.set([0x16, 3, 1, 0, 100, 1]);
    hello.set([0, 0, 2, 0x13, 1, 1, 0, 0, extension.length], 43);
    hello.set(extension, 52);
    const payloads = [
      [443, hello],
      [53, concat(new Uint8Array([0, query.length]), query)],
      [80, text("GET / HTTP/1.1\r\nHost: kill.test:80\r\n\r\n")],
      [80, text("GET / HTTP/1.1\r\nHost: other.test\r\n\r\n")],
    ] as const;
    const steps = payloads.map(
      ([targetPort, payload], turn) => [turn, tcp(ACK, { targetPort, sourcePort: 50_000 + turn, payload })] as const,
    );
    const { observations } = read([...steps, [9, udp(a, 50_000, b, 53, query)]], { isWatchedName });
    expect(observations).toEqual(Array(4).fill("10.0.0.1 asks for kill.test"));
  });

  it("offers export datagrams to the hook, by port or by content, and drops their packets when taken", () => {
    const v5 = new Uint8Array(24 + 48);
    v5.set([0, 5, 0, 1]);
    const seen: string[] = [];
    const onExportDatagram = (payload: Uint8Array, name: string): boolean => seen.push(`${name} ${payload.length}`) > 0;
    const steps = [
      [0, udp(a, 50_000, b, 2055, v5)],
      [1, udp(a, 50_000, b, 12_345, v5)],
      [2, udp(a, 50_000, b, 12_345, query)],
    ] as const;
    const { report } = read(steps, { onExportDatagram });
    expect(seen).toEqual(["10.0.0.1 72", "10.0.0.1 72"]);
    expect(report.flows).toBe(1);
    expect(read(steps).report.flows).toBe(2);
  });
});

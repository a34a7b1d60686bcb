import { describe, expect, it } from "vitest";
import {
  ACK,
  concat,
  ethernet,
  ethernetIp,
  type Frame,
  ipPacket,
  officeFrames,
  type PacketSpec,
  pcapFile,
  pcapngBlock,
  pcapngSection,
  SYN,
} from "../../../bench/packet-traffic.ts";
import { readCapture } from "../../../test/proof/read-capture.ts";
import { limits } from "../../limits.ts";

const zeroMs = 1_552_348_800_000;
const syn: PacketSpec = {
  source: 0x0a000001,
  target: 0x0a000002,
  protocol: 6,
  sourcePort: 50_000,
  targetPort: 445,
  flags: SYN,
};
const one: Frame[] = [{ atMs: zeroMs + 0.25, bytes: ethernetIp(syn) }];

describe("createPcapDecoder()", () => {
  it("reads both byte orders, microseconds, nanoseconds and the modified header alike", () => {
    const frames = officeFrames(3, 300);
    const expected = readCapture(pcapFile(frames)).rows;
    expect(expected.length).toBeGreaterThan(100);
    for (const isLittle of [true, false]) {
      for (const isNano of [true, false])
        expect(readCapture(pcapFile(frames, { isLittle, isNano })).rows).toEqual(expected);
      expect(readCapture(pcapFile(frames, { isLittle, isModified: true })).rows).toEqual(expected);
    }
  });

  it("keeps fractions of a millisecond", () => {
    expect(readCapture(pcapFile(one)).rows[0].atMs).toBe(zeroMs + 0.25);
    expect(readCapture(pcapFile([{ ...one[0], atMs: zeroMs + 0.5 }], { isNano: true })).rows[0].atMs).toBe(
      zeroMs + 0.5,
    );
  });

  it("counts the bytes of the wire in a capture cut by its snap length", () => {
    const frames = [{ atMs: zeroMs, bytes: ethernetIp({ ...syn, flags: ACK, payload: new Uint8Array(1_000) }) }];
    const { rows, report } = readCapture(pcapFile(frames, { snapBytes: 54 }));
    expect(rows[1]).toMatchObject({ bytes: 1_040, outcome: 1 });
    expect(report.notVisible).toEqual(["dns-names", "payload", "reverse-direction", "arp", "start-of-flows"]);
  });

  it("says that a file is cut, and reads what comes before", () => {
    const file = pcapFile([...one, { atMs: zeroMs + 1, bytes: one[0].bytes }]);
    const { report } = readCapture(file.subarray(0, file.length - 5));
    expect(report).toMatchObject({ records: 1, error: null });
    expect(report.skipped.toJSON()).toEqual({ truncated: 1 });
    expect(report.remarks).toEqual(["the file ends inside a packet: everything before it was read"]);
  });

  it("refuses a file cut in its header, and one of another kind, in one sentence", () => {
    const header = pcapFile([]).subarray(0, 7);
    expect(readCapture(header).report.error).toBe("Cannot read the capture: its header must be 24 bytes, got 7");
    expect(readCapture(new Uint8Array(64)).report.error).toContain("must begin with a magic number of pcap, got 0x0");
  });

  it("accepts a capture without packets", () => {
    expect(readCapture(pcapFile([])).report).toMatchObject({ flows: 0, records: 0, error: null, firstMs: null });
  });

  it("stops at a packet over the limit", () => {
    const file = pcapFile([...one, ...one]);
    new DataView(file.buffer).setUint32(24 + 16 + one[0].bytes.length + 8, limits.packetBytesMax + 1, true);
    const { report } = readCapture(file);
    expect(report).toMatchObject({ flows: 1, records: 1 });
    expect(report.error).toContain(`a packet must be at most ${limits.packetBytesMax} bytes, got 262145`);
  });

  it("counts a link type it does not know", () => {
    expect(readCapture(pcapFile(one, { linkType: 147 })).report.skipped.toJSON()).toEqual({ "unknown-link-type": 1 });
  });
});

describe("createPcapngDecoder()", () => {
  it("gives the rows of the same packets in pcap, in both byte orders, clocks and block kinds", () => {
    const frames = officeFrames(5, 300);
    const expected = readCapture(pcapFile(frames)).rows;
    for (const isLittle of [true, false]) {
      for (const resolution of [6, 7]) {
        expect(readCapture(pcapngSection(frames, { isLittle, resolution })).rows).toEqual(expected);
      }
      expect(readCapture(pcapngSection(frames, { isLittle, offsetSeconds: 3_600 })).rows).toEqual(expected);
    }
  });

  it("refuses a block of no whole number of words, and a file that begins with another block", () => {
    const section = Uint8Array.from([0x0a, 0x0d, 0x0d, 0x0a, 28, 0, 0, 0, 0x4d, 0x3c, 0x2b, 0x1a]);
    const file = new Uint8Array(40);
    file.set(section);
    file[32] = 13;
    expect(readCapture(file).report.error).toBe(
      "Cannot read on in the capture: a block must be a whole number of words from 12 bytes on, got 13",
    );
    file[4] = 27;
    expect(readCapture(file).report.error).toContain("Cannot read the capture: a block must be");
  });

  it("reads sections of different byte order and link type in one file, and passes over other blocks", () => {
    const raw = [{ atMs: zeroMs + 1, bytes: ipPacket({ ...syn, sourcePort: 50_001 }) }];
    const names = pcapngBlock(4, new Uint8Array(100_000));
    const file = concat(pcapngSection(one), names, pcapngSection(raw, { isLittle: false, linkType: 101 }));
    const { rows, report } = readCapture(file, { chunks: [1_000] });
    expect(rows.filter((row) => row.phase === 1).map((row) => row.sourcePort)).toEqual([50_000, 50_001]);
    expect(report.error).toBeNull();
    expect(report.skipped.toJSON()).toEqual({});
  });

  it("reads nanoseconds to a quarter of a microsecond, and obsolete packet blocks", () => {
    const nano = readCapture(pcapngSection(one, { resolution: 9, isLittle: false }));
    expect(nano.rows[0].atMs).toBeCloseTo(zeroMs + 0.25, 3);
    expect(readCapture(pcapngSection(one, { blockType: 2 })).rows).toEqual(readCapture(pcapFile(one)).rows);
  });

  it("gives a packet without a time that of the packet before, and counts it when there is none", () => {
    const simple = pcapngSection(one, { blockType: 3 });
    expect(readCapture(simple).report.skipped.toJSON()).toEqual({ "bad-time": 1 });
    const other = [{ atMs: 0, bytes: ethernetIp({ ...syn, sourcePort: 50_001 }) }];
    const { rows } = readCapture(concat(pcapngSection(one), pcapngSection(other, { blockType: 3 })));
    expect(rows.filter((row) => row.phase === 1).map((row) => row.atMs)).toEqual([zeroMs + 0.25, zeroMs + 0.25]);
  });

  it("stops at a block whose length can not be", () => {
    const file = concat(pcapngSection(one), pcapngBlock(6, new Uint8Array(20)), pcapngSection(one));
    new DataView(file.buffer).setUint32(pcapngSection(one).length + 4, 13, true);
    const { report } = readCapture(file);
    expect(report).toMatchObject({ flows: 1 });
    expect(report.error).toContain("a block must be a whole number of words from 12 bytes on, got 13");
  });
});

describe("link layers", () => {
  const ip = ipPacket(syn);
  const cooked = (bytes: number, at: number): Uint8Array => {
    const header = new Uint8Array(bytes);
    header.set([8, 0], at);
    return concat(header, ip);
  };
  it.each<[string, number, Uint8Array]>([
    ["raw IP", 101, ip],
    ["raw IP of OpenBSD", 14, ip],
    ["IPv4", 228, ip],
    ["null, little-endian", 0, concat(new Uint8Array([2, 0, 0, 0]), ip)],
    ["null, big-endian", 0, concat(new Uint8Array([0, 0, 0, 2]), ip)],
    ["loop", 108, concat(new Uint8Array([0, 0, 0, 2]), ip)],
    ["Linux cooked", 113, cooked(16, 14)],
    ["Linux cooked 2", 276, cooked(20, 0)],
    ["PPP", 9, concat(new Uint8Array([0xff, 3, 0, 0x21]), ip)],
    ["a VLAN tag", 1, ethernet(0x0800, ip, [12])],
    ["two VLAN tags", 1, ethernet(0x0800, ip, [12, 13])],
    ["two MPLS labels", 1, ethernet(0x8847, concat(new Uint8Array([0, 1, 0, 64, 0, 2, 1, 64]), ip))],
    ["PPPoE", 1, ethernet(0x8864, concat(new Uint8Array([0x11, 0, 0, 1, 0, 60, 0, 0x21]), ip))],
    ["LLC and SNAP", 1, ethernet(60, concat(new Uint8Array([0xaa, 0xaa, 3, 0, 0, 0, 8, 0]), ip))],
    ["Ethernet padding after a short packet", 1, concat(ethernet(0x0800, ip), new Uint8Array(6))],
  ])("finds the packet in %s", (_name, linkType, bytes) => {
    const { rows, report } = readCapture(pcapFile([{ atMs: zeroMs, bytes }], { linkType }));
    expect(rows[0]).toMatchObject({ from: "10.0.0.1", to: "10.0.0.2", targetPort: 445, bytes: 40 });
    expect(report.skipped.toJSON()).toEqual({});
  });

  it("counts frames that hold something else", () => {
    const frames = [ethernet(0x88cc, new Uint8Array(40)), ethernet(38, new Uint8Array(40))].map((bytes) => ({
      atMs: 1,
      bytes,
    }));
    expect(readCapture(pcapFile(frames)).report.skipped.toJSON()).toEqual({ "not-ip": 2 });
  });
});

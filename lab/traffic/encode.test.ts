// Encoders against tiny parsers written for this test alone, then against the real decoders through collectFiles.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type Batch, BatchWriter } from "../../src/model/batch.ts";
import { HostTable } from "../../src/model/host-table.ts";
import { collectFiles } from "../../src/telemetry/collect.ts";
import { createEncoder, type EncodeOptions, type Encoding, encodings } from "./encode.ts";
import { createTraffic } from "./generate.ts";
import { createHospital } from "./hospital.ts";
import type { LocalView } from "./row-buffer.ts";
import { type WormName, wormLike } from "./worm.ts";
import { PHASE_ENDED } from "../../src/model/flow.ts";

const startMs = Date.UTC(2026, 2, 12, 10);
const folder = mkdtempSync(join(tmpdir(), "cordon-traffic-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** `source>target tcp/445 outcome` to how many flows said so. */
type Contacts = Map<string, number>;

function count(contacts: Contacts, key: string): void {
  contacts.set(key, (contacts.get(key) ?? 0) + 1);
}

function contactsOf(batch: Batch, hosts: HostTable, contacts: Contacts): void {
  const { flows } = batch;
  for (let flow = 0; flow < flows.length; flow++) {
    if (flows.phase[flow] === 1) continue;
    const isEcho = flows.protocol[flow] === 1;
    const port = `${flows.protocol[flow]}/${isEcho ? flows.targetPort[flow] >> 8 : flows.targetPort[flow]}`;
    count(
      contacts,
      `${hosts.format(flows.source[flow])}>${hosts.format(flows.target[flow])} ${port} ${flows.outcome[flow]}`,
    );
  }
}

interface Encoded {
  readonly bytes: Buffer;
  readonly truth: Contacts;
  readonly flowCount: number;
}

const made = new Map<string, Encoded>();

function encode(encoding: Encoding, worm: WormName, localView: LocalView, more: Partial<EncodeOptions> = {}): Encoded {
  const key = JSON.stringify([encoding, worm, localView, more]);
  const known = made.get(key);
  if (known !== undefined) return known;
  const chunks: Uint8Array[] = [];
  const encoder = createEncoder(encoding, { startMs, ...more }, (bytes) => void chunks.push(bytes));
  const hosts = new HostTable();
  const truth: Contacts = new Map();
  let flowCount = 0;
  const writer = new BatchWriter(hosts, (batch) => {
    flowCount += batch.flows.length;
    contactsOf(batch, hosts, truth);
    encoder.write(batch, hosts);
  });
  const hospital = createHospital({ seed: 31, workstations: 30 });
  const worms = [wormLike(worm, { startAfterMs: 60_000, contactsPerHostMax: 60, infectedMax: 12 })];
  createTraffic({ seed: 31, hospital, startMs, hours: 0.25, worms, localView }).run(writer);
  encoder.end();
  const encoded = { bytes: Buffer.concat(chunks), truth, flowCount };
  made.set(key, encoded);
  return encoded;
}

const dotted = (bytes: Buffer, at: number): string => [...bytes.subarray(at, at + 4)].join(".");

/** UDP contents of a pcap. */
function datagramsOf(pcap: Buffer): Buffer[] {
  const datagrams: Buffer[] = [];
  for (let at = 24; at < pcap.length; at += 16 + pcap.readUInt32LE(at + 8)) {
    datagrams.push(pcap.subarray(at + 16 + 42, at + 16 + pcap.readUInt32LE(at + 8)));
  }
  return datagrams;
}

/** Records as `source port target port protocol flags packets bytes`. */
function parseV5(datagram: Buffer): string[] {
  expect(datagram.readUInt16BE(0)).toBe(5);
  return Array.from({ length: datagram.readUInt16BE(2) }, (_, nth) => {
    const at = 24 + nth * 48;
    const ports = `${datagram.readUInt16BE(at + 32)} ${dotted(datagram, at + 4)} ${datagram.readUInt16BE(at + 34)}`;
    const sizes = `${datagram.readUInt32BE(at + 16)} ${datagram.readUInt32BE(at + 20)}`;
    return `${dotted(datagram, at)} ${ports} ${datagram[at + 38]} ${datagram[at + 37]} ${sizes}`;
  });
}

/** v9 and IPFIX alike: sets from `at`, template set id 0 or 2, data by the template. */
function parseTemplated(datagrams: readonly Buffer[], headBytes: number): string[] {
  let fields: [number, number][] = [];
  const records: string[] = [];
  for (const datagram of datagrams) {
    for (let at = headBytes; at < datagram.length; at += datagram.readUInt16BE(at + 2)) {
      const [id, end] = [datagram.readUInt16BE(at), at + datagram.readUInt16BE(at + 2)];
      if (id < 256) {
        fields = Array.from({ length: datagram.readUInt16BE(at + 6) }, (_, nth) => [
          datagram.readUInt16BE(at + 8 + nth * 4),
          datagram.readUInt16BE(at + 10 + nth * 4),
        ]);
        continue;
      }
      const size = fields.reduce((sum, [, bytes]) => sum + bytes, 0);
      for (let record = at + 4; record + size <= end; record += size)
        records.push(readRecord(datagram, record, fields));
    }
  }
  return records;
}

function readRecord(bytes: Buffer, begin: number, fields: readonly [number, number][]): string {
  const values = new Map<number, string>();
  let at = begin;
  for (const [element, size] of fields) {
    const isAddress = element === 8 || element === 12;
    values.set(element, isAddress ? dotted(bytes, at) : String(BigInt(`0x${bytes.toString("hex", at, at + size)}`)));
    at += size;
  }
  return [8, 7, 12, 11, 4, 6, 2, 1].map((element) => values.get(element)).join(" ");
}

describe("createEncoder()", () => {
  it.each(encodings)("writes the same %s bytes for the same seed", (encoding) => {
    const first = encode(encoding, "sweep", "all").bytes;
    made.clear();
    expect(encode(encoding, "sweep", "all").bytes.equals(first)).toBe(true);
  });

  it("writes the same records as v5, v9 and IPFIX", () => {
    const v5 = datagramsOf(encode("v5", "sweep", "all").bytes).flatMap(parseV5);
    const v9 = parseTemplated(datagramsOf(encode("v9", "sweep", "all").bytes), 20);
    const ipfix = parseTemplated(datagramsOf(encode("ipfix", "sweep", "all").bytes), 16);
    expect(v5.length).toBeGreaterThan(encode("v5", "sweep", "all").flowCount);
    expect(v9).toEqual(v5);
    expect(ipfix).toEqual(v5);
  });

  it("keeps packets and bytes when the exporter cuts long flows", () => {
    const sums = (records: readonly string[]): Map<string, number[]> => {
      const byFlow = new Map<string, number[]>();
      for (const record of records) {
        const fields = record.split(" ");
        const sum = byFlow.get(fields.slice(0, 5).join(" ")) ?? [0, 0];
        byFlow.set(fields.slice(0, 5).join(" "), [sum[0] + Number(fields[6]), sum[1] + Number(fields[7])]);
      }
      return byFlow;
    };
    const whole = datagramsOf(encode("v5", "sweep", "all").bytes).flatMap(parseV5);
    const pieces = datagramsOf(encode("v5", "sweep", "all", { activeTimeoutMs: 20_000 }).bytes).flatMap(parseV5);
    expect(pieces.length).toBeGreaterThan(whole.length + 20);
    expect(sums(pieces)).toEqual(sums(whole));
  });

  it("counts datagrams and records without a gap in the sequence numbers", () => {
    let records = 0;
    for (const datagram of datagramsOf(encode("v5", "sweep", "all").bytes)) {
      expect(datagram.readUInt32BE(16)).toBe(records);
      records += datagram.readUInt16BE(2);
    }
    for (const [nth, datagram] of datagramsOf(encode("v9", "sweep", "all").bytes).entries()) {
      expect(datagram.readUInt32BE(12)).toBe(nth);
    }
  });

  it("writes one line a flow in Zeek TSV, Zeek JSON, EVE and CSV, and they agree", () => {
    const lines = (encoding: Encoding): string[] =>
      encode(encoding, "sweep", "all").bytes.toString().trimEnd().split("\n");
    const tsv = lines("zeek-tsv")
      .filter((line) => !line.startsWith("#"))
      .map((line) => line.split("\t"));
    const names =
      lines("zeek-tsv")
        .find((line) => line.startsWith("#fields"))
        ?.split("\t")
        .slice(1) ?? [];
    const column = (row: readonly string[], name: string): string => row[names.indexOf(name)];
    const fromTsv = tsv.map((row) =>
      ["ts", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "conn_state", "orig_ip_bytes"]
        .map((name) => column(row, name))
        .join(" "),
    );
    const fromJson = lines("zeek-json").map((line) => {
      const row = JSON.parse(line) as Record<string, string | number>;
      const time = Number(row.ts).toFixed(6);
      return [
        time,
        ...["id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "conn_state", "orig_ip_bytes"].map((name) => row[name]),
      ].join(" ");
    });
    expect(tsv.length).toBe(encode("zeek-tsv", "sweep", "all").flowCount);
    expect(fromJson).toEqual(fromTsv);
    const pair = (source: string, target: string, bytes: string | number): string => `${source} ${target} ${bytes}`;
    const fromEve = lines("eve").map((line) => {
      const row = JSON.parse(line) as { src_ip: string; dest_ip: string; flow: { bytes_toserver: number } };
      return pair(row.src_ip, row.dest_ip, row.flow.bytes_toserver);
    });
    const fromCsv = lines("csv")
      .slice(1)
      .map((line) => line.split(","))
      .map((row) => pair(row[2], row[4], row[7]));
    expect(fromEve).toEqual(fromCsv);
    expect(fromCsv).toEqual(
      tsv.map((row) => pair(column(row, "id.orig_h"), column(row, "id.resp_h"), column(row, "orig_ip_bytes"))),
    );
  });

  it("writes pcap packets in order of time, cut to 64 bytes, one first SYN a TCP flow", () => {
    const { bytes, truth } = encode("pcap", "sweep", "arp");
    let lastMicros = 0;
    const firstSyns = new Set<string>();
    let asked = 0;
    for (let at = 24; at < bytes.length; at += 16 + bytes.readUInt32LE(at + 8)) {
      const micros = bytes.readUInt32LE(at) * 1e6 + bytes.readUInt32LE(at + 4);
      expect(micros).toBeGreaterThanOrEqual(lastMicros);
      lastMicros = micros;
      expect(bytes.readUInt32LE(at + 8)).toBeLessThanOrEqual(64);
      const frame = bytes.subarray(at + 16);
      if (frame.readUInt16BE(12) === 0x0806 && frame[21] === 1) asked++;
      const isSyn = frame.readUInt16BE(12) === 0x0800 && frame[23] === 6 && frame[47] === 2;
      if (isSyn)
        firstSyns.add(`${dotted(frame, 26)}:${frame.readUInt16BE(34)}>${dotted(frame, 30)}:${frame.readUInt16BE(36)}`);
    }
    const total = (protocol: number): number =>
      [...truth].filter(([key]) => key.includes(` ${protocol}/`)).reduce((sum, [, flows]) => sum + flows, 0);
    expect(firstSyns.size).toBe(total(6));
    expect(asked).toBe(total(0));
  });
});

async function decode(encoding: Encoding, encoded: Encoded): Promise<Contacts> {
  const path = join(folder, `${encoding}-${encoded.bytes.length}`);
  writeFileSync(path, encoded.bytes);
  const hosts = new HostTable();
  const contacts: Contacts = new Map();
  const report = await collectFiles([path], { hosts, watchedNames: new Set() }, (batch) =>
    contactsOf(batch, hosts, contacts),
  );
  expect(report.inputs[0].error).toBeNull();
  return contacts;
}

/** What may differ: a sensor that is not asked about ARP, and outcomes a format cannot tell. */
function comparable(contacts: Contacts, keep: (key: string) => boolean): Set<string> {
  return new Set([...contacts.keys()].filter(keep));
}

describe("the decoders of telemetry", () => {
  it.each(encodings)("read back the contacts and outcomes of a sweep from %s", async (encoding) => {
    const encoded = encode(encoding, "sweep", encoding === "pcap" ? "arp" : "all");
    const isTcp = (key: string): boolean => key.includes(" 6/");
    expect(comparable(await decode(encoding, encoded), isTcp)).toEqual(comparable(encoded.truth, isTcp));
  });

  it.each(encodings)("read back the UDP contacts from %s", async (encoding) => {
    const encoded = encode(encoding, "sweep", encoding === "pcap" ? "arp" : "all");
    const isUdp = (key: string): boolean => key.includes(" 17/");
    // An export that shows a question and no answer may be one direction of two: unanswered becomes unknown.
    const isExport = encoding === "v5" || encoding === "v9" || encoding === "ipfix";
    const truth = [...comparable(encoded.truth, isUdp)].map((key) => (isExport ? key.replace(/ 3$/, " 0") : key));
    expect(truth.length).toBeGreaterThan(20);
    expect(comparable(await decode(encoding, encoded), isUdp)).toEqual(new Set(truth));
  });

  it.each(encodings)("read back who contacted whom from a mid-stream worm in %s", async (encoding) => {
    const encoded = encode(encoding, "fan-out", encoding === "pcap" ? "arp" : "all");
    const isSmb = (key: string): boolean => key.includes(" 6/445 ");
    const pairs = (contacts: Contacts): Set<string> =>
      new Set([...comparable(contacts, isSmb)].map((key) => key.slice(0, -2)));
    expect(pairs(await decode(encoding, encoded))).toEqual(pairs(encoded.truth));
  });
});

describe("rows in two phases", () => {
  /** `opening a>b 6/445 sourcePort outcome`, one line a row: the source port tells flows of a pair apart. */
  const linesOf = (batch: Batch, hosts: HostTable, lines: string[]): void => {
    const { flows } = batch;
    for (let flow = 0; flow < flows.length; flow++) {
      if (flows.protocol[flow] !== 6 && flows.protocol[flow] !== 0) continue;
      if (flows.phase[flow] === PHASE_ENDED) continue;
      const phase = flows.phase[flow] === 1 ? "opening" : "closing";
      const pair = `${hosts.format(flows.source[flow])}>${hosts.format(flows.target[flow])}`;
      const port = `${flows.protocol[flow]}/${flows.targetPort[flow]} ${flows.sourcePort[flow]}`;
      lines.push(`${phase} ${pair} ${port} ${flows.outcome[flow]}`);
    }
  };

  it("are those the packet assembler makes of the same traffic written as packets", async () => {
    const hospital = createHospital({ seed: 31, workstations: 30 });
    const worms = [wormLike("sweep", { startAfterMs: 60_000, contactsPerHostMax: 60, infectedMax: 12 })];
    const hosts = new HostTable();
    const direct: string[] = [];
    const writer = new BatchWriter(hosts, (batch) => linesOf(batch, hosts, direct));
    createTraffic({ seed: 31, hospital, startMs, hours: 0.25, worms, localView: "arp", phases: "two" }).run(writer);
    const path = join(folder, "two-phases.pcap");
    writeFileSync(path, encode("pcap", "sweep", "arp").bytes);
    const decodedHosts = new HostTable();
    const decoded: string[] = [];
    await collectFiles([path], { hosts: decodedHosts, watchedNames: new Set() }, (batch) =>
      linesOf(batch, decodedHosts, decoded),
    );
    expect(direct.length).toBeGreaterThan(2_000);
    expect(decoded.toSorted()).toEqual(direct.toSorted());
  });
});

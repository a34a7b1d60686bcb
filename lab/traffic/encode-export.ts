// NetFlow v5, v9 and IPFIX as a router would export them: each direction is a record of its own, with its TCP flags.
// In: batches of whole rows. Out: datagrams with the time they were sent. Layouts: Cisco v5, RFC 3954, RFC 7011.

import {
  DIRECTION_SEEN,
  OUTCOME_ANSWERED,
  OUTCOME_REFUSED,
  PROTOCOL_ARP,
  PROTOCOL_ICMP,
  PROTOCOL_TCP,
} from "../../src/model/flow.ts";
import { ACK, FIN, inOrder, PSH, RST, SYN, type TrafficEncoder, type WireFlow } from "./encoder.ts";

export type ExportFormat = "v5" | "v9" | "ipfix";

export interface ExportOptions {
  readonly format: ExportFormat;
  /** When the exporter was switched on: v5 and v9 count from there. Not after the first flow. */
  readonly bootMs: number;
  /** Records of longer flows are cut into pieces of this length; default never. */
  readonly activeTimeoutMs?: number;
  /** A flow without an end is exported after this silence (default 15 s). */
  readonly inactiveTimeoutMs?: number;
}

export type DatagramSink = (datagram: Uint8Array, atMs: number) => void;

/** One direction of a flow, or a piece of it. */
interface OneWay {
  readonly source: number;
  readonly target: number;
  readonly sourcePort: number;
  readonly targetPort: number;
  readonly protocol: number;
  readonly flags: number;
  readonly packets: number;
  readonly bytes: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

const RECORDS_PER_DATAGRAM = 24;
const DATAGRAM_WAIT_MS = 1_000;
/** Datagrams between two sendings of the templates. */
const TEMPLATE_EVERY = 20;

export function createExportEncoder(options: ExportOptions, sink: DatagramSink): TrafficEncoder {
  const inactiveMs = options.inactiveTimeoutMs ?? 15_000;
  const datagrams = createDatagrams(options, sink);
  const hasEnd = (flow: WireFlow): boolean =>
    flow.protocol === PROTOCOL_TCP && (flow.outcome === OUTCOME_ANSWERED || flow.outcome === OUTCOME_REFUSED);
  const records = inOrder(
    (flow) => flow.endMs + (hasEnd(flow) ? 1_000 : inactiveMs),
    (flow, dueMs) => {
      if (flow.protocol === PROTOCOL_ARP) return;
      for (const record of directionsOf(flow, options.activeTimeoutMs ?? Infinity)) datagrams.add(record, dueMs);
    },
  );
  return {
    write: (batch, hosts) => records.write(batch, hosts),
    end: () => {
      records.end();
      datagrams.flush();
    },
  };
}

/** The records of a flow: forward, then back if anything came back; each cut at the active timeout. */
function directionsOf(flow: WireFlow, activeMs: number): OneWay[] {
  const isEcho = flow.protocol === PROTOCOL_ICMP;
  const forward: OneWay = {
    source: flow.sourceAddress,
    target: flow.targetAddress,
    sourcePort: flow.sourcePort,
    targetPort: flow.targetPort,
    protocol: flow.protocol,
    flags: flagsOf(flow, false),
    packets: Math.max(1, flow.packets),
    bytes: Math.round(flow.bytes),
    firstMs: flow.startMs,
    lastMs: flow.endMs,
  };
  if (flow.packetsBack <= 0) return cut(forward, activeMs);
  const back: OneWay = {
    source: flow.targetAddress,
    target: flow.sourceAddress,
    sourcePort: isEcho ? 0 : flow.targetPort,
    targetPort: isEcho ? 0 : flow.sourcePort,
    protocol: flow.protocol,
    flags: flagsOf(flow, true),
    packets: flow.packetsBack,
    bytes: Math.round(flow.bytesBack),
    firstMs: flow.startMs + Math.min(0.5, flow.durationMs),
    lastMs: flow.endMs,
  };
  return [...cut(forward, activeMs), ...cut(back, activeMs)];
}

function flagsOf(flow: WireFlow, isBack: boolean): number {
  if (flow.protocol !== PROTOCOL_TCP) return 0;
  if (flow.direction !== DIRECTION_SEEN) return ACK | PSH;
  if (flow.outcome === OUTCOME_ANSWERED) return SYN | ACK | PSH | FIN;
  if (flow.outcome === OUTCOME_REFUSED && isBack) return RST | ACK;
  return SYN;
}

/** Pieces of at most `activeMs`: the first has the SYN, the last the FIN. */
function cut(record: OneWay, activeMs: number): OneWay[] {
  const pieceCount = Math.min(Math.ceil((record.lastMs - record.firstMs) / activeMs) || 1, record.packets);
  if (pieceCount <= 1) return [record];
  const pieces: OneWay[] = [];
  for (let piece = 0; piece < pieceCount; piece++) {
    const isFirst = piece === 0;
    const isLast = piece === pieceCount - 1;
    const packets = Math.floor(record.packets / pieceCount);
    const bytes = Math.floor(record.bytes / pieceCount);
    pieces.push({
      ...record,
      flags: record.flags & ~((isFirst ? 0 : SYN) | (isLast ? 0 : FIN)),
      packets: isFirst ? record.packets - packets * (pieceCount - 1) : packets,
      bytes: isFirst ? record.bytes - bytes * (pieceCount - 1) : bytes,
      firstMs: record.firstMs + piece * activeMs,
      lastMs: isLast ? record.lastMs : record.firstMs + (piece + 1) * activeMs - 1,
    });
  }
  return pieces;
}

interface Datagrams {
  add(record: OneWay, nowMs: number): void;
  flush(): void;
}

function createDatagrams(options: ExportOptions, sink: DatagramSink): Datagrams {
  const { format, bootMs } = options;
  let waiting: OneWay[] = [];
  let firstMs = 0;
  let nowMs = 0;
  let datagramCount = 0;
  let recordCount = 0;
  const flush = (): void => {
    if (waiting.length === 0) return;
    const withTemplate = datagramCount % TEMPLATE_EVERY === 0;
    const state = { nowMs, bootMs, datagramCount, recordCount, withTemplate };
    const datagram =
      format === "v5" ? v5(waiting, state) : format === "v9" ? v9(waiting, state) : ipfix(waiting, state);
    datagramCount++;
    recordCount += waiting.length;
    waiting = [];
    sink(datagram, nowMs);
  };
  return {
    flush,
    add(record, atMs) {
      if (waiting.length > 0 && atMs - firstMs > DATAGRAM_WAIT_MS) flush();
      if (waiting.length === 0) firstMs = atMs;
      nowMs = atMs;
      waiting.push(record);
      if (waiting.length === RECORDS_PER_DATAGRAM) flush();
    },
  };
}

interface ExporterState {
  readonly nowMs: number;
  readonly bootMs: number;
  readonly datagramCount: number;
  readonly recordCount: number;
  readonly withTemplate: boolean;
}

function v5(records: readonly OneWay[], { nowMs, bootMs, recordCount }: ExporterState): Uint8Array {
  const bytes = Buffer.alloc(24 + records.length * 48);
  bytes.writeUInt16BE(5, 0);
  bytes.writeUInt16BE(records.length, 2);
  bytes.writeUInt32BE(Math.floor(nowMs - bootMs) >>> 0, 4);
  bytes.writeUInt32BE(Math.floor(nowMs / 1_000), 8);
  bytes.writeUInt32BE(Math.floor((nowMs % 1_000) * 1e6), 12);
  bytes.writeUInt32BE(recordCount >>> 0, 16);
  for (const [nth, record] of records.entries()) {
    const at = 24 + nth * 48;
    bytes.writeUInt32BE(record.source, at);
    bytes.writeUInt32BE(record.target, at + 4);
    bytes.writeUInt32BE(record.packets, at + 16);
    bytes.writeUInt32BE(Math.min(record.bytes, 0xffffffff), at + 20);
    bytes.writeUInt32BE(Math.floor(record.firstMs - bootMs) >>> 0, at + 24);
    bytes.writeUInt32BE(Math.floor(record.lastMs - bootMs) >>> 0, at + 28);
    bytes.writeUInt16BE(record.sourcePort, at + 32);
    bytes.writeUInt16BE(record.targetPort, at + 34);
    bytes[at + 37] = record.flags;
    bytes[at + 38] = record.protocol;
    bytes[at + 44] = 24;
    bytes[at + 45] = 24;
  }
  return bytes;
}

/** Information elements (IANA): address, ports, protocol, flags, packets, bytes, then first and last packet. */
const sharedFields: readonly (readonly [element: number, size: number])[] = [
  [8, 4],
  [12, 4],
  [7, 2],
  [11, 2],
  [4, 1],
  [6, 1],
];
const v9Fields = [...sharedFields, [2, 4], [1, 4], [22, 4], [21, 4]] as const;
const ipfixFields = [...sharedFields, [2, 8], [1, 8], [152, 8], [153, 8]] as const;
const TEMPLATE = 256;

function templateBody(fields: readonly (readonly [number, number])[]): Buffer {
  const body = Buffer.alloc(4 + fields.length * 4);
  body.writeUInt16BE(TEMPLATE, 0);
  body.writeUInt16BE(fields.length, 2);
  for (const [nth, [element, size]] of fields.entries()) {
    body.writeUInt16BE(element, 4 + nth * 4);
    body.writeUInt16BE(size, 6 + nth * 4);
  }
  return body;
}

/** A set: its id, its length with this header and padding to four bytes, its records. */
function set(id: number, body: Buffer): Buffer {
  const padding = (4 - (body.length % 4)) % 4;
  const head = Buffer.alloc(4);
  head.writeUInt16BE(id, 0);
  head.writeUInt16BE(4 + body.length + padding, 2);
  return Buffer.concat([head, body, Buffer.alloc(padding)]);
}

function writeShared(bytes: Buffer, at: number, record: OneWay): void {
  bytes.writeUInt32BE(record.source, at);
  bytes.writeUInt32BE(record.target, at + 4);
  bytes.writeUInt16BE(record.sourcePort, at + 8);
  bytes.writeUInt16BE(record.targetPort, at + 10);
  bytes[at + 12] = record.protocol;
  bytes[at + 13] = record.flags;
}

function v9(records: readonly OneWay[], { nowMs, bootMs, datagramCount, withTemplate }: ExporterState): Uint8Array {
  const body = Buffer.alloc(records.length * 30);
  for (const [nth, record] of records.entries()) {
    const at = nth * 30;
    writeShared(body, at, record);
    body.writeUInt32BE(record.packets, at + 14);
    body.writeUInt32BE(Math.min(record.bytes, 0xffffffff), at + 18);
    body.writeUInt32BE(Math.floor(record.firstMs - bootMs) >>> 0, at + 22);
    body.writeUInt32BE(Math.floor(record.lastMs - bootMs) >>> 0, at + 26);
  }
  const head = Buffer.alloc(20);
  head.writeUInt16BE(9, 0);
  head.writeUInt16BE(records.length + (withTemplate ? 1 : 0), 2);
  head.writeUInt32BE(Math.floor(nowMs - bootMs) >>> 0, 4);
  head.writeUInt32BE(Math.floor(nowMs / 1_000), 8);
  head.writeUInt32BE(datagramCount >>> 0, 12);
  head.writeUInt32BE(1, 16);
  return Buffer.concat([head, ...(withTemplate ? [set(0, templateBody(v9Fields))] : []), set(TEMPLATE, body)]);
}

function ipfix(records: readonly OneWay[], { nowMs, recordCount, withTemplate }: ExporterState): Uint8Array {
  const body = Buffer.alloc(records.length * 46);
  for (const [nth, record] of records.entries()) {
    const at = nth * 46;
    writeShared(body, at, record);
    body.writeBigUInt64BE(BigInt(record.packets), at + 14);
    body.writeBigUInt64BE(BigInt(record.bytes), at + 22);
    body.writeBigUInt64BE(BigInt(Math.floor(record.firstMs)), at + 30);
    body.writeBigUInt64BE(BigInt(Math.floor(record.lastMs)), at + 38);
  }
  const sets = [...(withTemplate ? [set(2, templateBody(ipfixFields))] : []), set(TEMPLATE, body)];
  const head = Buffer.alloc(16);
  head.writeUInt16BE(10, 0);
  head.writeUInt16BE(16 + sets.reduce((sum, one) => sum + one.length, 0), 2);
  head.writeUInt32BE(Math.floor(nowMs / 1_000), 4);
  head.writeUInt32BE(recordCount >>> 0, 8);
  head.writeUInt32BE(1, 12);
  return Buffer.concat([head, ...sets]);
}

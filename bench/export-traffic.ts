// Seeded export datagrams in memory: the traffic of one large site as NetFlow v5, v9 or IPFIX. Same seed, same bytes.
// 65,536 inside sources, 70 % inside targets (131,072 outside ones), 8 ports, 30 flows a datagram; one in eight is UDP, one in twenty a bare SYN.

import { createRandom, type Random } from "../src/kit/random.ts";

export const FLOWS_PER_DATAGRAM = 30;

const ports = [445, 443, 80, 53, 104, 2575, 3389, 9100] as const;
const BEGIN_S = 1_800_000_000;
const FLOWS_PER_SECOND = 30_000;
const UPTIME_MS = 400_000_000;

interface TrafficFlow {
  source: number;
  target: number;
  sourcePort: number;
  targetPort: number;
  protocol: number;
  flags: number;
  packets: number;
  bytes: number;
  /** Before the export, ms. */
  startAgoMs: number;
  endAgoMs: number;
}

/** Fills `flow` with the next one; clients speak, so that flags and ports tell who began. */
function drawFlow(random: Random, flow: TrafficFlow): void {
  const a = random.uint32();
  const b = random.uint32();
  const c = random.uint32();
  const port = ports[c & 7];
  flow.source = (10 << 24) | (a & 0xffff);
  const isInside = (a >>> 16) % 10 < 7;
  flow.target = isInside ? (10 << 24) | (b & 0xffff) : (93 << 24) | (b & 0x1ffff);
  flow.sourcePort = 49_152 + ((c >>> 3) & 0x3fff);
  flow.targetPort = port;
  flow.protocol = port === 53 ? 17 : 6;
  const isAttempt = (c >>> 17) % 20 === 0;
  flow.flags = flow.protocol === 17 ? 0 : isAttempt ? 0x02 : 0x1b;
  flow.packets = isAttempt ? 1 : 1 + ((b >>> 24) & 31);
  flow.bytes = flow.packets * (isAttempt ? 60 : 400);
  flow.endAgoMs = (c >>> 22) & 1023;
  flow.startAgoMs = flow.endAgoMs + (isAttempt ? 0 : (b >>> 16) & 4095);
}

type Writer = (view: DataView, at: number, flow: TrafficFlow, exportS: number) => void;

function* datagrams(
  seed: number,
  flows: number,
  headBytes: number,
  recordBytes: number,
  writeHead: (view: DataView, sequence: number, count: number, exportS: number, datagram: number) => void,
  writeRecord: Writer,
  tailBytes = 0,
): Generator<Uint8Array> {
  const random = createRandom(seed);
  const flow = {} as TrafficFlow;
  for (let done = 0, datagram = 0; done < flows; datagram++) {
    const count = Math.min(FLOWS_PER_DATAGRAM, flows - done);
    const bytes = new Uint8Array(headBytes + count * recordBytes + tailBytes);
    const view = new DataView(bytes.buffer);
    const exportS = BEGIN_S + Math.floor(done / FLOWS_PER_SECOND);
    writeHead(view, done, count, exportS, datagram);
    for (let record = 0; record < count; record++) {
      drawFlow(random, flow);
      writeRecord(view, headBytes + record * recordBytes, flow, exportS);
    }
    yield bytes;
    done += count;
  }
}

/** NetFlow v5: header of 24 bytes, records of 48. */
export function v5Datagrams(seed: number, flows: number): Generator<Uint8Array> {
  return datagrams(
    seed,
    flows,
    24,
    48,
    (view, sequence, count, exportS) => {
      view.setUint16(0, 5);
      view.setUint16(2, count);
      view.setUint32(4, UPTIME_MS + (exportS - BEGIN_S) * 1000);
      view.setUint32(8, exportS);
      view.setUint32(16, sequence);
    },
    (view, at, flow, exportS) => {
      const uptimeMs = UPTIME_MS + (exportS - BEGIN_S) * 1000;
      view.setUint32(at, flow.source);
      view.setUint32(at + 4, flow.target);
      view.setUint32(at + 16, flow.packets);
      view.setUint32(at + 20, flow.bytes);
      view.setUint32(at + 24, uptimeMs - flow.startAgoMs);
      view.setUint32(at + 28, uptimeMs - flow.endAgoMs);
      view.setUint16(at + 32, flow.sourcePort);
      view.setUint16(at + 34, flow.targetPort);
      view.setUint8(at + 37, flow.flags);
      view.setUint8(at + 38, flow.protocol);
    },
  );
}

/** Field ids and lengths of the records of v9 and IPFIX; both say times their own way. */
const commonFields = [
  [8, 4],
  [12, 4],
  [7, 2],
  [11, 2],
  [4, 1],
  [6, 1],
  [2, 4],
  [1, 4],
] as const;
const TEMPLATE_ID = 300;
const COMMON_BYTES = 22;

function writeCommon(view: DataView, at: number, flow: TrafficFlow): void {
  view.setUint32(at, flow.source);
  view.setUint32(at + 4, flow.target);
  view.setUint16(at + 8, flow.sourcePort);
  view.setUint16(at + 10, flow.targetPort);
  view.setUint8(at + 12, flow.protocol);
  view.setUint8(at + 13, flow.flags);
  view.setUint32(at + 14, flow.packets);
  view.setUint32(at + 18, flow.bytes);
}

function templateSet(setId: number, timeFields: readonly (readonly [number, number])[]): Uint8Array {
  const fields = [...commonFields, ...timeFields];
  const view = new DataView(new ArrayBuffer(8 + 4 * fields.length));
  view.setUint16(0, setId);
  view.setUint16(2, view.byteLength);
  view.setUint16(4, TEMPLATE_ID);
  view.setUint16(6, fields.length);
  for (const [at, [id, length]] of fields.entries()) {
    view.setUint16(8 + 4 * at, id);
    view.setUint16(10 + 4 * at, length);
  }
  return new Uint8Array(view.buffer);
}

/** NetFlow v9: the first datagram is the template alone. */
export function* v9Datagrams(seed: number, flows: number): Generator<Uint8Array> {
  const recordBytes = COMMON_BYTES + 8;
  const head = (view: DataView, count: number, exportS: number, datagram: number): void => {
    view.setUint16(0, 9);
    view.setUint16(2, count);
    view.setUint32(4, UPTIME_MS + (exportS - BEGIN_S) * 1000);
    view.setUint32(8, exportS);
    view.setUint32(12, datagram);
    view.setUint32(16, 1);
  };
  const template = templateSet(0, [
    [22, 4],
    [21, 4],
  ]);
  const first = new Uint8Array(20 + template.length);
  head(new DataView(first.buffer), 1, BEGIN_S, 0);
  first.set(template, 20);
  yield first;
  yield* datagrams(
    seed,
    flows,
    24,
    recordBytes,
    (view, _sequence, count, exportS, datagram) => {
      head(view, count, exportS, datagram + 1);
      view.setUint16(20, TEMPLATE_ID);
      view.setUint16(22, view.byteLength - 20);
    },
    (view, at, flow, exportS) => {
      const uptimeMs = UPTIME_MS + (exportS - BEGIN_S) * 1000;
      writeCommon(view, at, flow);
      view.setUint32(at + COMMON_BYTES, uptimeMs - flow.startAgoMs);
      view.setUint32(at + COMMON_BYTES + 4, uptimeMs - flow.endAgoMs);
    },
  );
}

/** IPFIX with absolute times in milliseconds: the first message is the template alone. */
export function* ipfixDatagrams(seed: number, flows: number): Generator<Uint8Array> {
  const recordBytes = COMMON_BYTES + 16;
  const head = (view: DataView, sequence: number, exportS: number): void => {
    view.setUint16(0, 10);
    view.setUint16(2, view.byteLength);
    view.setUint32(4, exportS);
    view.setUint32(8, sequence);
    view.setUint32(12, 1);
  };
  const template = templateSet(2, [
    [152, 8],
    [153, 8],
  ]);
  const first = new Uint8Array(16 + template.length);
  head(new DataView(first.buffer), 0, BEGIN_S);
  first.set(template, 16);
  yield first;
  yield* datagrams(
    seed,
    flows,
    20,
    recordBytes,
    (view, sequence, _count, exportS) => {
      head(view, sequence, exportS);
      view.setUint16(16, TEMPLATE_ID);
      view.setUint16(18, view.byteLength - 16);
    },
    (view, at, flow, exportS) => {
      writeCommon(view, at, flow);
      writeMillis(view, at + COMMON_BYTES, exportS * 1000 - flow.startAgoMs);
      writeMillis(view, at + COMMON_BYTES + 8, exportS * 1000 - flow.endAgoMs);
    },
  );
}

function writeMillis(view: DataView, at: number, ms: number): void {
  view.setUint32(at, Math.floor(ms / 4_294_967_296));
  view.setUint32(at + 4, ms >>> 0);
}

// Packets of generated flows: ARP, SYN, SYN-ACK, RST, a few data packets, FIN. In: batches of whole rows. Out: a pcap.
// Frames are cut to 64 bytes (the length on the wire is kept), so a night stays small; long flows show only their ends.

import { mix32 } from "../../src/kit/hash.ts";
import {
  DIRECTION_SEEN,
  OUTCOME_ANSWERED,
  OUTCOME_REFUSED,
  OUTCOME_UNANSWERED,
  PROTOCOL_ARP,
  PROTOCOL_ICMP,
  PROTOCOL_TCP,
} from "../../src/model/flow.ts";
import { ACK, FIN, inOrder, PSH, RST, SYN, type Sink, type TrafficEncoder, type WireFlow } from "./encoder.ts";
import { TaskQueue } from "./task-queue.ts";

/** Six bytes of hardware address for an IPv4 address at a time. */
export type MacOf = (address: number, atMs: number) => Uint8Array;

const CAPTURED_MAX = 64;

/** The file header of a pcap with microseconds, Ethernet. */
export function pcapHeader(capturedMax: number): Uint8Array {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(capturedMax, 16);
  header.writeUInt32LE(1, 20);
  return header;
}

/** One packet of a pcap: `frame` may be shorter than it was on the wire. */
export function pcapPacket(frame: Uint8Array, wireBytes: number, atMs: number): Uint8Array {
  const record = Buffer.alloc(16 + frame.length);
  const micros = Math.round(atMs * 1_000);
  record.writeUInt32LE(Math.floor(micros / 1e6), 0);
  record.writeUInt32LE(micros % 1e6, 4);
  record.writeUInt32LE(frame.length, 8);
  record.writeUInt32LE(wireBytes, 12);
  record.set(frame, 16);
  return record;
}

/** A frame with an IPv4 packet; `ipBytes` is the length its header states. */
export function ipFrame(
  from: Uint8Array,
  to: Uint8Array,
  source: number,
  target: number,
  protocol: number,
  ipBytes: number,
  body: Uint8Array,
): Buffer {
  const frame = Buffer.alloc(34 + body.length);
  frame.set(to, 0);
  frame.set(from, 6);
  frame.writeUInt16BE(0x0800, 12);
  frame[14] = 0x45;
  frame.writeUInt16BE(ipBytes, 16);
  frame.writeUInt16BE(0x4000, 20);
  frame[22] = 64;
  frame[23] = protocol;
  frame.writeUInt32BE(source, 26);
  frame.writeUInt32BE(target, 30);
  frame.writeUInt16BE(checksum(frame.subarray(14, 34)), 24);
  frame.set(body, 34);
  return frame;
}

/** RFC 1071. */
function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += (bytes[at] << 8) | (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** A made-up hardware address for an IPv4 address, locally administered. */
export function macForAddress(address: number): Uint8Array {
  return Uint8Array.of(2, 0xa0, address >>> 24, address >>> 16, address >>> 8, address);
}

/** One packet to be written, in either direction of a flow. */
interface Planned {
  readonly atMs: number;
  readonly isBack: boolean;
  readonly flags: number;
  readonly payload: number;
  readonly sequence: number;
  readonly acknowledged: number;
}

export function createPcapEncoder(sink: Sink, macOf: MacOf = macForAddress): TrafficEncoder {
  const queue = new TaskQueue();
  sink(pcapHeader(CAPTURED_MAX));
  const put = (atMs: number, frame: Uint8Array, wireBytes: number): void =>
    queue.add(atMs, () => {
      sink(pcapPacket(frame.subarray(0, CAPTURED_MAX), wireBytes, atMs));
      return Infinity;
    });
  const rows = inOrder(
    (flow) => flow.startMs,
    (flow, dueMs) => {
      while (queue.nextMs < dueMs) queue.runNext();
      if (flow.protocol === PROTOCOL_ARP) putArp(flow, macOf, put);
      else if (flow.protocol === PROTOCOL_TCP) putTcp(flow, macOf, put);
      else putDatagrams(flow, macOf, put);
    },
  );
  return {
    write: (batch, hosts) => rows.write(batch, hosts),
    end: () => {
      rows.end();
      while (queue.length > 0) queue.runNext();
    },
  };
}

type Put = (atMs: number, frame: Uint8Array, wireBytes: number) => void;

function putArp(flow: WireFlow, macOf: MacOf, put: Put): void {
  const asker = macOf(flow.sourceAddress, flow.startMs);
  put(flow.startMs, arpFrame(1, asker, flow.sourceAddress, new Uint8Array(6), flow.targetAddress), 60);
  if (flow.outcome !== OUTCOME_ANSWERED) return;
  const owner = macOf(flow.targetAddress, flow.startMs);
  put(flow.startMs + 0.2, arpFrame(2, owner, flow.targetAddress, asker, flow.sourceAddress), 60);
}

/** RFC 826: operation 1 asks everybody, 2 answers the asker. */
function arpFrame(operation: number, mac: Uint8Array, address: number, otherMac: Uint8Array, other: number): Buffer {
  const frame = Buffer.alloc(42);
  frame.set(operation === 1 ? new Uint8Array(6).fill(255) : otherMac, 0);
  frame.set(mac, 6);
  frame.writeUInt16BE(0x0806, 12);
  frame.writeUInt16BE(1, 14);
  frame.writeUInt16BE(0x0800, 16);
  frame[18] = 6;
  frame[19] = 4;
  frame.writeUInt16BE(operation, 20);
  frame.set(mac, 22);
  frame.writeUInt32BE(address, 28);
  frame.set(otherMac, 32);
  frame.writeUInt32BE(other, 38);
  return frame;
}

/** The frames' hardware addresses: the neighbour itself inside a segment, the gateway otherwise. */
function macsOf(flow: WireFlow, macOf: MacOf): readonly [source: Uint8Array, target: Uint8Array] {
  const isLocal = ((flow.sourceAddress ^ flow.targetAddress) & 0xffffff00) === 0;
  const inside = flow.sourceAddress >>> 24 === 10 ? flow.sourceAddress : flow.targetAddress;
  const gateway = macForAddress(((inside & 0xffffff00) | 1) >>> 0);
  const source = flow.sourceAddress >>> 24 === 10 ? macOf(flow.sourceAddress, flow.startMs) : gateway;
  return [source, isLocal || source === gateway ? macOf(flow.targetAddress, flow.startMs) : gateway];
}

function putTcp(flow: WireFlow, macOf: MacOf, put: Put): void {
  const [sourceMac, targetMac] = macsOf(flow, macOf);
  for (const packet of tcpPackets(flow)) {
    const body = Buffer.alloc(20);
    body.writeUInt16BE(packet.isBack ? flow.targetPort : flow.sourcePort, 0);
    body.writeUInt16BE(packet.isBack ? flow.sourcePort : flow.targetPort, 2);
    body.writeUInt32BE(packet.sequence >>> 0, 4);
    body.writeUInt32BE((packet.flags & ACK) !== 0 ? packet.acknowledged >>> 0 : 0, 8);
    body[12] = 0x50;
    body[13] = packet.flags;
    body.writeUInt16BE((packet.flags & RST) !== 0 ? 0 : 64_240, 14);
    const ipBytes = 40 + packet.payload;
    const frame = packet.isBack
      ? ipFrame(targetMac, sourceMac, flow.targetAddress, flow.sourceAddress, PROTOCOL_TCP, ipBytes, body)
      : ipFrame(sourceMac, targetMac, flow.sourceAddress, flow.targetAddress, PROTOCOL_TCP, ipBytes, body);
    put(packet.atMs, frame, 14 + ipBytes);
  }
}

function tcpPackets(flow: WireFlow): Planned[] {
  const { startMs, outcome } = flow;
  const ours = mix32(flow.sourceAddress ^ flow.sourcePort);
  const theirs = mix32(flow.targetAddress ^ flow.sourcePort ^ 0x5a5a);
  const packet = (
    atMs: number,
    isBack: boolean,
    flags: number,
    payload: number,
    sequence: number,
    acknowledged: number,
  ): Planned => ({ atMs, isBack, flags, payload, sequence, acknowledged });
  if (flow.direction === DIRECTION_SEEN) {
    const syn = packet(startMs, false, SYN, 0, ours, 0);
    if (outcome === OUTCOME_UNANSWERED)
      return [syn, { ...syn, atMs: startMs + 1_000 }, { ...syn, atMs: startMs + 3_000 }];
    if (outcome === OUTCOME_REFUSED) return [syn, packet(startMs + 0.4, true, RST | ACK, 0, 0, ours + 1)];
  }
  const packets: Planned[] = [];
  if (flow.direction === DIRECTION_SEEN) {
    packets.push(
      packet(startMs, false, SYN, 0, ours, 0),
      packet(startMs + 0.4, true, SYN | ACK, 0, theirs, ours + 1),
      packet(startMs + 0.8, false, ACK, 0, ours + 1, theirs + 1),
    );
  }
  let [next, nextBack] = [ours + 1, theirs + 1];
  const stepMs = Math.min(20, Math.max(0.1, (flow.durationMs - 2) / 8));
  let atMs = packets.length > 0 ? startMs + 1 : startMs;
  const isHeard = flow.packetsBack > 0;
  const forward = payloadsOf(flow.bytes);
  const back = isHeard ? payloadsOf(flow.bytesBack) : [];
  for (let nth = 0; nth < Math.max(forward.length, back.length); nth++) {
    if (nth < forward.length) {
      packets.push(packet(atMs, false, PSH | ACK, forward[nth], next, nextBack));
      next += forward[nth];
    }
    if (nth < back.length) {
      packets.push(packet(atMs + stepMs / 2, true, PSH | ACK, back[nth], nextBack, next));
      nextBack += back[nth];
    }
    atMs += stepMs;
  }
  if (flow.direction !== DIRECTION_SEEN) return packets;
  const endMs = Math.max(atMs, flow.endMs);
  return [
    ...packets,
    packet(endMs, false, FIN | ACK, 0, next, nextBack),
    packet(endMs + 0.2, true, FIN | ACK, 0, nextBack, next + 1),
    packet(endMs + 0.4, false, ACK, 0, next + 1, nextBack + 1),
  ];
}

/** At most three data packets: the first small, then full ones. */
function payloadsOf(bytes: number): number[] {
  const payload = Math.max(1, Math.round(bytes) - 200);
  if (payload <= 300) return [payload];
  return payload <= 1_700
    ? [300, Math.min(1_400, payload - 300) || 1]
    : [300, 1_400, Math.min(1_400, payload - 1_700) || 1];
}

function putDatagrams(flow: WireFlow, macOf: MacOf, put: Put): void {
  const [sourceMac, targetMac] = macsOf(flow, macOf);
  const isIcmp = flow.protocol === PROTOCOL_ICMP;
  const sizeOf = (bytes: number): number => Math.max(29, Math.min(1_400, Math.round(bytes)));
  const body = (isBack: boolean, ipBytes: number): Buffer => {
    const head = Buffer.alloc(8);
    if (isIcmp) {
      head[0] = isBack ? 0 : flow.targetPort >> 8;
      head.writeUInt16BE(1, 4);
    } else {
      head.writeUInt16BE(isBack ? flow.targetPort : flow.sourcePort, 0);
      head.writeUInt16BE(isBack ? flow.sourcePort : flow.targetPort, 2);
      head.writeUInt16BE(ipBytes - 20, 4);
    }
    return head;
  };
  const size = sizeOf(flow.bytes);
  put(
    flow.startMs,
    ipFrame(sourceMac, targetMac, flow.sourceAddress, flow.targetAddress, flow.protocol, size, body(false, size)),
    14 + size,
  );
  if (flow.packetsBack <= 0) return;
  const sizeBack = sizeOf(flow.bytesBack);
  const backMs = flow.startMs + Math.min(1, Math.max(0.1, flow.durationMs));
  put(
    backMs,
    ipFrame(
      targetMac,
      sourceMac,
      flow.targetAddress,
      flow.sourceAddress,
      flow.protocol,
      sizeBack,
      body(true, sizeBack),
    ),
    14 + sizeBack,
  );
}

// Captures made in memory: frames by hand, the two file formats around them, and a seeded office whose conversations
// overlap. For tests, fuzzing and the benchmark. Bytes only; nothing here knows how they are decoded.

import { ACK, FIN, RST, SYN } from "../lab/traffic/encoder.ts";
import { createRandom } from "../src/kit/random.ts";

export { ACK, FIN, RST, SYN };

/** One frame and its time. */
export interface Frame {
  readonly atMs: number;
  readonly bytes: Uint8Array;
}

/** A transport packet to build. Addresses are IPv4 words, or 16 bytes for IPv6. */
export interface PacketSpec {
  readonly source: number | Uint8Array;
  readonly target: number | Uint8Array;
  readonly protocol: number;
  readonly sourcePort?: number;
  readonly targetPort?: number;
  readonly flags?: number;
  readonly sequence?: number;
  readonly ipId?: number;
  readonly ttl?: number;
  readonly fragment?: number;
  readonly payload?: Uint8Array;
}

const empty = new Uint8Array(0);

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The IP packet, without a link header. Protocols other than TCP and UDP carry the payload alone. */
export function ipPacket(spec: PacketSpec): Uint8Array {
  const transport = transportOf(spec);
  if (typeof spec.source !== "number" || typeof spec.target !== "number") return ip6(spec, transport);
  const header = new Uint8Array(20);
  const view = new DataView(header.buffer);
  header[0] = 0x45;
  view.setUint16(2, 20 + transport.length);
  view.setUint16(4, spec.ipId ?? 0);
  view.setUint16(6, spec.fragment ?? 0);
  header[8] = spec.ttl ?? 64;
  header[9] = spec.protocol;
  view.setUint32(12, spec.source);
  view.setUint32(16, spec.target);
  return concat(header, transport);
}

function ip6(spec: PacketSpec, transport: Uint8Array): Uint8Array {
  const header = new Uint8Array(40);
  header[0] = 0x60;
  new DataView(header.buffer).setUint16(4, transport.length);
  header[6] = spec.protocol;
  header[7] = spec.ttl ?? 64;
  if (typeof spec.source !== "number") header.set(spec.source, 8);
  if (typeof spec.target !== "number") header.set(spec.target, 24);
  return concat(header, transport);
}

function transportOf(spec: PacketSpec): Uint8Array {
  const payload = spec.payload ?? empty;
  if (spec.protocol !== 6 && spec.protocol !== 17) return payload;
  const header = new Uint8Array(spec.protocol === 6 ? 20 : 8);
  const view = new DataView(header.buffer);
  view.setUint16(0, spec.sourcePort ?? 0);
  view.setUint16(2, spec.targetPort ?? 0);
  if (spec.protocol === 6) {
    view.setUint32(4, spec.sequence ?? 0);
    header[12] = 0x50;
    header[13] = spec.flags ?? 0;
  } else {
    view.setUint16(4, 8 + payload.length);
  }
  return concat(header, payload);
}

/** An ICMP message: type, code, four more bytes, then the body. */
export function icmpMessage(type: number, code: number, body: Uint8Array = empty, rest = 0): Uint8Array {
  const header = new Uint8Array(8);
  header[0] = type;
  header[1] = code;
  new DataView(header.buffer).setUint32(4, rest);
  return concat(header, body);
}

/** An Ethernet frame, with VLAN tags if given. */
export function ethernet(etherType: number, packet: Uint8Array, tags: readonly number[] = []): Uint8Array {
  const header = new Uint8Array(14 + 4 * tags.length);
  const view = new DataView(header.buffer);
  header.set([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2]);
  let at = 12;
  for (const tag of tags) {
    view.setUint16(at, 0x8100);
    view.setUint16(at + 2, tag);
    at += 4;
  }
  view.setUint16(at, etherType);
  return concat(header, packet);
}

export function ethernetIp(spec: PacketSpec): Uint8Array {
  return ethernet(typeof spec.source === "number" ? 0x0800 : 0x86dd, ipPacket(spec));
}

/** An ARP packet: operation 1 asks, 2 answers. */
export function arpPacket(operation: number, sender: number, target: number, mac = 1): Uint8Array {
  const packet = new Uint8Array(28);
  const view = new DataView(packet.buffer);
  packet.set([0, 1, 8, 0, 6, 4, 0, operation, 2, 0, 0, 0, 0, mac]);
  view.setUint32(14, sender);
  view.setUint32(24, target);
  return packet;
}

export interface PcapOptions {
  readonly linkType?: number;
  readonly isLittle?: boolean;
  readonly isNano?: boolean;
  readonly isModified?: boolean;
  /** Bytes captured of each packet at most. */
  readonly snapBytes?: number;
}

/** A classic capture file. */
export function pcapFile(frames: readonly Frame[], options: PcapOptions = {}): Uint8Array {
  const { linkType = 1, isLittle = true, isNano = false, isModified = false, snapBytes = 262_144 } = options;
  const headerBytes = isModified ? 24 : 16;
  const size = frames.reduce((sum, frame) => sum + headerBytes + Math.min(frame.bytes.length, snapBytes), 24);
  const file = new Uint8Array(size);
  const view = new DataView(file.buffer);
  view.setUint32(0, isModified ? 0xa1b2cd34 : isNano ? 0xa1b23c4d : 0xa1b2c3d4, isLittle);
  view.setUint16(4, 2, isLittle);
  view.setUint16(6, 4, isLittle);
  view.setUint32(16, snapBytes, isLittle);
  view.setUint32(20, linkType, isLittle);
  let at = 24;
  for (const { atMs, bytes } of frames) {
    const seconds = Math.floor(atMs / 1000);
    const captured = bytes.subarray(0, snapBytes);
    view.setUint32(at, seconds, isLittle);
    view.setUint32(at + 4, Math.round((atMs - seconds * 1000) * (isNano ? 1e6 : 1e3)), isLittle);
    view.setUint32(at + 8, captured.length, isLittle);
    view.setUint32(at + 12, bytes.length, isLittle);
    file.set(captured, at + headerBytes);
    at += headerBytes + captured.length;
  }
  return file;
}

/** One pcapng block. */
export function pcapngBlock(type: number, body: Uint8Array, isLittle = true): Uint8Array {
  const padded = Math.ceil(body.length / 4) * 4;
  const block = new Uint8Array(12 + padded);
  const view = new DataView(block.buffer);
  view.setUint32(0, type, isLittle);
  view.setUint32(4, block.length, isLittle);
  block.set(body, 8);
  view.setUint32(8 + padded, block.length, isLittle);
  return block;
}

export interface PcapngOptions {
  readonly linkType?: number;
  readonly isLittle?: boolean;
  /** Power of ten of the clock. */
  readonly resolution?: number;
  readonly offsetSeconds?: number;
  /** 6 enhanced, 2 obsolete, 3 simple (no times). */
  readonly blockType?: 2 | 3 | 6;
}

/** One pcapng section with one interface. Several may be joined to one file. */
export function pcapngSection(frames: readonly Frame[], options: PcapngOptions = {}): Uint8Array {
  const { linkType = 1, isLittle = true, resolution = 6, offsetSeconds = 0, blockType = 6 } = options;
  const section = new DataView(new ArrayBuffer(16));
  section.setUint32(0, 0x1a2b3c4d, isLittle);
  section.setUint16(4, 1, isLittle);
  section.setBigInt64(8, -1n, isLittle);
  const device = new DataView(new ArrayBuffer(32));
  device.setUint16(0, linkType, isLittle);
  device.setUint16(8, 9, isLittle);
  device.setUint16(10, 1, isLittle);
  device.setUint8(12, resolution);
  device.setUint16(16, 14, isLittle);
  device.setUint16(18, 8, isLittle);
  device.setBigInt64(20, BigInt(offsetSeconds), isLittle);
  const blocks = [
    pcapngBlock(0x0a0d0d0a, new Uint8Array(section.buffer), isLittle),
    pcapngBlock(1, new Uint8Array(device.buffer), isLittle),
  ];
  for (const { atMs, bytes } of frames) {
    const headBytes = blockType === 3 ? 4 : 20;
    const head = new DataView(new ArrayBuffer(headBytes));
    head.setUint32(headBytes - 4, bytes.length, isLittle);
    if (blockType !== 3) {
      const ticks = BigInt(Math.round((atMs - offsetSeconds * 1000) * 1000)) * 10n ** BigInt(resolution - 6);
      head.setUint32(4, Number(ticks >> 32n), isLittle);
      head.setUint32(8, Number(ticks & 0xffffffffn), isLittle);
      head.setUint32(12, bytes.length, isLittle);
    }
    blocks.push(pcapngBlock(blockType, concat(new Uint8Array(head.buffer), bytes), isLittle));
  }
  return concat(...blocks);
}

/**
 * A seeded office: conversations of TCP (most answered, some silent, some refused) and UDP that overlap, packet by
 * packet in order of time, about 20 µs apart.
 */
export function officeFrames(seed: number, packetCount: number): Frame[] {
  const random = createRandom(seed);
  const open: { client: number; server: number; port: number; clientPort: number; step: number; kind: number }[] = [];
  const frames: Frame[] = [];
  const payload = new Uint8Array(400);
  let atMs = 1_552_348_800_000;
  let ipId = 1;
  while (frames.length < packetCount) {
    atMs += 0.02;
    if (open.length < 2000 || random.chance(0.1)) {
      open.push({
        client: 0x0a000000 + random.below(4000),
        server: 0x0a010000 + random.below(200),
        port: random.pick([445, 443, 80, 104, 53, 3389]),
        clientPort: 49_152 + random.below(16_000),
        step: 0,
        kind: random.below(10),
      });
    }
    const at = random.below(open.length);
    const { client, server, port, clientPort, step, kind } = open[at];
    open[at].step++;
    const isBack = step % 2 === 1;
    const isUdp = port === 53;
    const isEnd = step >= 12 || (kind === 0 && step > 0) || (kind === 1 && isBack) || (isUdp && isBack);
    ipId = (ipId + 1) & 0xffff;
    const flags = step === 0 ? SYN : step === 1 ? (kind === 1 ? RST | ACK : SYN | ACK) : step >= 11 ? FIN | ACK : ACK;
    if (kind !== 0 || step === 0) {
      const bytes = ethernetIp({
        source: isBack ? server : client,
        target: isBack ? client : server,
        protocol: isUdp ? 17 : 6,
        sourcePort: isBack ? port : clientPort,
        targetPort: isBack ? clientPort : port,
        flags,
        sequence: step,
        ipId: ipId === 0 ? 1 : ipId,
        payload: step > 2 ? payload : empty,
      });
      frames.push({ atMs: Math.round(atMs * 1000) / 1000, bytes });
    }
    if (isEnd) {
      open[at] = open[open.length - 1];
      open.pop();
    }
  }
  return frames;
}

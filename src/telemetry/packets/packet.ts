// One captured packet: IP, TCP, UDP, SCTP and ICMP headers in, a reused object of numbers out. Lengths come from the IP
// header, never from what was captured, so a capture cut by its snap length counts the same bytes as a whole one.

import { PROTOCOL_ICMP, PROTOCOL_ICMP6, PROTOCOL_SCTP, PROTOCOL_TCP, PROTOCOL_UDP } from "../../model/flow.ts";
import { PARSED, SKIP_FRAGMENT, SKIP_MALFORMED, SKIP_TRUNCATED, SKIP_UNSUPPORTED } from "./packet-skip.ts";

export const TCP_FIN = 1;
export const TCP_SYN = 2;
export const TCP_RST = 4;
export const TCP_ACK = 16;

const EXTENSION_HEADERS_MAX = 8; // real packets carry one or two; a chain can be made endless
const NONE = new Uint8Array(0);

/** Reused for every packet. Address words are signed 32-bit integers, so that they stay small integers. */
export class Packet {
  bytes: Uint8Array = NONE;
  atMs = 0;
  /** Ethernet type of what follows the link header; 0 when the link layer has none. */
  etherType = 0;
  ipBegin = 0;
  family = 4;
  s0 = 0;
  s1 = 0;
  s2 = 0;
  s3 = 0;
  d0 = 0;
  d1 = 0;
  d2 = 0;
  d3 = 0;
  /** IPv4 identification; 0 for IPv6. */
  ipId = 0;
  /** Length of the IP packet on the wire. */
  ipBytes = 0;
  protocol = 0;
  transportBegin = 0;
  sourcePort = 0;
  targetPort = 0;
  tcpFlags = 0;
  tcpSequence = 0;
  icmpType = 0;
  icmpCode = 0;
  /** Type of the first SCTP chunk, -1 when it was not captured. */
  chunkType = -1;
  payloadBegin = 0;
  /** End of what was captured of the payload. */
  payloadEnd = 0;
  /** Length of the payload on the wire. */
  payloadBytes = 0;
}

export function uint16(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 8) | bytes[at + 1];
}

/** Big-endian word as a signed 32-bit integer. */
export function int32(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
}

/**
 * Reads the IP packet at `begin`.
 * @param end  end of the captured bytes
 * @param wireBytes  length on the wire from `begin` on: used where the IP header has no length (segmentation offload)
 * @returns PARSED or a skip number
 */
export function parseIp(packet: Packet, bytes: Uint8Array, begin: number, end: number, wireBytes: number): number {
  packet.bytes = bytes;
  packet.ipBegin = begin;
  if (end <= begin) return SKIP_TRUNCATED;
  const version = bytes[begin] >> 4;
  if (version === 4) return parseIpv4(packet, bytes, begin, end, wireBytes);
  if (version === 6) return parseIpv6(packet, bytes, begin, end, wireBytes);
  return SKIP_MALFORMED;
}

/** RFC 791 section 3.1. */
function parseIpv4(packet: Packet, bytes: Uint8Array, begin: number, end: number, wireBytes: number): number {
  if (end - begin < 20) return SKIP_TRUNCATED;
  const headerBytes = (bytes[begin] & 15) * 4;
  if (headerBytes < 20) return SKIP_MALFORMED;
  const total = uint16(bytes, begin + 2);
  const ipBytes = total === 0 ? wireBytes : total; // 0: left to the network card by segmentation offload
  if (ipBytes < headerBytes) return SKIP_MALFORMED;
  packet.family = 4;
  packet.s3 = int32(bytes, begin + 12);
  packet.d3 = int32(bytes, begin + 16);
  packet.ipId = uint16(bytes, begin + 4);
  packet.ipBytes = ipBytes;
  packet.protocol = bytes[begin + 9];
  if ((uint16(bytes, begin + 6) & 0x1fff) !== 0) return SKIP_FRAGMENT;
  return parseTransport(packet, bytes, begin + headerBytes, Math.min(end, begin + ipBytes), ipBytes - headerBytes);
}

/** RFC 8200 sections 3 and 4. */
function parseIpv6(packet: Packet, bytes: Uint8Array, begin: number, end: number, wireBytes: number): number {
  if (end - begin < 40) return SKIP_TRUNCATED;
  const length = uint16(bytes, begin + 4);
  const ipBytes = length === 0 ? Math.max(40, wireBytes) : length + 40;
  packet.family = 6;
  packet.s0 = int32(bytes, begin + 8);
  packet.s1 = int32(bytes, begin + 12);
  packet.s2 = int32(bytes, begin + 16);
  packet.s3 = int32(bytes, begin + 20);
  packet.d0 = int32(bytes, begin + 24);
  packet.d1 = int32(bytes, begin + 28);
  packet.d2 = int32(bytes, begin + 32);
  packet.d3 = int32(bytes, begin + 36);
  packet.ipId = 0;
  packet.ipBytes = ipBytes;
  const stop = Math.min(end, begin + ipBytes);
  let next = bytes[begin + 6];
  let at = begin + 40;
  for (let count = 0; isExtension(next); count++) {
    if (count === EXTENSION_HEADERS_MAX) return SKIP_MALFORMED;
    if (at + 8 > stop) return at + 8 > begin + ipBytes ? SKIP_MALFORMED : SKIP_TRUNCATED;
    packet.protocol = bytes[at];
    if (next === 44) {
      if ((uint16(bytes, at + 2) & 0xfff8) !== 0) return SKIP_FRAGMENT;
      packet.ipId = uint16(bytes, at + 6);
      next = bytes[at];
      at += 8;
      continue;
    }
    const size = next === 51 ? (bytes[at + 1] + 2) * 4 : (bytes[at + 1] + 1) * 8; // RFC 4302 counts in words
    next = bytes[at];
    at += size;
  }
  packet.protocol = next;
  if (at > begin + ipBytes) return SKIP_MALFORMED;
  return parseTransport(packet, bytes, at, stop, ipBytes - (at - begin));
}

/** Hop-by-hop, routing, fragment, authentication, destination options, mobility, HIP, shim6. */
function isExtension(next: number): boolean {
  return (
    next === 0 ||
    next === 43 ||
    next === 44 ||
    next === 51 ||
    next === 60 ||
    next === 135 ||
    next === 139 ||
    next === 140
  );
}

/** Ports, flags and where the payload is. `wire` is the transport length on the wire, `end` where the captured bytes end. */
function parseTransport(packet: Packet, bytes: Uint8Array, at: number, end: number, wire: number): number {
  packet.transportBegin = at;
  packet.sourcePort = 0;
  packet.targetPort = 0;
  packet.tcpFlags = 0;
  const captured = end - at;
  let headerBytes = 8;
  switch (packet.protocol) {
    case PROTOCOL_TCP: {
      if (captured < 14) return wire < 20 ? SKIP_MALFORMED : SKIP_TRUNCATED;
      packet.tcpFlags = bytes[at + 13];
      packet.tcpSequence = int32(bytes, at + 4);
      headerBytes = (bytes[at + 12] >> 4) * 4;
      if (headerBytes < 20 || headerBytes > wire) return SKIP_MALFORMED;
      break;
    }
    case PROTOCOL_UDP:
      if (captured < 8) return wire < 8 ? SKIP_MALFORMED : SKIP_TRUNCATED;
      break;
    case PROTOCOL_SCTP:
      if (captured < 12) return wire < 12 ? SKIP_MALFORMED : SKIP_TRUNCATED;
      headerBytes = 12;
      packet.chunkType = captured > 12 ? bytes[at + 12] : -1;
      break;
    case PROTOCOL_ICMP:
    case PROTOCOL_ICMP6:
      if (captured < 4) return wire < 4 ? SKIP_MALFORMED : SKIP_TRUNCATED;
      packet.icmpType = bytes[at];
      packet.icmpCode = bytes[at + 1];
      setPayload(packet, at + 8, end, wire - 8);
      return PARSED;
    default:
      return SKIP_UNSUPPORTED;
  }
  packet.sourcePort = uint16(bytes, at);
  packet.targetPort = uint16(bytes, at + 2);
  setPayload(packet, at + headerBytes, end, wire - headerBytes);
  return PARSED;
}

function setPayload(packet: Packet, begin: number, end: number, wire: number): void {
  packet.payloadBytes = Math.max(0, wire);
  packet.payloadBegin = begin;
  packet.payloadEnd = Math.max(begin, end);
}

/**
 * Reads the start of a packet quoted by an ICMP error: addresses, protocol and ports only (RFC 792 quotes eight
 * bytes of transport header).
 */
export function parseQuoted(quoted: Packet, bytes: Uint8Array, begin: number, end: number): boolean {
  quoted.transportBegin = 0;
  const skip = parseIp(quoted, bytes, begin, end, end - begin);
  if (skip === PARSED) return true;
  if (skip !== SKIP_TRUNCATED && skip !== SKIP_MALFORMED) return false;
  if (quoted.protocol !== PROTOCOL_TCP && quoted.protocol !== PROTOCOL_SCTP) return false;
  const at = quoted.transportBegin;
  if (at <= begin || at + 4 > end || end - begin < 24) return false;
  quoted.sourcePort = uint16(bytes, at);
  quoted.targetPort = uint16(bytes, at + 2);
  return true;
}

/** The same rule as isNotUnicast() of the model, on bare words: multicast, broadcast, unspecified, loopback. */
export function isUnicast(family: number, w0: number, w1: number, w2: number, w3: number): boolean {
  if (family === 4) {
    const top = w3 >>> 24;
    return top < 224 && top !== 0 && top !== 127;
  }
  if (w0 === 0 && w1 === 0 && w2 === 0xffff) return isUnicast(4, 0, 0, 0, w3);
  return w0 >>> 24 !== 0xff && !((w0 | w1 | w2) === 0 && w3 >>> 0 <= 1);
}

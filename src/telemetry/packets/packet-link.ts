// Link layers: a captured frame in, where its network packet begins and of what Ethernet type it is. VLAN tags, MPLS
// labels and PPPoE are walked through. Numbers: the tcpdump group's list of link-layer types.

import { type Packet, int32, uint16 } from "./packet.ts";
import { SKIP_LINK_TYPE, SKIP_MALFORMED, SKIP_NOT_IP, SKIP_TRUNCATED } from "./packet-skip.ts";

export const ETHER_IPV4 = 0x0800;
export const ETHER_ARP = 0x0806;
export const ETHER_IPV6 = 0x86dd;

export const LINK_NULL = 0;
export const LINK_ETHERNET = 1;
export const LINK_PPP = 9;
export const LINK_LOOP = 108;
export const LINK_COOKED = 113;
export const LINK_COOKED2 = 276;
const rawLinks: readonly number[] = [12, 14, 101];
const LINK_IPV4 = 228;
const LINK_IPV6 = 229;

const TAGS_MAX = 8; // tags and labels walked in one frame

/**
 * Finds the network packet of a frame and sets `packet.etherType`.
 * @returns its offset, or minus a skip number
 */
export function networkBegin(packet: Packet, linkType: number, bytes: Uint8Array, begin: number, end: number): number {
  switch (linkType) {
    case LINK_ETHERNET:
      if (begin + 14 > end) return -SKIP_TRUNCATED;
      return afterType(packet, uint16(bytes, begin + 12), bytes, begin + 14, end);
    case LINK_COOKED:
      if (begin + 16 > end) return -SKIP_TRUNCATED;
      return afterType(packet, uint16(bytes, begin + 14), bytes, begin + 16, end);
    case LINK_COOKED2:
      if (begin + 20 > end) return -SKIP_TRUNCATED;
      return afterType(packet, uint16(bytes, begin), bytes, begin + 20, end);
    case LINK_NULL:
    case LINK_LOOP:
      return afterFamily(packet, bytes, begin, end);
    case LINK_PPP:
      return afterPpp(packet, bytes, begin, end);
    case LINK_IPV4:
      packet.etherType = ETHER_IPV4;
      return begin;
    case LINK_IPV6:
      packet.etherType = ETHER_IPV6;
      return begin;
    default:
      return rawLinks.includes(linkType) ? byVersion(packet, bytes, begin, end) : -SKIP_LINK_TYPE;
  }
}

/** Whether frames of this link type can hold ARP at all. */
export function canCarryArp(linkType: number): boolean {
  return linkType === LINK_ETHERNET || linkType === LINK_COOKED || linkType === LINK_COOKED2;
}

function byVersion(packet: Packet, bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return -SKIP_TRUNCATED;
  const version = bytes[at] >> 4;
  if (version !== 4 && version !== 6) return -SKIP_NOT_IP;
  packet.etherType = version === 4 ? ETHER_IPV4 : ETHER_IPV6;
  return at;
}

/** Four bytes of address family, in the byte order of the machine that captured (NULL) or of the network (LOOP). */
function afterFamily(packet: Packet, bytes: Uint8Array, begin: number, end: number): number {
  if (begin + 4 > end) return -SKIP_TRUNCATED;
  const word = int32(bytes, begin);
  const family = word > 0 && word < 256 ? word : bytes[begin];
  const isKnown = family === 2 || family === 10 || family === 24 || family === 28 || family === 30;
  return isKnown ? byVersion(packet, bytes, begin + 4, end) : -SKIP_NOT_IP;
}

function afterPpp(packet: Packet, bytes: Uint8Array, begin: number, end: number): number {
  let at = begin;
  if (at + 4 > end) return -SKIP_TRUNCATED;
  if (bytes[at] === 0xff && bytes[at + 1] === 3) at += 2; // address and control, RFC 1662
  const protocol = uint16(bytes, at);
  if (protocol !== 0x21 && protocol !== 0x57) return -SKIP_NOT_IP;
  packet.etherType = protocol === 0x21 ? ETHER_IPV4 : ETHER_IPV6;
  return at + 2;
}

function afterType(packet: Packet, firstType: number, bytes: Uint8Array, begin: number, end: number): number {
  let type = firstType;
  let at = begin;
  for (let tag = 0; tag < TAGS_MAX; tag++) {
    switch (type) {
      case ETHER_IPV4:
      case ETHER_IPV6:
      case ETHER_ARP:
        packet.etherType = type;
        return at;
      case 0x8100: // 802.1Q
      case 0x88a8: // 802.1ad
      case 0x9100:
        if (at + 4 > end) return -SKIP_TRUNCATED;
        type = uint16(bytes, at + 2);
        at += 4;
        break;
      case 0x8847: // MPLS: the last label has its bottom bit set, RFC 3032
        if (at + 4 > end) return -SKIP_TRUNCATED;
        at += 4;
        if ((bytes[at - 2] & 1) === 1) return byVersion(packet, bytes, at, end);
        break;
      case 0x8864: // PPPoE session, RFC 2516
        if (at + 8 > end) return -SKIP_TRUNCATED;
        return afterPpp(packet, bytes, at + 6, end);
      default: {
        if (type >= 0x600) return -SKIP_NOT_IP;
        if (at + 8 > end || int32(bytes, at) >>> 8 !== 0xaaaa03) return -SKIP_NOT_IP;
        type = uint16(bytes, at + 6); // 802.3 with LLC and SNAP, RFC 1042
        at += 8;
        if (type < 0x600) return -SKIP_NOT_IP;
      }
    }
  }
  return -SKIP_MALFORMED;
}

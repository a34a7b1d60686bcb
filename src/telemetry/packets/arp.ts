// Who is where on the segment: ARP (RFC 826), IPv6 neighbour discovery (RFC 4861) and DHCP (RFC 2131) in, sightings out.
// Ordinary IP frames give none: behind a router they all carry the router's MAC.

import { limits } from "../../limits.ts";
import type { BatchWriter } from "../../model/batch.ts";
import { PROTOCOL_ARP } from "../../model/flow.ts";
import type { HostIndex } from "../../model/units.ts";
import type { Assembler } from "./assembly.ts";
import { int32, isUnicast, type Packet, uint16 } from "./packet.ts";
import { SKIP_MALFORMED, SKIP_NO_ADDRESS, SKIP_TRUNCATED, SKIP_UNSUPPORTED, type SkipTally } from "./packet-skip.ts";

/** Bytes of an ARP packet in its smallest frame, and stands for a neighbour solicitation too. */
const ARP_BYTES = 42;
const ARP_KIND = 1; // keeps the two directions of a pair of hosts apart
const GENERATION = 2 ** 31;

export class NeighbourWatch {
  readonly #writer: BatchWriter;
  readonly #assembler: Assembler;
  readonly #skips: SkipTally;
  /** Host row and generation to MAC, as numbers. */
  readonly #macs = new Map<number, number>();
  /** MAC to host name, from DHCP requests not acknowledged yet. */
  readonly #names = new Map<number, string>();

  constructor(writer: BatchWriter, assembler: Assembler, skips: SkipTally) {
    this.#writer = writer;
    this.#assembler = assembler;
    this.#skips = skips;
  }

  /** An ARP packet at `at`: a request is a contact, its sender and every reply are sightings. */
  arp(packet: Packet, bytes: Uint8Array, at: number, end: number): void {
    if (at + 28 > end) this.#skips[SKIP_TRUNCATED]++;
    else if (int32(bytes, at + 2) !== 0x08000604) this.#skips[SKIP_MALFORMED]++;
    else this.#readArp(packet, bytes, at);
  }

  #readArp(packet: Packet, bytes: Uint8Array, at: number): void {
    const operation = uint16(bytes, at + 6);
    const sender = int32(bytes, at + 14);
    const target = int32(bytes, at + 24);
    if (operation !== 1 && operation !== 2) {
      this.#skips[SKIP_UNSUPPORTED]++;
      return;
    }
    if (!isUnicast(4, 0, 0, 0, sender)) {
      this.#skips[SKIP_NO_ADDRESS]++; // a probe (RFC 5227): the asker has no address yet
      return;
    }
    const source = this.#writer.hosts.intern4(sender);
    this.#sight(packet.atMs, source, macAt(bytes, at + 8), "arp");
    if (sender === target || !isUnicast(4, 0, 0, 0, target)) {
      this.#skips[SKIP_NO_ADDRESS]++; // an announcement
      return;
    }
    this.#ask(packet, source, this.#writer.hosts.intern4(target), operation === 2);
  }

  /** Neighbour solicitation (135) and advertisement (136). Other kinds of discovery are not contacts. */
  neighbour(packet: Packet): void {
    const { bytes } = packet;
    const body = packet.transportBegin;
    const isReply = packet.icmpType === 136;
    if (packet.payloadEnd < body + 24) {
      this.#skips[SKIP_TRUNCATED]++;
      return;
    }
    const [w0, w1, w2, w3] = [8, 12, 16, 20].map((offset) => int32(bytes, body + offset));
    const isAsker = isUnicast(6, packet.s0, packet.s1, packet.s2, packet.s3);
    if (!isAsker || !isUnicast(6, w0, w1, w2, w3)) {
      this.#skips[SKIP_NO_ADDRESS]++; // duplicate address detection
      return;
    }
    const { hosts } = this.#writer;
    const owner = hosts.intern6(w0, w1, w2, w3);
    const sender = hosts.intern6(packet.s0, packet.s1, packet.s2, packet.s3);
    const isWithMac =
      packet.payloadEnd >= body + 32 && bytes[body + 24] === (isReply ? 2 : 1) && bytes[body + 25] === 1;
    if (isWithMac) this.#sight(packet.atMs, isReply ? owner : sender, macAt(bytes, body + 26), "arp");
    if (!isReply) {
      if (owner !== sender) this.#ask(packet, sender, owner, false);
      return;
    }
    if (!isUnicast(6, packet.d0, packet.d1, packet.d2, packet.d3)) return;
    const asker = hosts.intern6(packet.d0, packet.d1, packet.d2, packet.d3);
    if (asker !== owner) this.#ask(packet, owner, asker, true);
  }

  #ask(packet: Packet, from: HostIndex, to: HostIndex, isReply: boolean): void {
    packet.protocol = PROTOCOL_ARP;
    packet.ipBytes = ARP_BYTES;
    packet.tcpFlags = 0;
    this.#assembler.query(packet, from, to, ARP_KIND, isReply);
  }

  /** A DHCP message between ports 67 and 68: an acknowledgement ties an address to a MAC and perhaps a name. */
  dhcp(packet: Packet): void {
    const { bytes, payloadBegin: at, payloadEnd: end } = packet;
    if (at + 240 > end || int32(bytes, at + 236) !== 0x63825363 || bytes[at + 1] !== 1 || bytes[at + 2] !== 6) return;
    let kind = 0;
    let name = "";
    for (let option = at + 240; option + 1 < end && bytes[option] !== 255; ) {
      if (bytes[option] === 0) {
        option++;
        continue;
      }
      const length = bytes[option + 1];
      if (option + 2 + length > end) break;
      if (bytes[option] === 53 && length === 1) kind = bytes[option + 2];
      if (bytes[option] === 12) name = hostName(bytes, option + 2, length);
      option += 2 + length;
    }
    const mac = macAt(bytes, at + 28);
    if (kind === 3 && name !== "") {
      if (this.#names.size >= limits.pendingNamesMax) this.#names.clear();
      this.#names.set(mac, name);
    }
    const address = int32(bytes, at + 16);
    if (kind !== 5 || !isUnicast(4, 0, 0, 0, address)) return;
    const known = name === "" ? this.#names.get(mac) : name;
    this.#names.delete(mac);
    this.#sight(packet.atMs, this.#writer.hosts.intern4(address), mac, "dhcp", known);
  }

  #sight(atMs: number, host: HostIndex, mac: number, from: "arp" | "dhcp", name?: string): void {
    const key = this.#writer.hosts.generation[host] * GENERATION + host;
    if (mac === 0 || (this.#macs.get(key) === mac && name === undefined)) return;
    if (this.#macs.size >= limits.sightedHostsMax) this.#macs.clear();
    this.#macs.set(key, mac);
    const sighting = { atMs, host, mac: formatMac(mac), from };
    this.#writer.sight(name === undefined ? sighting : { ...sighting, name });
  }
}

function macAt(bytes: Uint8Array, at: number): number {
  return uint16(bytes, at) * 4294967296 + (int32(bytes, at + 2) >>> 0);
}

function formatMac(mac: number): string {
  const hex = mac.toString(16).padStart(12, "0");
  return (hex.match(/../g) ?? []).join(":");
}

/** Letters, digits, dots, hyphens and underscores of an option; empty when there is anything else in it. */
function hostName(bytes: Uint8Array, begin: number, length: number): string {
  let text = "";
  for (let at = begin; at < begin + Math.min(length, 63); at++) text += String.fromCharCode(bytes[at]);
  text = text.replace(/\0+$/, "");
  return /^[A-Za-z0-9._-]+$/.test(text) ? text : "";
}

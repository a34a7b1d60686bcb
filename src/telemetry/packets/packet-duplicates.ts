// Recognises a packet captured twice (both sides of a bridge, several mirror ports): the same IP packet but for what a
// hop changes. Link header, time to live and header checksum are left out of the comparison.

import { combine32 } from "../../kit/hash.ts";
import { int32, type Packet } from "./packet.ts";

/** Copies come within microseconds of a bridge or a switch; a repetition by the sender takes a new identification. */
const WINDOW_MS = 100;
/** Without an identification (IPv6, or 0) a repeated packet looks the same: only near copies count. TCP repeats after 200 ms. */
const WINDOW_WITHOUT_ID_MS = 10;
/** Packets between a packet and its copy, at most. */
const PACKETS_APART_MAX = 1024;
const SLOTS = 4096;
const TRANSPORT_BYTES = 48;

export class DuplicateFilter {
  duplicates = 0;
  packets = 0;
  readonly #hash = new Int32Array(SLOTS);
  readonly #atMs = new Float64Array(SLOTS).fill(Number.NEGATIVE_INFINITY);
  readonly #ordinal = new Float64Array(SLOTS);

  /** Whether the parsed IP packet was seen a moment ago; remembers it. */
  isDuplicate(packet: Packet): boolean {
    const { bytes, ipBegin, transportBegin } = packet;
    let hash = combine32(packet.ipBytes, packet.protocol | (packet.ipId << 8));
    hash = combine32(hash, packet.s3);
    hash = combine32(hash, packet.d3);
    if (packet.family === 6)
      for (let at = ipBegin + 8; at < ipBegin + 40; at += 4) hash = mixIn(hash, int32(bytes, at));
    const end = Math.min(packet.payloadEnd, transportBegin + TRANSPORT_BYTES);
    return this.#isKnown(hash, bytes, transportBegin, end, packet.atMs, packet.ipId === 0);
  }

  /** The same for an ARP packet of 28 bytes. */
  isDuplicateArp(bytes: Uint8Array, begin: number, atMs: number): boolean {
    return this.#isKnown(0x0806, bytes, begin, begin + 28, atMs, true);
  }

  #isKnown(seed: number, bytes: Uint8Array, begin: number, end: number, atMs: number, isBare: boolean): boolean {
    let hash = seed;
    let at = begin;
    for (; at + 4 <= end; at += 4) hash = mixIn(hash, int32(bytes, at));
    for (; at < end; at++) hash = mixIn(hash, bytes[at]);
    hash = combine32(hash, end - begin);
    const slot = (hash ^ (seed >>> 7)) & (SLOTS - 1);
    const ordinal = this.packets++;
    const ageMs = Math.abs(atMs - this.#atMs[slot]);
    const isKnown =
      this.#hash[slot] === hash &&
      ageMs <= (isBare ? WINDOW_WITHOUT_ID_MS : WINDOW_MS) &&
      ordinal - this.#ordinal[slot] <= PACKETS_APART_MAX;
    if (isKnown) {
      this.duplicates++;
      return true;
    }
    this.#hash[slot] = hash;
    this.#atMs[slot] = atMs;
    this.#ordinal[slot] = ordinal;
    return false;
  }
}

function mixIn(hash: number, word: number): number {
  return (Math.imul(hash ^ word, 0x9e3779b1) ^ (hash >>> 15)) | 0;
}

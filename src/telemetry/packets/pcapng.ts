// pcapng files in, rows out: several sections in either byte order, interfaces with their own link type, clock
// resolution and offset, and the three kinds of packet block. Blocks of other kinds are passed over unread.

import { limits } from "../../limits.ts";
import type { Decoder, DecoderContext } from "../decoder.ts";
import { captureDecoder, refuseCapture } from "./capture-decoder.ts";
import { Capture, type CaptureOptions } from "./packet-capture.ts";
import { PacketFeed } from "./packet-feed.ts";
import { SKIP_BAD_TIME, SKIP_MALFORMED, SKIP_TOO_LONG } from "./packet-skip.ts";
import { word32 } from "./pcap.ts";

const SECTION = 0x0a0d0d0a;
const INTERFACE = 1;
const OLD_PACKET = 2;
const SIMPLE_PACKET = 3;
const ENHANCED_PACKET = 6;
const BYTE_ORDER = 0x1a2b3c4d;
/** Room for the options of a packet block beside its packet. */
const OPTION_BYTES_MAX = 65_536;

/** One interface of the section being read. */
interface CaptureInterface {
  readonly linkType: number;
  readonly snapBytes: number;
  readonly ticksPerSecond: number;
  readonly offsetMs: number;
}

/** Reads the blocks of a file one after another and hands their packets to the capture. */
class BlockReader {
  readonly capture: Capture;
  readonly feed = new PacketFeed((bytes, begin, end) => this.#step(bytes, begin, end));
  /** The first section header was read. */
  isBegun = false;
  readonly #interfaces: CaptureInterface[] = [];
  #isLittle = true;

  constructor(capture: Capture) {
    this.capture = capture;
  }

  #step(bytes: Uint8Array, begin: number, end: number): number {
    if (end - begin < 12) return -12;
    const type = word32(bytes, begin, this.#isLittle); // a section's type reads the same in both byte orders
    if (type === SECTION) {
      this.#isLittle = word32(bytes, begin + 8, true) === BYTE_ORDER;
      if (!this.#isLittle && word32(bytes, begin + 8, false) !== BYTE_ORDER)
        return this.#refuse("a section must tell its byte order");
    } else if (!this.isBegun) {
      return this.#refuse("the file must begin with a section header");
    }
    const length = word32(bytes, begin + 4, this.#isLittle);
    if (length < 12 || length % 4 !== 0 || (type === SECTION && length < 28)) {
      this.capture.skips[SKIP_MALFORMED]++;
      return this.#refuse(`a block must be a whole number of words from 12 bytes on, got ${length}`);
    }
    if (!isUsed(type)) {
      this.feed.skip(length - 12);
      return 12;
    }
    if (length > limits.packetBytesMax + OPTION_BYTES_MAX) {
      this.capture.skips[SKIP_TOO_LONG]++;
      return this.#refuse(`a packet must be at most ${limits.packetBytesMax} bytes, got a block of ${length}`);
    }
    if (end - begin < length) return -length;
    this.#block(type, bytes, begin + 8, begin + length - 4);
    return length;
  }

  #block(type: number, bytes: Uint8Array, begin: number, end: number): void {
    if (type === SECTION) {
      this.isBegun = true;
      this.#interfaces.length = 0;
    } else if (type === INTERFACE) this.#addInterface(bytes, begin, end);
    else if (type === SIMPLE_PACKET) this.#simplePacket(bytes, begin, end);
    else this.#packet(type, bytes, begin, end);
  }

  #addInterface(bytes: Uint8Array, begin: number, end: number): void {
    if (end - begin < 8 || this.#interfaces.length >= limits.captureInterfacesMax) {
      this.capture.skips[SKIP_MALFORMED]++;
      return;
    }
    const linkType = this.#half(bytes, begin);
    const snapBytes = word32(bytes, begin + 4, this.#isLittle);
    let ticksPerSecond = 1_000_000;
    let offsetMs = 0;
    for (let at = begin + 8; at + 4 <= end; ) {
      const code = this.#half(bytes, at);
      const length = this.#half(bytes, at + 2);
      if (code === 0 || at + 4 + length > end) break;
      if (code === 9 && length >= 1) ticksPerSecond = resolution(bytes[at + 4]);
      if (code === 14 && length >= 8) offsetMs = this.#signed64(bytes, at + 4) * 1000;
      at += 4 + Math.ceil(length / 4) * 4;
    }
    this.#interfaces.push({ linkType, snapBytes, ticksPerSecond, offsetMs });
  }

  /** Enhanced and obsolete packet blocks differ only in the width of the interface number. */
  #packet(type: number, bytes: Uint8Array, begin: number, end: number): void {
    if (end - begin < 20) {
      this.capture.skips[SKIP_MALFORMED]++;
      return;
    }
    const number = type === OLD_PACKET ? this.#half(bytes, begin) : word32(bytes, begin, this.#isLittle);
    const captured = word32(bytes, begin + 12, this.#isLittle);
    const wireBytes = word32(bytes, begin + 16, this.#isLittle);
    const from = this.#interfaces[number];
    if (from === undefined || captured > end - begin - 20) {
      this.capture.skips[SKIP_MALFORMED]++;
      return;
    }
    const ticks = word32(bytes, begin + 4, this.#isLittle) * 4294967296 + word32(bytes, begin + 8, this.#isLittle);
    const seconds = Math.floor(ticks / from.ticksPerSecond);
    const restMs = ((ticks - seconds * from.ticksPerSecond) * 1000) / from.ticksPerSecond;
    const at = begin + 20;
    const atMs = seconds * 1000 + restMs + from.offsetMs;
    this.capture.frame(from.linkType, bytes, at, at + captured, Math.max(wireBytes, captured), atMs);
  }

  /** A packet without a time: it takes that of the packet before it. */
  #simplePacket(bytes: Uint8Array, begin: number, end: number): void {
    const from = this.#interfaces[0];
    if (end - begin < 4 || from === undefined) {
      this.capture.skips[SKIP_MALFORMED]++;
      return;
    }
    if (this.capture.watermarkMs === Number.NEGATIVE_INFINITY) {
      this.capture.skips[SKIP_BAD_TIME]++;
      return;
    }
    const wireBytes = word32(bytes, begin, this.#isLittle);
    const snapBytes = from.snapBytes === 0 ? wireBytes : from.snapBytes;
    const captured = Math.min(wireBytes, snapBytes, end - begin - 4);
    this.capture.frame(from.linkType, bytes, begin + 4, begin + 4 + captured, wireBytes, this.capture.watermarkMs);
  }

  #half(bytes: Uint8Array, at: number): number {
    return this.#isLittle ? bytes[at] | (bytes[at + 1] << 8) : (bytes[at] << 8) | bytes[at + 1];
  }

  #signed64(bytes: Uint8Array, at: number): number {
    const high = word32(bytes, this.#isLittle ? at + 4 : at, this.#isLittle) | 0;
    return high * 4294967296 + word32(bytes, this.#isLittle ? at : at + 4, this.#isLittle);
  }

  #refuse(because: string): number {
    return refuseCapture(this.capture, this.feed, this.isBegun, because);
  }
}

/** Decodes one pcapng file or stream (draft-ietf-opsawg-pcapng). */
export function createPcapngDecoder(context: DecoderContext, options: CaptureOptions = {}): Decoder {
  const capture = new Capture(context, options);
  const reader = new BlockReader(capture);
  const { feed } = reader;
  return captureDecoder("pcapng", capture, feed, () =>
    reader.isBegun ? null : `its first section header must be whole, got ${feed.pendingBytes} bytes`,
  );
}

function isUsed(type: number): boolean {
  return (
    type === SECTION || type === INTERFACE || type === OLD_PACKET || type === SIMPLE_PACKET || type === ENHANCED_PACKET
  );
}

/** Option if_tsresol: a power of ten, or of two when the top bit is set. */
function resolution(code: number): number {
  return code & 0x80 ? 2 ** (code & 0x7f) : 10 ** code;
}

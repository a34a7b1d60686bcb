// pcapng files in, rows out: several sections in either byte order, interfaces with their own link type, clock
// resolution and offset, and the three kinds of packet block. Blocks of other kinds are passed over unread.

import { limits } from "../limits.ts";
import type { Decoder, DecoderContext } from "./decoder.ts";
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

/** Decodes one pcapng file or stream (draft-ietf-opsawg-pcapng). */
export function createPcapngDecoder(context: DecoderContext, options: CaptureOptions = {}): Decoder {
  const capture = new Capture(context, options);
  const interfaces: CaptureInterface[] = [];
  let isLittle = true;
  let isBegun = false;
  let isFinished = false;

  const feed = new PacketFeed((bytes, begin, end) => {
    if (end - begin < 12) return -12;
    const type = word32(bytes, begin, isLittle); // a section's type reads the same in both byte orders
    if (type === SECTION) {
      isLittle = word32(bytes, begin + 8, true) === BYTE_ORDER;
      if (!isLittle && word32(bytes, begin + 8, false) !== BYTE_ORDER)
        return refuse("a section must tell its byte order");
    } else if (!isBegun) {
      return refuse("the file must begin with a section header");
    }
    const length = word32(bytes, begin + 4, isLittle);
    if (length < 12 || length % 4 !== 0 || (type === SECTION && length < 28)) {
      capture.skips[SKIP_MALFORMED]++;
      return refuse(`a block must be a whole number of words from 12 bytes on, got ${length}`);
    }
    if (!isUsed(type)) {
      feed.skip(length - 12);
      return 12;
    }
    if (length > limits.packetBytesMax + OPTION_BYTES_MAX) {
      capture.skips[SKIP_TOO_LONG]++;
      return refuse(`a packet must be at most ${limits.packetBytesMax} bytes, got a block of ${length}`);
    }
    if (end - begin < length) return -length;
    block(type, bytes, begin + 8, begin + length - 4);
    return length;
  });

  function block(type: number, bytes: Uint8Array, begin: number, end: number): void {
    if (type === SECTION) {
      isBegun = true;
      interfaces.length = 0;
    } else if (type === INTERFACE) addInterface(bytes, begin, end);
    else if (type === SIMPLE_PACKET) simplePacket(bytes, begin, end);
    else packet(type, bytes, begin, end);
  }

  function addInterface(bytes: Uint8Array, begin: number, end: number): void {
    if (end - begin < 8 || interfaces.length >= limits.captureInterfacesMax) {
      capture.skips[SKIP_MALFORMED]++;
      return;
    }
    const linkType = half(bytes, begin);
    const snapBytes = word32(bytes, begin + 4, isLittle);
    let ticksPerSecond = 1_000_000;
    let offsetMs = 0;
    for (let at = begin + 8; at + 4 <= end; ) {
      const code = half(bytes, at);
      const length = half(bytes, at + 2);
      if (code === 0 || at + 4 + length > end) break;
      if (code === 9 && length >= 1) ticksPerSecond = resolution(bytes[at + 4]);
      if (code === 14 && length >= 8) offsetMs = signed64(bytes, at + 4) * 1000;
      at += 4 + Math.ceil(length / 4) * 4;
    }
    interfaces.push({ linkType, snapBytes, ticksPerSecond, offsetMs });
  }

  /** Enhanced and obsolete packet blocks differ only in the width of the interface number. */
  function packet(type: number, bytes: Uint8Array, begin: number, end: number): void {
    if (end - begin < 20) {
      capture.skips[SKIP_MALFORMED]++;
      return;
    }
    const number = type === OLD_PACKET ? half(bytes, begin) : word32(bytes, begin, isLittle);
    const captured = word32(bytes, begin + 12, isLittle);
    const wireBytes = word32(bytes, begin + 16, isLittle);
    const from = interfaces[number];
    if (from === undefined || captured > end - begin - 20) {
      capture.skips[SKIP_MALFORMED]++;
      return;
    }
    const ticks = word32(bytes, begin + 4, isLittle) * 4294967296 + word32(bytes, begin + 8, isLittle);
    const seconds = Math.floor(ticks / from.ticksPerSecond);
    const restMs = ((ticks - seconds * from.ticksPerSecond) * 1000) / from.ticksPerSecond;
    const at = begin + 20;
    const atMs = seconds * 1000 + restMs + from.offsetMs;
    capture.frame(from.linkType, bytes, at, at + captured, Math.max(wireBytes, captured), atMs);
  }

  /** A packet without a time: it takes that of the packet before it. */
  function simplePacket(bytes: Uint8Array, begin: number, end: number): void {
    const from = interfaces[0];
    if (end - begin < 4 || from === undefined) {
      capture.skips[SKIP_MALFORMED]++;
      return;
    }
    if (capture.watermarkMs === Number.NEGATIVE_INFINITY) {
      capture.skips[SKIP_BAD_TIME]++;
      return;
    }
    const wireBytes = word32(bytes, begin, isLittle);
    const snapBytes = from.snapBytes === 0 ? wireBytes : from.snapBytes;
    const captured = Math.min(wireBytes, snapBytes, end - begin - 4);
    capture.frame(from.linkType, bytes, begin + 4, begin + 4 + captured, wireBytes, capture.watermarkMs);
  }

  function half(bytes: Uint8Array, at: number): number {
    return isLittle ? bytes[at] | (bytes[at + 1] << 8) : (bytes[at] << 8) | bytes[at + 1];
  }

  function signed64(bytes: Uint8Array, at: number): number {
    const high = word32(bytes, isLittle ? at + 4 : at, isLittle) | 0;
    return high * 4294967296 + word32(bytes, isLittle ? at : at + 4, isLittle);
  }

  function refuse(because: string): number {
    const what = capture.error === null && isBegun ? "Cannot read on in the capture" : "Cannot read the capture";
    capture.error = `${what}: ${because}`;
    feed.stop();
    return 1;
  }

  return {
    format: "pcapng",
    write: (chunk) => feed.write(chunk),
    end: () => {
      if (isFinished) return;
      isFinished = true;
      if (!isBegun && capture.error === null) {
        capture.error = `Cannot read the capture: its first section header must be whole, got ${feed.pendingBytes} bytes`;
        capture.end(false);
      } else capture.end(feed.pendingBytes > 0);
    },
    get watermarkMs() {
      return capture.watermarkMs;
    },
    report: () => capture.report("pcapng"),
  };
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

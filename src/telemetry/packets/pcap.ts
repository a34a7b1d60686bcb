// Classic capture files (libpcap) in, rows out: both byte orders, microseconds and nanoseconds, and the "modified"
// format with its longer packet header. A live stream from a pipe is read as it comes.

import { limits } from "../../limits.ts";
import type { Decoder, DecoderContext } from "../decoder.ts";
import { captureDecoder, refuseCapture } from "./capture-decoder.ts";
import { Capture, type CaptureOptions } from "./packet-capture.ts";
import { PacketFeed } from "./packet-feed.ts";
import { SKIP_TOO_LONG } from "./packet-skip.ts";

const MAGIC_MICRO = 0xa1b2c3d4;
const MAGIC_NANO = 0xa1b23c4d;
const MAGIC_MODIFIED = 0xa1b2cd34;

/** Reads a word in the byte order of the file. */
export function word32(bytes: Uint8Array, at: number, isLittle: boolean): number {
  const word = isLittle
    ? bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)
    : (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
  return word >>> 0;
}

/** Decodes one capture file or stream in the classic format (draft-ietf-opsawg-pcap). */
export function createPcapDecoder(context: DecoderContext, options: CaptureOptions = {}): Decoder {
  const capture = new Capture(context, options);
  let isLittle = true;
  let headerBytes = 0; // of a packet; 0 until the file header was read
  let perMs = 1000;
  let linkType = -1;

  const feed = new PacketFeed((bytes, begin, end) => {
    if (headerBytes === 0) return fileHeader(bytes, begin, end);
    if (end - begin < headerBytes) return -headerBytes;
    const captured = word32(bytes, begin + 8, isLittle);
    if (captured > limits.packetBytesMax) {
      capture.skips[SKIP_TOO_LONG]++;
      return refuse(`a packet must be at most ${limits.packetBytesMax} bytes, got ${captured}`);
    }
    const total = headerBytes + captured;
    if (end - begin < total) return -total;
    const atMs = word32(bytes, begin, isLittle) * 1000 + word32(bytes, begin + 4, isLittle) / perMs;
    const wireBytes = word32(bytes, begin + 12, isLittle);
    capture.frame(linkType, bytes, begin + headerBytes, begin + total, Math.max(wireBytes, captured), atMs);
    return total;
  });

  function fileHeader(bytes: Uint8Array, begin: number, end: number): number {
    if (end - begin < 24) return -24;
    const magic = word32(bytes, begin, true);
    isLittle = magic === MAGIC_MICRO || magic === MAGIC_NANO || magic === MAGIC_MODIFIED;
    const ordered = isLittle ? magic : word32(bytes, begin, false);
    if (ordered !== MAGIC_MICRO && ordered !== MAGIC_NANO && ordered !== MAGIC_MODIFIED) {
      return refuse(
        `the file must begin with a magic number of pcap, got 0x${word32(bytes, begin, false).toString(16)}`,
      );
    }
    perMs = ordered === MAGIC_NANO ? 1_000_000 : 1000;
    headerBytes = ordered === MAGIC_MODIFIED ? 24 : 16;
    linkType = word32(bytes, begin + 20, isLittle) & 0xffff; // the upper bits tell of checksums
    return 24;
  }

  const refuse = (because: string): number => refuseCapture(capture, feed, headerBytes > 0, because);

  return captureDecoder("pcap", capture, feed, () =>
    headerBytes > 0 ? null : `its header must be 24 bytes, got ${feed.pendingBytes}`,
  );
}

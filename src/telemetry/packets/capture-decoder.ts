// What the two capture formats share: a feed of records and the capture they go to, seen as one decoder; and how a file
// that cannot be read any further is refused.

import type { Decoder, Format } from "../decoder.ts";
import type { Capture } from "./packet-capture.ts";
import type { PacketFeed } from "./packet-feed.ts";

/** @param headFault  what the head of the file lacks once it is over; null when the head was read */
export function captureDecoder(
  format: Format,
  capture: Capture,
  feed: PacketFeed,
  headFault: () => string | null,
): Decoder {
  let isFinished = false;
  return {
    format,
    write: (chunk) => feed.write(chunk),
    end: () => {
      if (isFinished) return;
      isFinished = true;
      const fault = capture.error === null ? headFault() : null;
      if (fault !== null) capture.error = `Cannot read the capture: ${fault}`;
      capture.end(fault === null && feed.pendingBytes > 0);
    },
    get watermarkMs() {
      return capture.watermarkMs;
    },
    report: () => capture.report(format),
  };
}

/** Stops the feed for good. @returns what its step returns then */
export function refuseCapture(capture: Capture, feed: PacketFeed, isBegun: boolean, because: string): number {
  capture.error = `Cannot read ${isBegun ? "on in " : ""}the capture: ${because}`;
  feed.stop();
  return 1;
}

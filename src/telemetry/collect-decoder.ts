// A format in, its decoder out: the one list of who reads what.

import type { Decoder, DecoderContext, Format } from "./decoder.ts";
import { createEveDecoder } from "./eve.ts";
import { type LogOptions, LogTally } from "./lines-tally.ts";
import { createZeekDecoder } from "./zeek.ts";

/** Makes the decoder of a format. `head` is what was sniffed: it tells the written forms of one format apart. */
export function createDecoder(
  format: Format,
  _head: Uint8Array,
  context: DecoderContext,
  options: LogOptions,
): Decoder {
  switch (format) {
    case "zeek-conn":
    case "zeek-dns":
    case "zeek-smb":
    case "zeek-dce-rpc":
    case "zeek-notice":
    case "zeek-other":
      return createZeekDecoder(format, context, options);
    case "eve":
      return createEveDecoder(context, options);
    case "csv":
    case "windows-json":
    case "pcap":
    case "pcapng":
    case "netflow5":
    case "netflow9":
    case "ipfix":
    case "sflow":
      return unreadable(format, context);
  }
}

/** Reads nothing and says so: for a format known by name whose decoder is not part of this build. */
function unreadable(format: Format, context: DecoderContext): Decoder {
  const tally = new LogTally({ latenessMs: 0 });
  return {
    format,
    write: () => {},
    end: () => {},
    watermarkMs: Number.NEGATIVE_INFINITY,
    report: () =>
      tally.report({
        path: context.path,
        format,
        sensor: context.sensor(context.path),
        notVisible: [],
        error: `Cannot read ${context.path}: the input must be of a format with a decoder, got ${format}`,
      }),
  };
}

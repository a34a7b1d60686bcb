// A format in, its decoder out: the one list of who reads what.

import { createCaptureDecoder } from "./collect-capture.ts";
import { createCsvDecoder } from "./logs/csv.ts";
import type { Decoder, DecoderContext, Format } from "./decoder.ts";
import { createEveDecoder } from "./logs/eve.ts";
import { createExportFileDecoder } from "./exports/export-stream-file.ts";
import type { LogOptions } from "./logs/lines-tally.ts";
import { createPcapDecoder } from "./packets/pcap.ts";
import { createPcapngDecoder } from "./packets/pcapng.ts";
import { createWindowsDecoder } from "./logs/windows.ts";
import { createZeekDecoder } from "./logs/zeek.ts";

export function createDecoder(format: Format, context: DecoderContext, options: LogOptions): Decoder {
  switch (format) {
    case "pcap":
      return createCaptureDecoder(createPcapDecoder, context);
    case "pcapng":
      return createCaptureDecoder(createPcapngDecoder, context);
    case "netflow5":
    case "netflow9":
    case "ipfix":
    case "sflow":
      return createExportFileDecoder(context);
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
      return createCsvDecoder(context, options);
    case "windows-json":
      return createWindowsDecoder(context, options);
  }
}

// One name per format, one call to get an encoder that writes a file's bytes. In: a format name. Out: a TrafficEncoder.
// Flow exports are written inside a pcap (UDP to the collector), because a bare file of datagrams has no arrival times.

import { HOUR_MS } from "./day.ts";
import { createExportEncoder, type DatagramSink } from "./encode-export.ts";
import { createPcapEncoder, ipFrame, type MacOf, macForAddress, pcapHeader, pcapPacket } from "./encode-pcap.ts";
import { createCsvEncoder, createEveEncoder, createZeekJsonEncoder, createZeekTsvEncoder } from "./encode-text.ts";
import type { Sink, TrafficEncoder } from "./encoder.ts";

export const encodings = ["pcap", "v5", "v9", "ipfix", "zeek-tsv", "zeek-json", "eve", "csv"] as const;
export type Encoding = (typeof encodings)[number];

export function isEncoding(text: string): text is Encoding {
  return (encodings as readonly string[]).includes(text);
}

export interface EncodeOptions {
  /** Start of the traffic. */
  readonly startMs: number;
  readonly activeTimeoutMs?: number;
  readonly inactiveTimeoutMs?: number;
  readonly macOf?: MacOf;
}

const EXPORTER = 0x0aff0001;
const COLLECTOR = 0x0aff0002;
const PROTOCOL_UDP = 17;

/** An encoder that writes a whole file of this format to `sink`. */
export function createEncoder(encoding: Encoding, options: EncodeOptions, sink: Sink): TrafficEncoder {
  switch (encoding) {
    case "pcap":
      return createPcapEncoder(sink, options.macOf);
    case "v5":
    case "v9":
    case "ipfix": {
      const { activeTimeoutMs, inactiveTimeoutMs } = options;
      const timeouts = {
        ...(activeTimeoutMs === undefined ? {} : { activeTimeoutMs }),
        ...(inactiveTimeoutMs === undefined ? {} : { inactiveTimeoutMs }),
      };
      const port = encoding === "ipfix" ? 4739 : 2055;
      return createExportEncoder(
        { format: encoding, bootMs: options.startMs - HOUR_MS, ...timeouts },
        datagramsInPcap(sink, port),
      );
    }
    case "zeek-tsv":
      return createZeekTsvEncoder(sink);
    case "zeek-json":
      return createZeekJsonEncoder(sink);
    case "eve":
      return createEveEncoder(sink);
    case "csv":
      return createCsvEncoder(sink);
  }
}

/** Puts each datagram into a UDP packet from one exporter to one collector. */
export function datagramsInPcap(sink: Sink, port: number): DatagramSink {
  sink(pcapHeader(65_535));
  return (datagram, atMs) => {
    const body = Buffer.alloc(8 + datagram.length);
    body.writeUInt16BE(49_000, 0);
    body.writeUInt16BE(port, 2);
    body.writeUInt16BE(body.length, 4);
    body.set(datagram, 8);
    const ipBytes = 20 + body.length;
    const frame = ipFrame(
      macForAddress(EXPORTER),
      macForAddress(COLLECTOR),
      EXPORTER,
      COLLECTOR,
      PROTOCOL_UDP,
      ipBytes,
      body,
    );
    sink(pcapPacket(frame, 14 + ipBytes, atMs));
  };
}

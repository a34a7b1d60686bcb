// A capture, and the flow exports carried inside it, in; rows of both out under one report. The export decoder is made
// when the first export datagram is met.

import type { Millis } from "../model/units.ts";
import { type Decoder, type DecoderContext, type Format, type InputReport, SkipCounts } from "./decoder.ts";
import { createExportDecoder, type ExportDecoder } from "./exports/export-stream.ts";
import type { CaptureOptions } from "./packets/packet-capture.ts";

type CreateCapture = (context: DecoderContext, options: CaptureOptions) => Decoder;

/** Wraps a pcap or pcapng decoder so that export datagrams in it are decoded too. */
export function createCaptureDecoder(create: CreateCapture, context: DecoderContext): Decoder {
  return new CaptureWithExports(create, context);
}

class CaptureWithExports implements Decoder {
  readonly #capture: Decoder;
  #exports: ExportDecoder | null = null;

  constructor(create: CreateCapture, context: DecoderContext) {
    this.#capture = create(context, {
      onExportDatagram: (payload, exporterName, atMs) => {
        this.#exports ??= createExportDecoder(context);
        return this.#exports.decodeDatagram(payload, exporterName, atMs);
      },
    });
  }

  get format(): Format {
    return this.#capture.format;
  }

  get watermarkMs(): Millis {
    const exportsMs = this.#exports?.watermarkMs ?? Number.NEGATIVE_INFINITY;
    return exportsMs === Number.NEGATIVE_INFINITY ? this.#capture.watermarkMs : exportsMs;
  }

  write(chunk: Uint8Array): void {
    this.#capture.write(chunk);
    this.#exports?.advance(this.#capture.watermarkMs);
  }

  end(): void {
    this.#capture.end();
    this.#exports?.end();
  }

  report(): InputReport {
    const capture = this.#capture.report();
    const exports = this.#exports;
    if (exports === null || exports.formats.size === 0) return capture;
    const skipped = new SkipCounts();
    for (const { counts } of [capture.skipped, exports.skipped]) {
      for (const [reason, count] of counts) skipped.add(reason, count);
    }
    const sensors = exports.sensors();
    // A capture of nothing but exports lasts as long as the flows in it, whenever they were sent.
    const own = capture.flows > 0 || exports.records === 0 ? capture : { firstMs: null, lastMs: null };
    const firsts = [own.firstMs, ...sensors.map(({ firstMs }) => firstMs)].filter((ms) => ms !== null);
    const lasts = [own.lastMs, ...sensors.map(({ lastMs }) => lastMs)].filter((ms) => ms !== null);
    return {
      ...capture,
      carries: [...exports.formats].sort(),
      flows: capture.flows + exports.records,
      records: capture.records + exports.records,
      skipped,
      notVisible: [...new Set([...capture.notVisible, ...exports.notVisible()])],
      firstMs: firsts.length === 0 ? null : Math.min(...firsts),
      lastMs: lasts.length === 0 ? null : Math.max(...lasts),
      sensors: [...capture.sensors, ...sensors],
      remarks: [...capture.remarks, ...exports.remarks()],
    };
  }
}

// A file of raw export datagrams, one or many back to back, as collectors and test sets keep them. NetFlow v9 and sFlow
// do not carry their length: a v9 datagram ends where a set id could not be one (5, 9 and 10 are reserved).

import { limits } from "../../limits.ts";
import type { Millis } from "../../model/units.ts";
import type { Decoder, DecoderContext, Format, InputReport } from "../decoder.ts";
import { createExportDecoder, type ExportDecoder, formatOfDatagram } from "./export-stream.ts";
import { HEADER_BYTES_5, RECORD_BYTES_5 } from "./netflow-v5.ts";
import { HEADER_BYTES_9 } from "./netflow-v9.ts";
import { endOfSflow } from "./sflow.ts";

/** Reads a file whose content is export datagrams; `context.path` stands for the exporter. */
export function createExportFileDecoder(context: DecoderContext): Decoder {
  return new ExportFile(context);
}

/**
 * Bytes of the datagram at the start of `view`; 0 when it is none of the four formats. Never more than the view has.
 */
export function datagramBytesAt(view: DataView): number {
  const format = formatOfDatagram(view);
  if (format === null) return 0;
  const present = view.byteLength;
  if (format === "netflow5") return Math.min(present, HEADER_BYTES_5 + RECORD_BYTES_5 * view.getUint16(2));
  if (format === "ipfix") return Math.min(present, view.getUint16(2));
  if (format === "sflow") return endOfSflow(view);
  let at = HEADER_BYTES_9;
  while (at + 4 <= present) {
    const setId = view.getUint16(at);
    const setBytes = view.getUint16(at + 2);
    if (setId === 5 || setId === 9 || setId === 10 || (setId === 0 && setBytes === 5)) return at;
    if (setBytes < 4) {
      if (setId !== 0 || setBytes !== 0) return present; // damage: nothing tells where the next one begins
      at += 4; // filling
    } else at += setBytes;
  }
  return present;
}

class ExportFile implements Decoder {
  readonly #context: DecoderContext;
  readonly #stream: ExportDecoder;
  #held: Uint8Array = new Uint8Array(0);
  #format: Format = "netflow5";
  #hasFormat = false;
  #error: string | null = null;
  #isLost = false;

  constructor(context: DecoderContext) {
    this.#context = context;
    this.#stream = createExportDecoder(context, { hasDomainNames: false });
  }

  get format(): Format {
    return this.#format;
  }

  get watermarkMs(): Millis {
    return this.#stream.watermarkMs;
  }

  write(chunk: Uint8Array): void {
    if (this.#isLost) return;
    this.#held = this.#held.length === 0 ? chunk : joined(this.#held, chunk);
    // A whole datagram is certain only when the longest possible one is here.
    this.#take(limits.datagramBytesMax);
    if (this.#held === chunk) this.#held = chunk.slice();
  }

  end(): void {
    this.#take(1);
    if (this.#held.length > 0) this.#stream.skipped.add("truncated");
    this.#held = new Uint8Array(0);
    this.#stream.end();
  }

  #take(needed: number): void {
    let at = 0;
    const held = this.#held;
    while (held.length - at >= needed && !this.#isLost) {
      const rest = Math.min(limits.datagramBytesMax, held.length - at);
      const bytes = datagramBytesAt(new DataView(held.buffer, held.byteOffset + at, rest));
      if (bytes === 0 || !this.#stream.decodeDatagram(held.subarray(at, at + bytes), this.#context.path, NaN)) {
        this.#lose(at === 0 && !this.#hasFormat, held.length - at);
        break;
      }
      if (!this.#hasFormat) [this.#format] = this.#stream.formats;
      this.#hasFormat = true;
      at += bytes;
    }
    this.#held = this.#isLost ? new Uint8Array(0) : held.subarray(at);
  }

  /** What follows is no datagram: a short tail is a cut one, more is something else. */
  #lose(isFirst: boolean, bytesLeft: number): void {
    this.#isLost = true;
    this.#stream.skipped.add(bytesLeft < HEADER_BYTES_5 ? "truncated" : "unknown-version");
    if (!isFirst) return;
    this.#error = "Cannot read the export: its first bytes must be a NetFlow v5, v9, IPFIX or sFlow v5 header";
  }

  report(): InputReport {
    const stream = this.#stream;
    const sensors = stream.sensors();
    const times = sensors.flatMap(({ firstMs, lastMs }) =>
      firstMs === null || lastMs === null ? [] : [firstMs, lastMs],
    );
    return {
      path: this.#context.path,
      format: this.#hasFormat ? this.#format : null,
      carries: [...stream.formats].filter((format) => format !== this.#format),
      flows: stream.records,
      records: stream.records,
      skipped: stream.skipped,
      notVisible: stream.notVisible(),
      firstMs: times.length === 0 ? null : Math.min(...times),
      lastMs: times.length === 0 ? null : Math.max(...times),
      sensors,
      error: this.#error,
      remarks: stream.remarks(),
    };
  }
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const both = new Uint8Array(head.length + tail.length);
  both.set(head);
  both.set(tail, head.length);
  return both;
}

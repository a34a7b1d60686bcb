// Zeek logs in, TSV or JSON, rows and observations out. Field order is free, several `#fields` headers may follow one
// another, and a rotated file may begin a new `#path`. A line that is neither is counted as bad.

import type { Decoder, DecoderContext, Format, InputReport } from "../decoder.ts";
import { JsonScanner } from "./json-scan.ts";
import { FieldSet } from "./lines-fields.ts";
import type { LogOptions } from "./lines-tally.ts";
import { LogDecoder } from "./log-decoder.ts";
import { ZeekColumns } from "./zeek-columns.ts";
import type { ZeekKind } from "./zeek-kind.ts";
import { createZeekKind } from "./zeek-kinds.ts";
import { type ZeekFormat, zeekFormatOfPath } from "./zeek-paths.ts";

const HASH = 35;
const OPEN_BRACE = 123;

export function createZeekDecoder(format: ZeekFormat, context: DecoderContext, options: LogOptions): Decoder {
  return new ZeekDecoder(format, context, options);
}

class ZeekDecoder extends LogDecoder {
  #format: ZeekFormat;
  #kind: ZeekKind;
  #scanner: JsonScanner;
  #fields: FieldSet;
  readonly #columns = new ZeekColumns();

  constructor(format: ZeekFormat, context: DecoderContext, options: LogOptions) {
    super(context, options);
    this.#format = format;
    this.#kind = createZeekKind(format, context, this.tally);
    this.#scanner = new JsonScanner(this.#kind.names);
    this.#fields = new FieldSet(this.#kind.names.length);
  }

  override get format(): Format {
    return this.#format;
  }

  protected override settle(): void {
    this.#kind.end?.();
  }

  override record(bytes: Uint8Array, begin: number, end: number): void {
    const first = bytes[begin];
    if (first === HASH) {
      this.#header(Buffer.from(bytes.subarray(begin, end)).toString());
      return;
    }
    this.tally.records++;
    const columns = this.#columns;
    const isRead =
      first === OPEN_BRACE ? this.#readJson(bytes, begin, end) : columns.read(bytes, begin, end, this.#fields);
    if (isRead) this.#kind.take(this.#fields);
    else this.refuse();
  }

  override report(): InputReport {
    return this.tally.report({
      path: this.context.path,
      format: this.#format,
      sensor: this.sensor,
      notVisible: this.#kind.notVisible(),
    });
  }

  #readJson(bytes: Uint8Array, begin: number, end: number): boolean {
    if (this.#scanner.scan(bytes, begin, end, this.#fields)) return true;
    return this.#scanner.parse(Buffer.from(bytes.subarray(begin, end)).toString(), this.#fields);
  }

  #header(line: string): void {
    const [name, values] = this.#columns.header(line);
    if (name === "#path") this.#turnTo(zeekFormatOfPath(values[0] ?? ""));
    else if (name === "#fields") {
      this.#columns.setColumns(values, this.#kind.names);
      this.#fields.clear(this.#fields.bytes);
    }
  }

  /** A file may hold several logs, one after the other; the report keeps the first kind that carries something. */
  #turnTo(format: ZeekFormat): void {
    if (format === this.#format && this.#kind.format === format) return;
    this.#kind.end?.();
    if (this.#format === "zeek-other" || this.tally.records === 0) this.#format = format;
    this.#kind = createZeekKind(format, this.context, this.tally);
    this.#scanner = new JsonScanner(this.#kind.names);
    this.#fields = new FieldSet(this.#kind.names.length);
    this.#columns.setColumns([], []);
  }
}

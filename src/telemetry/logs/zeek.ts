// Zeek logs in, TSV or JSON, rows and observations out. Field order is free, several `#fields` headers may follow one
// another, and a rotated file may begin a new `#path`. A line that is neither is counted as bad.

import type { SensorIndex } from "../../model/units.ts";
import type { Decoder, DecoderContext, Format, InputReport } from "../decoder.ts";
import { JsonScanner } from "./json-scan.ts";
import { RecordSplitter, type RecordSink } from "./lines.ts";
import { FieldSet } from "./lines-fields.ts";
import { type LogOptions, LogTally } from "./lines-tally.ts";
import type { ZeekKind } from "./zeek-kind.ts";
import { createZeekKind } from "./zeek-kinds.ts";
import { type ZeekFormat, zeekFormatOfPath } from "./zeek-paths.ts";

const HASH = 35;
const OPEN_BRACE = 123;
const BACKSLASH = 92;

export function createZeekDecoder(format: ZeekFormat, context: DecoderContext, options: LogOptions): Decoder {
  return new ZeekDecoder(format, context, options);
}

class ZeekDecoder implements Decoder, RecordSink {
  readonly #context: DecoderContext;
  readonly #tally: LogTally;
  readonly #sensor: SensorIndex;
  readonly #splitter: RecordSplitter;
  #format: ZeekFormat;
  #kind: ZeekKind;
  #scanner: JsonScanner;
  #fields: FieldSet;
  /** The input is over: a record that can not be read now was cut. */
  #isEnding = false;

  // The TSV header in force.
  #separator = 9;
  #unset = Buffer.from("-");
  #empty = Buffer.from("(empty)");
  #columnCount = 0;
  #slotOfColumn = new Int8Array(0);

  constructor(format: ZeekFormat, context: DecoderContext, options: LogOptions) {
    this.#format = format;
    this.#context = context;
    this.#tally = new LogTally(options);
    this.#sensor = context.sensor(context.path);
    this.#splitter = new RecordSplitter(this);
    this.#kind = createZeekKind(format, context, this.#tally);
    this.#scanner = new JsonScanner(this.#kind.names);
    this.#fields = new FieldSet(this.#kind.names.length);
  }

  get format(): Format {
    return this.#format;
  }

  get watermarkMs(): number {
    return this.#tally.watermarkMs;
  }

  write(chunk: Uint8Array): void {
    this.#splitter.write(chunk);
  }

  end(): void {
    this.#isEnding = true;
    if (!this.#splitter.end()) this.#tally.skipped.add("truncated");
    this.#kind.end?.();
  }

  record(bytes: Uint8Array, begin: number, end: number): void {
    const first = bytes[begin];
    if (first === HASH) {
      this.#header(Buffer.from(bytes.subarray(begin, end)).toString());
      return;
    }
    this.#tally.records++;
    const isRead = first === OPEN_BRACE ? this.#readJson(bytes, begin, end) : this.#readColumns(bytes, begin, end);
    if (isRead) this.#kind.take(this.#fields);
    else this.#tally.skipped.add(this.#isEnding ? "truncated" : "bad-line");
  }

  tooLong(): void {
    this.#tally.records++;
    this.#tally.skipped.add("too-long");
  }

  report(): InputReport {
    return this.#tally.report({
      path: this.#context.path,
      format: this.#format,
      sensor: this.#sensor,
      notVisible: this.#kind.notVisible(),
    });
  }

  #readJson(bytes: Uint8Array, begin: number, end: number): boolean {
    if (this.#scanner.scan(bytes, begin, end, this.#fields)) return true;
    return this.#scanner.parse(Buffer.from(bytes.subarray(begin, end)).toString(), this.#fields);
  }

  /** Notes where the wanted columns are; false when the line has not as many columns as its header. */
  #readColumns(bytes: Uint8Array, begin: number, end: number): boolean {
    const fields = this.#fields;
    const slotOfColumn = this.#slotOfColumn;
    const separator = this.#separator;
    const unset = this.#unset;
    const empty = this.#empty;
    const last = this.#columnCount - 1;
    fields.bytes = bytes;
    let column = 0;
    let from = begin;
    for (let at = begin; at <= end; at++) {
      if (at !== end && bytes[at] !== separator) continue;
      if (column > last) return false;
      const slot = slotOfColumn[column++];
      if (slot >= 0) {
        const length = at - from;
        const isMissing =
          (length === unset.length && bytes[from] === unset[0] && isSame(unset, bytes, from)) ||
          (length === empty.length && bytes[from] === empty[0] && isSame(empty, bytes, from));
        fields.begin[slot] = from;
        fields.end[slot] = isMissing ? from : at;
      }
      from = at + 1;
    }
    return last >= 0 && column === last + 1;
  }

  #header(line: string): void {
    const separator = String.fromCharCode(this.#separator);
    const [name, ...values] = line.split(line.startsWith("#separator") ? " " : separator);
    switch (name) {
      case "#separator":
        this.#separator = unescaped(values[0] ?? "\\x09").charCodeAt(0);
        break;
      case "#unset_field":
        this.#unset = Buffer.from(unescaped(values[0] ?? "-"));
        break;
      case "#empty_field":
        this.#empty = Buffer.from(unescaped(values[0] ?? "(empty)"));
        break;
      case "#path":
        this.#turnTo(zeekFormatOfPath(values[0] ?? ""));
        break;
      case "#fields":
        this.#setColumns(values);
        break;
    }
  }

  /** A file may hold several logs, one after the other; the report keeps the first kind that carries something. */
  #turnTo(format: ZeekFormat): void {
    if (format === this.#format && this.#kind.format === format) return;
    this.#kind.end?.();
    if (this.#format === "zeek-other" || this.#tally.records === 0) this.#format = format;
    this.#kind = createZeekKind(format, this.#context, this.#tally);
    this.#scanner = new JsonScanner(this.#kind.names);
    this.#fields = new FieldSet(this.#kind.names.length);
    this.#columnCount = 0;
  }

  #setColumns(names: readonly string[]): void {
    this.#columnCount = names.length;
    this.#slotOfColumn = Int8Array.from(names, (name) => this.#kind.names.findIndex((known) => known.includes(name)));
    this.#fields.begin.fill(0);
    this.#fields.end.fill(0);
  }
}

function isSame(text: Uint8Array, bytes: Uint8Array, from: number): boolean {
  for (let at = 1; at < text.length; at++) if (text[at] !== bytes[from + at]) return false;
  return true;
}

/** Zeek writes bytes that would break a TSV line as `\x09`. */
export function unescaped(text: string): string {
  if (text.charCodeAt(0) !== BACKSLASH && !text.includes("\\x")) return text;
  return text.replace(/\\x([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

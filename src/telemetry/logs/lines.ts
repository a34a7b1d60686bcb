// Chunks of bytes in, records out: lines, or JSON objects when they span lines or stand in one array. A record that
// lies inside one chunk is handed on without a copy; its bytes are valid only during the call.

import { limits } from "../../limits.ts";

export interface RecordSink {
  /** One record: `bytes[begin, end)` without the line end. Never empty. */
  record(bytes: Uint8Array, begin: number, end: number): void;
  /** A record over the limit was left out. */
  tooLong(): void;
}

export interface Splitter {
  write(chunk: Uint8Array): void;
  /** Hands on what is left without a line end. False when a JSON object was left open. */
  end(): boolean;
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/** Bytes of an unfinished record, kept from one chunk to the next; a record over the limit is told and left out. */
class Carry {
  bytes = Buffer.alloc(4096);
  length = 0;
  /** The record being kept was over the limit: what comes of it is passed over. */
  isSkipping = false;
  readonly #sink: RecordSink;
  readonly #max: number;

  constructor(sink: RecordSink, max: number) {
    this.#sink = sink;
    this.#max = max;
  }

  get isEmpty(): boolean {
    return this.length === 0 && !this.isSkipping;
  }

  keep(chunk: Uint8Array, begin: number, end: number): void {
    if (this.isSkipping) return;
    const length = this.length + end - begin;
    if (length > this.#max) {
      this.isSkipping = true;
      this.length = 0;
      this.#sink.tooLong();
      return;
    }
    if (length > this.bytes.length) {
      const larger = Buffer.alloc(Math.max(length, this.bytes.length * 2));
      larger.set(this.bytes.subarray(0, this.length));
      this.bytes = larger;
    }
    this.bytes.set(chunk.subarray(begin, end), this.length);
    this.length = length;
  }

  /** The record is over. @returns how many of `bytes` it has, valid until more is kept; 0 when it was left out */
  take(): number {
    const { length } = this;
    this.length = 0;
    this.isSkipping = false;
    return length;
  }
}

/** Splits at LF or CRLF; empty lines are nothing. */
export class LineSplitter implements Splitter {
  readonly #sink: RecordSink;
  readonly #max: number;
  readonly #carry: Carry;

  constructor(sink: RecordSink, bytesMax: number = limits.lineBytesMax) {
    this.#sink = sink;
    this.#max = bytesMax;
    this.#carry = new Carry(sink, bytesMax);
  }

  write(bytes: Uint8Array): void {
    // Buffers find a byte two to seven times as fast as plain byte arrays do.
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    let begin = 0;
    if (!this.#carry.isEmpty) {
      const end = chunk.indexOf(LINE_FEED);
      this.#carry.keep(chunk, 0, end === -1 ? chunk.length : end);
      if (end === -1) return;
      this.#finish();
      begin = end + 1;
    }
    for (let end = chunk.indexOf(LINE_FEED, begin); end !== -1; end = chunk.indexOf(LINE_FEED, begin)) {
      this.#emit(chunk, begin, end);
      begin = end + 1;
    }
    this.#carry.keep(chunk, begin, chunk.length);
  }

  end(): boolean {
    this.#finish();
    return true;
  }

  #finish(): void {
    this.#emit(this.#carry.bytes, 0, this.#carry.take());
  }

  #emit(bytes: Uint8Array, begin: number, end: number): void {
    const last = end > begin && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end;
    if (last === begin) return;
    if (last - begin > this.#max) this.#sink.tooLong();
    else this.#sink.record(bytes, begin, last);
  }
}

const QUOTE = 34;
const BACKSLASH = 92;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;

/** Splits at whole top-level objects, also those inside one array, by counting braces outside texts. */
export class JsonObjectSplitter implements Splitter {
  readonly #sink: RecordSink;
  readonly #max: number;
  readonly #carry: Carry;
  #depth = 0;
  #isInText = false;
  #isEscaped = false;

  constructor(sink: RecordSink, bytesMax: number = limits.lineBytesMax) {
    this.#sink = sink;
    this.#max = bytesMax;
    this.#carry = new Carry(sink, bytesMax);
  }

  write(chunk: Uint8Array): void {
    let begin = this.#depth > 0 ? 0 : -1;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at];
      if (this.#isInText) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (byte === BACKSLASH) this.#isEscaped = true;
        else if (byte === QUOTE) this.#isInText = false;
      } else if (this.#depth === 0) {
        if (byte === OPEN_BRACE) {
          this.#depth = 1;
          begin = at;
        }
      } else if (byte === QUOTE) this.#isInText = true;
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) this.#depth++;
      else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --this.#depth === 0) {
        this.#emit(chunk, begin, at + 1);
        begin = -1;
      }
    }
    if (begin !== -1) this.#carry.keep(chunk, begin, chunk.length);
  }

  end(): boolean {
    return this.#depth === 0;
  }

  #emit(chunk: Uint8Array, begin: number, end: number): void {
    if (this.#carry.isEmpty) {
      if (end - begin > this.#max) this.#sink.tooLong();
      else this.#sink.record(chunk, begin, end);
      return;
    }
    this.#carry.keep(chunk, begin, end);
    const length = this.#carry.take();
    if (length > 0) this.#sink.record(this.#carry.bytes, 0, length);
  }
}

/**
 * Chooses by the first bytes: a `[`, or a `{` with nothing else on its line, means objects; all else is lines.
 * A leading byte-order mark is dropped.
 */
export class RecordSplitter implements Splitter {
  readonly #sink: RecordSink;
  readonly #max: number;
  #chosen: Splitter | null = null;
  #head: Uint8Array = new Uint8Array(0);

  constructor(sink: RecordSink, bytesMax: number = limits.lineBytesMax) {
    this.#sink = sink;
    this.#max = bytesMax;
  }

  write(chunk: Uint8Array): void {
    if (this.#chosen !== null) {
      this.#chosen.write(chunk);
      return;
    }
    const head = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk]);
    const isLines = this.#isLines(head);
    if (isLines === null && head.length < 256) this.#head = Uint8Array.from(head);
    else this.#choose(head, isLines ?? true);
  }

  end(): boolean {
    if (this.#chosen === null) this.#choose(this.#head, true);
    return this.#chosen!.end();
  }

  #choose(head: Uint8Array, isLines: boolean): void {
    this.#chosen = isLines ? new LineSplitter(this.#sink, this.#max) : new JsonObjectSplitter(this.#sink, this.#max);
    const hasMark = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf;
    this.#chosen.write(hasMark ? head.subarray(3) : head);
  }

  #isLines(head: Uint8Array): boolean | null {
    let at = head[0] === 0xef ? 3 : 0;
    while (at < head.length && isSpace(head[at])) at++;
    if (at >= head.length) return null;
    if (head[at] === OPEN_BRACKET) return false;
    if (head[at] !== OPEN_BRACE) return true;
    at++;
    while (at < head.length && (head[at] === 32 || head[at] === 9 || head[at] === CARRIAGE_RETURN)) at++;
    return at >= head.length ? null : head[at] !== LINE_FEED;
  }
}

const isSpace = (byte: number): boolean => byte === 32 || (byte >= 9 && byte <= 13);

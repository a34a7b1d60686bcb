// One path in, decompressed chunks of bytes out. Gzip is recognised by its first bytes and opened on the way, also
// gzip inside gzip and several members in a row. Live streams are sniffed as soon as their header is there.

import { type FileHandle, open } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { assert } from "../kit/assert.ts";
import { type Sniffed, sniff, sniffBytes } from "./sniff.ts";

export const chunkBytes = 262_144;
const gzipDepthMax = 3;
/** What a pipe holds on Linux: a shorter read means that the writer was waited for. */
const pipeBytes = 65_536;

/** How far the file itself was read: compressed bytes for gzip. */
export interface ReadState {
  readBytes: number;
  totalBytes: number;
  /** Bytes of the last read of a stream; 0 for files. */
  lastReadBytes: number;
}

/** An input whose first bytes were looked at. `chunks` begins with those same bytes. */
export interface OpenInput {
  readonly path: string;
  readonly head: Uint8Array;
  readonly sniffed: Sniffed;
  readonly state: ReadState;
  /** A stream whose writer is slower than this reader: what it said last should not wait for more. */
  readonly isTrickling: boolean;
  next(): Promise<Uint8Array | null>;
  close(): Promise<void>;
}

/** Opens a file, a fifo or `-` (`stdin`). Throws what the operating system says when it can not be opened. */
export async function openInput(path: string, stdin?: AsyncIterable<Uint8Array>): Promise<OpenInput> {
  const state: ReadState = { readBytes: 0, totalBytes: 0, lastReadBytes: 0 };
  let source: AsyncGenerator<Uint8Array>;
  if (path === "-") {
    assert(stdin !== undefined, "the standard input is given when `-` is read");
    source = counted(stdin, state);
  } else {
    const handle = await open(path, "r");
    const stat = await handle.stat();
    state.totalBytes = stat.isFile() ? stat.size : 0;
    source = fileChunks(handle, state, !stat.isFile());
  }
  return sniffSource(path, source, state);
}

async function sniffSource(path: string, raw: AsyncGenerator<Uint8Array>, state: ReadState): Promise<OpenInput> {
  let source = raw;
  for (let depth = 0; ; depth++) {
    const gathered: Uint8Array[] = [];
    const { head, sniffed, isGzip } = await gatherHead(source, gathered);
    const whole = rejoined(gathered, source);
    if (!isGzip || depth === gzipDepthMax) {
      return {
        path,
        head,
        sniffed,
        state,
        get isTrickling() {
          return state.lastReadBytes > 0 && state.lastReadBytes < pipeBytes;
        },
        next: async () => {
          const step = await whole.next();
          return step.done === true ? null : step.value;
        },
        close: async () => {
          await whole.return(undefined);
          await source.return(undefined);
          await raw.return(undefined);
        },
      };
    }
    source = gunzipped(whole);
  }
}

interface Head {
  readonly head: Uint8Array;
  readonly sniffed: Sniffed;
  readonly isGzip: boolean;
}

/** Reads until the format is sure, the head is long enough, or the input is over. */
async function gatherHead(source: AsyncGenerator<Uint8Array>, gathered: Uint8Array[]): Promise<Head> {
  let length = 0;
  let triedAt = 0;
  let failure: unknown;
  for (;;) {
    let step: IteratorResult<Uint8Array> = { done: true, value: undefined };
    try {
      step = await source.next();
    } catch (error) {
      failure = error;
    }
    const isOver = step.done === true;
    if (step.done !== true) {
      gathered.push(step.value);
      length += step.value.length;
    }
    if (failure !== undefined && length === 0) throw failure;
    if (!isOver && length < 4) continue;
    // Looking again only once the head has doubled keeps a trickling stream cheap.
    if (!isOver && length < sniffBytes && length < triedAt * 2) continue;
    triedAt = length;
    const head = Buffer.concat(gathered).subarray(0, sniffBytes);
    if (head.length >= 3 && head[0] === 0x1f && head[1] === 0x8b && head[2] === 8) {
      return { head, sniffed: sniff(head), isGzip: true };
    }
    const sniffed = sniff(head, isOver && failure === undefined && head.length === length);
    if ("format" in sniffed || isOver || length >= sniffBytes) return { head, sniffed, isGzip: false };
  }
}

/** The bytes already taken, then the rest. */
async function* rejoined(gathered: Uint8Array[], rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  for (const chunk of gathered.splice(0)) yield chunk;
  yield* rest;
}

async function* fileChunks(handle: FileHandle, state: ReadState, isStream: boolean): AsyncGenerator<Uint8Array> {
  try {
    for (;;) {
      const buffer = Buffer.allocUnsafe(chunkBytes);
      const { bytesRead } = await handle.read(buffer, 0, chunkBytes, null);
      if (bytesRead === 0) return;
      state.readBytes += bytesRead;
      if (isStream) state.lastReadBytes = bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

async function* counted(stream: AsyncIterable<Uint8Array>, state: ReadState): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream) {
    if (chunk.length === 0) continue;
    state.readBytes += chunk.length;
    state.lastReadBytes = chunk.length;
    yield chunk;
  }
}

async function* gunzipped(source: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: chunkBytes });
  // The failure reaches the reader through `gunzip`; here it only must not go unhandled.
  const piped = pipeline(Readable.from(source, { objectMode: true }), gunzip).catch(() => {});
  try {
    yield* gunzip as AsyncIterable<Uint8Array>;
  } finally {
    gunzip.destroy();
    await piped;
  }
}

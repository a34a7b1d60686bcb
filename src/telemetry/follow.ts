// Folders and files that grow in, batches out as they come, until told to stop. Files are known by what they are on
// disk, not by name: a rotated log (renamed, then created again) is read to its end and the new one from its start.

import { type FileHandle, open, stat } from "node:fs/promises";
import { limits } from "../limits.ts";
import { type Batch, BatchWriter } from "../model/batch.ts";
import type { Millis, SensorIndex } from "../model/units.ts";
import { type CollectOptions, latenessDefaultMs, listFiles, sensorRows } from "./collect-sources.ts";
import { createDecoder } from "./decoder-of-format.ts";
import { chunkBytes, openInput } from "./collect-input.ts";
import type { Decoder, DecoderContext, Format, InputReport } from "./decoder.ts";
import { sniff, sniffBytes } from "./sniff.ts";

export interface FollowOptions extends CollectOptions {
  /** Waits; the caller's clock decides how long that is. */
  readonly sleep: (ms: number) => Promise<void>;
  readonly isStopped: () => boolean;
  /** Pause between two looks at the disk. Raising it delays evidence by as much. Default 1 s. */
  readonly pollMs?: number;
  /** Told once for each file that can not be read, and for each that is finished. */
  readonly onReport?: (report: InputReport | { readonly path: string; readonly error: string }) => void;
}

/** First bytes kept to tell a file that was written anew in place from one that grew. */
const markBytes = 64;
/** Looks without growth after which a file is closed; it is opened again when it grows. */
const idleLooksMax = 60;

/** One file on disk, by device and inode. */
interface Followed {
  readonly key: string;
  path: string;
  handle: FileHandle | null;
  offset: number;
  mark: Buffer;
  decoder: Decoder | null;
  /** Bytes that were not enough to tell the format. */
  head: Buffer;
  idleLooks: number;
  isIgnored: boolean;
}

/** Follows until `isStopped`. Everything already in the files is read first, in step by event time. */
export async function follow(
  paths: readonly string[],
  options: FollowOptions,
  onBatch: (batch: Batch) => void,
): Promise<void> {
  const follower = new Follower(paths, options, onBatch);
  while (!options.isStopped()) {
    await follower.look();
    if (options.isStopped()) break;
    await options.sleep(options.pollMs ?? 1000);
  }
  await follower.close();
}

/** The state of following; `look` reads what is new. For tests and for callers with a loop of their own. */
export class Follower {
  readonly #paths: readonly string[];
  readonly #options: FollowOptions;
  readonly #writer: BatchWriter;
  readonly #sensor: (name: string) => SensorIndex;
  readonly #files = new Map<string, Followed>();
  #isFirstLook = true;

  constructor(paths: readonly string[], options: FollowOptions, onBatch: (batch: Batch) => void) {
    this.#paths = paths;
    this.#options = options;
    this.#writer = new BatchWriter(options.hosts, onBatch);
    this.#sensor = sensorRows();
  }

  /** Reads all that was written since the last look, and hands it on as a batch. */
  async look(): Promise<void> {
    const listed = await this.#list();
    const growing = new Set<Followed>(this.#files.values());
    while (growing.size > 0) {
      let next: Followed | null = null;
      for (const file of growing) if (next === null || timeOf(file) < timeOf(next)) next = file;
      if (next !== null && !(await this.#readChunk(next))) growing.delete(next);
    }
    for (const file of this.#files.values()) {
      if (!listed.has(file.key)) await this.#forget(file);
    }
    this.#writer.flush();
    this.#isFirstLook = false;
  }

  async close(): Promise<void> {
    for (const file of this.#files.values()) await this.#forget(file);
    this.#writer.flush();
  }

  /** The files that are there now; new ones are taken up. */
  async #list(): Promise<Set<string>> {
    const listed = new Set<string>();
    for (const { path, error } of await listFiles(this.#paths)) {
      if (path === "-" || error !== null) continue;
      const status = await stat(path).catch(() => null);
      if (status === null || !status.isFile()) continue;
      const key = `${status.dev}:${status.ino}`;
      listed.add(key);
      const known = this.#files.get(key);
      if (known !== undefined) known.path = path;
      else if (this.#files.size < limits.followedFilesMax) this.#files.set(key, newFile(key, path));
      else
        this.#options.onReport?.({
          path,
          error: `Cannot follow ${path}: there must be at most ${limits.followedFilesMax} files, got more`,
        });
    }
    return listed;
  }

  /** Reads one chunk of one file; false when there is nothing new in it. */
  async #readChunk(file: Followed): Promise<boolean> {
    if (file.isIgnored) return false;
    try {
      return await this.#readNew(file);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#ignore(file, `Cannot read ${file.path}: ${why}`);
      return false;
    }
  }

  async #readNew(file: Followed): Promise<boolean> {
    const size = file.handle === null ? (await stat(file.path)).size : (await file.handle.stat()).size;
    if (size === file.offset && file.idleLooks > 0) {
      if (++file.idleLooks > idleLooksMax) await this.#rest(file);
      return false;
    }
    file.handle ??= await open(file.path, "r");
    if (size < file.offset || !(await isSameMark(file))) this.#restart(file);
    const buffer = Buffer.allocUnsafe(chunkBytes);
    const { bytesRead } = await file.handle.read(buffer, 0, chunkBytes, file.offset);
    if (bytesRead === 0) {
      file.idleLooks++;
      return false;
    }
    file.idleLooks = 0;
    const chunk = buffer.subarray(0, bytesRead);
    if (file.offset < markBytes) file.mark = Buffer.concat([file.mark, chunk]).subarray(0, markBytes);
    file.offset += bytesRead;
    if (file.decoder !== null) file.decoder.write(chunk);
    else await this.#begin(file, chunk);
    return !file.isIgnored;
  }

  /** Tells the format once there are bytes enough, and decodes what was held back for that. */
  async #begin(file: Followed, chunk: Buffer): Promise<void> {
    file.head = Buffer.concat([file.head, chunk]);
    if (file.head[0] === 0x1f && file.head[1] === 0x8b) {
      // Compressed copies that turn up later are rotated files whose lines were read before.
      if (this.#isFirstLook) await this.#readCompressed(file);
      file.isIgnored = true;
      await this.#rest(file);
      return;
    }
    const sniffed = sniff(file.head.subarray(0, sniffBytes), false);
    if ("format" in sniffed) {
      file.decoder = this.#decoderOf(sniffed.format, file.path);
      file.decoder.write(file.head);
      file.head = Buffer.alloc(0);
    } else if (file.head.length >= sniffBytes) this.#ignore(file, `Cannot read ${file.path}: ${sniffed.refused}`);
  }

  async #readCompressed(file: Followed): Promise<void> {
    const input = await openInput(file.path);
    if ("refused" in input.sniffed) {
      await input.close();
      this.#ignore(file, `Cannot read ${file.path}: ${input.sniffed.refused}`);
      return;
    }
    const decoder = this.#decoderOf(input.sniffed.format, file.path);
    for (let chunk = await input.next(); chunk !== null; chunk = await input.next()) decoder.write(chunk);
    decoder.end();
    this.#options.onReport?.(decoder.report());
    await input.close();
  }

  #decoderOf(format: Format, path: string): Decoder {
    const context: DecoderContext = {
      writer: this.#writer,
      path,
      sensor: this.#sensor,
      isWatchedName: (name) => this.#options.watchedNames.has(name),
    };
    return createDecoder(format, context, { latenessMs: this.#options.latenessMs ?? latenessDefaultMs });
  }

  #restart(file: Followed): void {
    this.#finish(file);
    file.offset = 0;
    file.mark = Buffer.alloc(0);
    file.head = Buffer.alloc(0);
  }

  #finish(file: Followed): void {
    if (file.decoder === null) return;
    file.decoder.end();
    this.#options.onReport?.(file.decoder.report());
    file.decoder = null;
  }

  #ignore(file: Followed, error: string): void {
    file.isIgnored = true;
    this.#options.onReport?.({ path: file.path, error });
  }

  async #rest(file: Followed): Promise<void> {
    await file.handle?.close();
    file.handle = null;
  }

  /** The file is gone from the folder; its handle let it be read to the end. */
  async #forget(file: Followed): Promise<void> {
    this.#finish(file);
    await this.#rest(file);
    this.#files.delete(file.key);
  }
}

function newFile(key: string, path: string): Followed {
  return {
    key,
    path,
    handle: null,
    offset: 0,
    mark: Buffer.alloc(0),
    decoder: null,
    head: Buffer.alloc(0),
    idleLooks: 0,
    isIgnored: false,
  };
}

function timeOf(file: Followed): Millis {
  return file.decoder?.watermarkMs ?? Number.NEGATIVE_INFINITY;
}

/** Whether the file still begins with the bytes it began with. */
async function isSameMark(file: Followed): Promise<boolean> {
  if (file.handle === null || file.mark.length === 0) return true;
  const buffer = Buffer.alloc(file.mark.length);
  const { bytesRead } = await file.handle.read(buffer, 0, buffer.length, 0);
  return bytesRead === buffer.length && buffer.equals(file.mark);
}

// Paths in, batches of flows and observations out: the entry of telemetry. Content decides each format. All inputs of
// one call are one network: they are read in step by event time into ONE BatchWriter, so their rows interleave.

import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { limits } from "../limits.ts";
import { type Batch, BatchWriter } from "../model/batch.ts";
import { HostTable } from "../model/host-table.ts";
import type { Millis, SensorIndex } from "../model/units.ts";
import { createDecoder } from "./collect-decoder.ts";
import { type OpenInput, openInput } from "./collect-input.ts";
import { type Decoder, type DecoderContext, type InputReport, SkipCounts } from "./decoder.ts";

export type { InputReport, NotVisible, SensorReport, SkipReason } from "./decoder.ts";
export { type Sniffed, sniff } from "./sniff.ts";

export interface CollectOptions {
  readonly hosts: HostTable;
  /** Names whose look-ups are kept (kill-switch names): lower case, no trailing dot. */
  readonly watchedNames: ReadonlySet<string>;
  /** Called after each chunk; `totalBytes` counts what the file sizes told, 0 for streams. */
  readonly onProgress?: (progress: { readBytes: number; totalBytes: number; path: string }) => void;
  /** What `-` reads. */
  readonly stdin?: AsyncIterable<Uint8Array>;
  /** Records older than the newest by more than this are counted as late; they are used all the same. Default 10 min. */
  readonly latenessMs?: number;
}

export interface CollectReport {
  /** One for each file, in the order given; a folder stands for its files, sorted. */
  readonly inputs: readonly InputReport[];
  readonly from: Millis | null;
  readonly to: Millis | null;
  readonly flows: number;
}

export const latenessDefaultMs = 600_000;

/** One input under way. */
interface Reading {
  readonly index: number;
  readonly input: OpenInput;
  readonly decoder: Decoder;
  /** First event time, looked up beforehand; only until the first chunk is decoded. */
  firstMs: Millis;
  hasBegun: boolean;
}

/**
 * Reads files, folders, `-` and fifos to their end.
 * Never throws for a bad input: a missing, empty, foreign or broken one gets an `error` in its report and the rest goes on.
 */
export async function collectFiles(
  paths: readonly string[],
  options: CollectOptions,
  onBatch: (batch: Batch) => void,
): Promise<CollectReport> {
  const writer = new BatchWriter(options.hosts, onBatch);
  const sensors = sensorRows();
  const files = await listFiles(paths);
  const reports: InputReport[] = Array(files.length);
  const progress = { readBytes: 0, totalBytes: await totalSize(files) };
  const waiting = files.map((file, index) => ({ ...file, index })).reverse();
  const readings: Reading[] = [];

  for (;;) {
    while (readings.length < limits.openInputsMax && waiting.length > 0) {
      const { path, error, index } = waiting.pop()!;
      const opened = error === null ? await begin(path, index, options, writer, sensors, files.length > 1) : error;
      if (typeof opened === "string") reports[index] = failedReport(path, opened);
      else readings.push(opened);
    }
    if (readings.length === 0) break;
    const reading = nextInStep(readings);
    const before = reading.input.state.readBytes;
    const error = await readChunk(reading);
    progress.readBytes += reading.input.state.readBytes - before;
    options.onProgress?.({ ...progress, path: reading.input.path });
    if (error === "more") continue;
    readings.splice(readings.indexOf(reading), 1);
    reading.decoder.end();
    const report = reading.decoder.report();
    reports[reading.index] = error === null ? report : { ...report, error };
    await reading.input.close();
  }
  writer.flush();
  return summed(reports);
}

/** Opens and sniffs one file and makes its decoder; or says in one sentence why not. */
async function begin(
  path: string,
  index: number,
  options: CollectOptions,
  writer: BatchWriter,
  sensors: (name: string) => SensorIndex,
  isOneOfMany: boolean,
): Promise<Reading | string> {
  let input: OpenInput;
  try {
    input = await openInput(path, options.stdin);
  } catch (error) {
    return `Cannot read ${path}: ${reasonOf(error)}`;
  }
  const { sniffed } = input;
  if ("refused" in sniffed) {
    await input.close();
    return `Cannot read ${path}: ${sniffed.refused}`;
  }
  const contextOf = (to: BatchWriter): DecoderContext => ({
    writer: to,
    path,
    sensor: sensors,
    isWatchedName: (name) => options.watchedNames.has(name),
  });
  const decoderOptions = { latenessMs: options.latenessMs ?? latenessDefaultMs };
  const make = (to: BatchWriter): Decoder => createDecoder(sniffed.format, contextOf(to), decoderOptions);
  // Rows of a chunk are written at once, so the order of the first chunks must be known before they are decoded.
  const firstMs = isOneOfMany ? peekFirstMs(make, input.head) : Number.NEGATIVE_INFINITY;
  return { index, input, decoder: make(writer), firstMs, hasBegun: false };
}

/** The first event time in the head, from a decoder whose rows are thrown away. */
function peekFirstMs(make: (to: BatchWriter) => Decoder, head: Uint8Array): Millis {
  const decoder = make(new BatchWriter(new HostTable(4096, 256), () => {}, 512));
  decoder.write(head);
  return decoder.report().firstMs ?? Number.NEGATIVE_INFINITY;
}

/** The input whose newest event is oldest: it is the one that lags behind. */
function nextInStep(readings: readonly Reading[]): Reading {
  let next = readings[0];
  for (const reading of readings) if (timeOf(reading) < timeOf(next)) next = reading;
  return next;
}

function timeOf(reading: Reading): Millis {
  return reading.hasBegun ? reading.decoder.watermarkMs : reading.firstMs;
}

/** Decodes the next chunk: "more", null at the end, or a sentence when reading failed. */
async function readChunk(reading: Reading): Promise<string | null> {
  const { input, decoder } = reading;
  try {
    const chunk = await input.next();
    if (chunk === null) return null;
    reading.hasBegun = true;
    decoder.write(chunk);
    return "more";
  } catch (error) {
    return `Cannot read ${input.path} to its end: ${reasonOf(error)}`;
  }
}

const systemReasons: Readonly<Record<string, string>> = {
  ENOENT: "the path must exist, got none",
  EACCES: "the file must be readable by this user, got permission denied",
  EPERM: "the file must be readable by this user, got permission denied",
  EISDIR: "the path must be a file, got a folder",
  ENOTDIR: "the path must exist, got a file where a folder is named",
  EMFILE: "the limit of open files must be higher (ulimit -n), got too many open files",
  Z_BUF_ERROR: "the gzip data must be complete, got a cut stream",
  Z_DATA_ERROR: "the gzip data must be intact, got a damaged stream",
};

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return systemReasons[code] ?? (error instanceof Error ? error.message : String(error));
}

interface ListedFile {
  readonly path: string;
  readonly error: string | null;
}

/** Folders become all the files inside, at any depth, sorted; names beginning with a dot are left out. */
export async function listFiles(paths: readonly string[]): Promise<ListedFile[]> {
  const files: ListedFile[] = [];
  for (const path of paths) {
    if (path === "-") {
      files.push({ path, error: null });
      continue;
    }
    try {
      if ((await stat(path)).isDirectory()) {
        const inside = await filesInside(path);
        if (inside.length === 0)
          files.push({ path, error: `Cannot read ${path}: the folder must hold files, got none` });
        for (const file of inside) files.push({ path: file, error: null });
      } else {
        files.push({ path, error: null });
      }
    } catch (error) {
      files.push({ path, error: `Cannot read ${path}: ${reasonOf(error)}` });
    }
  }
  return files;
}

async function filesInside(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isDirectory() || entry.name.startsWith(".")) continue;
    found.push(join(entry.parentPath, entry.name));
  }
  return found.sort();
}

async function totalSize(files: readonly ListedFile[]): Promise<number> {
  let bytes = 0;
  for (const { path, error } of files) {
    if (error !== null || path === "-") continue;
    const status = await stat(path).catch(() => null);
    if (status?.isFile() === true) bytes += status.size;
  }
  return bytes;
}

/** Rows for sensors by name; once there are `limits.sensorsMax`, the rest share the last row. */
export function sensorRows(): (name: string) => SensorIndex {
  const rows = new Map<string, number>();
  return (name) => {
    const row = rows.get(name);
    if (row !== undefined) return row as SensorIndex;
    if (rows.size >= limits.sensorsMax) return (limits.sensorsMax - 1) as SensorIndex;
    rows.set(name, rows.size);
    return (rows.size - 1) as SensorIndex;
  };
}

function failedReport(path: string, error: string): InputReport {
  return {
    path,
    format: null,
    carries: [],
    flows: 0,
    records: 0,
    skipped: new SkipCounts(),
    notVisible: [],
    firstMs: null,
    lastMs: null,
    sensors: [],
    error,
    remarks: [],
  };
}

function summed(inputs: readonly InputReport[]): CollectReport {
  let from: Millis | null = null;
  let to: Millis | null = null;
  let flows = 0;
  for (const { firstMs, lastMs, flows: inputFlows } of inputs) {
    if (firstMs !== null && (from === null || firstMs < from)) from = firstMs;
    if (lastMs !== null && (to === null || lastMs > to)) to = lastMs;
    flows += inputFlows;
  }
  return { inputs, from, to, flows };
}

// Paths in, batches of flows and observations out: the entry of telemetry. Content decides each format. All inputs of
// one call are one network: they are read in step by event time into ONE BatchWriter, so their rows interleave.

import { limits } from "../limits.ts";
import { type Batch, BatchWriter } from "../model/batch.ts";
import { HostTable } from "../model/host-table.ts";
import type { Millis, SensorIndex } from "../model/units.ts";
import { createDecoder } from "./decoder-of-format.ts";
import { type OpenInput, openInput } from "./collect-input.ts";
import {
  type CollectOptions,
  latenessDefaultMs,
  listFiles,
  reasonOf,
  sensorRows,
  totalSize,
} from "./collect-sources.ts";
import { type Decoder, type DecoderContext, type InputReport, SkipCounts } from "./decoder.ts";

export type { InputReport, NotVisible, SensorReport, SkipReason } from "./decoder.ts";
export type { CollectOptions, CollectProgress } from "./collect-sources.ts";
export { createExportDecoder, type ExportDecoder } from "./exports/export-stream.ts";
export { follow, Follower, type FollowOptions } from "./follow.ts";
export { examine, type Finding, type FindingKind, formatMs, type SegmentView } from "./health.ts";
export type { Fix } from "./health-fixes.ts";
export { type NamedCidr, SegmentWatch } from "./health-segments.ts";
export { type ExportListener, listenForExports } from "./listen-exports.ts";
export { listen, type Listener, type Listening, type ListenOptions } from "./listen.ts";
export { type Sniffed, sniff } from "./sniff.ts";

export interface CollectReport {
  /** One for each file, in the order given; a folder stands for its files, sorted. */
  readonly inputs: readonly InputReport[];
  readonly from: Millis | null;
  readonly to: Millis | null;
  readonly flows: number;
  /** Observations beyond `limits.batchObservationsMax` of one batch, which were left out. */
  readonly observationsDropped: number;
}

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
      else {
        progress.readBytes += opened.input.state.readBytes;
        readings.push(opened);
      }
    }
    if (readings.length === 0) break;
    const reading = nextInStep(readings);
    const before = reading.input.state.readBytes;
    const error = await readChunk(reading);
    progress.readBytes += reading.input.state.readBytes - before;
    options.onProgress?.({ ...progress, path: reading.input.path });
    if (reading.input.isTrickling) writer.flush();
    if (error === "more") continue;
    readings.splice(readings.indexOf(reading), 1);
    reading.decoder.end();
    const report = reading.decoder.report();
    reports[reading.index] = error === null ? report : { ...report, error };
    await reading.input.close();
  }
  writer.flush();
  return { ...summed(reports), observationsDropped: writer.observationsDropped };
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
  if (path === "-" && options.stdin === undefined) return "Cannot read -: the standard input must be given, got none";
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

function summed(inputs: readonly InputReport[]): Omit<CollectReport, "observationsDropped"> {
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

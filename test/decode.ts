// Bytes through a decoder to its end, for tests, proofs and benchmarks: one sensor, and by default no watched name.

import type { BatchWriter } from "../src/model/batch.ts";
import type { SensorIndex } from "../src/model/units.ts";
import type { Decoder, DecoderContext } from "../src/telemetry/decoder.ts";

export function plainContext(
  writer: BatchWriter,
  path: string,
  isWatchedName: DecoderContext["isWatchedName"] = () => false,
): DecoderContext {
  return { writer, path, sensor: () => 0 as SensorIndex, isWatchedName };
}

/** Writes the bytes in chunks of a size (all at once by default), ends the decoder and hands on the last batch. */
export function decodeWhole(
  decoder: Decoder,
  writer: BatchWriter,
  bytes: Uint8Array,
  chunkBytes: number = Math.max(1, bytes.length),
): void {
  for (let at = 0; at < bytes.length; at += chunkBytes) decoder.write(bytes.subarray(at, at + chunkBytes));
  decoder.end();
  writer.flush();
}

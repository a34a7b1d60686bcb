// Capture bytes in memory to flow rows, in CPU seconds: a seeded office of 4,000 clients, about two thousand
// conversations open at once, packets of 40 to 440 bytes.

import { combine32 } from "../src/kit/hash.ts";
import { BatchWriter } from "../src/model/batch.ts";
import { HostTable } from "../src/model/host-table.ts";
import { createPcapDecoder } from "../src/telemetry/packets/pcap.ts";
import { decodeWhole, plainContext } from "../test/decode.ts";
import { officeFrames, pcapFile } from "./packet-traffic.ts";
import { type BenchOptions, type BenchRow, measure } from "./result.ts";

const seed = 20_190_312;
const chunkBytes = 1 << 16;

/** Decodes a whole capture in chunks of 64 kB; gives a digest of its rows. */
function decodeCapture(file: Uint8Array): number {
  let hash = 0;
  const writer = new BatchWriter(new HostTable(), ({ flows }) => {
    const last = flows.length - 1;
    hash = combine32(combine32(hash, flows.length), flows.target[last] * 8 + flows.outcome[last]);
  });
  const decoder = createPcapDecoder(plainContext(writer, "bench"));
  decodeWhole(decoder, writer, file, chunkBytes);
  return combine32(hash, decoder.report().flows);
}

export async function run({ tiny }: BenchOptions): Promise<readonly BenchRow[]> {
  const count = tiny ? 2_000 : 1_000_000;
  const file = pcapFile(officeFrames(seed, count));
  const name = "pcap bytes to rows";
  return [measure({ name, unit: "packets", count, rounds: tiny ? 2 : 5, round: () => decodeCapture(file) })];
}

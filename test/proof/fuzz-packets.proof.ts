// A million hostile captures, one seed each, pushed in chunks of changing size.

import { fuzzPcap } from "./fuzz-packets.ts";
import type { Proof } from "./proof.ts";
import { readCapture } from "./read-capture.ts";

export const fuzzPackets: Proof = {
  name: "fuzz captures",
  claim: "no capture makes its decoder throw; memory stays bounded",
  total: 1_000_000,
  sliceCases: 50_000,
  maxima: ["heapMegabytes"],
  runSlice(from, to) {
    const failures: string[] = [];
    let rows = 0;
    for (let seed = from; seed < to; seed++) {
      try {
        rows += readCapture(fuzzPcap(seed), { chunks: [1 + (seed % 97), 4_096], batchRows: 64, hostsMax: 64 }).rows
          .length;
      } catch (error) {
        failures.push(`seed ${seed}: ${String(error)}`);
      }
    }
    return { cases: to - from, failures, figures: { rows, heapMegabytes: process.memoryUsage().heapUsed / 1e6 } };
  },
};

// Damaged logs: seeded changes of valid lines of every kind, in every decoder. Nothing may throw, every record must end
// as a row, an observation or a counted reason, and memory must stay bounded.

import { fuzzLog } from "../logs/fuzz-log.ts";
import type { Proof } from "./proof.ts";

export const proof: Proof = {
  name: "fuzz logs",
  claim: "No damaged log makes a decoder throw, or lose count of a record",
  total: 1_000_000,
  sliceCases: 20_000,
  maxima: ["heapMegabytes"],
  runSlice(from, to) {
    const failures: string[] = [];
    for (let seed = from; seed < to; seed++) {
      const failure = fuzzLog(seed);
      if (failure !== null) failures.push(failure);
    }
    const heapMegabytes = Math.round(process.memoryUsage().heapUsed / 1e6);
    return { cases: to - from, failures, figures: { heapMegabytes } };
  },
};

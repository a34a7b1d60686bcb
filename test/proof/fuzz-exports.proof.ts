// A million hostile flow export datagrams. A block of a thousand has one seed and one decoder, as five exporters would
// send them; a block that throws is a failure with its seed.

import { BatchWriter } from "../../src/model/batch.ts";
import { HostTable } from "../../src/model/host-table.ts";
import { createExportDecoder } from "../../src/telemetry/exports/export-stream.ts";
import { plainContext } from "../decode.ts";
import { hostileDatagrams } from "./fuzz-exports.ts";
import type { Proof } from "./proof.ts";

const blockDatagrams = 1_000;

export const fuzzExports: Proof = {
  name: "fuzz exports",
  claim: "no datagram makes a decoder of flow exports throw; memory stays bounded",
  total: 1_000_000,
  sliceCases: 50 * blockDatagrams,
  maxima: ["heapMegabytes"],
  runSlice(from, to) {
    const failures: string[] = [];
    let rows = 0;
    for (let block = from; block < to; block += blockDatagrams) {
      const writer = new BatchWriter(new HostTable(65_536), ({ flows }) => (rows += flows.length), 4_096);
      const decoder = createExportDecoder(plainContext(writer, "x"));
      let given = 0;
      try {
        for (const datagram of hostileDatagrams(block)) {
          decoder.decodeDatagram(datagram, `x${given % 5}`, 1_800_000_000_000 + given);
          if (++given === Math.min(blockDatagrams, to - block)) break;
        }
        decoder.end();
        writer.flush();
      } catch (error) {
        failures.push(`seed ${block}, datagram ${given}: ${String(error)}`);
      }
    }
    const heapMegabytes = process.memoryUsage().heapUsed / 1e6;
    return { cases: to - from, failures, figures: { rows, heapMegabytes } };
  },
};

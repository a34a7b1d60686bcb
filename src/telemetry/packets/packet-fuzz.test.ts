import { describe, expect, it } from "vitest";
import { fuzzPackets } from "../../../test/proof/fuzz-packets.proof.ts";
import { goodCapture } from "../../../test/proof/fuzz-packets.ts";
import { formatRow, type ReadCapture, type ReadRow, readCapture } from "../../../test/proof/read-capture.ts";

const formatOpening = (row: ReadRow): string => formatRow(row, 0);

function withoutReport({ rows, observations, sightings, report }: ReadCapture): unknown {
  return { rows, observations, sightings, flows: report.flows, skipped: report.skipped.toJSON(), error: report.error };
}

describe("captures that are damaged", () => {
  it("never throw: 3,000 seeded hostile captures", async () => {
    const { failures, figures } = await fuzzPackets.runSlice(0, 3_000);
    expect(failures).toEqual([]);
    expect(figures?.rows).toBeGreaterThan(1_000); // they are not all refused at the door
  });

  it("are read up to the cut, wherever it is: rows of the piece are rows of the whole", () => {
    for (let seed = 1; seed <= 6; seed++) {
      const file = goodCapture(seed);
      const openings = readCapture(file)
        .rows.filter((row) => row.phase === 1)
        .map(formatOpening);
      for (let end = 0; end <= file.length; end++) {
        const { rows, report } = readCapture(file.subarray(0, end));
        const read = rows.filter((row) => row.phase === 1).map(formatOpening);
        expect(openings, `seed ${seed}, cut at ${end}`).toEqual(expect.arrayContaining(read));
        expect(report.flows).toBe(read.length);
        expect(rows.filter((row) => row.phase === 2)).toHaveLength(read.length);
      }
    }
  });

  it("give the same rows however the bytes are chunked", () => {
    for (let seed = 1; seed <= 40; seed++) {
      const file = goodCapture(seed);
      const whole = withoutReport(readCapture(file));
      for (const chunks of [[1], [7, 1, 300], [24, 16], [4_096]]) {
        expect(withoutReport(readCapture(file, { chunks })), `seed ${seed}, chunks ${chunks.join()}`).toEqual(whole);
      }
    }
  });
});

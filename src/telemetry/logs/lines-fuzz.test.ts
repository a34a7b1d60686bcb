import { expect, test } from "vitest";
import { fuzzLog, samples } from "../../../test/logs/fuzz-log.ts";
import { readLog } from "../../../test/logs/read-log.ts";
import { sniff } from "../sniff.ts";

test("every sample is whole: sniffed as what it is and read without a skip", () => {
  for (const [format, text] of samples) {
    expect(sniff(Buffer.from(text)), text.slice(0, 60)).toEqual({ format });
    const { report } = readLog(format, text, { watched: ["bad.example"] });
    expect(
      [...report.skipped.counts.keys()].filter(
        (reason) => reason !== "late" && reason !== "unsupported" && reason !== "no-address",
      ),
      text,
    ).toEqual([]);
    expect(report.records).toBeGreaterThan(0);
  }
});

test("no damaged log makes a decoder throw or lose count (seeds 0 to 19,999)", () => {
  const failures: string[] = [];
  for (let seed = 0; seed < 20_000; seed++) {
    const failure = fuzzLog(seed);
    if (failure !== null) failures.push(failure);
  }
  expect(failures).toEqual([]);
});

test("the seeds that once failed: a flow that ends in the year 3000 is a bad time", () => {
  expect([44_150, 543_685].map(fuzzLog)).toEqual([null, null]);
});

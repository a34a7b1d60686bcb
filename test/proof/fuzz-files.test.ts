import { describe, expect, it } from "vitest";
import { fuzzExports } from "./fuzz-exports.proof.ts";
import { fuzzFiles } from "./fuzz-files.proof.ts";

describe("the short form of the fuzzing proof", () => {
  it("holds for 1,000 hostile files", async () => {
    const row = await fuzzFiles.runSlice(0, 1_000);
    expect(row.failures).toEqual([]);
    expect(row.figures?.flows).toBeGreaterThan(100);
    expect(row.figures?.refused).toBeLessThan(1_000);
  });
  it("holds for 5,000 hostile datagrams", async () => {
    const row = await fuzzExports.runSlice(0, 5_000);
    expect(row.failures).toEqual([]);
    expect(row.figures?.rows).toBeGreaterThan(100);
  });
});

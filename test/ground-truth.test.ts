// Real captures and logs against what is known of them. The folder is named by CORDON_CAPTURES and holds ground-truth.json
// (id, kind, files); without it these tests are skipped. Expectations by kind, a few by id; one call per file.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exitCodeOf } from "../src/cli/inspect.ts";
import { type InspectResult, inspectResultSchema } from "../src/inspect-result.ts";
import { inspect } from "../src/cordon.ts";

const folder = process.env.CORDON_CAPTURES ?? "";
const truthFile = join(folder, "ground-truth.json");
const hasTruth = folder !== "" && existsSync(truthFile);

interface Truth {
  readonly id: string;
  readonly kind: string;
  readonly files: readonly string[];
}

const truths = hasTruth ? (JSON.parse(readFileSync(truthFile, "utf8")) as readonly Truth[]) : [];
const byId = (id: string): Truth => truths.find((truth) => truth.id === id) ?? { id, kind: "missing", files: [] };

const results = new Map<string, Promise<InspectResult>>();
function resultOf(file: string): Promise<InspectResult> {
  const known = results.get(file) ?? inspect([join(folder, file)]).then(({ result }) => result);
  results.set(file, known);
  return known;
}

/** Kinds in which no inside host may be called infected. */
const quietKinds = new Set(["benign", "lateral", "exploit", "scan-in", "format", "mixed"]);

describe.skipIf(!hasTruth)("real captures (CORDON_CAPTURES)", () => {
  it("are there", () => expect(truths.length).toBeGreaterThan(10));

  it.each(truths)(
    "$id ($kind): every file is read or refused in one sentence, and the result follows the schema",
    async ({ files }) => {
      for (const file of files) {
        const result = inspectResultSchema.parse(JSON.parse(JSON.stringify(await resultOf(file))));
        const [input] = result.inputs;
        expect(result.inputs, file).toHaveLength(1);
        if (input.format === null) {
          expect(input.error, file).toMatch(/^Cannot read .+: .+/);
          expect(exitCodeOf(result)).toBe(3);
        }
      }
    },
  );

  it.each(truths.filter((truth) => quietKinds.has(truth.kind)))(
    "$id ($kind): nobody inside is called infected",
    async ({ files }) => {
      for (const file of files) {
        const { suspects, outbreaks } = await resultOf(file);
        expect(
          suspects.map((each) => each.address),
          file,
        ).toEqual([]);
        expect(outbreaks, file).toEqual([]);
      }
    },
  );

  it("M: the kill-switch look-up and the SMB1 probing of five machines are notable", async () => {
    const { notable } = await resultOf(byId("M").files[0]);
    const saying = (text: string): string[] =>
      notable.filter((each) => each.because.join().includes(text)).map((each) => each.address.slice(-3));
    expect(saying("kill-switch")).toContain(".69");
    expect(new Set(saying("SMB1"))).toEqual(new Set(["198", ".72", ".51", ".53", ".59"]));
  });

  it.each([
    ["T7", "192.168.2.16", 506.5],
    ["CTU", "147.32.84.165", 55],
  ])("%s: %s is the one suspect, soon after it began, without an outbreak", async (id, address, onsetSeconds) => {
    const { suspects, outbreaks, from } = await resultOf(byId(id).files[0]);
    expect(suspects.map((each) => each.address)).toEqual([address]);
    const seconds = (Date.parse(suspects[0].onset) - Date.parse(from ?? "")) / 1_000;
    expect(Math.abs(seconds - onsetSeconds)).toBeLessThanOrEqual(2);
    expect(suspects[0].contactsToFlag).toBeLessThanOrEqual(8);
    expect(outbreaks).toEqual([]);
  });

  it.each([
    ["T8", "192.168.1.247"],
    ["OPU", "172.18.39.5"],
  ])("%s: %s is notable, no more", async (id, address) => {
    const { suspects, notable } = await resultOf(byId(id).files[0]);
    expect(suspects).toEqual([]);
    expect(notable.map((each) => each.address)).toContain(address);
  });

  it("PS: a scan that looks like browsing raises no suspect", async () => {
    for (const file of byId("PS").files) expect((await resultOf(file)).suspects).toEqual([]);
  });
});

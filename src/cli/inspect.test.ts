import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { samples } from "../../test/golden/samples.ts";
import { HostTable } from "../model/host-table.ts";
import type { Detection, OutbreakId } from "../model/outbreak.ts";
import { SkipCounts } from "../telemetry/decoder.ts";
import { exitCodeOf, type InspectFlags, runInspect } from "./inspect.ts";
import {
  type InspectReport,
  type InspectResult,
  inspectResultSchema,
  isoTime,
  toInspectResult,
} from "../inspect-result.ts";

const startMs = Date.UTC(2026, 2, 12, 2, 0, 0);

function sampleDetection(hosts: HostTable, order: readonly number[]): { detection: Detection; report: InspectReport } {
  const rows = order.map((last) => hosts.intern4(0x0a010000 + last));
  const rowOf = (last: number) => rows[order.indexOf(last)];
  const outbreak = "o-1" as OutbreakId;
  const detection: Detection = {
    suspects: order.map((last) => ({
      host: rowOf(last),
      address: hosts.format(rowOf(last)),
      port: "tcp/445",
      onsetMs: startMs + last * 1_000,
      flaggedMs: startMs + last * 1_000 + 0.75,
      contactsToFlag: 3,
      logOdds: last + 0.123456,
      outbreak,
      because: ["first", "second"],
    })),
    outbreaks: [
      {
        id: outbreak,
        port: "tcp/445",
        phase: "confirmed",
        patientZero: rowOf(1),
        rivals: [
          { host: rowOf(3), probability: 0.05 },
          { host: rowOf(2), probability: 0.1 },
        ],
        hosts: [...rows],
        edges: order
          .filter((last) => last > 1)
          .map((last) => ({ from: rowOf(1), to: rowOf(last), atMs: startMs + last * 1_000, probability: 1 / last })),
      },
    ],
    notables: order.map((last) => ({ host: rowOf(last), kind: "exposed", atMs: null, because: [`by ${last}`] })),
  };
  const skipped = new SkipCounts();
  skipped.add("not-ip", 2);
  const input: InspectReport["inputs"][number] = {
    path: "a.pcap",
    format: "pcap",
    carries: [],
    flows: 5,
    records: 9,
    skipped,
    notVisible: ["payload"],
    firstMs: startMs,
    lastMs: startMs + 1,
    sensors: [],
    error: null,
    remarks: [],
  };
  return { detection, report: { inputs: [input], from: startMs, to: startMs + 9_000, flows: 5 } };
}

describe("toInspectResult()", () => {
  it("follows the published schema", () => {
    const hosts = new HostTable();
    const { detection, report } = sampleDetection(hosts, [1, 2, 3, 4]);
    const result = toInspectResult(detection, report, hosts);
    expect(inspectResultSchema.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
    expect(result.suspects[0]).toMatchObject({ onset: "2026-03-12T02:00:01.000Z", logOdds: 1.123 });
    expect(result.outbreaks[0].rivals.map((rival) => rival.address)).toEqual(["10.1.0.2", "10.1.0.3"]);
    expect(result.outbreaks[0].hosts).toEqual(["10.1.0.1", "10.1.0.2", "10.1.0.3", "10.1.0.4"]);
    expect(result).not.toHaveProperty("omitted");
  });

  it("gives the same bytes whatever the order of rows was", () => {
    const written = [
      [1, 2, 3, 4],
      [4, 2, 1, 3],
      [3, 4, 2, 1],
    ].map((order) => {
      const hosts = new HostTable();
      const { detection, report } = sampleDetection(hosts, order);
      return JSON.stringify(toInspectResult(detection, report, hosts));
    });
    expect(new Set(written).size).toBe(1);
  });

  it("keeps the heaviest rows when full, and says how many it left out", () => {
    const hosts = new HostTable();
    const { detection, report } = sampleDetection(hosts, [3, 1, 4, 2]);
    const result = toInspectResult(detection, report, hosts, 2);
    expect(result.suspects.map((each) => each.address)).toEqual(["10.1.0.3", "10.1.0.4"]);
    expect(result.outbreaks[0].hosts).toEqual(["10.1.0.1", "10.1.0.2"]);
    expect(result.outbreaks[0].edges.map((edge) => edge.to)).toEqual(["10.1.0.2", "10.1.0.3"]);
    expect(result.omitted).toEqual({ suspects: 2, outbreaks: 0, notable: 2, hosts: 2, edges: 1 });
    expect(() => inspectResultSchema.parse(result)).not.toThrow();
  });

  it("writes a time for any number of milliseconds", () => {
    expect(isoTime(startMs + 0.999)).toBe("2026-03-12T02:00:00.000Z");
    for (const odd of [-1e20, 1e20, Number.POSITIVE_INFINITY, -1]) expect(isoTime(odd)).toMatch(/^\d{4}-.*Z$/);
    expect(isoTime(Number.NaN as number | null)).toBeNull();
  });
});

describe("the schema cordon.inspect/1", () => {
  it("is published as it is in the code", async () => {
    const schema = z.toJSONSchema(inspectResultSchema, { target: "draft-2020-12", io: "output" });
    await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot("../../docs/schemas/inspect-1.json");
  });
  it.each(Object.entries(samples))("accepts the sample %s", (_, sample) => {
    expect(() => inspectResultSchema.parse(sample)).not.toThrow();
  });
  it("refuses unknown keys and other times", () => {
    expect(inspectResultSchema.safeParse({ ...samples.quiet, extra: 1 }).success).toBe(false);
    expect(inspectResultSchema.safeParse({ ...samples.quiet, from: "2026-03-12 02:00" }).success).toBe(false);
  });
});

describe("cordon inspect", () => {
  const run = async (result: InspectResult | Error, flags: Partial<InspectFlags> = {}) => {
    const [out, err]: [string[], string[]] = [[], []];
    const code = await runInspect(
      ["x.pcap"],
      { output: "text", ...flags },
      {
        stdout: { write: (text) => out.push(text) },
        stderr: { write: (text) => err.push(text) },
        environment: {},
        stdin: (async function* () {})(),
        nowMs: () => startMs,
        inspect: async () => {
          if (result instanceof Error) throw result;
          const losses = { evictedHosts: 0 } as never;
          const detection = { suspects: [], outbreaks: [], notables: [] };
          return {
            result,
            detection,
            hosts: new HostTable(),
            losses,
            baseline: () => ({ schema: "cordon.baseline/1" }) as never,
          };
        },
      },
    );
    return { code, out: out.join(""), err: err.join("") };
  };

  it("ends with 0 when everything was read, 1 when some was refused, 3 when nothing was read", async () => {
    expect((await run(samples.quiet)).code).toBe(0);
    expect((await run(samples["no-flows"])).code).toBe(0);
    const some = await run(samples["small-outbreak"]);
    expect(some.code).toBe(1);
    expect(some.err).toBe(`${samples["small-outbreak"].inputs[2].error}\n`);
    expect((await run(samples.unread)).code).toBe(3);
    expect(exitCodeOf({ ...samples.quiet, inputs: [] })).toBe(3);
  });

  it("ends with 1 when an input was read in part", () => {
    const inputs = [{ ...samples.quiet.inputs[0], error: "Cannot read x to its end: …" }];
    expect(exitCodeOf({ ...samples.quiet, inputs })).toBe(1);
  });

  it("prints JSON that is the result, and nothing else, with -o json", async () => {
    const { out } = await run(samples["small-outbreak"], { output: "json" });
    expect(JSON.parse(out)).toEqual(samples["small-outbreak"]);
  });

  it("says what is wrong with a setting in one sentence and ends with 2, and lets bugs pass", async () => {
    const refused = await run(new Error("Cannot set the threshold: the budget must be small, got 7"));
    expect(refused).toEqual({ code: 2, out: "", err: "Cannot set the threshold: the budget must be small, got 7\n" });
    await expect(run(new TypeError("x is undefined"))).rejects.toThrow("x is undefined");
  });

  it("refuses a map and a baseline that are not there or are wrong, each with its name", async () => {
    const folder = await mkdtemp(join(tmpdir(), "cordon-inspect-"));
    const wrong = join(folder, "hospital.yaml");
    await writeFile(wrong, "sites: 7\n");
    const gone = join(folder, "gone.json");
    for (const flags of [{ map: gone }, { map: wrong }, { baseline: gone }, { baseline: wrong }]) {
      const { code, err } = await run(samples.quiet, flags);
      expect(code).toBe(2);
      expect(err).toMatch(/^Cannot (use|read) the (map|baseline)/);
      expect(err).toContain(Object.values(flags)[0]);
    }
    const { code, err } = await run(samples.quiet, { saveBaseline: join(folder, "none", "b.json") });
    expect([code, err]).toEqual([2, expect.stringContaining("got ENOENT")]);
  });
});

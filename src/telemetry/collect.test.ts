import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Row, rowsOf, zeekTsv } from "../../test/logs/read-log.ts";
import { HostTable } from "../model/host-table.ts";
import { type CollectOptions, collectFiles, type CollectReport } from "./collect.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cordon-collect-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const fields = ["ts", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto", "conn_state", "history"];
const log = (times: readonly number[], source = "10.0.0.1"): string =>
  zeekTsv(
    "conn",
    fields,
    times.map((time) => [time.toFixed(3), source, "50000", "10.0.0.9", "445", "tcp", "S0", "S"]),
  );

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, content);
  return path;
}

interface Collected {
  readonly report: CollectReport;
  readonly rows: readonly Row[];
  readonly batches: number;
}

async function collect(paths: readonly string[], options: Partial<CollectOptions> = {}): Promise<Collected> {
  const hosts = new HostTable();
  const rows: Row[] = [];
  let batches = 0;
  const report = await collectFiles(paths, { hosts, watchedNames: new Set(), ...options }, (batch) => {
    batches++;
    rows.push(...rowsOf(batch, hosts));
  });
  return { report, rows, batches };
}

describe("collectFiles()", () => {
  test("content decides: gzip, several members, gzip in gzip and misleading names", async () => {
    const text = log([1, 2, 3]);
    const half = text.length >> 1;
    const paths = await Promise.all([
      file("plain.pcap", text),
      file("one.txt", gzipSync(text)),
      file("members.csv", Buffer.concat([gzipSync(text.slice(0, half)), gzipSync(text.slice(half))])),
      file("twice.json", gzipSync(gzipSync(text))),
    ]);
    for (const path of paths) {
      const { report, rows } = await collect([path]);
      expect(report).toMatchObject({ flows: 3, from: 1000, to: 3000 });
      expect(report.inputs[0]).toMatchObject({ path, format: "zeek-conn", error: null });
      expect(rows).toHaveLength(3);
    }
  });

  test("several inputs are read in step by event time", async () => {
    // Each file is far longer than a chunk, so reading one after the other would give rows out of order over batches.
    const count = 40_000;
    const times = (from: number): number[] => Array.from({ length: count }, (_, index) => from + index * 0.05);
    const paths = [
      await file("later.log", log(times(1000.01), "10.0.0.2")),
      await file("sooner.log", log(times(1), "10.0.0.1")),
    ];
    const { rows, batches, report } = await collect(paths);
    expect(rows).toHaveLength(2 * count);
    expect(batches).toBeGreaterThan(1);
    let newest = 0;
    let worstMs = 0;
    for (const { atMs } of rows) {
      worstMs = Math.max(worstMs, newest - atMs);
      newest = Math.max(newest, atMs);
    }
    // A chunk of 256 KiB holds about 5,000 lines, so 250 s; one after the other would be 2,000 s apart.
    expect(worstMs).toBeLessThan(300_000);
    expect(report.inputs.map(({ path }) => path)).toEqual(paths);
  });

  test("a folder stands for its files, sorted, at any depth", async () => {
    await file("tree/b.log", log([2]));
    await file("tree/a/x.log", log([1]));
    await file("tree/.hidden", "nothing");
    const { report } = await collect([join(folder, "tree")]);
    expect(report.inputs.map(({ path }) => path.slice(folder.length))).toEqual(["/tree/a/x.log", "/tree/b.log"]);
    expect(report.flows).toBe(2);
  });

  test("what can not be read gets one sentence, and the rest goes on", async () => {
    await mkdir(join(folder, "nothing"), { recursive: true });
    const cutGzip = gzipSync(log(Array.from({ length: 5000 }, (_, index) => index)));
    const paths = [
      join(folder, "missing.log"),
      await file("empty.log", ""),
      join(folder, "nothing"),
      await file("letter.txt", "Dear colleague\n"),
      await file("cut.gz", cutGzip.subarray(0, cutGzip.length - 200)),
      await file("broken.gz", Buffer.concat([cutGzip.subarray(0, 12), Buffer.alloc(60, 0xff)])),
      await file("good.log", log([5])),
    ];
    const { report } = await collect(paths);
    const errors = report.inputs.map(({ error }) => error);
    expect(errors[0]).toContain("must exist");
    expect(errors[1]).toContain("an empty file");
    expect(errors[2]).toContain("must hold files");
    expect(errors[3]).toContain("text that is none of them");
    expect(errors[4]).toContain("must be complete, got a cut stream");
    expect(errors[5]).toContain("gzip");
    expect(errors[6]).toBeNull();
    for (const [index, error] of errors.slice(0, 6).entries()) {
      expect(error).toMatch(/^Cannot read [^\n]+, got [^\n]+[^.]$/);
      expect(error).toContain(paths[index]);
    }
    expect(report.inputs[4].flows).toBeGreaterThan(4000);
    expect(report.inputs.filter(({ format }) => format === null)).toHaveLength(5);
  });

  test("`-` reads the stream it is given, however it trickles, and hands on what came without waiting", async () => {
    const text = Buffer.from(log([1, 2, 3, 4]));
    async function* stdin(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < text.length; at += 7) yield text.subarray(at, at + 7);
    }
    const { report, rows, batches } = await collect(["-"], { stdin: stdin() });
    expect(report.inputs[0]).toMatchObject({ path: "-", flows: 4, error: null });
    expect(rows).toHaveLength(4);
    expect(batches).toBeGreaterThan(1);
    expect((await collect(["-"])).report.inputs[0].error).toContain("standard input");
  });

  test("exports inside a capture are decoded, and the capture lasts as long as the flows in it", async () => {
    const path = fileURLToPath(new URL("../../test/captures/ad-playbook-v5.pcap", import.meta.url));
    const { report, rows } = await collect([path]);
    expect(report.inputs[0]).toMatchObject({ format: "pcap", carries: ["netflow5"], flows: 106, error: null });
    expect(report.inputs[0].notVisible).toContain("payload");
    expect(report.to! - report.from!).toBeLessThan(600_000);
    expect(Math.min(...rows.map(({ startMs }) => startMs))).toBe(report.from);
  });

  test("progress ends at the size of all files", async () => {
    const path = await file("progress.log", log([1, 2, 3]));
    const seen: { readBytes: number; totalBytes: number }[] = [];
    await collect([path], { onProgress: (progress) => seen.push(progress) });
    expect(seen.at(-1)).toMatchObject({ readBytes: log([1, 2, 3]).length, totalBytes: log([1, 2, 3]).length });
  });
});

import { createSocket } from "node:dgram";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { v5Datagrams } from "../../bench/export-traffic.ts";
import { manualClock } from "../kit/clock.ts";
import { type DoctorEnds, exitFindings, exitHealthy, exitNothingHeard, runDoctor } from "./doctor.ts";
import { exitUsage } from "./exit-usage.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "cordon-doctor-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Said {
  readonly ends: DoctorEnds;
  readonly out: () => string;
  readonly err: () => string;
}

function ends(wait: (ms: number) => Promise<void> = () => Promise.resolve()): Said {
  let out = "";
  let err = "";
  const clock = manualClock(1_800_000_000_000);
  return {
    ends: {
      stdout: { write: (text) => (out += text) },
      stderr: { write: (text) => (err += text) },
      environment: {},
      clock,
      timer: {
        wait: async (ms) => {
          await wait(ms);
          clock.advance(ms);
        },
      },
    },
    out: () => out,
    err: () => err,
  };
}

function exportFile(name: string, datagrams: readonly Uint8Array[]): string {
  const path = join(folder, name);
  writeFileSync(path, Buffer.concat(datagrams));
  return path;
}

test("doctor refuses neither and both sources", async () => {
  const { ends: given, err } = ends();
  expect(await runDoctor([], { output: "text" }, given)).toBe(exitUsage);
  expect(await runDoctor(["x"], { output: "text", listen: { host: "127.0.0.1", port: 1 } }, given)).toBe(exitUsage);
  expect(err()).toContain("Cannot examine");
});

test("doctor says what is lost and one-way in a file, as JSON", async () => {
  const datagrams = [...v5Datagrams(3, 900)];
  datagrams.splice(5, 3);
  const { ends: given, out } = ends();
  expect(await runDoctor([exportFile("lossy.bin", datagrams)], { output: "json" }, given)).toBe(exitFindings);
  const result = JSON.parse(out()) as { schema: string; exporters: unknown[]; findings: { kind: string }[] };
  expect(result.schema).toBe("cordon.doctor/1");
  expect(result.exporters).toMatchObject([{ format: "netflow5", records: 810, lostRecords: 90 }]);
  expect(result.findings.map(({ kind }) => kind).sort()).toEqual(["one-way", "records-lost"]);
});

test("doctor shows the same as a page, with commands", async () => {
  const { ends: given, out } = ends();
  await runDoctor([exportFile("whole.bin", [...v5Datagrams(3, 900)])], { output: "text" }, given);
  expect(out()).toContain("one direction is not exported");
  expect(out()).toContain("cisco-ios:");
});

test("doctor has an exit code of its own when no exporter is heard", async () => {
  const path = join(folder, "flows.csv");
  writeFileSync(path, "");
  expect(await runDoctor([path], { output: "text" }, ends().ends)).toBe(exitNothingHeard);
});

test("doctor listens on loopback for the time asked", async () => {
  const socket = createSocket("udp4");
  const free = createSocket("udp4");
  const port = await new Promise<number>((done) => free.bind(0, "127.0.0.1", () => done(free.address().port)));
  await new Promise<void>((done) => free.close(() => done()));
  const datagrams = [...v5Datagrams(1, 90)];
  const { ends: given, out } = ends(async () => {
    const next = datagrams.shift();
    if (next === undefined) return;
    await new Promise<void>((done) => socket.send(next, port, "127.0.0.1", () => done()));
    for (let turn = 0; turn < 50; turn++) await new Promise((later) => setImmediate(later));
  });
  const code = await runDoctor([], { output: "json", listen: { host: "127.0.0.1", port }, seconds: 5 }, given);
  socket.close();
  expect([exitFindings, exitHealthy]).toContain(code);
  expect(JSON.parse(out())).toMatchObject({ exporters: [{ name: "127.0.0.1 domain 0", records: 90 }] });
});

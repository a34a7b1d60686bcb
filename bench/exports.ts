// Export bytes in memory to turned flow rows, in CPU seconds, on the reference (the worst case of export-traffic.ts); the
// peer is nfdump's fan-out query on the same flows (v5 datagrams replayed over loopback into nfcapd, then read from its
// file). A sink may be joined to time what follows. The hospital mix is in hospital.ts.

import { createSocket } from "node:dgram";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { combine32 } from "../src/kit/hash.ts";
import { type Batch, BatchWriter } from "../src/model/batch.ts";
import { HostTable } from "../src/model/host-table.ts";
import { createExportDecoder } from "../src/telemetry/exports/export-stream.ts";
import { plainContext } from "../test/decode.ts";
import { ipfixDatagrams, v5Datagrams, v9Datagrams } from "./export-traffic.ts";
import { type BenchOptions, type BenchRow, measure, type Peer } from "./result.ts";

const seed = 20_190_312;

/** What is done with each batch; gives what goes into the digest. */
export interface ExportSink {
  onBatch(batch: Batch): void;
  digest(): number;
}

/**
 * What the first round with each sink made, kept alive. When the last object of a class is collected, the compiled code
 * that knows its shape goes as well: rounds of fresh objects would be compiled anew each, which a program that runs on is
 * not (the reference to its verdict: 1,600 ns a flow instead of 1,400).
 */
const kept = new Map<unknown, unknown>();

/** One round: all datagrams through a fresh decoder into a fresh sink. */
export function decodeAll(datagrams: readonly Uint8Array[], createSink: (hosts: HostTable) => ExportSink): number {
  const hosts = new HostTable();
  const sink = createSink(hosts);
  const writer = new BatchWriter(hosts, (batch) => sink.onBatch(batch));
  const decoder = createExportDecoder(plainContext(writer, "bench"));
  if (!kept.has(createSink)) kept.set(createSink, { sink, writer, decoder });
  for (const datagram of datagrams) decoder.decodeDatagram(datagram, "192.0.2.1", NaN);
  decoder.end();
  writer.flush();
  return sink.digest();
}

/** Counts rows by outcome and folds the batches' ends into a digest: touches little, so that decoding is what is timed. */
export function countingSink(): ExportSink {
  let hash = 0;
  return {
    onBatch: ({ flows }) => {
      const last = flows.length - 1;
      hash = combine32(combine32(hash, flows.length), flows.target[last] * 8 + flows.outcome[last]);
    },
    digest: () => hash,
  };
}

export async function run({ tiny, peers }: BenchOptions): Promise<readonly BenchRow[]> {
  const count = tiny ? 3_000 : 3_000_000;
  const rounds = tiny ? 2 : 5;
  const rows: BenchRow[] = [];
  for (const [name, make] of [
    ["netflow5", v5Datagrams],
    ["netflow9", v9Datagrams],
    ["ipfix", ipfixDatagrams],
  ] as const) {
    const datagrams = [...make(seed, count)];
    const row = measure({
      name: `${name} reference (worst case), bytes to rows`,
      unit: "flows",
      count,
      rounds,
      round: () => decodeAll(datagrams, countingSink),
    });
    const peer = peers && name === "netflow5" ? await nfdumpFanOut(datagrams) : null;
    rows.push(peer === null ? row : { ...row, peer });
  }
  return rows;
}

/** nfdump's fan-out query (sources with ten or more targets on port 445); null when it is not installed. */
export async function nfdumpFanOut(datagrams: readonly Uint8Array[]): Promise<Peer | null> {
  if (spawnSync("nfcapd", ["-V"]).error !== undefined) return null;
  const folder = mkdtempSync(join(tmpdir(), "cordon-nfdump-"));
  try {
    await fillNfcapd(datagrams, folder);
    const file = readdirSync(folder).find((name) => name.startsWith("nfcapd."));
    if (file === undefined) return null;
    const query = `nfdump -r '${join(folder, file)}' -q -A srcip,dstip -o 'fmt:%sa %da' 'dst port 445' | awk '{c[$1]++} END{for(k in c) if(c[k]>=10) n++; print n+0}'`;
    const seconds = [0, 1, 2, 3, 4].map(() => childCpuSeconds(query));
    return { name: "nfdump fan-out query", cpuSeconds: Math.min(...seconds) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** CPU seconds of a shell command and its children, by the shell's own `times`. */
function childCpuSeconds(command: string): number {
  const { stdout } = spawnSync("bash", ["-c", `${command} >/dev/null; times`], { encoding: "utf8" });
  const children = stdout.trim().split("\n").at(-1) ?? "";
  let seconds = 0;
  for (const [, minutes, rest] of children.matchAll(/(\d+)m([\d.]+)s/g)) seconds += Number(minutes) * 60 + Number(rest);
  return seconds;
}

/** Sends the datagrams in small bursts, so that the collector loses none, and lets it write its file. */
async function fillNfcapd(datagrams: readonly Uint8Array[], folder: string): Promise<void> {
  const port = 29_955;
  const collector = spawn(
    "nfcapd",
    ["-b", "127.0.0.1", "-p", String(port), "-w", folder, "-t", "36000", "-B", "20000000", "-I", "bench"],
    { stdio: "ignore" },
  );
  await sleep(500);
  const socket = createSocket("udp4");
  for (let sent = 0; sent < datagrams.length; sent += 64) {
    const burst = datagrams.slice(sent, sent + 64);
    await Promise.all(
      burst.map((datagram) => new Promise<void>((done) => socket.send(datagram, port, "127.0.0.1", () => done()))),
    );
    if (sent % 1_024 === 0) await sleep(2);
  }
  await sleep(500);
  socket.close();
  const ended = new Promise((done) => collector.once("exit", done));
  collector.kill("SIGTERM");
  await ended;
}

// Runs every benchmark of this folder in a process of its own and prints one table. A full run appends a line to
// bench/history.jsonl; `--tiny` only proves that the benchmarks run, `--peers` installs and runs what is compared with.
//
//   node bench/run.ts [--tiny] [--peers] [NAME ...]

import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, readdirSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BenchOptions, BenchRow } from "./result.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));
const notBenchmarks = new Set(["run.ts", "result.ts"]);

/** The benchmark files, in alphabetical order: those of this folder that are no test and not this runner. */
export function benchmarkFiles(): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts") && !notBenchmarks.has(name))
    .sort();
}

/** Each file has its own process, so that one benchmark's heap and compiled code do not colour the next. */
function runOne(file: string, options: BenchOptions): BenchRow[] | string {
  const mark = "rows of the benchmark: ";
  const code = [
    `const file = await import(${JSON.stringify(join(folder, file))});`,
    `if (typeof file.run !== "function") { console.log(${JSON.stringify(mark)} + "[]"); process.exit(0); }`,
    `const rows = await file.run(${JSON.stringify(options)});`,
    `console.log(${JSON.stringify(mark)} + JSON.stringify(rows));`,
  ].join("\n");
  const child = spawnSync(process.execPath, ["--expose-gc", "--input-type=module", "--eval", code], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (child.status !== 0) return `ended with ${child.signal ?? `code ${child.status}`}`;
  const line = child.stdout.split("\n").findLast((text) => text.startsWith(mark));
  if (line === undefined) return "printed no rows";
  return JSON.parse(line.slice(mark.length)) as BenchRow[];
}

function perSecond(count: number, seconds: number): string {
  if (seconds <= 0) return "-";
  const rate = count / seconds;
  if (rate >= 1e6) return `${(rate / 1e6).toFixed(2)} M`;
  return rate >= 1e3 ? `${(rate / 1e3).toFixed(1)} k` : rate.toFixed(1);
}

/** The table: one row per measurement, the ratio is ours over the peer's (above 1: we are faster). */
export function formatTable(rows: readonly BenchRow[]): string {
  const head = ["what", "count", "per CPU second", "median", "peer", "peer's", "ratio", "hash", "note"];
  const lines = rows.map((row) => [
    row.name,
    `${row.count} ${row.unit}`,
    perSecond(row.count, row.cpuSeconds),
    perSecond(row.count, row.cpuSecondsMedian),
    row.peer?.name ?? "",
    row.peer ? perSecond(row.count, row.peer.cpuSeconds) : "",
    row.peer && row.cpuSeconds > 0 ? (row.peer.cpuSeconds / row.cpuSeconds).toFixed(2) : "",
    row.hash,
    row.note ?? "",
  ]);
  const widths = head.map((title, at) => Math.max(title.length, ...lines.map((line) => line[at].length)));
  const written = [head, ...lines].map((line) =>
    line
      .map((cell, at) => cell.padEnd(widths[at]))
      .join("  ")
      .trimEnd(),
  );
  written.splice(1, 0, widths.map((width) => "-".repeat(width)).join("  "));
  return written.join("\n");
}

function installPeers(): void {
  const peers = join(folder, "peers");
  if (!existsSync(join(peers, "package.json")) || existsSync(join(peers, "node_modules"))) return;
  process.stderr.write("Installing the peers (bench/peers), once …\n");
  spawnSync("npm", ["install", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: peers,
    stdio: "inherit",
  });
}

function main(argv: readonly string[]): number {
  const options = { tiny: argv.includes("--tiny"), peers: argv.includes("--peers") };
  const names = argv.filter((argument) => !argument.startsWith("--"));
  if (options.peers) installPeers();
  const rows: BenchRow[] = [];
  let failedCount = 0;
  for (const file of benchmarkFiles()) {
    if (names.length > 0 && !names.some((name) => file.includes(name))) continue;
    process.stderr.write(`${file} …\n`);
    const result = runOne(file, options);
    if (typeof result !== "string") rows.push(...result);
    else {
      failedCount++;
      process.stdout.write(`failed: bench/${file} ${result}\n`);
    }
  }
  process.stdout.write(`${formatTable(rows)}\n`);
  if (!options.tiny && names.length === 0 && failedCount === 0 && rows.length > 0) {
    const machine = { cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length, node: process.version };
    const entry = { at: new Date().toISOString(), ...machine, rows };
    appendFileSync(join(folder, "history.jsonl"), `${JSON.stringify(entry)}\n`);
  }
  return failedCount === 0 ? 0 : 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = main(process.argv.slice(2));

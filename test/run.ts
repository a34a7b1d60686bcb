// `npm test`: types, lint, format, the whole vitest suite, the benchmarks on tiny input. One line per part, then one
// closing line `N passed, N failed, N skipped`; each part counts as one besides the tests. A failed part names its cure.
//
//   node test/run.ts [--quick]      --quick: only tests of what changed, no type-aware lint, no benchmarks

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { systemClock } from "../src/kit/clock.ts";
import type { TestSummary } from "./house/reporter.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const bin = join(root, "node_modules", ".bin");

interface Part {
  readonly name: string;
  readonly command: readonly string[];
  /** What to run when it fails. */
  readonly cure: string;
  /** Its output is shown as it comes; else only when it fails. */
  readonly isShown?: boolean;
}

const linted = ["src", "test", "bench", "lab", "bin"];

function partsOf(isQuick: boolean): Part[] {
  const vitest = [join(bin, "vitest"), "run"];
  const lint = [join(bin, "oxlint"), ...(isQuick ? [] : ["--type-aware"]), "--deny-warnings", ...linted];
  const parts: Part[] = [
    { name: "types", command: [join(bin, "tsc"), "--noEmit"], cure: "npm run types" },
    { name: "lint", command: lint, cure: "npm run lint" },
    { name: "format", command: [join(bin, "biome"), "check", "."], cure: "npm run format" },
    {
      name: "tests",
      command: isQuick ? [...vitest, "--changed"] : vitest,
      cure: "npx vitest run FILE (golden pages: npm run golden, then read the difference)",
      isShown: true,
    },
  ];
  const bench = [process.execPath, join(root, "bench", "run.ts"), "--tiny"];
  return isQuick ? parts : [...parts, { name: "benchmarks", command: bench, cure: "npm run bench -- --tiny" }];
}

/** Runs one part to its end. @returns whether it ended with 0, and what it wrote */
function runPart(
  part: Part,
  environment: NodeJS.ProcessEnv,
): Promise<{ readonly isOk: boolean; readonly output: string }> {
  return new Promise((resolve) => {
    const [command, ...rest] = part.command;
    const child = spawn(command, rest, { cwd: root, env: environment, stdio: ["ignore", "pipe", "pipe"] });
    const chunks: string[] = [];
    const take = (chunk: Buffer): void => {
      chunks.push(chunk.toString());
      if (part.isShown === true) process.stdout.write(chunk);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.on("error", (error) => resolve({ isOk: false, output: error.message }));
    child.on("close", (code) => resolve({ isOk: code === 0, output: chunks.join("") }));
  });
}

async function main(argv: readonly string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "cordon-test-"));
  const summaryFile = join(folder, "summary.json");
  const environment = { ...process.env, CORDON_TEST_SUMMARY: summaryFile, NO_COLOR: "1" };
  const lines: string[] = [];
  let [passed, failed, skipped] = [0, 0, 0];
  for (const part of partsOf(argv.includes("--quick"))) {
    const startMs = systemClock.nowMs();
    const { isOk, output } = await runPart(part, environment);
    const seconds = ((systemClock.nowMs() - startMs) / 1_000).toFixed(1);
    const facts: string[] = [];
    const failedBefore = failed;
    let isPassed = isOk;
    if (part.name === "tests") {
      const summary = readSummary(summaryFile);
      isPassed &&= summary !== null && summary.failed === 0 && summary.broken.length === 0;
      passed += summary?.passed ?? 0;
      failed += summary?.failed ?? 0;
      skipped += summary?.skipped.length ?? 0;
      if (summary === null) facts.push("the suite left no summary");
      else facts.push(`${summary.passed} passed, ${summary.failed} failed, ${summary.skipped.length} skipped`);
      lines.push(...skippedLines(summary?.skipped ?? []));
      for (const one of summary?.broken ?? []) lines.push(`broken: ${one}`);
    }
    const isCounted = part.name === "tests" && failed > failedBefore;
    if (isPassed) passed++;
    else {
      if (!isCounted) failed++;
      if (part.isShown !== true) process.stdout.write(output);
    }
    const line = [`${isPassed ? "passed" : "FAILED"} ${part.name}`, ...facts, `${seconds} s`].join(" · ");
    process.stdout.write(`${line}\n`);
    lines.push(line);
    if (!isPassed) lines.push(`       to see it alone or mend it: ${part.cure}`);
  }
  rmSync(folder, { recursive: true, force: true });
  process.stdout.write(`\n${lines.join("\n")}\n\n${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  return failed === 0 ? 0 : 1;
}

/** One line for each group of skipped tests of a file with the same reason. */
function skippedLines(skipped: TestSummary["skipped"]): string[] {
  const counts = new Map<string, number>();
  for (const { name, reason } of skipped) {
    const group = name.split(" > ").slice(0, 2).join(" > ");
    const key = `${group}: ${reason}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].map(([key, count]) => `skipped ${count} of ${key}`);
}

function readSummary(path: string): TestSummary | null {
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as TestSummary) : null;
}

process.exitCode = await main(process.argv.slice(2));

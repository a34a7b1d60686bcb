// The long proof: millions of inputs, resumable. Each finished slice is one line of test/proof/out/NAME.jsonl; a second
// run goes on where the first stopped. Ends with the table of all parts, finished or not.
//
//   node test/proof/run.ts [--fresh] [--minutes=N] [NAME ...]

import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { systemClock } from "../../src/kit/clock.ts";
import { type Proof, type ProofRow, quantile, summarise } from "./proof.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));
const outFolder = join(folder, "out");

interface Slice extends ProofRow {
  readonly from: number;
  readonly to: number;
}

async function loadProofs(names: readonly string[]): Promise<Proof[]> {
  const proofs: Proof[] = [];
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith(".proof.ts")) continue;
    const module = (await import(pathToFileURL(join(folder, file)).href)) as Record<string, unknown>;
    for (const value of Object.values(module)) if (isProof(value)) proofs.push(value);
  }
  return names.length === 0 ? proofs : proofs.filter((proof) => names.some((name) => proof.name.includes(name)));
}

function isProof(value: unknown): value is Proof {
  return typeof value === "object" && value !== null && "runSlice" in value && "total" in value && "claim" in value;
}

function sliceFile(proof: Proof): string {
  return join(outFolder, `${proof.name.replaceAll(/[^a-z0-9]+/gi, "-")}.jsonl`);
}

/** Slices already on disk; a line cut by a crash is left out and its cases are run again. */
function readSlices(proof: Proof): Slice[] {
  if (!existsSync(sliceFile(proof))) return [];
  const slices: Slice[] = [];
  for (const line of readFileSync(sliceFile(proof), "utf8").split("\n")) {
    try {
      if (line !== "") slices.push(JSON.parse(line) as Slice);
    } catch {
      appendFileSync(sliceFile(proof), "\n");
    }
  }
  return slices;
}

/** Runs what is missing of one part, until `untilMs`. Cases count as missing when no slice on disk covers them. */
async function runProof(proof: Proof, untilMs: number): Promise<void> {
  const done = new Set(readSlices(proof).map((slice) => slice.from));
  for (let from = 0; from < proof.total; from += proof.sliceCases) {
    if (done.has(from)) continue;
    if (systemClock.nowMs() >= untilMs) return;
    const to = Math.min(proof.total, from + proof.sliceCases);
    const row = await proof.runSlice(from, to);
    const slice: Slice = { from, to, ...row };
    appendFileSync(sliceFile(proof), `${JSON.stringify(slice)}\n`);
    process.stderr.write(`${proof.name}: ${to} of ${proof.total}, ${row.failures.length} failures in this slice\n`);
  }
}

/** Prints the table of all parts. @returns whether a claim was broken */
function printTable(proofs: readonly Proof[]): boolean {
  let hasFailed = false;
  process.stdout.write("| part | claim | cases | failures | figures |\n| --- | --- | ---: | ---: | --- |\n");
  for (const proof of proofs) {
    const summary = summarise(proof, readSlices(proof));
    const judged = summary.cases > 0 ? (proof.judge?.(summary) ?? []) : [];
    const failures = [...summary.failures, ...judged];
    hasFailed ||= failures.length > 0;
    const shown = Object.entries(summary.figures).map(([name, value]) => `${name} ${Number(value.toFixed(3))}`);
    for (const [name, values] of Object.entries(summary.samples)) {
      shown.push(
        `${name} median ${quantile(values, 0.5)}, p95 ${quantile(values, 0.95)}, largest ${quantile(values, 1)}`,
      );
    }
    const progress = summary.cases < proof.total ? `${summary.cases} of ${proof.total}` : `${summary.cases}`;
    process.stdout.write(
      `| ${proof.name} | ${proof.claim} | ${progress} | ${failures.length} | ${shown.join("; ")} |\n`,
    );
    for (const failure of failures.slice(0, 10)) process.stdout.write(`failed: ${proof.name}: ${failure}\n`);
  }
  return hasFailed;
}

async function main(argv: readonly string[]): Promise<number> {
  const names = argv.filter((argument) => !argument.startsWith("--"));
  const minutes = Number(
    argv.find((argument) => argument.startsWith("--minutes="))?.slice(10) ?? Number.POSITIVE_INFINITY,
  );
  const proofs = await loadProofs(names);
  mkdirSync(outFolder, { recursive: true });
  if (argv.includes("--fresh")) for (const proof of proofs) rmSync(sliceFile(proof), { force: true });
  const untilMs = systemClock.nowMs() + minutes * 60_000;
  for (const proof of proofs) await runProof(proof, untilMs);
  return printTable(proofs) ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main(process.argv.slice(2));

// Real files cut, flipped and spliced, through the entry of telemetry as `cordon inspect` does: a million inputs. What
// goes in: every file of examples/ and test/captures/ that is small enough, and those of CORDON_CAPTURES when it is set.

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { createRandom, type Random } from "../../src/kit/random.ts";
import { HostTable } from "../../src/model/host-table.ts";
import { collectFiles } from "../../src/telemetry/collect.ts";
import type { Proof } from "./proof.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const fileBytesMax = 2_000_000;
/** Long enough for headers, templates and some records; short enough for a million turns. */
const pieceBytesMax = 4_096;

let seeds: readonly Uint8Array[] | null = null;

/** The beginnings of all files to start from, decompressed; sorted by path, so that a case is the same everywhere. */
function seedFiles(): readonly Uint8Array[] {
  if (seeds !== null) return seeds;
  const folders = [join(root, "examples"), join(root, "test", "captures"), process.env.CORDON_CAPTURES ?? ""];
  const paths: string[] = [];
  const visit = (path: string): void => {
    if (path === "" || !existsSync(path)) return;
    const status = statSync(path);
    if (status.isDirectory()) for (const name of readdirSync(path).sort()) visit(join(path, name));
    else if (status.size > 0 && status.size < fileBytesMax && !/\.(md|ya?ml)$/.test(path)) paths.push(path);
  };
  for (const folder of folders) visit(folder);
  seeds = paths.map((path) => {
    const bytes = readFileSync(path);
    const isGzip = bytes.length > 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
    return (isGzip ? gunzipSync(bytes) : bytes).subarray(0, pieceBytesMax);
  });
  return seeds;
}

/** One hostile input: cut, with bits flipped, numbers blown up, or one file's head on another's tail. */
export function hostileFile(random: Random, good: readonly Uint8Array[]): Uint8Array {
  const first = random.pick(good);
  let bytes = Uint8Array.from(first.subarray(0, random.chance(0.5) ? random.below(first.length + 1) : first.length));
  if (random.chance(0.2)) {
    const tail = random.pick(good);
    bytes = Uint8Array.from([...bytes, ...tail.subarray(random.below(tail.length))]);
  }
  if (bytes.length === 0) return bytes;
  const flips = random.below(12);
  for (let flip = 0; flip < flips; flip++) {
    const at = random.chance(0.4) ? random.below(Math.min(bytes.length, 96)) : random.below(bytes.length);
    bytes[at] = random.chance(0.5) ? bytes[at] ^ (1 << random.below(8)) : random.pick([0, 1, 0x7f, 0x80, 0xff]);
  }
  return bytes;
}

async function* piecesOf(bytes: Uint8Array, random: Random): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; ) {
    const end = at + 1 + random.below(bytes.length);
    yield bytes.subarray(at, end);
    at = end;
  }
}

export const fuzzFiles: Proof = {
  name: "fuzz files",
  claim: "no file makes telemetry throw; each gets a report",
  total: 1_000_000,
  sliceCases: 5_000,
  maxima: ["heapMegabytes"],
  async runSlice(from, to) {
    const good = seedFiles();
    const failures: string[] = [];
    let [flows, refused] = [0, 0];
    for (let seed = from; seed < to; seed++) {
      const random = createRandom(seed);
      const stdin = piecesOf(hostileFile(random, good), random);
      try {
        const hosts = new HostTable(4_096, 64);
        const { inputs } = await collectFiles(["-"], { hosts, watchedNames: new Set(), stdin }, (batch) => {
          flows += batch.flows.length;
        });
        if (inputs.length !== 1) failures.push(`seed ${seed}: ${inputs.length} reports`);
        else if (inputs[0].error !== null) refused++;
      } catch (error) {
        failures.push(`seed ${seed}: ${String(error)}`);
      }
    }
    const heapMegabytes = process.memoryUsage().heapUsed / 1e6;
    return { cases: to - from, failures, figures: { flows, refused, heapMegabytes } };
  },
};

// The stage entry: a rehearsal in, a Forecast out. Exact and event-driven; the same seed gives the same bytes on any
// number of workers. docs/concepts/simulation.md has the algorithm.

import type { Forecast } from "../model/forecast.ts";
import { checkRehearsal } from "./check.ts";
import { type Checkpoint, checkpointFile, digestOf, readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import { openRehearsalPool, type RehearsalPool } from "./pool.ts";
import type { Rehearsal } from "./rehearsal.ts";
import { RehearsalError } from "./rehearsal-error.ts";
import { Tally } from "./tally.ts";
import { termsOf } from "./terms.ts";

export type { Checkpoint } from "./checkpoint.ts";
export { defenders } from "./defenders.ts";
export { playRuns } from "./play.ts";
export { openRehearsalPool, type RehearsalPool } from "./pool.ts";
export type { Rehearsal, RunSamples } from "./rehearsal.ts";
export { RehearsalError } from "./rehearsal-error.ts";
export { worms } from "./worms.ts";

/** Runs between two checkpoints. */
const RUNS_PER_STEP = 400;
/** Moments of the bands when none are asked for: from 20 s on each a third later, and so many evenly to the end. */
const MOMENTS_EARLY = 32;
const MOMENTS_EVEN = 24;

export interface SimulateOptions {
  /** Runs to play; with `precision`, runs before the first look. Default 400. */
  readonly runs?: number;
  /** Stop once half of the 95 % interval of the mean of hosts taken at the end is at most this share of the mean. */
  readonly precision?: number;
  /** Runs at most, when `precision` asks for more. Default 20,000. */
  readonly runsMax?: number;
  /** Worker threads; 0 plays in this thread. Default 0. The forecast does not depend on it. */
  readonly workers?: number;
  /** A pool that is already open; it is left open. */
  readonly pool?: RehearsalPool;
  /** When to count, seconds, ascending. */
  readonly atSeconds?: readonly number[];
  readonly onProgress?: (runs: number, runsMax: number) => void;
  /** A file's path or an object: what was played before a stop is read from it, and kept in it. */
  readonly checkpoint?: string | Checkpoint;
  /** Stops between two steps; the checkpoint then holds what was played. */
  readonly signal?: AbortSignal;
}

/**
 * Plays a rehearsal many times and says what comes of it.
 *
 * Modelled. Each infected host tries, at the profile's rates, addresses drawn uniformly and with replacement: local tries
 * from its own segment (its own address too), when the map lets hosts there reach each other on the worm's port; remote
 * tries from all addresses of the other segments its own may reach. With `knowsHosts` addresses are hosts, else usable
 * IPv4 addresses (layout.ts). Tries that the map or an order leaves no target for are not made, so nobody sees them. A try
 * at a vulnerable host not yet taken takes it with `takeProbability`. Of a worm with slots (`takesAtOnce`, K, and
 * `takeSeconds`, T) it is, for a local try at L tries a second in a segment of n addresses of which V vulnerable ones
 * (taken or not), takeProbability / max(1, 1 + (L T / K - 1) V / n): slots over the mean time of a try. Tries are made and
 * seen at L all the same, and remote ones take as ever. Then dormancy, tries, and an end: by
 * `activeSeconds`, after `triesUntilLockout` tries, by isolation a telemetry delay and `isolateSeconds` after try number
 * `contactsToFlag` (unless it fails), or by an order. Vulnerable hosts are the share of each kind in each segment,
 * rounded; known infected hosts are among them. Hosts infected at the start try at once, and begin unflagged with no
 * tries made. An order takes effect at its moment, or never with its failure probability; a host that it let out again
 * goes on where it was. `isolate-host` means the known infected host of that name, else any other host of its kind.
 *
 * Not modelled. The order of a sweep, a take that isolation cuts short, tries that a worm would skip, congestion, cleaning, infection
 * from outside the hospital, hosts that move, tries through the internet, isolation of hosts that were never infected.
 *
 * @throws RehearsalError before any run
 */
export async function simulate(rehearsal: Rehearsal, options: SimulateOptions = {}): Promise<Forecast> {
  const { runs = 400, precision, runsMax = Math.max(20_000, runs), signal } = options;
  const atSeconds = options.atSeconds ?? momentsOf(rehearsal.horizonSeconds);
  checkRehearsal(rehearsal, atSeconds);
  checkOptions(runs, runsMax, precision, atSeconds);
  const tally = new Tally(termsOf(rehearsal), atSeconds);
  const checkpoint = typeof options.checkpoint === "string" ? checkpointFile(options.checkpoint) : options.checkpoint;
  const digest = checkpoint === undefined ? "" : digestOf(rehearsal, atSeconds);
  const before = checkpoint === undefined ? null : readCheckpoint(checkpoint, digest);
  if (before !== null) tally.restore(before);
  const pool = options.pool ?? openRehearsalPool(options.workers ?? 0);
  try {
    // Looks are at fixed numbers of runs (runs, twice that, four times …), whoever plays them.
    for (let look = runs; ; look = Math.min(runsMax, look * 2)) {
      while (tally.runs < look) {
        signal?.throwIfAborted();
        const to = Math.min(look, tally.runs + RUNS_PER_STEP);
        const [samples] = await pool.play([rehearsal], tally.runs, to, atSeconds);
        tally.add(samples);
        if (checkpoint !== undefined) writeCheckpoint(checkpoint, digest, tally.state());
        options.onProgress?.(tally.runs, precision === undefined ? runs : runsMax);
      }
      // A checkpoint may be further on than this look, which was then in vain before too.
      if (tally.runs > look && precision !== undefined) continue;
      const isPrecise = precision !== undefined && tally.relativeHalfWidth() <= precision;
      if (isPrecise || precision === undefined || look >= runsMax) return tally.forecast(isPrecise);
    }
  } finally {
    if (options.pool === undefined) await pool.close();
  }
}

/** Close together while a worm is fast, then evenly to the end; seconds, ascending, from 0. */
function momentsOf(horizonSeconds: number): number[] {
  const early = Array.from({ length: MOMENTS_EARLY }, (_, nth) => Math.round(20 * 1.3 ** nth));
  const even = Array.from({ length: MOMENTS_EVEN + 1 }, (_, nth) => (horizonSeconds * nth) / MOMENTS_EVEN);
  const moments = [...early.filter((seconds) => seconds < horizonSeconds), ...even];
  return [...new Set(moments)].sort((a, b) => a - b);
}

function checkOptions(
  runs: number,
  runsMax: number,
  precision: number | undefined,
  atSeconds: readonly number[],
): void {
  for (const [where, value] of [
    ["runs", runs],
    ["runsMax", runsMax],
  ] as const) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RehearsalError(where, `must be a whole number of at least 1, got ${value}`, "correct it");
    }
  }
  if (precision !== undefined && !(precision > 0)) {
    throw new RehearsalError("precision", `must be above 0, got ${precision}`, "0.05 is five in a hundred");
  }
  if (atSeconds.length === 0) throw new RehearsalError("atSeconds", "must not be empty", "give at least the end");
}

// What a benchmark gives back, and how it is timed: CPU seconds of this process (user and system), never wall time,
// since other work shares the machine. Input is prepared outside the timed part and everything is seeded.

import { combine32, hashText } from "../src/kit/hash.ts";

/** What bench/run.ts gives each file of this folder. */
export interface BenchOptions {
  /** A small input, for the test suite: proves that the benchmark runs, says nothing about speed. */
  readonly tiny: boolean;
  /** Also run the peers that are installed (bench/peers/). */
  readonly peers: boolean;
}

/** Another program or library on the same input in the same run. */
export interface Peer {
  readonly name: string;
  /** Least CPU seconds over the rounds, for the same number of things. */
  readonly cpuSeconds: number;
}

/** One line of the table. */
export interface BenchRow {
  /** `netflow5 bytes to verdict`. */
  readonly name: string;
  /** What is counted, plural: `flows`, `lines`, `packets`. */
  readonly unit: string;
  readonly count: number;
  /** Least and median CPU seconds over the rounds. */
  readonly cpuSeconds: number;
  readonly cpuSecondsMedian: number;
  /** Digest of the result: two runs that differ here did not do the same work. */
  readonly hash: string;
  readonly peer?: Peer;
  /** Anything else worth a column: `heap 412 MB`. */
  readonly note?: string;
}

/** What every benchmark file exports as `run`. */
export type Bench = (options: BenchOptions) => Promise<readonly BenchRow[]>;

export interface MeasureOptions {
  readonly name: string;
  readonly unit: string;
  /** How many things one round handles. */
  readonly count: number;
  /** One round: does the work and returns a digest, a number or a text made from the result. */
  readonly round: () => number | string;
  /** Rounds that are timed, after as many warm-up rounds as `warmups`. */
  readonly rounds?: number;
  readonly warmups?: number;
}

/** Times `round`. @throws when two rounds give different digests. */
export function measure(options: MeasureOptions): BenchRow {
  const { name, unit, count, round, rounds = 5, warmups = 2 } = options;
  let digest: string | null = null;
  const seconds: number[] = [];
  for (let turn = -warmups; turn < rounds; turn++) {
    const before = process.cpuUsage();
    const result = round();
    const used = process.cpuUsage(before);
    const seen = typeof result === "number" ? formatHash(combine32(0, result)) : formatHash(hashText(result));
    if (digest !== null && digest !== seen) {
      throw new Error(`Cannot measure ${name}: every round must give the same digest, got ${digest} and ${seen}`);
    }
    digest = seen;
    if (turn >= 0) seconds.push((used.user + used.system) / 1e6);
  }
  seconds.sort((a, b) => a - b);
  const cpuSecondsMedian = seconds[seconds.length >> 1];
  return { name, unit, count, cpuSeconds: seconds[0], cpuSecondsMedian, hash: digest ?? "" };
}

export function formatHash(hash: number): string {
  return (hash >>> 0).toString(16).padStart(8, "0");
}

// Do sets of orders stand in the same order by counts as by the ordered sweep? One case for each example and defender.
// Where flagged hosts are isolated on their own they need not: those cases are measured and claim nothing.

import { type Example, exampleOutbreak, rankUnderSweep } from "../twin/rank-orders.ts";
import type { Proof } from "./proof.ts";

interface Case {
  readonly example: Example;
  readonly defender: string;
  readonly countRuns: number;
  readonly probeRuns: number;
}

const cases: readonly Case[] = [
  { example: "clinic", defender: "watch-only", countRuns: 4_000, probeRuns: 1_000 },
  { example: "clinic", defender: "automatic", countRuns: 4_000, probeRuns: 1_000 },
  { example: "chu", defender: "watch-only", countRuns: 120, probeRuns: 60 },
  { example: "chu", defender: "automatic", countRuns: 600, probeRuns: 300 },
];
/** What the best by counts may cost more than the best by probes, as a share of it. */
const REGRET_SHARE = 0.02;

export const ranksUnderTheOrderedSweep: Proof = {
  name: "ranks under the ordered sweep",
  claim: "unless flagged hosts are isolated on their own, sets of orders rank by counts as try by try",
  total: cases.length,
  sliceCases: 1,
  runSlice(from, to) {
    const failures: string[] = [];
    const figures: Record<string, number> = {};
    for (const { example, defender, countRuns, probeRuns } of cases.slice(from, to)) {
      const ranking = rankUnderSweep(exampleOutbreak(example, defender), countRuns, probeRuns);
      const where = `${example}, ${defender}`;
      figures[`${where}: pairs`] = ranking.pairs;
      figures[`${where}: agreeing`] = ranking.agreeing;
      figures[`${where}: tau`] = ranking.tau;
      figures[`${where}: regret`] = ranking.regret;
      figures[`${where}: regret error`] = ranking.regretError;
      ranking.sets.forEach((set, at) => {
        figures[`${where}: ${set}, counts`] = ranking.counts[at][0];
        figures[`${where}: ${set}, probes`] = ranking.probes[at][0];
      });
      if (defender !== "watch-only") continue;
      failures.push(...ranking.opposed.map((pair) => `${where}: ${pair}`));
      const least = Math.min(...ranking.probes.map(([mean]) => mean));
      if (ranking.regret <= 2 * ranking.regretError + REGRET_SHARE * least) continue;
      failures.push(
        `${where}: ${ranking.best[0]} costs ${ranking.regret.toFixed(1)} hosts more than ${ranking.best[1]}`,
      );
    }
    return { cases: to - from, failures, figures };
  },
};

// The engine against the slow twin on random maps, and proof that the comparison would see an error: the twin against
// itself must raise no alarm, the twin with one figure 10 % out must. Case numbers are the seeds of the maps.

import { playRuns } from "../../src/simulation/simulate.ts";
import {
  type Compared,
  compareOn,
  type Engine,
  figureForSum,
  formatCompared,
  hasVaried,
  judgeTogether,
  wormOutBy,
} from "../twin/compare.ts";
import { randomRehearsal } from "../twin/random-rehearsal.ts";
import { playSlowRuns } from "../twin/slow-twin.ts";
import type { Proof, ProofSummary } from "./proof.ts";

const FALSE_ALARM_MAX = 1e-3; // of a whole proof between two engines that are the same
const MAPS = 240;
const RUNS = 400;
const TESTS_MAX = MAPS * 6; // six figures a map

function comparisonProof(name: string, claim: string, second: Engine, isAlarmWanted: boolean): Proof {
  return {
    name,
    claim,
    total: MAPS,
    sliceCases: 20,
    runSlice(from, to) {
      const compared: Compared[] = [];
      for (let seed = from; seed < to; seed++) {
        compared.push(...compareOn(randomRehearsal(seed), RUNS, playSlowRuns, second).filter(hasVaried));
      }
      const samples: Record<string, number[]> = {};
      for (const each of compared) {
        (samples[`z ${each.figure}`] ??= []).push(each.z);
        if (each.figure === figureForSum) (samples.p ??= []).push(each.p);
      }
      const odd = compared.filter((each) => each.p < FALSE_ALARM_MAX / 3 / TESTS_MAX);
      return {
        cases: to - from,
        failures: isAlarmWanted ? [] : odd.map(formatCompared),
        figures: { tests: compared.length, odd: odd.length },
        samples,
      };
    },
    judge: (summary) => {
      const { alarms } = together(summary);
      if (!isAlarmWanted) return alarms;
      return alarms.length > 0 || summary.figures.odd > 0 ? [] : ["the error was not seen"];
    },
  };
}

function together({ samples }: ProofSummary): ReturnType<typeof judgeTogether> {
  const deviates = Object.entries(samples).flatMap(([name, values]) =>
    name.startsWith("z ") ? [[name.slice(2), values] as const] : [],
  );
  return judgeTogether(Object.fromEntries(deviates), samples.p ?? [], (FALSE_ALARM_MAX * 2) / 3);
}

/** The slow twin with one figure of the worm wrong by a factor. */
export function twinOutBy(
  factor: number,
  figure: "localTriesPerSecond" | "remoteTriesPerSecond" | "takeProbability",
): Engine {
  return (rehearsal, ...runs) => {
    return playSlowRuns({ ...rehearsal, worm: wormOutBy(rehearsal.worm, factor, figure) }, ...runs);
  };
}

export const same = comparisonProof("twin against itself", "no alarm", playSlowRuns, false);
export const local = comparisonProof(
  "twin with 10 % more local tries",
  "seen",
  twinOutBy(1.1, "localTriesPerSecond"),
  true,
);
export const remote = comparisonProof(
  "twin with 10 % more remote tries",
  "seen",
  twinOutBy(1.1, "remoteTriesPerSecond"),
  true,
);
export const takes = comparisonProof("twin with 10 % fewer takes", "seen", twinOutBy(0.9, "takeProbability"), true);
export const engine = comparisonProof("engine against the slow twin", "no alarm", playRuns, false);

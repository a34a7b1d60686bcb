// The exact cut against trying every set, and the guard of protected items against random plans. Case numbers are seeds.

import { openSolver } from "../../src/planning/plan.ts";
import { runCutTrial } from "../planning/cut-trials.ts";
import { runGuardTrials } from "../planning/guard-trials.ts";
import type { Proof } from "./proof.ts";

export const leastCut: Proof = {
  name: "least-harm cut",
  claim: "on 2,000 drawn hospitals the cut costs what the best of all sets costs, with the same ties",
  total: 2_000,
  sliceCases: 200,
  async runSlice(from, to) {
    const solver = await openSolver();
    const failures: string[] = [];
    const figures = { withTies: 0, empty: 0 };
    for (let seed = from; seed < to; seed++) {
      const { failure, hasTies, isEmpty } = await runCutTrial(seed, solver);
      if (failure !== null) failures.push(failure);
      if (hasTies) figures.withTies++;
      if (isEmpty) figures.empty++;
    }
    return { cases: to - from, failures, figures };
  },
};

const plansPerHospital = 1_000;

export const neverCut: Proof = {
  name: "never cut",
  claim: "of 1,000,000 random plans none cuts a protected item without leave; 30 % and more would without the guard",
  total: 1_000,
  sliceCases: 250,
  runSlice(from, to) {
    const failures: string[] = [];
    const figures = { plans: 0, wouldCut: 0, didCut: 0, takenForNothing: 0, cutWithLeave: 0 };
    for (let seed = from; seed < to; seed++) {
      const trials = runGuardTrials(seed, plansPerHospital);
      for (const name of Object.keys(figures) as (keyof typeof figures)[]) figures[name] += trials[name];
      if (trials.didCut > 0) failures.push(`seed ${seed}: ${trials.didCut} plans cut a protected item`);
      if (trials.takenForNothing > 0)
        failures.push(`seed ${seed}: ${trials.takenForNothing} plans were cut down in vain`);
    }
    return { cases: to - from, failures, figures };
  },
  judge({ figures }) {
    const share = figures.wouldCut / figures.plans;
    return share >= 0.3 ? [] : [`only ${(share * 100).toFixed(1)} % of the plans would cut a protected item`];
  },
};

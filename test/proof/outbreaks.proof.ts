// Generated outbreaks through the detector: how soon each sick host is flagged, whether the first one and the branches
// are told rightly. Case numbers are seeds. Results on generated traffic only; real captures are another matter.

import { type WormName, wormLike } from "../../lab/traffic/worm.ts";
import { runTrial, type TrialOptions } from "./outbreak-trials.ts";
import { type Proof, type ProofSummary, quantile } from "./proof.ts";

interface Demand {
  readonly contactsMedianMax?: number;
  readonly contactsP95Max?: number;
  /** Infected hosts when the outbreak is told, and the highest generation, in 95 of 100 trials. */
  readonly infectedWhenToldP95Max?: number;
  readonly generationWhenToldP95Max?: number;
  readonly edgesRightMin?: number;
  readonly patientZeroRightMin?: number;
}

function outbreakProof(
  name: string,
  claim: string,
  worm: WormName,
  demand: Demand,
  changes: Partial<TrialOptions> = {},
): Proof {
  return {
    name,
    claim,
    total: 200,
    sliceCases: 10,
    runSlice(from, to) {
      const figures = {
        infected: 0,
        missed: 0,
        falseFlags: 0,
        edgesRight: 0,
        edgesTold: 0,
        patientZeroRight: 0,
        untold: 0,
        unconfirmed: 0,
      };
      const samples = {
        contactsToFlag: [] as number[],
        infectedWhenTold: [] as number[],
        generationWhenTold: [] as number[],
        infectedWhenConfirmed: [] as number[],
        generationWhenConfirmed: [] as number[],
      };
      for (let seed = from; seed < to; seed++) {
        const trial = runTrial({ seed, worm: wormLike(worm), ...changes });
        figures.infected += trial.infected;
        figures.missed += trial.missed;
        figures.falseFlags += trial.falseFlags.length;
        figures.edgesRight += trial.edgesRight;
        figures.edgesTold += trial.edgesTold;
        figures.patientZeroRight += trial.isPatientZeroRight ? 1 : 0;
        samples.contactsToFlag.push(...trial.contactsToFlag);
        if (trial.suspected === null) figures.untold++;
        else {
          samples.infectedWhenTold.push(trial.suspected.infected);
          samples.generationWhenTold.push(trial.suspected.generation);
        }
        if (trial.confirmed === null) figures.unconfirmed++;
        else {
          samples.infectedWhenConfirmed.push(trial.confirmed.infected);
          samples.generationWhenConfirmed.push(trial.confirmed.generation);
        }
      }
      return { cases: to - from, failures: [], figures, samples };
    },
    judge: (summary) => broken(summary, demand),
  };
}

/** What of the demand does not hold, one sentence each. */
function broken(summary: ProofSummary, demand: Demand): string[] {
  const { figures, samples, cases } = summary;
  const faults: string[] = [];
  const atMost = (what: string, value: number, max: number | undefined): void => {
    if (max !== undefined && !(value <= max)) faults.push(`${what} is ${value}, at most ${max} was asked`);
  };
  const atLeast = (what: string, value: number, min: number | undefined): void => {
    if (min !== undefined && !(value >= min)) faults.push(`${what} is ${value.toFixed(3)}, at least ${min} was asked`);
  };
  atMost("median of contacts to flag", quantile(samples.contactsToFlag, 0.5), demand.contactsMedianMax);
  atMost("p95 of contacts to flag", quantile(samples.contactsToFlag, 0.95), demand.contactsP95Max);
  const infected = quantile(samples.infectedWhenTold, 0.95);
  atMost("p95 of infected when the outbreak is told", infected, demand.infectedWhenToldP95Max);
  const generation = quantile(samples.generationWhenTold, 0.95);
  atMost("p95 of the highest generation when the outbreak is told", generation, demand.generationWhenToldP95Max);
  if (demand.infectedWhenToldP95Max !== undefined) atMost("outbreaks never told", figures.untold, 0);
  atLeast("share of right branches", figures.edgesRight / figures.edgesTold, demand.edgesRightMin);
  atLeast("share of right patients zero", figures.patientZeroRight / cases, demand.patientZeroRightMin);
  return faults;
}

const sweepDemand: Demand = { contactsMedianMax: 4, contactsP95Max: 8, edgesRightMin: 0.95, patientZeroRightMin: 0.95 };

export const sweepOne = outbreakProof(
  "outbreak sweep 1 a second",
  "median <= 4 contacts to flag, p95 <= 8, tree >= 95 %",
  "sweep-1",
  sweepDemand,
);
export const sweepTen = outbreakProof(
  "outbreak sweep ordinary",
  "median <= 4 contacts to flag, p95 <= 8, tree >= 95 %",
  "sweep",
  sweepDemand,
);
export const sweepHundred = outbreakProof(
  "outbreak sweep 100 a second",
  "median <= 4 contacts to flag, p95 <= 8, tree >= 95 %",
  "sweep-100",
  sweepDemand,
);
export const sweepThousand = outbreakProof(
  "outbreak sweep 1000 a second",
  "median <= 4 contacts to flag, p95 <= 8, tree >= 95 %",
  "sweep-1000",
  sweepDemand,
);
export const slow = outbreakProof(
  "outbreak one a minute",
  "flagged by 12 contacts",
  "slow",
  { contactsP95Max: 12 },
  { hours: 4 },
);
const hitListDemand: Demand = {
  infectedWhenToldP95Max: 5,
  generationWhenToldP95Max: 3,
  edgesRightMin: 0.95,
  patientZeroRightMin: 0.95,
};
export const hitList = outbreakProof(
  "outbreak hit list",
  "told by the third generation, p95 <= 5 infected, with a baseline",
  "hit-list",
  hitListDemand,
  { hasBaseline: true },
);
export const hitListUnprepared = outbreakProof(
  "outbreak hit list without a baseline",
  "told by the third generation, p95 <= 5 infected",
  "hit-list",
  hitListDemand,
);
export const fanOut = outbreakProof(
  "outbreak small fan-out",
  "tree and patient zero from mid-stream flows",
  "fan-out",
  { edgesRightMin: 0.8, patientZeroRightMin: 0.8 },
);
export const lossy = outbreakProof(
  "outbreak with 30 % lost",
  "tree and patient zero >= 80 %",
  "sweep",
  { edgesRightMin: 0.8, patientZeroRightMin: 0.8 },
  { lossShare: 0.3 },
);

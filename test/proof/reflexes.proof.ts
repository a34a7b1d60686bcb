// Does the recommended plan beat the reflexes? Random outbreaks on the large example hospital; the plan is made by the
// planner, but what it and each reflex come to is scored by the probe twin, which plays every try and shares no code with
// the planner's engine. Weights are those of src/planning/weights.ts, as committed before.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadMap } from "../../src/hospital/load.ts";
import { systemClock } from "../../src/kit/clock.ts";
import { createRandom, type Random } from "../../src/kit/random.ts";
import type { HospitalMap } from "../../src/model/map.ts";
import type { Plan } from "../../src/model/plan.ts";
import type { OutbreakState } from "../../src/model/rehearsal.ts";
import { groundOf, planCordon } from "../../src/planning/plan.ts";
import { looksOf, PlanScore, scoreTableOf, timedOrders } from "../../src/planning/score.ts";
import { defenders, worms } from "../../src/simulation/simulate.ts";
import { scoreWithProbes } from "../twin/score-with-probes.ts";
import type { Proof } from "./proof.ts";

/** Long enough for every worm to be through where nothing holds it; every try of every host is played. */
const HORIZON_SECONDS = 3_600;
const NOW_MS = Date.UTC(2026, 2, 10, 2);
const PROBE_RUNS = 3;
/** The recommended plan may be worse than a reflex by this share of the harm before it counts as a loss: the twin's noise. */
const NOISE_SHARE = 0.02;

/** The reflexes, by the ids of the plans that are them. `surgical` without its ports would be "isolate flagged hosts". */
const reflexes = ["do-nothing", "isolate-hosts", "building", "internet", "everything"] as const;

function largeExample(): HospitalMap {
  const path = fileURLToPath(new URL("../../examples/chu/hospital.yaml", import.meta.url));
  const loaded = loadMap(readFileSync(path, "utf8"), path);
  if (!loaded.ok) throw new Error("Cannot read the example: it must be free of problems, got some");
  return loaded.map;
}

/** One to three segments of workstations or servers, one to six known infected in each, most of them by address. */
function randomState(map: HospitalMap, random: Random, port: string): OutbreakState {
  const open = map.segments.filter(
    ({ use }) => use === "workstations" || use === "servers" || use === "medical-devices",
  );
  const chosen = new Set(Array.from({ length: 1 + random.below(3) }, () => random.pick(open)));
  const segments = [...chosen].map(({ id }) => ({
    segment: id,
    infected: 1 + random.below(6),
    isolated: 0,
    hiddenMean: random.float() * 2,
  }));
  const hosts = [...chosen].map(({ cidrs }) => cidrs[0].replace(/\d+\/\d+$/, String(20 + random.below(200))));
  return { port, segments, hosts };
}

interface Marked {
  readonly id: string;
  readonly harm: number;
}

async function markOne(
  map: HospitalMap,
  seed: number,
): Promise<{ recommended: Marked; marks: Marked[]; worm: string }> {
  const random = createRandom(seed);
  const worm = random.pick(worms);
  const state = randomState(map, random, worm.port);
  const defender = defenders.find(({ id }) => id === "watch-only") ?? defenders[0];
  const request = { map, worm, defender, state, nowMs: NOW_MS, seed, horizonSeconds: HORIZON_SECONDS };
  const { plans, recommended } = await planCordon(request, { clock: systemClock });
  const ground = groundOf(map);
  const table = scoreTableOf(ground, worm);
  const isolations = plans.flatMap((plan) => plan.controls.filter(({ control }) => control.kind === "isolate-host"));
  const hostsOnly = [...new Map(isolations.map((each) => [each.id, each])).values()];
  const asked = new Set<string>([recommended, ...reflexes]);
  const entries: readonly Pick<Plan, "id" | "controls">[] = [
    ...plans.filter(({ id }) => asked.has(id)),
    { id: "isolate-hosts", controls: hostsOnly },
  ];
  const rehearsal = { map, worm, defender, state, orders: [], seed, horizonSeconds: HORIZON_SECONDS };
  const samples = scoreWithProbes(
    rehearsal,
    entries.map(({ controls }) => timedOrders(ground, state, controls)),
    { runs: PROBE_RUNS, atSeconds: looksOf(HORIZON_SECONDS) },
  );
  const marks = entries.map(({ id, controls }, at) => {
    const score = new PlanScore(ground, table, controls, state, seed);
    score.add(samples[at]);
    return { id, harm: score.harm.reduce((sum, harm) => sum + harm, 0) / score.harm.length };
  });
  return { recommended: marks.find(({ id }) => id === recommended) ?? marks[0], marks, worm: worm.id };
}

export const planAgainstReflexes: Proof = {
  name: "plan against reflexes",
  claim: "the recommended plan does no more harm than any reflex, scored try by try",
  total: 200,
  sliceCases: 1,
  async runSlice(from, to) {
    const map = largeExample();
    const failures: string[] = [];
    const figures: Record<string, number> = { recommendedHarm: 0, bestHarm: 0 };
    const samples = { regret: [] as number[], regretShare: [] as number[] };
    for (let seed = from; seed < to; seed++) {
      const { recommended, marks, worm } = await markOne(map, seed);
      const best = marks.reduce((least, mark) => (mark.harm < least.harm ? mark : least));
      figures.recommendedHarm += recommended.harm;
      figures.bestHarm += best.harm;
      samples.regret.push(recommended.harm - best.harm);
      samples.regretShare.push(best.harm > 0 ? recommended.harm / best.harm - 1 : 0);
      figures[`recommended ${recommended.id}`] = (figures[`recommended ${recommended.id}`] ?? 0) + 1;
      for (const id of reflexes) {
        const mark = marks.find((each) => each.id === id);
        if (mark === undefined) continue;
        figures[`harm of ${id}`] = (figures[`harm of ${id}`] ?? 0) + mark.harm;
        if (recommended.harm > mark.harm * (1 + NOISE_SHARE)) {
          const [ours, theirs] = [recommended.harm.toFixed(1), mark.harm.toFixed(1)];
          failures.push(`seed ${seed}, ${worm}: ${recommended.id} comes to ${ours}, ${id} to ${theirs}`);
        }
      }
    }
    return { cases: to - from, failures, figures, samples };
  },
  judge({ figures }) {
    return reflexes
      .filter((id) => figures.recommendedHarm > (figures[`harm of ${id}`] ?? Infinity))
      .map((id) => `in the mean the recommended plans come to more harm than ${id}`);
  },
};

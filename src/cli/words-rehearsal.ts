// The sentences of `simulate`, `plan` and `walls` at the terminal; the report page has its own, in two languages.

import type { Approval } from "../model/plan.ts";
import { formatPercent } from "./render-time.ts";

const number = (value: number): string => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ",");

export const rehearsalWords = {
  number,
  progress: (runs: number, runsMax: number) => `${number(runs)} of ${number(runsMax)} runs`,
  rehearsal: (map: string, worm: string, defender: string) => `Rehearsal: ${worm} at ${map}, defended by ${defender}`,
  extent: (runs: number, horizon: string, seed: number) => `${number(runs)} runs over ${horizon}, seed ${seed}`,
  isPrecise: "The runs ended because the answer was precise enough.",
  isNotPrecise: "The runs ended at their number; more runs would narrow the intervals.",
  taken: (median: number, low: number, high: number, of: number) =>
    `Hosts taken at the end: ${number(median)} in the middle, from ${number(low)} to ${number(high)} in 90 of 100 runs, of ${number(of)}`,
  mean: (mean: number, low: number, high: number) =>
    `On average ${mean.toFixed(1)} (${low.toFixed(1)} to ${high.toFixed(1)})`,
  ended: (share: number) => `The outbreak was over before the end in ${formatPercent(share)} of the runs`,
  overTime: "Hosts taken over time (middle of the runs; low and high in 90 of 100)",
  atStart: "at the start",
  where: "Where",
  boundaries: "What it got across",
  crossed: (share: number, when: string | null) =>
    `${formatPercent(share)}${when === null ? "" : `, in the middle after ${when}`}`,
  neverCrossed: "Nothing crossed a boundary in any run.",
  orders: "Orders",
  noOrders: "no orders",
  replay: "What was published, and what the model says",
  beside: (published: string, model: string) => `published: ${published}; model: ${model}`,
  between: (middle: number, low: number, high: number) =>
    `${number(middle)} (${number(low)} to ${number(high)} in 90 of 100 runs)`,
  noFigure: "no figure",
  knowsNothing: "knows nothing of this",
  withoutCuts: (low: number, middle: number, high: number) =>
    `With nothing cut: ${number(middle)} hosts taken in the middle, from ${number(low)} to ${number(high)} in 90 of 100 runs.`,
  careAtEnd: "Care at the end",
  unknown: "What the model cannot know here",
  tuned: "Chosen to come near what was published",
  notTuned: "Nothing was chosen to come near what was published.",
  sources: "Sources",
  plans: (map: string) => `Plans for ${map}`,
  firstAnswer: (name: string) => `at first sight: ${name}; looking closer`,
  recommended: "recommended",
  plansHead: [" ", "hosts saved", "taken", "consult./half-day", "services", "harm", "in force", "agreed by"] as const,
  compared: "All plans",
  careUnder: "Care under the recommended plan",
  careWhole: "Every service keeps what it needs.",
  chance: (share: number) => `${formatPercent(share)} likely`,
  nobodyCan: "nobody in the map can carry it out",
  leftOpen: (count: number) => `${count} conversations of care left open`,
  agreedBy: "Agreed by",
  approvals: {
    "one-person": "one person",
    "two-people": "two people",
    "network-lead-and-care-lead": "network and care lead",
  } satisfies Readonly<Record<Approval, string>>,
  solver: (isOptimal: boolean, gap: number, seconds: number) =>
    isOptimal
      ? `The cut is the exact optimum of its model (${seconds.toFixed(2)} s).`
      : `The solver was stopped early: the best answer may be up to ${number(gap)} better.`,
  isWide: (share: number) =>
    `The widest interval is ${formatPercent(share)} of what doing nothing costs, on either side: --precise plays on.`,
  wayBack: "The way back",
  unknowns: "Not known",
  walls: (map: string) => `Walls worth building at ${map}, before any crisis`,
  ranking: (count: number) => `ranking walls over ${count} worm${count === 1 ? "" : "s"}`,
  wallsBasis: (worms: string, horizon: string, seed: number) =>
    `Outbreaks of ${worms} from hosts drawn at random, over ${horizon}; seed ${seed}`,
  harmNow: (harm: number) => `Harm of an outbreak as the map is: ${number(harm)}`,
  wallsTitle: "Best first, by harm saved for the effort; those that break a service last",
  wallSaves: (mean: number, low: number, high: number, hosts: number, effort: number) =>
    `saves ${number(mean)} of harm (${number(low)} to ${number(high)}) and ${hosts.toFixed(1)} hosts an outbreak, for an effort of ${effort.toFixed(1)}`,
  wallBreaks: (services: string) => `give another way first to: ${services}`,
  noWalls: "Nothing that could be closed would save anything.",
} as const;

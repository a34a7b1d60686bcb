// The sentences of `simulate`, `plan` and `walls` at the terminal, in English and French; what the report page says too
// comes from its words.

import type { ReportLanguage } from "./report-figures.ts";

const en = {
  progress: (runs: string, runsMax: string): string => `${runs} of ${runsMax} runs`,
  rehearsal: (map: string, worm: string, defender: string): string =>
    `Rehearsal: ${worm} at ${map}, defended by ${defender}`,
  extent: (runs: string, horizon: string, seed: number): string => `${runs} runs over ${horizon}, seed ${seed}`,
  isPrecise: "The runs ended because the answer was precise enough.",
  isNotPrecise: "The runs ended at their number; more runs would narrow the intervals.",
  taken: (median: string, low: string, high: string, of: string): string =>
    `Hosts taken at the end: ${median} in the middle, from ${low} to ${high} in 90 of 100 runs, of ${of}`,
  mean: (mean: string): string => `On average ${mean}`,
  ended: (share: string): string => `The outbreak was over before the end in ${share} of the runs`,
  overTime: "Hosts taken over time (middle of the runs; low and high in 90 of 100)",
  atStart: "at the start",
  ofHosts: (taken: string, of: string): string => `${taken} of ${of}`,
  where: "Where",
  boundaries: "What it got across",
  crossed: (share: string, when: string | null): string =>
    `${share}${when === null ? "" : `, in the middle after ${when}`}`,
  neverCrossed: "Nothing crossed a boundary in any run.",
  orders: "Orders",
  orderAt: (time: string, control: string): string => `at ${time}: ${control}`,
  noOrders: "no orders",
  more: (count: number): string => `… ${count} more`,
  beside: (published: string, model: string): string => `published: ${published}; model: ${model}`,
  between: (middle: string, low: string, high: string): string => `${middle} (${low} to ${high} in 90 of 100 runs)`,
  plans: (map: string): string => `Plans for ${map}`,
  firstAnswer: (name: string): string => `at first sight: ${name}; looking closer`,
  plansHead: ["", "hosts saved", "taken", "consult./half-day", "services", "harm", "in force"] as readonly string[],
  compared: "All plans",
  careUnder: "Care under the recommended plan",
  careWhole: "Every service keeps what it needs.",
  likely: (share: string): string => `${share} likely`,
  leftOpen: (count: number): string => `${count} ${count === 1 ? "conversation" : "conversations"} of care left open`,
  solver: (seconds: string): string => `The cut is the exact optimum of its model (${seconds}).`,
  solverEarly: (gap: string): string => `The solver was stopped early: the best answer may be up to ${gap} better.`,
  isWide: (share: string): string =>
    `The widest interval is ${share} of what doing nothing costs, on either side: --precise plays on.`,
  walls: (map: string): string => `Walls worth building at ${map}, before any crisis`,
  ranking: (count: number, share: string): string =>
    `ranking walls over ${count} ${count === 1 ? "worm" : "worms"}, ${share}`,
  wallsBasis: (worms: string, horizon: string, seed: number): string =>
    `Outbreaks of ${worms} from hosts drawn at random, over ${horizon}; seed ${seed}`,
  wallsTitle: "Best first, by harm averted for the effort; those that break a service last",
  wallSaves: (harm: string, share: string, hosts: string, effort: string): string =>
    `averts ${harm} of harm (${share} of all), ${hosts} hosts an outbreak, for an effort of ${effort}`,
  wallAgainst: (worms: string): string => `against: ${worms}`,
  wallBreaks: (services: string): string => `give another way first to: ${services}`,
};

type RehearsalWords = typeof en;

const fr: RehearsalWords = {
  progress: (runs, runsMax) => `${runs} essais sur ${runsMax}`,
  rehearsal: (map, worm, defender) => `Répétition\u00a0: ${worm} à ${map}, défense ${defender}`,
  extent: (runs, horizon, seed) => `${runs} essais sur ${horizon}, graine ${seed}`,
  isPrecise: "Les essais se sont arrêtés car la réponse était assez précise.",
  isNotPrecise: "Les essais se sont arrêtés à leur nombre\u00a0; davantage resserrerait les intervalles.",
  taken: (median, low, high, of) =>
    `Machines touchées à la fin\u00a0: ${median} au milieu, de ${low} à ${high} dans 90 essais sur 100, sur ${of}`,
  mean: (mean) => `En moyenne ${mean}`,
  ended: (share) => `La propagation s’est arrêtée avant la fin dans ${share} des essais`,
  overTime: "Machines touchées au fil du temps (essai médian\u00a0; bas et haut de 90 sur 100)",
  atStart: "au début",
  ofHosts: (taken, of) => `${taken} sur ${of}`,
  where: "Où",
  boundaries: "Ce qui est franchi",
  crossed: (share, when) => `${share}${when === null ? "" : `, en médiane après ${when}`}`,
  neverCrossed: "Aucune frontière n’est franchie dans aucun essai.",
  orders: "Ordres",
  orderAt: (time, control) => `à ${time}\u00a0: ${control}`,
  noOrders: "aucun ordre",
  more: (count) => `… ${count} de plus`,
  beside: (published, model) => `publié\u00a0: ${published}\u00a0; modèle\u00a0: ${model}`,
  between: (middle, low, high) => `${middle} (${low} à ${high} dans 90 essais sur 100)`,
  plans: (map) => `Plans pour ${map}`,
  firstAnswer: (name) => `à première vue\u00a0: ${name}\u00a0; examen plus précis`,
  plansHead: ["", "sauvées", "touchées", "consult./demi-j.", "activités", "dommage", "effet"],
  compared: "Tous les plans",
  careUnder: "Les soins sous le plan recommandé",
  careWhole: "Chaque activité garde ce dont elle a besoin.",
  likely: (share) => `probabilité ${share}`,
  leftOpen: (count) =>
    `${count} ${count === 1 ? "échange de soins laissé ouvert" : "échanges de soins laissés ouverts"}`,
  solver: (seconds) => `La coupure est l’optimum exact de son modèle (${seconds}).`,
  solverEarly: (gap) => `Le solveur a été arrêté avant la fin\u00a0: on peut encore gagner ${gap} au plus.`,
  isWide: (share) =>
    `L’intervalle le plus large est de ${share} du coût de ne rien faire, de part et d’autre\u00a0; --precise prolonge les essais.`,
  walls: (map) => `Les murs à construire à ${map}, avant toute crise`,
  ranking: (count, share) => `classement des murs sous ${count} ${count === 1 ? "ver" : "vers"}, ${share}`,
  wallsBasis: (worms, horizon, seed) =>
    `Propagations de ${worms} depuis des machines tirées au sort, pendant ${horizon}\u00a0; graine ${seed}`,
  wallsTitle: "Le meilleur d’abord, pour son effort\u00a0; ceux qui gênent les soins en dernier",
  wallSaves: (harm, share, hosts, effort) =>
    `évite ${harm} de dommage (${share} du tout), ${hosts} machines par propagation, pour un effort de ${effort}`,
  wallAgainst: (worms) => `contre\u00a0: ${worms}`,
  wallBreaks: (services) => `donner d’abord un autre chemin à\u00a0: ${services}`,
};

export const rehearsalWords: Readonly<Record<ReportLanguage, RehearsalWords>> = { en, fr };

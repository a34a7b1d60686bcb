// The sentences of plans in English and French: one typed catalogue, so that neither language can lack a sentence.

import type { ControlKind } from "../model/map.ts";
import type { Approval, Told } from "../model/plan.ts";
import type { WallKind } from "../model/walls.ts";

export const strategyIds = [
  "do-nothing",
  "ports-in-segments",
  "ports-in-buildings",
  "ports-everywhere",
  "surgical",
  "balanced",
  "building",
  "site",
  "internet",
  "everything",
] as const;
export type StrategyId = (typeof strategyIds)[number];

/** What an explanation is made of. */
export interface Facts {
  readonly strategy: StrategyId;
  readonly places: readonly string[];
  readonly controlCount: number;
  readonly taken: number;
  readonly saved: number;
  readonly cutServices: readonly string[];
  readonly infectedServices: readonly string[];
  readonly people: readonly string[];
  readonly consultations: number;
  readonly seconds: number;
  readonly approval: Approval;
  /** `because`: null for a host that the map merely marks. */
  readonly refused: readonly { readonly item: string; readonly because: string | null }[];
  readonly port: string;
}

interface Words {
  readonly and: string;
  readonly more: (count: number) => string;
  readonly titles: Readonly<Record<StrategyId, string>>;
  readonly verbs: Readonly<Record<ControlKind, (place: string) => string>>;
  readonly approvals: Readonly<Record<Approval, string>>;
  readonly nothing: (facts: Facts) => string;
  readonly doing: (facts: Facts) => string;
  readonly hosts: (facts: Facts) => string;
  readonly care: (facts: Facts) => string;
  readonly infection: (facts: Facts) => string;
  readonly consultations: (facts: Facts) => string;
  readonly people: (facts: Facts) => string;
  readonly when: (facts: Facts) => string;
  readonly refused: (facts: Facts) => string;
  readonly wayBack: (minutes: number, count: number) => string;
  readonly noWayBack: string;
  readonly walls: Readonly<Record<WallKind, (name: string, port: string) => string>>;
  readonly unknowns: {
    readonly hidden: (hosts: number) => string;
    readonly assumedCounts: (segments: number, hosts: number) => string;
    readonly unable: (what: string) => string;
    readonly wormShares: string;
    readonly fewRuns: (runs: number) => string;
    readonly ties: (count: number) => string;
    readonly early: (bound: number, objective: number) => string;
  };
}

/** "a, b and c"; names that hold a comma themselves are parted by semicolons. */
const list = (items: readonly string[], { and, more }: Pick<Words, "and" | "more">, max = 6): string => {
  const shown = items.length > max ? [...items.slice(0, max - 1), more(items.length - max + 1)] : items;
  if (shown.length < 2) return shown.join("");
  const hasCommas = shown.some((item) => item.includes(","));
  return `${shown.slice(0, -1).join(hasCommas ? "; " : ", ")}${hasCommas ? ";" : ""} ${and} ${shown[shown.length - 1]}`;
};
/** "after 32 seconds", "after about 3 minutes": of those who read it at night nobody converts. */
const inTime = (seconds: number, second: string, minute: string, after = "after", about = "about"): string => {
  if (seconds < 90) return `${after} ${Math.round(seconds)} ${second}${Math.round(seconds) === 1 ? "" : "s"}`;
  return `${after} ${about} ${Math.round(seconds / 60)} ${minute}s`;
};
/** 12345 → "12,345", or with the separator of the language. */
const grouped = (count: number, separator = ","): string => String(count).replace(/\B(?=(\d{3})+$)/g, separator);
const some = (count: number, one: string, more: string): string => `${grouped(count)} ${count === 1 ? one : more}`;
const decimal = (value: number): string => value.toFixed(1).replace(".", ",");
const quelques = (count: number, one: string, more: string): string =>
  `${grouped(count, "\u00a0")} ${count < 2 ? one : more}`;

const en: Words = {
  and: "and",
  more: (count) => `${count} more`,
  titles: {
    "do-nothing": "Do nothing",
    "ports-in-segments": "Close the worm's port inside the infected segments",
    "ports-in-buildings": "Close the worm's port inside and around the infected buildings",
    "ports-everywhere": "Close the worm's port inside and around every segment",
    surgical: "Isolate the infected hosts and close the worm's port around their segments",
    balanced: "The cut of least harm",
    building: "Isolate the infected buildings, care left open",
    site: "Isolate the infected sites, care left open",
    internet: "Cut the internet only",
    everything: "Isolate everything, care left open",
  },
  verbs: {
    "close-port-within": (place) => `closes the port inside ${place}`,
    "close-port": (place) => `closes the port around ${place}`,
    "isolate-host": (place) => `isolates ${place}`,
    "isolate-segment": (place) => `isolates segment ${place}`,
    "isolate-building": (place) => `isolates building ${place}`,
    "isolate-site": (place) => `isolates site ${place}`,
    "cut-internet": () => "cuts the internet",
  },
  approvals: {
    "one-person": "one person with a reason",
    "two-people": "two people",
    "network-lead-and-care-lead": "the network lead and the care lead",
  },
  nothing: ({ port }) => `Nothing is ordered; ${port} stays open as the map has it.`,
  doing: ({ places, controlCount }) => `It ${places.join(` ${en.and} `)} (${some(controlCount, "order", "orders")}).`,
  hosts: ({ taken, saved, strategy }) =>
    strategy === "do-nothing"
      ? `About ${some(Math.round(taken), "host is", "hosts are")} taken by the end.`
      : `About ${some(Math.round(taken), "host is", "hosts are")} taken by the end, ${Math.round(saved) > 0 ? `${grouped(Math.round(saved))} fewer than` : "no fewer than"} when nothing is done.`,
  care: ({ cutServices }) =>
    cutServices.length === 0 ? "The cut takes no service away." : `The cut itself hits ${list(cutServices, en)}.`,
  infection: ({ infectedServices }) =>
    infectedServices.length === 0 ? "" : `Infection is likely to hit ${list(infectedServices, en)}.`,
  consultations: ({ consultations }) =>
    consultations === 0
      ? ""
      : `About ${some(consultations, "consultation is", "consultations are")} lost per half-day.`,
  people: ({ people }) => (people.length === 0 ? "" : `To be told: ${list(people, en)}.`),
  when: ({ seconds, approval }) =>
    `It needs ${en.approvals[approval]} and is in effect ${inTime(seconds, "second", "minute")}.`,
  refused: ({ refused }) =>
    refused.length === 0
      ? ""
      : `Left open because it is protected: ${list(
          refused.map(({ item, because }) => `${item} (${because ?? "the map marks this host as protected"})`),
          en,
          4,
        )}.`,
  wayBack: (minutes, count) =>
    `Each of the ${some(count, "order", "orders")} is lifted by the point that made it; about ${some(minutes, "minute", "minutes")} in all once it is decided.`,
  noWayBack: "There is nothing to take back.",
  walls: {
    "close-crossing": (name, port) => `Take ${port} out of the crossing ${name}`,
    "close-boundary": (name, port) => `Close ${port} around ${name}`,
    "split-segment": (name, port) => `Keep the hosts of ${name} apart on ${port}`,
  },
  unknowns: {
    hidden: (hosts) =>
      `About ${some(hosts, "infected host has", "infected hosts have")} not been seen yet; where they are is drawn anew in each run.`,
    assumedCounts: (segments, hosts) =>
      `${some(segments, "segment has", "segments have")} no host count in the map; ${hosts} hosts are assumed in each.`,
    unable: (what) => `No enforcement point can do this: it ${what}.`,
    wormShares: "How many hosts the worm can take is the profile's figure, not a measured one.",
    fewRuns: (runs) => `Played ${runs} times only: it was surely worse than others by then.`,
    ties: (count) => `At least ${some(count, "other set costs", "other sets cost")} exactly the same.`,
    early: (bound, objective) =>
      `The search was stopped early: no set costs less than ${bound.toFixed(1)}, this one costs ${objective.toFixed(1)}.`,
  },
};

const fr: Words = {
  and: "et",
  more: (count) => `${count} de plus`,
  titles: {
    "do-nothing": "Ne rien faire",
    "ports-in-segments": "Fermer le port du ver dans les segments infectés",
    "ports-in-buildings": "Fermer le port du ver dans et autour des bâtiments infectés",
    "ports-everywhere": "Fermer le port du ver dans et autour de chaque segment",
    surgical: "Isoler les machines infectées et fermer le port du ver autour de leurs segments",
    balanced: "La coupure de moindre mal",
    building: "Isoler les bâtiments infectés, soins laissés ouverts",
    site: "Isoler les sites infectés, soins laissés ouverts",
    internet: "Couper seulement Internet",
    everything: "Tout isoler, soins laissés ouverts",
  },
  verbs: {
    "close-port-within": (place) => `ferme le port dans ${place}`,
    "close-port": (place) => `ferme le port autour de ${place}`,
    "isolate-host": (place) => `isole ${place}`,
    "isolate-segment": (place) => `isole le segment ${place}`,
    "isolate-building": (place) => `isole le bâtiment ${place}`,
    "isolate-site": (place) => `isole le site ${place}`,
    "cut-internet": () => "coupe Internet",
  },
  approvals: {
    "one-person": "une personne, avec un motif",
    "two-people": "deux personnes",
    "network-lead-and-care-lead": "le responsable réseau et le responsable des soins",
  },
  nothing: ({ port }) => `Rien n’est ordonné\u00a0; ${port} reste ouvert comme le dit la carte.`,
  doing: ({ places, controlCount }) =>
    `Ce plan ${places.join(` ${fr.and} `)} (${quelques(controlCount, "ordre", "ordres")}).`,
  hosts: ({ taken, saved, strategy }) =>
    strategy === "do-nothing"
      ? `Environ ${quelques(Math.round(taken), "machine touchée", "machines touchées")} à la fin.`
      : `Environ ${quelques(Math.round(taken), "machine touchée", "machines touchées")} à la fin, ${Math.round(saved) > 0 ? `soit ${grouped(Math.round(saved), "\u00a0")} de moins que` : "autant que"} si rien n’est fait.`,
  care: ({ cutServices }) =>
    cutServices.length === 0
      ? "La coupure n’enlève aucune activité de soins."
      : `La coupure elle-même atteint ${list(cutServices, fr)}.`,
  infection: ({ infectedServices }) =>
    infectedServices.length === 0 ? "" : `La propagation atteindra sans doute ${list(infectedServices, fr)}.`,
  consultations: ({ consultations }) =>
    consultations === 0
      ? ""
      : `Environ ${quelques(consultations, "consultation perdue", "consultations perdues")} par demi-journée.`,
  people: ({ people }) => (people.length === 0 ? "" : `À prévenir\u00a0: ${list(people, fr)}.`),
  when: ({ seconds, approval }) =>
    `Il faut l’accord de\u00a0: ${fr.approvals[approval]}\u00a0; effet ${inTime(seconds, "seconde", "minute", "après", "environ")}.`,
  refused: ({ refused }) =>
    refused.length === 0
      ? ""
      : `Laissé ouvert car protégé\u00a0: ${list(
          refused.map(({ item, because }) => `${item} (${because ?? "la carte marque cette machine comme protégée"})`),
          fr,
          4,
        )}.`,
  wayBack: (minutes, count) =>
    `${count === 1 ? "L’ordre est levé" : `Chacun des ${count} ordres est levé`} par l’équipement qui l’a appliqué\u00a0; environ ${quelques(minutes, "minute", "minutes")} en tout une fois la décision prise.`,
  noWayBack: "Il n’y a rien à lever.",
  walls: {
    "close-crossing": (name, port) => `Retirer ${port} du passage ${name}`,
    "close-boundary": (name, port) => `Fermer ${port} autour de ${name}`,
    "split-segment": (name, port) => `Séparer les machines de ${name} sur ${port}`,
  },
  unknowns: {
    hidden: (hosts) =>
      `Environ ${quelques(hosts, "machine infectée n’a", "machines infectées n’ont")} pas encore été vue${hosts === 1 ? "" : "s"}\u00a0; leur place est tirée au sort à chaque essai.`,
    assumedCounts: (segments, hosts) =>
      `${quelques(segments, "segment est", "segments sont")} sans nombre de machines dans la carte\u00a0; ${hosts} sont supposées dans chacun.`,
    unable: (what) => `Aucun équipement de la carte ne peut le faire\u00a0: ce plan ${what}.`,
    wormShares: "La part des machines vulnérables vient du profil du ver, elle n’est pas mesurée.",
    fewRuns: (runs) => `Joué ${runs} fois seulement\u00a0: ce plan était déjà sûrement moins bon.`,
    ties: (count) =>
      `Au moins ${quelques(count, "autre ensemble coûte", "autres ensembles coûtent")} exactement autant.`,
    early: (bound, objective) =>
      `Recherche arrêtée avant la fin\u00a0: rien ne coûte moins de ${decimal(bound)}, ce plan coûte ${decimal(objective)}.`,
  },
};

/** A sentence, or several, in both languages. */
export function told(say: (words: Words) => string): Told {
  return { en: say(en), fr: say(fr) };
}

/** The whole explanation: what it does, what it saves, what it breaks, who is told, who must agree. */
export function explain(facts: Facts, doing: (words: Words) => readonly string[]): Told {
  return told((words) => {
    const stated = { ...facts, places: doing(words) };
    // All was refused or nobody can: what follows is said with doing nothing.
    const isEmpty = facts.controlCount === 0 && facts.strategy !== "do-nothing";
    const parts =
      facts.controlCount === 0
        ? [words.nothing(stated), words.hosts(stated)]
        : [words.doing(stated), words.hosts(stated), words.care(stated)];
    parts.push(words.infection(stated), words.consultations(stated), words.people(stated));
    if (isEmpty) parts.splice(1);
    if (facts.controlCount > 0) parts.push(words.when(stated));
    parts.push(words.refused(stated));
    return parts.filter((part) => part !== "").join(" ");
  });
}

export type { Words };

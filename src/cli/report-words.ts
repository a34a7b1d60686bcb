// Every sentence of the report, in English and in French: two objects of one shape, so that a text that is missing in
// one of them does not compile.

import type { ServiceState } from "../model/care.ts";
import type { ContactRole } from "../model/map.ts";
import type { Approval } from "../model/plan.ts";
import type { ReportLanguage } from "./report-figures.ts";

/** A sign for each state, so that none is told by colour alone. */
export const stateSigns: Readonly<Record<ServiceState, string>> = {
  normal: "●",
  degraded: "▲",
  "stand-in": "⇄",
  stopped: "■",
};

const en = {
  title: (hospital: string): string => `Outbreak report: ${hospital}`,
  kicker: "Cordon · forecast and plans",
  notOrdered: "A rehearsal: nothing on this page has been ordered.",
  madeAt: "Made",
  nothing: "There is no forecast and no plan to report.",
  to: "to",
  label: (name: string): string => `${name}:`,

  recommended: "Recommended",
  inForce: "What would be ordered",
  noControls: "Nothing is ordered.",
  by: "by",
  nobody: "nobody can carry it out",
  orFails: (share: string): string => `${share} chance that it does not take`,
  tell: "Tell first",

  plansTitle: "The plans side by side",
  plansHow:
    "Each plan was played forward from the present odds, on the same chances. In brackets: the interval that holds in 95 of 100 cases.",
  plan: "Plan",
  taken: "Hosts taken",
  saved: "Hosts saved",
  services: "Services hit",
  consultations: "Consultations lost per half-day",
  applyTime: "Time to apply",
  approval: "Who must agree",
  wayBack: "The way back",
  unknowns: "Not known",
  none: "none",
  isRecommended: "recommended",

  harmTitle: "Harm of each plan",
  harmHow: (horizon: string): string =>
    `Care lost and hosts lost within ${horizon}, weighed by the map’s own figures. The line shows the interval.`,
  harm: "Harm",
  harmOfCut: "by the cut itself",
  harmOfOutbreak: "by the outbreak",

  detailsTitle: "Plan by plan",
  service: "Service",
  state: "State",
  chance: "Chance",
  cause: "Cause",
  people: "To be told",
  careIsWhole: "No service of care is hit.",

  fanTitle: "Hosts taken over time",
  fanHow: (runs: string): string =>
    `${runs} possible courses, with the orders that the forecast was given. Half of them lie in the dark band, nine of ten in the pale one.`,
  bandWide: "9 of 10 courses",
  bandMiddle: "half of the courses",
  median: "median",
  time: "Time",
  ends: (share: string): string => `Chance that it ends within this time: ${share}.`,

  placesTitle: "Buildings",
  placesHow: (horizon: string): string =>
    `Share of the hosts of each building that are taken after ${horizon}, on average, and the chance that it is reached at all.`,
  ofHosts: (taken: string, of: string): string => `${taken} of ${of} hosts`,
  reached: (share: string): string => `reached: ${share}`,
  noSite: "No site",

  boundariesTitle: "Boundaries it may cross",
  boundary: "Boundary",
  crossed: "Chance that it is crossed",
  crossedWhen: "When, if it is",
  crossedHow: "Half of the crossings fall between the two times in brackets.",
  never: "in no course",
  rest: (count: number, share: string | null): string =>
    `${count} more ${count === 1 ? "boundary is" : "boundaries are"} crossed in ${share === null ? "no course" : `${share} of courses or fewer`}.`,

  worm: "Worm",
  defender: "Defence",
  horizon: "Horizon",
  seed: "Seed",
  runs: "Courses",
  runsOfPlans: "Courses of each plan",
  precise: "precise enough to stop early",
  notPrecise: "as many as were asked for",
  solver: "Solver",
  optimal: "optimum proved",
  notOptimal: (objective: string, bound: string): string => `stopped early: harm ${objective}, not below ${bound}`,
  version: "Version",
  footer: "No patient data. The same seed, map and version give the same figures.",

  states: { normal: "normal", degraded: "degraded", "stand-in": "stand-in", stopped: "stopped" } as Record<
    ServiceState,
    string
  >,
  causes: { cut: "the cut", infection: "the outbreak", both: "both" },
  approvals: {
    "one-person": "one person",
    "two-people": "two people",
    "network-lead-and-care-lead": "network lead and care lead",
  } as Record<Approval, string>,

  roles: {
    "crisis-director": "crisis director",
    "care-lead": "care lead",
    "network-lead": "network lead",
    "network-on-call": "network on call",
    "security-lead": "security lead",
    "data-protection": "data protection",
    biomedical: "biomedical",
    telephony: "telephony",
    facility: "facility",
    neighbour: "neighbour",
    authority: "authority",
    vendor: "vendor",
    other: "other",
  } as Record<ContactRole, string>,
  place: {
    segment: (name: string): string => `segment ${name}`,
    building: (name: string): string => `building ${name}`,
    site: (name: string): string => `site ${name}`,
    use: (name: string): string => `all segments of use ${name}`,
    internet: "the internet",
    all: "the whole hospital",
  },
  control: {
    within: (port: string, place: string): string => `Close ${port} between the hosts of ${place}`,
    around: (port: string, place: string): string => `Close ${port} around ${place}`,
    host: (name: string): string => `Isolate host ${name}`,
    isolate: (place: string): string => `Isolate ${place}`,
    internet: "Cut the internet",
    internetOf: (place: string): string => `Cut the internet of ${place}`,
    except: (paths: string): string => `leaving open ${paths}`,
  },
};

export type ReportWords = typeof en;

const fr: ReportWords = {
  title: (hospital) => `Rapport de propagation\u00a0: ${hospital}`,
  kicker: "Cordon · prévision et plans",
  notOrdered: "Une répétition\u00a0: rien sur cette page n’a été ordonné.",
  madeAt: "Établi le",
  nothing: "Il n’y a ni prévision ni plan à présenter.",
  to: "à",
  label: (name) => `${name}\u00a0:`,

  recommended: "Recommandé",
  inForce: "Ce qui serait ordonné",
  noControls: "Rien n’est ordonné.",
  by: "par",
  nobody: "personne ne peut l’exécuter",
  orFails: (share) => `${share} de risque que cela ne prenne pas`,
  tell: "À prévenir d’abord",

  plansTitle: "Les plans côte à côte",
  plansHow:
    "Chaque plan a été joué à partir de la situation présente, avec les mêmes hasards. Entre parenthèses\u00a0: l’intervalle qui tient dans 95 cas sur 100.",
  plan: "Plan",
  taken: "Machines touchées",
  saved: "Machines sauvées",
  services: "Activités atteintes",
  consultations: "Consultations perdues par demi-journée",
  applyTime: "Délai d’effet",
  approval: "Accord nécessaire",
  wayBack: "Le retour",
  unknowns: "Inconnues",
  none: "aucune",
  isRecommended: "recommandé",

  harmTitle: "Dommage de chaque plan",
  harmHow: (horizon) =>
    `Soins perdus et machines perdues en ${horizon}, pesés selon les valeurs de la carte. Le trait montre l’intervalle.`,
  harm: "Dommage",
  harmOfCut: "par la coupure elle-même",
  harmOfOutbreak: "par la propagation",

  detailsTitle: "Plan par plan",
  service: "Activité",
  state: "État",
  chance: "Probabilité",
  cause: "Cause",
  people: "À prévenir",
  careIsWhole: "Aucune activité de soins n’est atteinte.",

  fanTitle: "Machines touchées au fil du temps",
  fanHow: (runs) =>
    `${runs} déroulements possibles, avec les ordres donnés à la prévision. La moitié se trouve dans la bande foncée, neuf sur dix dans la bande pâle.`,
  bandWide: "9 déroulements sur 10",
  bandMiddle: "la moitié des déroulements",
  median: "médiane",
  time: "Temps",
  ends: (share) => `Probabilité que cela s’arrête dans ce délai\u00a0: ${share}.`,

  placesTitle: "Bâtiments",
  placesHow: (horizon) =>
    `Part des machines de chaque bâtiment touchées après ${horizon}, en moyenne, et probabilité que le bâtiment soit atteint.`,
  ofHosts: (taken, of) => `${taken} sur ${of} machines`,
  reached: (share) => `atteint\u00a0: ${share}`,
  noSite: "Sans site",

  boundariesTitle: "Frontières qui peuvent être franchies",
  boundary: "Frontière",
  crossed: "Probabilité de franchissement",
  crossedWhen: "Quand, le cas échéant",
  crossedHow: "La moitié des franchissements tombe entre les deux temps indiqués entre parenthèses.",
  never: "dans aucun déroulement",
  rest: (count, share) =>
    `${count === 1 ? "Une autre frontière n’est franchie" : `${count} autres frontières ne sont franchies`} ${share === null ? "dans aucun déroulement" : `que dans ${share} des déroulements au plus`}.`,

  worm: "Ver",
  defender: "Défense",
  horizon: "Horizon",
  seed: "Graine",
  runs: "Déroulements",
  runsOfPlans: "Déroulements par plan",
  precise: "assez précis pour s’arrêter",
  notPrecise: "autant que demandé",
  solver: "Solveur",
  optimal: "optimum prouvé",
  notOptimal: (objective, bound) => `arrêté avant la fin\u00a0: dommage ${objective}, au moins ${bound}`,
  version: "Version",
  footer: "Aucune donnée de patient. La même graine, la même carte et la même version donnent les mêmes chiffres.",

  states: { normal: "normal", degraded: "dégradé", "stand-in": "repli", stopped: "arrêté" },
  causes: { cut: "la coupure", infection: "la propagation", both: "les deux" },
  approvals: {
    "one-person": "une personne",
    "two-people": "deux personnes",
    "network-lead-and-care-lead": "responsables du réseau et des soins",
  },

  roles: {
    "crisis-director": "direction de crise",
    "care-lead": "responsable des soins",
    "network-lead": "responsable réseau",
    "network-on-call": "astreinte réseau",
    "security-lead": "responsable sécurité",
    "data-protection": "protection des données",
    biomedical: "biomédical",
    telephony: "téléphonie",
    facility: "services techniques",
    neighbour: "établissement voisin",
    authority: "autorité",
    vendor: "fournisseur",
    other: "autre",
  },
  place: {
    segment: (name) => `le segment ${name}`,
    building: (name) => `le bâtiment ${name}`,
    site: (name) => `le site ${name}`,
    use: (name) => `tous les segments d’usage ${name}`,
    internet: "Internet",
    all: "tout l’hôpital",
  },
  control: {
    within: (port, place) => `Fermer ${port} entre les machines\u00a0: ${place}`,
    around: (port, place) => `Fermer ${port} autour\u00a0: ${place}`,
    host: (name) => `Isoler la machine ${name}`,
    isolate: (place) => `Isoler ${place}`,
    internet: "Couper Internet",
    internetOf: (place) => `Couper Internet\u00a0: ${place}`,
    except: (paths) => `en laissant ouvert ${paths}`,
  },
};

/** What each language says, by its code. */
export const reportWords: Readonly<Record<ReportLanguage, ReportWords>> = { en, fr };

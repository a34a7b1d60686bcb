// What the report says in French. report-words.ts joins the languages.

import type { ReportWords } from "./report-words-en.ts";

export const fr: ReportWords = {
  title: (hospital) => `Rapport de propagation\u00a0: ${hospital}`,
  kicker: "Cordon · prévision et plans",
  notOrdered: "Une répétition\u00a0: rien sur cette page n’a été ordonné.",
  madeAt: "Établi le",
  nothing: "Il n’y a ni prévision ni plan à présenter.",
  more: (count) => `${count} de plus`,
  to: "à",
  label: (name) => `${name}\u00a0:`,

  recommended: "Recommandé",
  whyChosen: (least, nothing) =>
    `De tous les plans comparés, c’est celui qui fait le moins de dommage\u00a0: ${least}, contre ${nothing} si rien n’est fait.`,
  whyNothing: (least) =>
    `De tous les plans comparés, ne rien ordonner fait le moins de dommage\u00a0: ${least}. Chaque coupure ci-dessous coûte plus qu’elle ne sauve.`,
  nextBest: (title, harm) => `Vient ensuite «\u00a0${title}\u00a0» avec ${harm}.`,
  sameOrders: (title) => `Les mêmes ordres que «\u00a0${title}\u00a0».`,
  inForce: "Ce qui serait ordonné",
  noControls: "Rien n’est ordonné.",
  by: "par",
  nobody: "personne ne peut l’exécuter",
  orFails: (share) => `échec ${share}`,
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
  unknownsOfAll: "Inconnu, quel que soit le plan",
  none: "aucune",
  isRecommended: "recommandé",
  unableTitle: "Plans qui n’ordonnent rien ici",
  unableHow:
    "Personne sur la carte ne peut les exécuter, ou tout ce qu’ils couperaient est protégé\u00a0: ils font ce que fait ne rien faire.",

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
  careOf: (count) =>
    `${count} ${count === 1 ? "activité atteinte" : "activités atteintes"}\u00a0: pourquoi, et qui prévenir`,
  unlikely: (count) =>
    `${count} ${count === 1 ? "autre activité est atteinte" : "autres activités sont atteintes"} dans moins de 5 déroulements sur 100.`,

  fanLead: (middle, low, high, of, horizon) =>
    `Après ${horizon}, ${middle} machines sur ${of} sont touchées dans le déroulement médian\u00a0; dans neuf déroulements sur dix, entre ${low} et ${high}.`,
  fanFirst: (time) => `Les premiers temps (${time}), où presque tout se joue`,
  fanWhole: (time) => `Toute la durée\u00a0: ${time}`,
  fanTitle: "Machines touchées au fil du temps",
  fanHow: (runs) =>
    `${runs} déroulements possibles de la même propagation. La moitié se trouve dans la bande foncée, neuf sur dix dans la bande pâle.`,
  bandWide: "9 déroulements sur 10",
  bandMiddle: "la moitié des déroulements",
  median: "médiane",
  time: "Temps",
  ends: (share) => `Probabilité que cela s’arrête dans ce délai\u00a0: ${share}.`,

  ordersTitle: "Ce qui a été ordonné, et quand",
  ordersHow:
    "Les lettres se trouvent sur l’axe du temps ci-dessus. Les temps comptent depuis le début de la répétition.",
  ordersNone: "Aucun ordre\u00a0: rien n’est coupé dans cette répétition.",
  ordersUnknown: "Les ordres donnés n’ont pas été notés avec cette prévision.",
  mark: "Repère",
  at: "À",
  order: "Ordre",
  takesEffect: "Prend-il effet\u00a0?",
  surely: "oui, dans chaque déroulement",
  failsIn: (share) => `il échoue dans ${share} des déroulements`,
  liftedAt: (time) => `levé à ${time}`,
  tooLate: "après la fin\u00a0: sans effet ici",

  placesTitle: "Bâtiments",
  segmentsTitle: "Segments du réseau",
  segmentsHow: (horizon) => `Part des machines de chaque segment touchées après ${horizon}, en moyenne.`,
  beganHere: "point de départ",
  reachedAfter: (share, time) => `atteint\u00a0: ${share}, après ${time}`,
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
    share === null
      ? `${count === 1 ? "Une autre frontière n’est franchie" : `${count} autres frontières ne sont franchies`} dans aucun déroulement.`
      : `${count === 1 ? "Une autre frontière est franchie" : `${count} autres frontières sont franchies`} plus tard ou plus rarement, dans ${share} des déroulements au plus.`,

  wallsTitle: "Quel mur construire ensuite",
  wallsHow: (worms, horizon) =>
    `Des propagations qui partent de machines tirées au sort, pendant ${horizon}, avec et sans chaque mur, sous les mêmes hasards. Vers\u00a0: ${worms}. Le meilleur d’abord, selon le dommage évité pour l’effort demandé.`,
  wallsLead: (what, share, effort) =>
    `Commencer par\u00a0: ${what}. Ce mur évite ${share} du dommage d’une propagation, pour un effort de ${effort} (un changement vaut environ 1).`,
  wallsNone: "Rien de ce qui pourrait être fermé n’éviterait sûrement quoi que ce soit.",
  harmNow: "Dommage d’une propagation sur la carte actuelle",
  wallsCount: "Murs essayés",
  wallsPicture: "Effort et dommage évité",
  wallsPictureHow:
    "Plus haut, c’est mieux\u00a0; plus à gauche, c’est moins cher. Les numéros sont ceux du classement\u00a0; le trait montre l’intervalle qui tient dans 95 cas sur 100.",
  effortAxis: "effort →",
  harmAxis: "dommage évité ↑",
  wallsRanking: "Le classement",
  wall: "Mur",
  effort: "Effort demandé",
  harmAverted: "Dommage évité",
  hostsAverted: "Machines épargnées",
  against: "Contre quel ver",
  ofHarm: (share) => `${share} de tout le dommage`,
  effortOf: (segments, points, services, names) =>
    [
      `${segments} ${segments === 1 ? "segment" : "segments"}`,
      points === null ? "aucun équipement de la carte ne peut le faire" : `par ${points}`,
      ...(services === 0
        ? []
        : [
            `${services} ${services === 1 ? "activité le traverse" : "activités le traversent"}${names === "" ? "" : `\u00a0: ${names}`}`,
          ]),
    ].join(", "),
  whyLastTitle: "Pourquoi les autres viennent en dernier",
  whyBreaks: "Ils retireraient ce port aux soins. Donner d’abord un autre chemin à ces activités\u00a0:",
  whyNoGain: (count) =>
    `${count} ${count === 1 ? "mur n’évite" : "murs n’évitent"} rien que le hasard ne puisse expliquer\u00a0: l’intervalle atteint zéro. La plupart n’ont été joués que quelques fois, d’autres étant sûrement meilleurs.`,
  whyRest: (count) =>
    `${count} ${count === 1 ? "autre mur évite" : "autres murs évitent"} quelque chose, mais moins pour leur effort que ceux d’en haut.`,
  wallsForExample: "Parmi eux",
  wallOf: {
    "close-crossing": (name, port) => `Retirer ${port} du passage ${name}`,
    "close-boundary": (name, port) => `Fermer ${port} autour\u00a0: ${name}`,
    "split-segment": (name, port) => `Séparer les machines entre elles sur ${port}\u00a0: ${name}`,
  },
  lookedAt: "Déroulements par mur",

  replayTitle: "Ce qui a été publié, et ce que dit le modèle",
  replayWhat: "Chiffre",
  published: "Publié",
  modelled: "Modèle",
  noFigure: "aucun chiffre",
  knowsNothing: "n’en sait rien",
  withoutCuts: (middle, low, high) =>
    `Sans aucune coupure\u00a0: ${middle} machines touchées dans le déroulement médian, de ${low} à ${high} dans neuf déroulements sur dix.`,
  nothingGotIn: "Rien n’est entré\u00a0: pas de propagation à montrer, seulement ce que la coupure a fait aux soins.",
  eventsTitle: "Ce qui s’est passé, et quand",
  careAtEnd: "Les soins à la fin",
  cannotKnow: "Ce que le modèle ne peut pas savoir ici",
  tuned: "Choisi pour approcher ce qui a été publié",
  notTuned: "Rien n’a été choisi pour approcher ce qui a été publié.",
  sources: "Sources publiées",

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

  worms: {
    sweep: "balaie son sous-réseau et tire au hasard, comme WannaCry",
    topological: "suit les voisins et les comptes partagés, comme NotPetya",
    "slow-shares": "se copie par les partages, des minutes entre deux essais, comme Qbot",
    "slow-careful": "quelques essais par heure, sous tous les seuils",
    "hit-list": "a une liste et des comptes valables\u00a0: chaque essai aboutit",
  },
  defenders: {
    "watch-only": "observe, n’isole rien de lui-même",
    automatic: "isole aussitôt les machines repérées",
    night: "une personne d’astreinte, chez elle",
    day: "une équipe sur place, qui isole à la main",
  },
  uses: {
    workstations: "postes de travail",
    servers: "serveurs",
    "medical-devices": "dispositifs médicaux",
    telephony: "téléphonie",
    printers: "imprimantes",
    "building-systems": "systèmes du bâtiment",
    guests: "visiteurs",
    management: "administration du réseau",
    transit: "interconnexion",
    mixed: "usage mixte",
    unknown: "usage inconnu",
  },

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
    segment: (name) => `segment ${name}`,
    building: (name) => `bâtiment ${name}`,
    site: (name) => `site ${name}`,
    use: (name) => `tous les segments\u00a0: ${name}`,
    crossing: (from, to) => `${from} → ${to}`,
    internet: "Internet",
    all: "tout l’hôpital",
  },
  control: {
    within: (port, place) => `Fermer ${port} entre les machines\u00a0: ${place}`,
    around: (port, place) => `Fermer ${port} autour\u00a0: ${place}`,
    host: (name) => `Isoler la machine ${name}`,
    isolate: (place) => `Isoler\u00a0: ${place}`,
    internet: "Couper Internet",
    internetOf: (place) => `Couper Internet\u00a0: ${place}`,
    except: (paths) => `en laissant ouvert ${paths}`,
  },
};

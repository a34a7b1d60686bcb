// What the report says in English; its shape is what every language has to say. report-words.ts joins the languages.

import type { ServiceState } from "../model/care.ts";
import type { ContactRole, SegmentUse } from "../model/map.ts";
import type { Approval } from "../model/plan.ts";
import type { WallKind } from "../model/walls.ts";

export const en = {
  title: (hospital: string): string => `Outbreak report: ${hospital}`,
  kicker: "Cordon · forecast and plans",
  notOrdered: "A rehearsal: nothing on this page has been ordered.",
  madeAt: "Made",
  nothing: "There is no forecast and no plan to report.",
  more: (count: number): string => `${count} more`,
  to: "to",
  label: (name: string): string => `${name}:`,

  recommended: "Recommended",
  whyChosen: (least: string, nothing: string): string =>
    `Of the plans compared it does the least harm: ${least}, against ${nothing} when nothing is done.`,
  whyNothing: (least: string): string =>
    `Of the plans compared, ordering nothing does the least harm: ${least}. Every cut below costs more than it saves.`,
  nextBest: (title: string, harm: string): string => `Next comes “${title}” with ${harm}.`,
  sameOrders: (title: string): string => `The same orders as “${title}”.`,
  inForce: "What would be ordered",
  noControls: "Nothing is ordered.",
  by: "by",
  nobody: "nobody can carry it out",
  orFails: (share: string): string => `fails ${share}`,
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
  unknownsOfAll: "Not known, whatever the plan",
  none: "none",
  isRecommended: "recommended",
  unableTitle: "Plans that order nothing here",
  unableHow:
    "Nobody on the map can carry them out, or all they would cut is protected: they do what doing nothing does.",

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
  careOf: (count: number): string => `${count} ${count === 1 ? "service" : "services"} hit: why, and whom to tell`,
  unlikely: (count: number): string =>
    `${count} more ${count === 1 ? "service is" : "services are"} hit in fewer than 5 of 100 courses.`,

  fanLead: (middle: string, low: string, high: string, of: string, horizon: string): string =>
    `After ${horizon}, ${middle} of ${of} hosts are taken in the middle course; in nine courses of ten it is between ${low} and ${high}.`,
  fanFirst: (time: string): string => `The first ${time}, when most of it happens`,
  fanWhole: (time: string): string => `The whole time: ${time}`,
  fanTitle: "Hosts taken over time",
  fanHow: (runs: string): string =>
    `${runs} possible courses of the same outbreak. Half of them lie in the dark band, nine of ten in the pale one.`,
  bandWide: "9 of 10 courses",
  bandMiddle: "half of the courses",
  median: "median",
  time: "Time",
  ends: (share: string): string => `Chance that it ends within this time: ${share}.`,

  ordersTitle: "What was ordered, and when",
  ordersHow: "The letters stand on the time axis above. Times count from the start of the rehearsal.",
  ordersNone: "No orders: nothing is cut in this rehearsal.",
  ordersUnknown: "Which orders were given was not noted with this forecast.",
  mark: "Mark",
  at: "At",
  order: "Order",
  takesEffect: "Does it take effect?",
  surely: "yes, in every course",
  failsIn: (share: string): string => `it fails in ${share} of the courses`,
  liftedAt: (time: string): string => `lifted at ${time}`,
  tooLate: "after the end: no effect here",

  placesTitle: "Buildings",
  segmentsTitle: "Segments",
  segmentsHow: (horizon: string): string =>
    `Share of the hosts of each segment that are taken after ${horizon}, on average.`,
  beganHere: "it began here",
  reachedAfter: (share: string, time: string): string => `reached: ${share}, after ${time}`,
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
    share === null
      ? `${count} more ${count === 1 ? "boundary is" : "boundaries are"} crossed in no course.`
      : `${count} more ${count === 1 ? "boundary is" : "boundaries are"} crossed later or more rarely, in ${share} of the courses at most.`,

  wallsTitle: "Which wall to build next",
  wallsHow: (worms: string, horizon: string): string =>
    `Outbreaks that begin at hosts drawn at random, over ${horizon}, with each wall and without it on the same luck. Worms: ${worms}. Best first, by harm averted for the effort it takes.`,
  wallsLead: (what: string, share: string, effort: string): string =>
    `Begin with: ${what}. It averts ${share} of the harm of an outbreak, for an effort of ${effort} (one change is about 1).`,
  wallsNone: "Nothing that could be closed would surely avert anything.",
  harmNow: "Harm of an outbreak as the map is",
  wallsCount: "Walls tried",
  wallsPicture: "Effort and harm averted",
  wallsPictureHow:
    "Up is better, left is cheaper. The numbers are those of the ranking; the line is the interval that holds in 95 of 100 cases.",
  effortAxis: "effort →",
  harmAxis: "harm averted ↑",
  wallsRanking: "The ranking",
  wall: "Wall",
  effort: "Effort",
  harmAverted: "Harm averted",
  hostsAverted: "Hosts averted",
  against: "Against which worm",
  ofHarm: (share: string): string => `${share} of all harm`,
  effortOf: (segments: number, points: string | null, services: number, names: string): string =>
    [
      `${segments} ${segments === 1 ? "segment" : "segments"}`,
      points === null ? "no point on the map can do it yet" : `by ${points}`,
      ...(services === 0
        ? []
        : [
            `${services} ${services === 1 ? "service crosses" : "services cross"} it${names === "" ? "" : `: ${names}`}`,
          ]),
    ].join(", "),
  whyLastTitle: "Why the others come last",
  whyBreaks: "They would take this port from care. Give these services another way first:",
  whyNoGain: (count: number): string =>
    `${count} ${count === 1 ? "wall averts" : "walls avert"} nothing that chance could not explain: the interval reaches zero. Most were played a few times only, because others did surely better.`,
  whyRest: (count: number): string =>
    `${count} more ${count === 1 ? "wall averts" : "walls avert"} something, but less for their effort than those above.`,
  wallsForExample: "Among them",
  wallOf: {
    "close-crossing": (name, port) => `Take ${port} out of the crossing ${name}`,
    "close-boundary": (name, port) => `Close ${port} around ${name}`,
    "split-segment": (name, port) => `Keep the hosts of ${name} apart on ${port}`,
  } as Readonly<Record<WallKind, (name: string, port: string) => string>>,
  lookedAt: "Courses of each wall",

  replayTitle: "What was published, and what the model says",
  replayWhat: "Figure",
  published: "Published",
  modelled: "Model",
  noFigure: "no figure",
  knowsNothing: "knows nothing of this",
  withoutCuts: (middle: string, low: string, high: string): string =>
    `With nothing cut: ${middle} hosts taken in the middle course, from ${low} to ${high} in nine courses of ten.`,
  nothingGotIn: "Nothing got in: there is no spread to show, only what the cut did to care.",
  eventsTitle: "What happened when",
  careAtEnd: "Care at the end",
  cannotKnow: "What the model cannot know here",
  tuned: "Chosen to come near what was published",
  notTuned: "Nothing was chosen to come near what was published.",
  sources: "Sources",

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

  /** What the bundled profiles are; one of one's own is shown by its id. */
  worms: {
    sweep: "sweeps its own subnet and scans at random, like WannaCry",
    topological: "follows neighbours and shared credentials, like NotPetya",
    "slow-shares": "copies itself over shares, minutes between tries, like Qbot",
    "slow-careful": "a few tries an hour, below every threshold",
    "hit-list": "has a list and working credentials: every try connects",
  } as Readonly<Record<string, string>>,
  defenders: {
    "watch-only": "watches, isolates nothing on its own",
    automatic: "isolates flagged hosts at once",
    night: "one person on call at home",
    day: "a team at work that isolates by hand",
  } as Readonly<Record<string, string>>,
  uses: {
    workstations: "workstations",
    servers: "servers",
    "medical-devices": "medical devices",
    telephony: "telephony",
    printers: "printers",
    "building-systems": "building systems",
    guests: "guests",
    management: "management",
    transit: "transit",
    mixed: "mixed use",
    unknown: "unknown use",
  } as Readonly<Record<SegmentUse, string>>,

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
    use: (name: string): string => `all ${name}`,
    crossing: (from: string, to: string): string => `${from} → ${to}`,
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

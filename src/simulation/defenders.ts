// Defender profiles as data: what is seen when, and what happens without anybody deciding.

import type { DefenderProfile } from "../model/rehearsal.ts";

const flagClaim = {
  what: "flagged after 10 tries (4 to 30); a scanner can be stopped after fewer than 10",
  source: "Weaver, Staniford, Paxson, USENIX Security 2004",
};
const applyClaim = {
  what: "an order takes effect in 1 s on a data plane of ours, 5 s on access ports, 15 min through lists and people",
  source: "engineering",
};
const seen = {
  telemetryDelaySeconds: 60,
  contactsToFlag: 10,
  isolateFailureProbability: 0.02,
  applySecondsByRing: [1, 5, 900] as const,
};
const delayClaim = { what: "60 s of delay with flow export, 1 s from a mirror port", source: "engineering" };

/** The profiles that come with Cordon. */
export const defenders: readonly DefenderProfile[] = [
  {
    id: "watch-only",
    title: "Watches, isolates nothing on its own",
    ...seen,
    isolateSeconds: null,
    decideSeconds: 1_800,
    claims: [flagClaim, delayClaim, applyClaim, { what: "half an hour until somebody decides", source: "engineering" }],
  },
  {
    id: "automatic",
    title: "Sees a mirror port and isolates flagged hosts at once",
    ...seen,
    telemetryDelaySeconds: 1,
    isolateSeconds: 5,
    decideSeconds: 900,
    claims: [
      flagClaim,
      delayClaim,
      applyClaim,
      { what: "5 s from a flag to the port being closed, 2 in 100 fail", source: "engineering" },
    ],
  },
  {
    id: "night",
    title: "One person on call at home",
    ...seen,
    isolateSeconds: null,
    decideSeconds: 2_700,
    claims: [
      flagClaim,
      delayClaim,
      applyClaim,
      { what: "45 min from the first flag to the first decision at night", source: "engineering" },
    ],
  },
  {
    id: "day",
    title: "A team at work that isolates by hand",
    ...seen,
    isolateSeconds: 900,
    decideSeconds: 600,
    claims: [
      flagClaim,
      delayClaim,
      applyClaim,
      { what: "15 min from a flag to the host being off by hand, 10 min to the first decision", source: "engineering" },
    ],
  },
];

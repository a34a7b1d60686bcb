// The weights of evidence: log P(contact | spreading) - log P(contact | benign), natural logarithms, by what the port is
// for, what the target is, and what became of the attempt. docs/concepts/detection.md derives every number.

import type { Outcome } from "../model/flow.ts";
import { PORT_CONTROL, PORT_DISCOVERY, PORT_LATERAL, PORT_REMOTE, PORT_WEB, type PortClass } from "../model/port.ts";

/** What a contact's target is, as far as is known when the contact is made. */
export const TARGET_UNKNOWN = 0; // inside, nothing known
export const TARGET_SERVER = 1; // inside, known to be called on this port by several clients
export const TARGET_WORKSTATION = 2; // inside, a workstation or device by the map or the baseline
export const TARGET_OUTSIDE = 3;
export const TARGET_DARK = 4; // inside, but no host is known to have this address
export type TargetKind = 0 | 1 | 2 | 3 | 4;

/**
 * Weight of a new contact at its first packet. Rows: port class, in the order of model/port.ts; columns: target kind.
 * A lateral contact to an inside host that is no known server makes up 1.5 % of the new contacts of office machines
 * (M57: 6 of 432) and about 20 % of a worm's whose port we do not know beforehand: ln(0.2 / 0.015) = 2.6.
 */
const openingWeights: readonly (readonly number[])[] = [
  //             unknown server  station outside dark
  /* other    */ [0.5, -1.0, 1.2, 0.0, 1.6],
  /* lateral  */ [2.6, -1.0, 3.2, 1.8, 4.0],
  /* remote   */ [1.8, -1.0, 2.4, 1.6, 3.4],
  /* web      */ [-0.2, -0.7, 0.6, -0.6, 1.8],
  /* infra    */ [-1.0, -1.0, -0.5, -0.5, 0.4],
  /* print    */ [-0.3, -0.7, -0.2, 0.3, 0.8],
  /* medical  */ [-0.3, -0.7, -0.1, 0.4, 1.2],
  /* discovery*/ [0.5, -0.2, 0.5, 0.2, 0.8],
  /* mail     */ [-0.2, -0.7, 0.6, 0.3, 1.5],
  /* control  */ [2.6, -1.0, 3.2, 1.8, 4.0],
];

/**
 * Weight of the outcome, once known: unknown, answered, refused, unanswered; by port class and side.
 * Unanswered or refused on a spreading port inside: ln(0.8 / 0.05) = 2.8, held to 1.2 because dead servers come in
 * groups: three mapped drives of a retired server must not flag a workstation at log-on. Answered: a sweep of unknown addresses is answered 20 times in 100, a benign first
 * contact 95 times: ln(0.2 / 0.95) = -1.6. A worm with a list of live machines is answered always; see `TURNED_ANSWERED`.
 */
const outcomeWeights = {
  inside: {
    spreading: [0, -1.6, 1.1, 1.2],
    web: [0, -1.0, 0.8, 0.9],
    rest: [0, -1.4, 0.8, 1.0],
  },
  outside: {
    spreading: [0, -2.3, 1.6, 1.6],
    web: [0, -1.0, 0.6, 0.7],
    rest: [0, -1.2, 0.5, 0.5],
  },
  discovery: [0, -0.8, 0.4, 0.6],
} as const;

/**
 * Weight of "answered" for a host that turned client right after it was called, or is exposed: a worm that walks from
 * live machine to live machine is answered as often as a benign host, ln(0.65 / 0.95).
 */
export const TURNED_ANSWERED = -0.4;

/** Evidence of the first packet of a new contact, nats. */
export function openingWeight(portClass: PortClass, target: TargetKind): number {
  return openingWeights[portClass][target];
}

/** Evidence of the outcome of a contact, nats; zero when it is unknown. */
export function outcomeWeight(portClass: PortClass, target: TargetKind, outcome: Outcome): number {
  if (portClass === PORT_DISCOVERY) return outcomeWeights.discovery[outcome];
  const side = target === TARGET_OUTSIDE ? outcomeWeights.outside : outcomeWeights.inside;
  if (portClass === PORT_LATERAL || portClass === PORT_CONTROL || portClass === PORT_REMOTE)
    return side.spreading[outcome];
  return portClass === PORT_WEB ? side.web[outcome] : side.rest[outcome];
}

/** Evidence of pace: a new contact within this time of the last one of the same kind belongs to a burst. */
export const BURST_GAP_MS = 2_000;
/** Benign bursts end after each contact with probability 1/2 (log-on scripts, file-tree roots): ln(1 / 0.5). */
export const BURST_WEIGHT = 0.7;
/** The next address in order, on the same port: 30 % of the steps of an ordered sweep against 5 % by chance. */
export const SEQUENCE_WEIGHT = 1.8;
/** A second port of a target already touched says little more about spread: the pair is not new. */
export const KNOWN_PAIR_SHARE = 0.1;
/** Ports without a class: a scan stays on one port, peer-to-peer traffic does not. */
export const SAME_PORT_WEIGHT = 0.8;
export const OTHER_PORT_WEIGHT = -1.2;

/** Share of hosts reached on a spreading port by an infected host that become infected and spread. */
const INFECTED_WHEN_CALLED = 0.3;
/** ln of the span of delays between being reached and spreading that is held possible: 0.1 s to 1 h. */
const DELAY_SPAN = Math.log(36_000);
const PROPAGATION_WEIGHT_MAX = 4;

/**
 * Propagation: a host called on a port becomes a client of that port `delayMs` later. Spreading: log-uniform delay;
 * benign: such contacts come at `benignPerHour`. Ratio of the two densities at the delay, never below zero.
 * After Ellis et al. 2004 ("server turns client"); the densities are ours.
 */
export function propagationWeight(delayMs: number, benignPerHour: number): number {
  const delayHours = Math.max(delayMs, 100) / 3_600_000;
  const ratio = INFECTED_WHEN_CALLED / (DELAY_SPAN * delayHours) / benignPerHour;
  return Math.min(PROPAGATION_WEIGHT_MAX, Math.max(0, Math.log(ratio)));
}

/**
 * Exposure: the prior odds of a host called by a suspect on its port, against those of any host. One in four such hosts
 * is infected; without exposure one in ten thousand: ln(0.25 / 1e-4) = 7.8, held to 6 so that one contact alone, which
 * a healthy host may make as well, does not flag.
 */
export const EXPOSURE_WEIGHT = 6;
/** The call carried a program, as 80 in 100 infections do and 4 in 100 other calls: odds one in three become seven to one; held alike. */
export const LOADED_EXPOSURE_WEIGHT = 7;
/** How long an exposure counts in full before it halves. */
export const EXPOSURE_HALF_LIFE_MS = 6 * 3_600_000;
/**
 * Similar load: what the host was given when it was called, and what it now gives, are both as large as a program and
 * within a factor of 1.5: 60 of 100 infections, 5 of 100 benign chains (a file passed on): ln(0.6 / 0.05).
 */
export const SAME_LOAD_WEIGHT = 2.5;
export const SAME_LOAD_RATIO_MAX = 1.5;
/** The same load given to one new host after another: 80 of 100 worms that copy themselves, 8 of 100 people: ln(10). */
export const REPEATED_LOAD_WEIGHT = 2.3;
export const REPEATED_LOADS_MAX = 2;
/**
 * ... and within a minute of the last: 80 of 100 worms keep such a pace; of people who copy one file to several machines
 * 16 in 100 do: ln(0.8 / 0.16). Times are kept in ticks, counted round every eleven days.
 */
export const RUSHED_LOAD_WEIGHT = 1.6;
export const RUSHED_LOADS_MAX = 3;
export const LOAD_TICK_MS = 15_000;
export const RUSHED_TICKS_MAX = 4;
/** A host called by this one turned client of the same port: at most this much for the caller, per such host. */
export const CHILD_WEIGHT_MAX = 3;

/** A sweep by ARP or ping just before the first contact on a spreading port: most sweeps look before they call. */
export const AFTER_SWEEP_WEIGHT = 2;
/** Scores halve in this time. Shorter forgets slow worms; longer adds up an administrator's day. */
export const SCORE_HALF_LIFE_MS = 2 * 3_600_000;
/** How often a benign host called on a spreading port becomes its client towards a host that is no known server. */
export const BENIGN_TURNS_PER_HOUR = 0.5;
export const BENIGN_TURNS_PER_HOUR_STATION = 0.1;
/**
 * This many clients make a host a server of a port. Once a baseline has shown who serves, two to four clients are a
 * workstation that colleagues share a folder with: 8 % of the benign new contacts go to such, and 17 % of a hit list's.
 */
export const SERVER_CLIENTS_MIN = 2;
export const LEARNED_SERVER_CLIENTS_MIN = 5;
/** A host with more new contacts on spreading ports than this is no witness that its targets are servers. */
export const WITNESS_CONTACTS_MAX = 20;
/** A host called by this one was flagged after it had turned client: the rest of the evidence against its caller. */
export const FLAGGED_CHILD_WEIGHT = 2;
/**
 * Two hosts tied by "called, then client" are judged together: the sum of their evidence against the threshold plus the
 * logarithm of the pairs a host forms in a day (about four). The margin is small because the pair must also be tied.
 */
export const JOINT_MARGIN = 1.5;
/** How long a child speaks for its caller in the joint judgement. */
export const JOINT_WINDOW_MS = 3_600_000;
/**
 * "Called by a suspect" raises the prior odds; "called, then client soon after" is a likelihood. Both rest on the same
 * call, so the second of the two gives up this share of the first: 0 would count it twice, 1 would throw evidence away.
 */
export const SHARED_EVIDENCE = 0.5;

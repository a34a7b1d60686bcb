// The running tests (CUSUM of log-odds): which group a contact belongs to, and how evidence is added.

import { PROTOCOL_TCP } from "../model/flow.ts";
import {
  PORT_CONTROL,
  PORT_DISCOVERY,
  PORT_INFRASTRUCTURE,
  PORT_LATERAL,
  PORT_MAIL,
  PORT_MEDICAL,
  PORT_OTHER,
  PORT_PRINT,
  PORT_REMOTE,
  PORT_WEB,
  type PortClass,
} from "../model/port.ts";
import type { Millis } from "../model/units.ts";
import { SCORE_HALF_LIFE_MS } from "./likelihood.ts";
import {
  GROUP_DISCOVERY,
  GROUP_INSIDE,
  GROUP_LATERAL,
  GROUP_OTHER_OUTSIDE,
  GROUP_REMOTE,
  narrowTestOf,
  SOURCE_SUSPECT,
  type Sources,
  testOf,
  wideOf,
  wideTestOf,
} from "./sources.ts";

/** The group of a contact: which of the running tests it belongs to. */
export function groupOf(portClass: PortClass, isInside: boolean): number {
  if (portClass === PORT_LATERAL || portClass === PORT_CONTROL) return GROUP_LATERAL;
  if (portClass === PORT_REMOTE) return GROUP_REMOTE;
  if (portClass === PORT_DISCOVERY) return GROUP_DISCOVERY;
  if (isInside) return GROUP_INSIDE;
  return GROUP_OTHER_OUTSIDE;
}

/** Ports of ordinary work: their contacts need neither pairs nor, but for a few ports, callers. */
export function isQuiet(portClass: PortClass): boolean {
  return (
    portClass === PORT_WEB ||
    portClass === PORT_INFRASTRUCTURE ||
    portClass === PORT_PRINT ||
    portClass === PORT_MEDICAL ||
    portClass === PORT_MAIL
  );
}

/** Whether worms spread on ports of this class: those whose callers are counted and remembered. */
export function isSpreading(portClass: PortClass, protocol: number): boolean {
  return (
    portClass === PORT_LATERAL ||
    portClass === PORT_CONTROL ||
    portClass === PORT_REMOTE ||
    (portClass === PORT_OTHER && protocol === PROTOCOL_TCP)
  );
}

/** Adds evidence to a running test: floor at zero, decay, onset at the first contact above the floor. */
export function weigh(
  sources: Sources,
  row: number,
  group: number,
  port: number,
  at: Millis,
  weight: number,
  isContact: boolean,
): void {
  const test = testOf(row, group);
  const narrow = narrowTestOf(row, group);
  let score = sources.score[test];
  if (score > 0) {
    const idleMs = at - sources.lastMs[wideOf(row)];
    if (idleMs > 1_000) score *= 2 ** (-idleMs / SCORE_HALF_LIFE_MS);
  }
  if (isContact && (sources.run[narrow] === 0 || (score === 0 && weight > 0))) {
    sources.onsetMs[wideTestOf(row, group)] = at;
    sources.run[narrow] = 0;
    if (score === 0) sources.peak[test] = 0;
  }
  // Evidence from elsewhere (a child, an observation) may come before any contact: it begins an excursion as well.
  if (!isContact && score === 0 && weight > 0 && sources.run[narrow] === 0)
    sources.onsetMs[wideTestOf(row, group)] = at;
  score += weight;
  if (score <= 0) {
    sources.score[test] = 0;
    if (sources.status[row] !== SOURCE_SUSPECT) sources.run[narrow] = 0;
    return;
  }
  sources.score[test] = score;
  if (score > sources.peak[test]) sources.peak[test] = score;
  if (!isContact) return;
  if (sources.run[narrow] < 65_535) sources.run[narrow]++;
  sources.lastPort[narrow] = port;
}

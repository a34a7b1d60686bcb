// Flags, and how suspicion travels along contacts: a host called by a suspect is exposed; a host that is called on a port and then
// becomes its client speaks against itself and against its caller.

import { limits } from "../limits.ts";
import { type FlowTable, OUTCOME_REFUSED, OUTCOME_UNANSWERED, PROTOCOL_TCP } from "../model/flow.ts";
import { classOfPort } from "../model/port.ts";
import type { HostIndex, Millis } from "../model/units.ts";
import { PROGRAM_BYTES_MIN } from "./loads.ts";
import { FACT_INSIDE, FACT_TALKER } from "./home.ts";
import {
  BENIGN_TURNS_PER_HOUR,
  BENIGN_TURNS_PER_HOUR_STATION,
  CHILD_WEIGHT_MAX,
  EXPOSURE_HALF_LIFE_MS,
  EXPOSURE_WEIGHT,
  LOADED_EXPOSURE_WEIGHT,
  SHARED_EVIDENCE,
  FLAGGED_CHILD_WEIGHT,
  JOINT_MARGIN,
  JOINT_WINDOW_MS,
  REPEATED_LOAD_WEIGHT,
  LOAD_TICK_MS,
  REPEATED_LOADS_MAX,
  RUSHED_LOADS_MAX,
  RUSHED_LOAD_WEIGHT,
  RUSHED_TICKS_MAX,
  SAME_LOAD_RATIO_MAX,
  SAME_LOAD_WEIGHT,
  propagationWeight,
  TARGET_WORKSTATION,
  type TargetKind,
} from "./likelihood.ts";
import { NO_LISTENER } from "./listeners.ts";
import {
  GROUP_DISCOVERY,
  narrowOf,
  narrowTestOf,
  NO_SOURCE,
  portBreadth,
  SOURCE_SUSPECT,
  testOf,
  wideOf,
  wideTestOf,
} from "./sources.ts";
import type { DetectorState } from "./state.ts";
import { excuse, isHoleScanner } from "./talkers.ts";
import { groupOf, weigh } from "./cusum.ts";

/**
 * The propagation test: `from` was called on this port before it now calls `to`. Returns the evidence not yet counted,
 * and credits the caller: what its call did speaks against it.
 */
export function propagation(
  state: DetectorState,
  row: number,
  from: HostIndex,
  to: HostIndex,
  protocol: number,
  port: number,
  kind: TargetKind,
  at: Millis,
): number {
  const { hosts, listeners, sources } = state;
  const listener = listeners.find(hosts.hash[from], protocol, port);
  if (listener === NO_LISTENER) return 0;
  const caller = listeners.lastCaller[listener];
  if (caller < 0 || caller === to) return 0;
  const delayMs = at - listeners.lastCallMsOf(listener);
  if (delayMs < 0) return 0;
  const perHour = kind === TARGET_WORKSTATION ? BENIGN_TURNS_PER_HOUR_STATION : BENIGN_TURNS_PER_HOUR;
  const told = propagationWeight(delayMs, perHour);
  const weight = told - sources.propagated[row];
  if (weight <= 0) return 0;
  const isFirst = sources.propagated[row] === 0;
  const wasExposed = sources.exposedBy[row] >= 0; // crediting the caller may flag it, and so expose this host
  sources.propagated[row] = told;
  sources.calledBy[row] = caller;
  sources.calledMs[wideOf(row)] = listeners.lastCallMsOf(listener);
  if (isFirst) credit(state, caller, protocol, port, Math.min(told, CHILD_WEIGHT_MAX), at);
  return wasExposed ? Math.max(0, weight - Math.min(exposureWeight(sources, row), told) * SHARED_EVIDENCE) : weight;
}

/**
 * Evidence of what a call carried, as large as a program: passed on as it was given (once), or given to one new host
 * after another, the more when it is within a minute.
 */
export function loadWeight(
  state: DetectorState,
  row: number,
  from: HostIndex,
  protocol: number,
  port: number,
  bytes: number,
  at: Millis,
): number {
  const { hosts, listeners, sources } = state;
  if (bytes < PROGRAM_BYTES_MIN) return 0;
  let weight = 0;
  const tick = Math.floor(at / LOAD_TICK_MS) & 0xffff;
  const narrow = narrowOf(row);
  if (isSameLoad(sources.lastLoad[row], bytes) && sources.sameLoads[narrow] < RUSHED_LOADS_MAX) {
    const ticksSince = (tick - sources.lastLoadTick[narrow]) & 0xffff;
    if (sources.sameLoads[narrow] < REPEATED_LOADS_MAX) weight += REPEATED_LOAD_WEIGHT;
    if (ticksSince <= RUSHED_TICKS_MAX) weight += RUSHED_LOAD_WEIGHT;
    sources.sameLoads[narrow]++;
  }
  sources.lastLoad[row] = bytes;
  sources.lastLoadTick[narrow] = tick;
  if (sources.passedOn[narrow] === 1 || sources.propagated[row] === 0) return weight;
  const listener = listeners.find(hosts.hash[from], protocol, port);
  if (listener === NO_LISTENER || !isSameLoad(listeners.lastBytes[listener], bytes)) return weight;
  sources.passedOn[narrow] = 1;
  return weight + SAME_LOAD_WEIGHT;
}

function isSameLoad(one: number, other: number): boolean {
  return one >= PROGRAM_BYTES_MIN && one <= other * SAME_LOAD_RATIO_MAX && other <= one * SAME_LOAD_RATIO_MAX;
}

/** A child of `caller` turned client: evidence against the caller, in its test for that port. */
function credit(
  state: DetectorState,
  caller: HostIndex,
  protocol: number,
  port: number,
  weight: number,
  at: Millis,
): void {
  const { sources, facts } = state;
  const row = sources.find(caller);
  if (row === NO_SOURCE || (facts.of(caller, at) & FACT_TALKER) !== 0) return;
  const group = groupOf(classOfPort(protocol, port), true);
  if (sources.score[testOf(row, group)] === 0 && sources.run[narrowTestOf(row, group)] === 0) {
    weigh(sources, row, group, port, at, weight, true);
  } else {
    weigh(sources, row, group, port, at, weight, false);
  }
  testThreshold(state, row, group, caller, protocol, port, at);
}

/** After a host that turned client was weighed: its caller is judged together with it. */
export function testWithCaller(
  state: DetectorState,
  row: number,
  group: number,
  host: HostIndex,
  protocol: number,
  port: number,
  at: Millis,
): void {
  const { sources } = state;
  const caller = sources.calledBy[row];
  if (caller < 0) return;
  const callerRow = sources.find(caller);
  if (callerRow === NO_SOURCE || sources.status[callerRow] === SOURCE_SUSPECT) return;
  const score = sources.score[testOf(row, group)];
  if (score > sources.childScore[callerRow] || at - sources.childMs[wideOf(callerRow)] > JOINT_WINDOW_MS) {
    sources.childScore[callerRow] = score;
    sources.child[callerRow] = host;
    sources.childMs[wideOf(callerRow)] = at;
  }
  testThreshold(state, callerRow, group, caller, protocol, port, at);
}

/** Whether the test of the row crossed, by itself or together with the host it made a client. */
function hasCrossed(state: DetectorState, row: number, group: number, at: Millis): "no" | "alone" | "together" {
  const { sources, thresholdNats } = state;
  const score = sources.score[testOf(row, group)];
  if (score >= thresholdNats) return "alone";
  if (sources.childScore[row] <= 0 || at - sources.childMs[wideOf(row)] > JOINT_WINDOW_MS) return "no";
  const childRow = sources.find(sources.child[row]);
  if (childRow === NO_SOURCE) return "no";
  const child = sources.score[testOf(childRow, group)]; // as it stands now: what has faded does not count
  // The caller's own score holds what this child gave it already.
  const credited = Math.min(sources.propagated[childRow], CHILD_WEIGHT_MAX);
  return score > 0 && child > 0 && score + child - credited >= thresholdNats + JOINT_MARGIN ? "together" : "no";
}

/** A host was flagged: who called it on that port, not long before, is more likely to be its cause. */
function creditCaller(
  state: DetectorState,
  row: number,
  host: HostIndex,
  protocol: number,
  port: number,
  at: Millis,
): void {
  const { hosts, listeners, sources } = state;
  const listener = listeners.find(hosts.hash[host], protocol, port);
  if (listener === NO_LISTENER) return;
  const caller = listeners.lastCaller[listener];
  if (caller < 0) return;
  const delayMs = at - listeners.lastCallMsOf(listener);
  const told = Math.min(CHILD_WEIGHT_MAX, propagationWeight(Math.max(delayMs, 0), BENIGN_TURNS_PER_HOUR));
  const weight = sources.propagated[row] > 0 ? FLAGGED_CHILD_WEIGHT : told;
  if (weight > 0) credit(state, caller, protocol, port, weight, at);
}

/** What the exposure of a host counts, nats; more when its caller gave it a program. */
export function exposureWeight(sources: DetectorState["sources"], row: number): number {
  return sources.exposedLoad[narrowOf(row)] === 1 ? LOADED_EXPOSURE_WEIGHT : EXPOSURE_WEIGHT;
}

/**
 * A suspect reached this host on a spreading port: its prior odds rise, once, until the exposure has faded. They rise
 * once more when it turns out that the call carried a program.
 * @param bytes  what the call carried, 0 when that is not known yet
 */
function exposeTarget(
  state: DetectorState,
  suspect: HostIndex,
  target: HostIndex,
  group: number,
  port: number,
  bytes: number,
  at: Millis,
  nowMs: Millis,
): void {
  const { sources, facts } = state;
  if ((facts.of(target, at) & (FACT_INSIDE | FACT_TALKER)) !== FACT_INSIDE) return;
  if (!facts.isInside(suspect, at)) return; // the whole internet calls exposed machines every day
  const by = sources.find(suspect);
  if (by !== NO_SOURCE && isHoleScanner(sources, by)) return;
  const row = sources.rowOf(target, at);
  if (row === NO_SOURCE || sources.status[row] === SOURCE_SUSPECT) return;
  const isExposed = sources.exposedBy[row] >= 0 && at - sources.exposedMs[wideOf(row)] < EXPOSURE_HALF_LIFE_MS;
  const before = isExposed ? exposureWeight(sources, row) : 0;
  if (bytes >= PROGRAM_BYTES_MIN || !isExposed) sources.exposedLoad[narrowOf(row)] = bytes >= PROGRAM_BYTES_MIN ? 1 : 0;
  const weight = exposureWeight(sources, row) - before;
  if (weight <= 0) return;
  sources.exposedBy[row] = suspect;
  sources.exposedMs[wideOf(row)] = at;
  const test = testOf(row, group);
  const narrow = narrowTestOf(row, group);
  if (sources.score[test] === 0) {
    sources.onsetMs[wideTestOf(row, group)] = at;
    sources.run[narrow] = 0;
    sources.lastMs[wideOf(row)] = at;
  }
  const shared = isExposed ? 0 : Math.min(weight, sources.propagated[row]) * SHARED_EVIDENCE;
  // Exposure alone is no sign of life: without a contact of its own the host stays below the threshold.
  const raised = sources.score[test] + weight - shared;
  const hasTurned = sources.propagated[row] > 0 && sources.run[narrow] > 0;
  sources.score[test] = hasTurned ? raised : Math.min(raised, Math.max(sources.score[test], state.thresholdNats - 1));
  sources.lastPort[narrow] = port;
  if (hasTurned) testThreshold(state, row, group, target, PROTOCOL_TCP, port, nowMs);
}

/** A suspect's call was answered. Most targets of an outbreak are suspects by then: told here, before times are boxed. */
export function exposeAnswered(state: DetectorState, flows: FlowTable, flow: number, group: number): void {
  const target = flows.target[flow];
  const row = state.sources.find(target);
  if (row !== NO_SOURCE && state.sources.status[row] === SOURCE_SUSPECT) return;
  const at = flows.atMs[flow];
  exposeTarget(state, flows.source[flow], target, group, flows.targetPort[flow], flows.bytes[flow], at, at);
}

/** A host was flagged: everybody it reached on that port since its onset is exposed. */
function exposeReached(
  state: DetectorState,
  row: number,
  suspect: HostIndex,
  group: number,
  port: number,
  onsetMs: Millis,
  nowMs: Millis,
): void {
  const { log, sources } = state;
  let contact = log.row(sources.lastContact[row]);
  for (let steps = 0; steps < limits.chainStepsMax && contact >= 0; steps++) {
    if (log.atMs[contact] < onsetMs || log.source[contact] !== suspect) return;
    const outcome = log.outcome[contact];
    if (log.port[contact] === port && outcome !== OUTCOME_UNANSWERED && outcome !== OUTCOME_REFUSED) {
      exposeTarget(state, suspect, log.target[contact], group, port, log.bytes[contact], log.atMs[contact], nowMs);
    }
    contact = log.row(log.beforeBySource[contact]);
  }
}

/**
 * Flags the host when its test crossed the threshold. One flag may push others over: they wait in a queue, so that a
 * chain of a thousand hosts is a loop and not a thousand calls deep.
 */
export function testThreshold(
  state: DetectorState,
  row: number,
  group: number,
  host: HostIndex,
  protocol: number,
  port: number,
  at: Millis,
): void {
  if (group === GROUP_DISCOVERY) return;
  const { sources, toTest } = state;
  const isWorking = toTest.length > 0;
  if (sources.status[row] === SOURCE_SUSPECT) return;
  const crossed = hasCrossed(state, row, group, at);
  if (crossed === "no") return;
  toTest.push({ row, group, host, protocol, port, at });
  if (crossed === "together") {
    const child = sources.child[row];
    const childRow = sources.find(child);
    if (childRow !== NO_SOURCE) toTest.push({ row: childRow, group, host: child, protocol, port, at });
  }
  if (isWorking) return; // an outer call is working through the queue
  for (let next = 0; next < toTest.length; next++) {
    const test = toTest[next];
    if (sources.status[test.row] === SOURCE_SUSPECT) continue;
    flag(state, test.row, test.group, test.host, test.protocol, test.port, test.at);
    creditCaller(state, test.row, test.host, test.protocol, test.port, test.at);
  }
  toTest.length = 0;
}

/** A pause this long, and this many times the pace that follows, parts an old habit from the beginning of spread. */
const PAUSE_MS_MIN = 60_000;
const PAUSE_RATIO_MIN = 5;
const ONSET_CONTACTS_MAX = 64;

/**
 * When the spreading began: the start of the test's excursion, but later when the host was only called after that
 * (it cannot have spread before), or when a long pause parts the first contacts from the rest.
 */
function onsetOf(
  state: DetectorState,
  row: number,
  group: number,
  host: HostIndex,
  protocol: number,
  port: number,
): { onsetMs: Millis; run: number } {
  const { sources, log } = state;
  const excursion = { onsetMs: sources.onsetMs[wideTestOf(row, group)], run: sources.run[narrowTestOf(row, group)] };
  const calledMs = sources.propagated[row] > 0 ? sources.calledMs[wideOf(row)] : Number.NEGATIVE_INFINITY;
  let newerMs = Number.NaN;
  let newestMs = Number.NaN;
  let run = 0;
  let contact = log.row(sources.lastContact[row]);
  for (let steps = 0; steps < ONSET_CONTACTS_MAX && contact >= 0; steps++) {
    const atMs = log.atMs[contact];
    if (log.source[contact] !== host || atMs < excursion.onsetMs) return excursion;
    if (log.port[contact] === port && log.protocol[contact] === protocol) {
      const paceMs = (newestMs - newerMs) / Math.max(1, run - 1);
      const pauseMs = newerMs - atMs;
      const isPause = run >= 2 && pauseMs > PAUSE_MS_MIN && pauseMs > paceMs * PAUSE_RATIO_MIN;
      if (run >= 1 && (atMs < calledMs || isPause)) return { onsetMs: newerMs, run };
      if (run === 0) newestMs = atMs;
      newerMs = atMs;
      run++;
    }
    contact = log.row(log.beforeBySource[contact]);
  }
  return excursion;
}

/** A test crossed its threshold: written down with the evidence in force, and those it reached are exposed. */
function flag(
  state: DetectorState,
  row: number,
  group: number,
  host: HostIndex,
  protocol: number,
  port: number,
  at: Millis,
): void {
  const { sources, hosts } = state;
  sources.status[row] = SOURCE_SUSPECT;
  sources.flaggedMs[wideOf(row)] = at;
  if (state.flags.length >= limits.sourcesMax) {
    state.flagsDropped++;
    return;
  }
  hosts.pin(host);
  const begun = onsetOf(state, row, group, host, protocol, port);
  const onsetMs = Math.min(begun.onsetMs, at); // rows that come late may have set it ahead of this one
  state.flags.push({
    host,
    source: row,
    group,
    onsetMs,
    flaggedMs: at,
    contactsToFlag: Math.max(1, begun.run), // a host flagged for what it did to others made at least that contact
    port,
    protocol,
    isInside: state.facts.isInside(host, at),
    failed: sources.failed[row],
    propagated: sources.propagated[row],
    exposedBy: sources.exposedBy[row],
    portBreadth: portBreadth(sources.portsLow[row], sources.portsHigh[row]),
    logOdds: sources.score[testOf(row, group)],
    isTogether: sources.score[testOf(row, group)] < state.thresholdNats,
  });
  const isInside = state.facts.isInside(host, at);
  if (isInside && excuse(state, row) === null) exposeReached(state, row, host, group, port, onsetMs, at);
}

// The hot path: every row of a batch once. New contacts become evidence in the running test of their source, twice:
// at the first packet and at the outcome. Flows in, scores and flags out; nothing is allocated per row.

import {
  type FlowTable,
  OUTCOME_ANSWERED,
  OUTCOME_UNANSWERED,
  type Outcome,
  PHASE_CLOSING,
  PHASE_ENDED,
  PHASE_OPENING,
  PROTOCOL_TCP,
} from "../model/flow.ts";
import { PORT_CONTROL, classOfPort, PORT_DISCOVERY, PORT_OTHER, type PortClass } from "../model/port.ts";
import type { HostIndex, Millis } from "../model/units.ts";
import { CONTACT_PENDING, CONTACT_SETTLED, CONTACT_UNKNOWN, pairKey } from "./contact-memory.ts";
import {
  FACT_ACTIVE,
  FACT_DARK,
  FACT_INSIDE,
  FACT_NOT_A_HOST,
  FACT_SERVER,
  FACT_STATION,
  FACT_TALKER,
} from "./home.ts";
import {
  AFTER_SWEEP_WEIGHT,
  BURST_GAP_MS,
  BURST_WEIGHT,
  KNOWN_PAIR_SHARE,
  OTHER_PORT_WEIGHT,
  openingWeight,
  outcomeWeight,
  SAME_PORT_WEIGHT,
  SEQUENCE_WEIGHT,
  LEARNED_SERVER_CLIENTS_MIN,
  SERVER_CLIENTS_MIN,
  TARGET_DARK,
  TARGET_OUTSIDE,
  TARGET_SERVER,
  TARGET_UNKNOWN,
  TARGET_WORKSTATION,
  type TargetKind,
  TURNED_ANSWERED,
} from "./likelihood.ts";
import { isUnderSuspicion, noteOutcome, remember, rememberRepeat } from "./calls.ts";
import { NO_LISTENER } from "./listeners.ts";
import { BLOCK_ROWS, blockKeys, keysOf, readAhead } from "./read-ahead.ts";
import {
  classOf,
  GROUP_DISCOVERY,
  GROUP_INSIDE,
  GROUP_LATERAL,
  GROUP_REMOTE,
  narrowTestOf,
  NO_SOURCE,
  SOURCE_SUSPECT,
  testOf,
  wideOf,
} from "./sources.ts";
import type { DetectorState } from "./state.ts";
import { PROGRAM_BYTES_MIN } from "./loads.ts";
import { exposeAnswered, loadWeight, propagation, testThreshold, testWithCaller } from "./suspicion.ts";
import { groupOf, isQuiet, isSpreading, weigh } from "./cusum.ts";
import { isCountedPort } from "./talkers.ts";

/** A contact whose pair was known already: its outcome will count for little. */
const CONTACT_PENDING_KNOWN_PAIR = 3;
/** A suspect's habits are studied up to this many contacts (is it a scanner of holes?); then only its reach matters. */
const SUSPECT_CONTACTS_STUDIED = 32;
/** A discovery score from which the next lateral contact is taken as the follow-up of a sweep. */
const SWEEP_SCORE_MIN = 5;

/** Feeds the rows `begin` to `end` of a sorted batch. */
export function scoreFlows(state: DetectorState, flows: FlowTable, begin: number, end: number): void {
  const { source, targetPort, protocol, phase, outcome, atMs, bytesBack, sensor } = flows;
  const { memory, blindSensors, baseline } = state;
  let block = begin;
  for (let flow = begin; flow < end; flow++) {
    if (flow === block + BLOCK_ROWS || flow === begin) {
      block = flow;
      const blockEnd = Math.min(end, block + BLOCK_ROWS);
      keysOf(state, flows, block, blockEnd);
      if (memory.isLarge) state.readAhead ^= readAhead(state, flows, block, blockEnd);
    }
    const from = source[flow];
    const at = atMs[flow];
    const key = blockKeys[flow - block];
    let result = outcome[flow];
    if (result === OUTCOME_UNANSWERED && blindSensors[sensor[flow]] === 1) result = 0;
    if ((phase[flow] & PHASE_OPENING) !== 0) {
      const before = memory.see(key, at);
      const isUsual = before === CONTACT_UNKNOWN && baseline !== null && baseline.knows(key);
      if (before === CONTACT_UNKNOWN && !isUsual) {
        newContact(state, flows, flow, key, result);
        continue;
      }
      if (before === CONTACT_SETTLED || isUsual) {
        const row = state.sources.find(from);
        if (row === NO_SOURCE) continue;
        if (isSpreading(classOfPort(protocol[flow], targetPort[flow]), protocol[flow])) state.sources.repeats[row]++;
        if (bytesBack[flow] > 0) state.sources.bytesBack[wideOf(row)] += bytesBack[flow];
        if (isUnderSuspicion(state.sources, row)) rememberRepeat(state, row, flows, flow, result);
        continue;
      }
    }
    if ((phase[flow] & PHASE_CLOSING) !== 0 && result !== 0) settle(state, flows, flow, key, result);
    if (phase[flow] === PHASE_ENDED) noteEnd(state, flows, flow);
  }
  if (end > begin) state.newestMs = Math.max(state.newestMs, atMs[end - 1]);
}

/** Evidence of a contact that is new, and of its outcome where the row has it. */
function newContact(state: DetectorState, flows: FlowTable, flow: number, key: number, outcome: Outcome): void {
  const from = flows.source[flow];
  const to = flows.target[flow];
  const protocol = flows.protocol[flow];
  const port = flows.targetPort[flow];
  const at = flows.atMs[flow];
  const { hosts, facts, sources } = state;
  const targetFacts = facts.of(to, at);
  if ((targetFacts & FACT_NOT_A_HOST) !== 0 && protocol !== PROTOCOL_TCP) return;
  const portClass = classOfPort(protocol, port);
  const isInside = (targetFacts & FACT_INSIDE) !== 0;
  // find() is compiled into this place; rowOf() is not, and a time given to it would be boxed.
  let row = sources.find(from);
  if (row === NO_SOURCE) row = sources.rowOf(from, at);
  if (row === NO_SOURCE) return;
  sources.byClass[classOf(row, portClass)]++;
  if (flows.bytesBack[flow] > 0) sources.bytesBack[wideOf(row)] += flows.bytesBack[flow];
  const isSuspect = sources.status[row] === SOURCE_SUSPECT;
  if (isSuspect && isStudied(sources, row)) {
    if (isInside && isSpreading(portClass, protocol)) {
      suspectContact(state, row, flows, flow, key, portClass, outcome);
    }
    return;
  }
  const portBit = (Math.imul(port ^ (protocol << 8), 0x9e3779b1) >>> 26) & 63;
  if (portBit < 32) sources.portsLow[row] |= 1 << portBit;
  else sources.portsHigh[row] |= 1 << (portBit - 32);

  if (isQuiet(portClass)) {
    if (!isInside) return;
    countQuietCaller(state, flows, flow);
    if (!isSuspect) {
      quietContact(state, row, flows, flow, key, portClass, targetFacts, outcome);
      return;
    }
    // Ordinary work says nothing more about a suspect, but it parts its other contacts. In an outbreak most end here.
    sources.lastTargetWord[row] = hosts.lastWord(to);
    sources.lastMs[wideOf(row)] = at;
    return;
  }
  busyContact(state, row, flows, flow, key, portClass, targetFacts, outcome);
}

/** The long way, for ports that may carry spread: pairs, callers, habits, propagation. */
function busyContact(
  state: DetectorState,
  row: number,
  flows: FlowTable,
  flow: number,
  key: number,
  portClass: PortClass,
  targetFacts: number,
  outcome: Outcome,
): void {
  const from = flows.source[flow];
  const to = flows.target[flow];
  const protocol = flows.protocol[flow];
  const port = flows.targetPort[flow];
  const at = flows.atMs[flow];
  const { hosts, facts, memory, sources, listeners } = state;
  const isInside = (targetFacts & FACT_INSIDE) !== 0;
  const sourceFacts = facts.of(from, at);
  sources.contacts[row]++;
  const marksPair = portClass !== PORT_DISCOVERY;
  const isKnownPair = marksPair && memory.see(pairKey(hosts.hash[from], hosts.hash[to]), at) !== CONTACT_UNKNOWN;
  if (isKnownPair && protocol === PROTOCOL_TCP) sources.knownPairs[row]++;
  let kind: TargetKind = TARGET_OUTSIDE;
  let called = NO_LISTENER;
  if (isInside) {
    called = listeners.find(hosts.hash[to], protocol, port);
    kind = kindOf(state, targetFacts, called);
    if ((sourceFacts & FACT_INSIDE) === 0) noteOutsideCaller(state, to);
  }

  const group = groupOf(portClass, isInside);
  let weight = openingWeight(portClass, kind);
  if ((sourceFacts & FACT_TALKER) !== 0) weight = Math.min(weight, 0);
  else if (weight > 0 && group <= GROUP_REMOTE && state.baseline !== null) {
    weight = Math.max(0, weight - state.baseline.habitWeight(hosts.hash[from], portClass === PORT_CONTROL));
  }
  if (weight > 0 && isKnownPair) weight *= KNOWN_PAIR_SHARE;
  else if (weight > 0 || portClass === PORT_OTHER) {
    weight = shaped(state, row, group, portClass, to, port, at, weight);
  }
  if (isInside && isSpreading(portClass, protocol)) {
    // An unclassed port weighs little by itself, yet a worm may use it.
    if (kind !== TARGET_SERVER && (weight > 0 || portClass === PORT_OTHER))
      weight += propagation(state, row, from, to, protocol, port, kind, at);
    remember(state, row, flows, flow, portClass, outcome);
  }
  const awaited = weight !== 0 ? (isKnownPair ? CONTACT_PENDING_KNOWN_PAIR : CONTACT_PENDING) : CONTACT_SETTLED;
  if (awaited !== CONTACT_SETTLED && outcome === 0) memory.mark(key, awaited);
  if (weight !== 0) weigh(state.sources, row, group, port, at, weight, true);
  sources.lastTargetWord[row] = hosts.lastWord(to);
  if (group <= GROUP_INSIDE) sources.lastMs[wideOf(row)] = at;
  if (outcome !== 0) settleWith(state, row, flows, flow, portClass, group, kind, isKnownPair, outcome);
  if (sources.status[row] !== SOURCE_SUSPECT) testThreshold(state, row, group, from, protocol, port, at);
  if (sources.propagated[row] > 0) testWithCaller(state, row, group, from, protocol, port, at);
}

/** Servers that call many hosts because that is their work are told by who calls them on such ports. */
function countQuietCaller({ hosts, listeners }: DetectorState, flows: FlowTable, flow: number): void {
  const port = flows.targetPort[flow];
  if (!isCountedPort(port)) return;
  const target = hosts.hash[flows.target[flow]];
  listeners.call(target, flows.protocol[flow], port, flows.source[flow], true, flows.atMs[flow], flows.bytes[flow]);
}

/**
 * The short way for ports that are ordinary work: no pair is remembered and few callers are counted. Outside they are
 * no evidence at all: browsing fails as often as it is new.
 */
function quietContact(
  state: DetectorState,
  row: number,
  flows: FlowTable,
  flow: number,
  key: number,
  portClass: PortClass,
  targetFacts: number,
  outcome: Outcome,
): void {
  const { sources, memory, hosts } = state;
  const from = flows.source[flow];
  const protocol = flows.protocol[flow];
  const port = flows.targetPort[flow];
  const at = flows.atMs[flow];
  const kind = kindOf(state, targetFacts, NO_LISTENER);
  const isTalker = (state.facts.of(from, at) & FACT_TALKER) !== 0;
  const weight = openingWeight(portClass, kind);
  if (outcome === 0) memory.mark(key, CONTACT_PENDING);
  if (weight < 0 || !isTalker) weigh(sources, row, GROUP_INSIDE, port, at, weight, true);
  sources.lastTargetWord[row] = hosts.lastWord(flows.target[flow]);
  sources.lastMs[wideOf(row)] = at;
  if (outcome !== 0) settleWith(state, row, flows, flow, portClass, GROUP_INSIDE, kind, false, outcome);
  testThreshold(state, row, GROUP_INSIDE, from, protocol, port, at);
}

/** Enough is known of a suspect's habits, unless it begins to look like a scanner of holes. */
function isStudied(sources: DetectorState["sources"], row: number): boolean {
  const contacts = sources.contacts[row];
  return contacts >= SUSPECT_CONTACTS_STUDIED && sources.knownPairs[row] * 2 < contacts;
}

/** The short way for a suspect: no more evidence is needed, but whom it reaches is. */
function suspectContact(
  state: DetectorState,
  row: number,
  flows: FlowTable,
  flow: number,
  key: number,
  portClass: PortClass,
  outcome: Outcome,
): void {
  remember(state, row, flows, flow, portClass, outcome);
  if (outcome === 0) state.memory.mark(key, CONTACT_PENDING);
  else if (outcome === OUTCOME_ANSWERED) exposeAnswered(state, flows, flow, groupOf(portClass, true));
}

function noteOutsideCaller(state: DetectorState, to: HostIndex): void {
  if (to >= state.outsideCallers.length) {
    const larger = new Uint32Array(Math.max(to + 1, state.outsideCallers.length * 2));
    larger.set(state.outsideCallers);
    state.outsideCallers = larger;
  }
  state.outsideCallers[to]++;
}

function kindOf(state: DetectorState, targetFacts: number, listener: number): TargetKind {
  if ((targetFacts & FACT_STATION) !== 0) return TARGET_WORKSTATION;
  if ((targetFacts & FACT_SERVER) !== 0) return TARGET_SERVER;
  if (listener !== NO_LISTENER) {
    const clients = state.listeners.clientCallers[listener];
    if (clients >= (state.baseline === null ? SERVER_CLIENTS_MIN : LEARNED_SERVER_CLIENTS_MIN)) return TARGET_SERVER;
    if (clients >= SERVER_CLIENTS_MIN) return TARGET_UNKNOWN;
  }
  if ((targetFacts & FACT_DARK) !== 0) return TARGET_DARK;
  if ((targetFacts & FACT_ACTIVE) !== 0) return TARGET_WORKSTATION; // known for long, and nobody called it on this port
  return TARGET_UNKNOWN;
}

/** Adds what the pace, the order of addresses and the choice of ports say. */
function shaped(
  state: DetectorState,
  row: number,
  group: number,
  portClass: PortClass,
  to: HostIndex,
  port: number,
  at: Millis,
  weight: number,
): number {
  const { sources, hosts } = state;
  const narrow = narrowTestOf(row, group);
  const isSamePort = sources.lastPort[narrow] === port;
  let shapedWeight = weight;
  if (portClass === PORT_OTHER) shapedWeight += isSamePort ? SAME_PORT_WEIGHT : OTHER_PORT_WEIGHT;
  if (shapedWeight <= 0) return shapedWeight;
  if (group <= GROUP_INSIDE || group === GROUP_DISCOVERY) {
    if (sources.run[narrow] > 0 && at - sources.lastMs[wideOf(row)] <= BURST_GAP_MS) shapedWeight += BURST_WEIGHT;
    const step = hosts.lastWord(to) - sources.lastTargetWord[row];
    if (isSamePort && (step === 1 || step === 2 || step === -1)) shapedWeight += SEQUENCE_WEIGHT;
  }
  if (group === GROUP_LATERAL && sources.run[narrow] === 0) {
    if (sources.score[testOf(row, GROUP_DISCOVERY)] >= SWEEP_SCORE_MIN) shapedWeight += AFTER_SWEEP_WEIGHT;
  }
  return shapedWeight;
}

/** The outcome of a contact made earlier. */
function settle(state: DetectorState, flows: FlowTable, flow: number, key: number, outcome: Outcome): void {
  const from = flows.source[flow];
  const to = flows.target[flow];
  const protocol = flows.protocol[flow];
  const port = flows.targetPort[flow];
  const at = flows.atMs[flow];
  const before = state.memory.peek(key);
  if (before !== CONTACT_PENDING && before !== CONTACT_PENDING_KNOWN_PAIR) return;
  state.memory.mark(key, CONTACT_SETTLED);
  const row = state.sources.find(from);
  if (row === NO_SOURCE) return;
  const targetFacts = state.facts.of(to, at);
  const isInside = (targetFacts & FACT_INSIDE) !== 0;
  const portClass = classOfPort(protocol, port);
  const group = groupOf(portClass, isInside);
  let kind: TargetKind = TARGET_OUTSIDE;
  if (isInside) kind = kindOf(state, targetFacts, state.listeners.find(state.hosts.hash[to], protocol, port));
  noteOutcome(state, from, to, protocol, port, outcome, flows.bytes[flow]);
  settleWith(state, row, flows, flow, portClass, group, kind, before !== CONTACT_PENDING, outcome);
  testThreshold(state, row, group, from, protocol, port, at);
}

/** The final size of a flow: what a call carried may tell which call infected, and that a load was passed on. */
function noteEnd(state: DetectorState, flows: FlowTable, flow: number): void {
  const { sources } = state;
  const from = flows.source[flow];
  const to = flows.target[flow];
  const row = sources.find(from);
  if (row === NO_SOURCE) return;
  if (flows.bytesBack[flow] > 0) sources.bytesBack[wideOf(row)] += flows.bytesBack[flow];
  if (flows.bytes[flow] < PROGRAM_BYTES_MIN) return;
  const protocol = flows.protocol[flow];
  const port = flows.targetPort[flow];
  noteOutcome(state, from, to, protocol, port, OUTCOME_ANSWERED, flows.bytes[flow]);
  const portClass = classOfPort(protocol, port);
  const targetFacts = state.facts.of(to, flows.atMs[flow]);
  if ((targetFacts & FACT_INSIDE) === 0 || !isSpreading(portClass, protocol)) return;
  if (kindOf(state, targetFacts, state.listeners.find(state.hosts.hash[to], protocol, port)) === TARGET_SERVER) return;
  const group = groupOf(portClass, true);
  if (sources.status[row] === SOURCE_SUSPECT) exposeAnswered(state, flows, flow, group);
  const weight = loadWeight(state, row, from, protocol, port, flows.bytes[flow], flows.atMs[flow]);
  if (weight === 0) return;
  weigh(sources, row, group, port, flows.atMs[flow], weight, false);
  testThreshold(state, row, group, from, protocol, port, flows.atMs[flow]);
}

function settleWith(
  state: DetectorState,
  row: number,
  flows: FlowTable,
  flow: number,
  portClass: PortClass,
  group: number,
  kind: TargetKind,
  isKnownPair: boolean,
  outcome: Outcome,
): void {
  const from = flows.source[flow];
  const port = flows.targetPort[flow];
  const at = flows.atMs[flow];
  const { sources, facts } = state;
  let weight = outcomeWeight(portClass, kind, outcome);
  if (outcome === OUTCOME_ANSWERED) {
    const isTurned = sources.propagated[row] > 1 || sources.exposedBy[row] >= 0;
    if (weight < TURNED_ANSWERED && (isTurned || kind === TARGET_WORKSTATION) && isSpreading(portClass, PROTOCOL_TCP))
      weight = TURNED_ANSWERED;
    const isNewLoad = kind !== TARGET_OUTSIDE && kind !== TARGET_SERVER && flows.bytes[flow] >= PROGRAM_BYTES_MIN;
    if (isNewLoad && isSpreading(portClass, flows.protocol[flow])) {
      weight += loadWeight(state, row, from, flows.protocol[flow], port, flows.bytes[flow], at);
    }
    if (sources.status[row] === SOURCE_SUSPECT && kind !== TARGET_OUTSIDE && isSpreading(portClass, PROTOCOL_TCP))
      exposeAnswered(state, flows, flow, group);
  } else if (isSpreading(portClass, flows.protocol[flow])) {
    sources.failed[row]++;
    if (weight > 0 && state.baseline !== null) {
      weight = Math.max(0, weight - state.baseline.failureWeight(state.hosts.hash[from]));
    }
  }
  if (kind === TARGET_SERVER && weight > 0) weight *= 0.25; // a server that is down is down for everybody
  if (isKnownPair) weight *= KNOWN_PAIR_SHARE;
  if (weight > 0 && (facts.of(from, at) & FACT_TALKER) !== 0) return;
  weigh(state.sources, row, group, port, at, weight, false);
}

// Calls written down: the contact log and its chains, what became of a call, and the calls of hosts under suspicion to
// targets they knew. Those who look for causes read them (suspicion.ts, spread-tree.ts, talkers.ts).

import { type FlowTable, OUTCOME_ANSWERED, type Outcome } from "../model/flow.ts";
import { classOfPort, type PortClass } from "../model/port.ts";
import type { HostIndex } from "../model/units.ts";
import { NO_CONTACT } from "./contact-log.ts";
import { WITNESS_CONTACTS_MAX } from "./likelihood.ts";
import { NO_LISTENER } from "./listeners.ts";
import { PROGRAM_BYTES_MIN } from "./loads.ts";
import {
  GROUP_INSIDE,
  GROUP_LATERAL,
  GROUP_REMOTE,
  NO_SOURCE,
  narrowTestOf,
  SOURCE_SUSPECT,
  testOf,
  wideOf,
} from "./sources.ts";
import type { DetectorState } from "./state.ts";
import { exposeAnswered } from "./suspicion.ts";
import { groupOf, isSpreading } from "./cusum.ts";

/** Writes the contact down for those who look for causes later. */
export function remember(
  state: DetectorState,
  row: number,
  flows: FlowTable,
  flow: number,
  portClass: PortClass,
  outcome: Outcome,
): void {
  const from = flows.source[flow];
  const to = flows.target[flow];
  const protocol = flows.protocol[flow];
  const port = flows.targetPort[flow];
  const at = flows.atMs[flow];
  const { hosts, listeners, sources } = state;
  const isWitness =
    sources.status[row] !== SOURCE_SUSPECT &&
    sources.run[narrowTestOf(row, groupOf(portClass, true))] < WITNESS_CONTACTS_MAX &&
    listeners.find(hosts.hash[from], protocol, port) === NO_LISTENER;
  listeners.call(hosts.hash[to], protocol, port, from, isWitness, at, flows.bytes[flow]);
  writeCall(state, row, flows, flow, outcome);
}

/** Appends to the contact log and to both of its chains. */
function writeCall(state: DetectorState, row: number, flows: FlowTable, flow: number, outcome: Outcome): void {
  const { sources, log } = state;
  const to = flows.target[flow];
  const called = sources.find(to);
  // What calls a suspect after its flag explains nothing any more, and a fast worm makes thousands of such calls.
  const isPast = called !== NO_SOURCE && sources.status[called] === SOURCE_SUSPECT;
  if (isPast && flows.atMs[flow] > sources.flaggedMs[wideOf(called)]) return;
  if (to >= state.lastCall.length) {
    const larger = new Int32Array(Math.max(to + 1, state.lastCall.length * 2)).fill(-1);
    larger.set(state.lastCall);
    state.lastCall = larger;
  }
  const serial = log.append(
    flows.atMs[flow],
    flows.source[flow],
    to,
    flows.protocol[flow],
    flows.targetPort[flow],
    outcome,
    flows.bytes[flow],
    sources.lastContact[row],
    state.lastCall[to],
  );
  sources.lastContact[row] = serial;
  state.lastCall[to] = serial;
}

/** A host in the middle of an excursion: what it calls again may be what it infects. */
export function isUnderSuspicion(sources: DetectorState["sources"], row: number): boolean {
  return (
    sources.status[row] === SOURCE_SUSPECT ||
    sources.score[testOf(row, GROUP_LATERAL)] > 0 ||
    sources.score[testOf(row, GROUP_REMOTE)] > 0 ||
    sources.score[testOf(row, GROUP_INSIDE)] > 0
  );
}

/** A call to a known target is no contact and no evidence, but it may be the cause of what the target does next. */
export function rememberRepeat(
  state: DetectorState,
  row: number,
  flows: FlowTable,
  flow: number,
  outcome: Outcome,
): void {
  const to = flows.target[flow];
  const protocol = flows.protocol[flow];
  const port = flows.targetPort[flow];
  const at = flows.atMs[flow];
  if (!isSpreading(classOfPort(protocol, port), protocol) || !state.facts.isInside(to, at)) return;
  // A call to a known target that carries no program infects nobody new; a fast worm going round makes thousands.
  if (flows.bytes[flow] > 0 && flows.bytes[flow] < PROGRAM_BYTES_MIN) return;
  const last = to < state.lastCall.length ? state.log.row(state.lastCall[to]) : NO_CONTACT;
  if (last !== NO_CONTACT && state.log.source[last] === flows.source[flow]) return;
  writeCall(state, row, flows, flow, outcome);
  if (state.sources.status[row] === SOURCE_SUSPECT && outcome === OUTCOME_ANSWERED) {
    exposeAnswered(state, flows, flow, groupOf(classOfPort(protocol, port), true));
  }
}

/** Writes the outcome into the contact log, when the call is among the last few to its target. */
export function noteOutcome(
  state: DetectorState,
  from: HostIndex,
  to: HostIndex,
  protocol: number,
  port: number,
  outcome: Outcome,
  bytes: number,
): void {
  const { log, lastCall, listeners, hosts } = state;
  let row = to < lastCall.length ? log.row(lastCall[to]) : NO_CONTACT;
  for (let steps = 0; steps < 16 && row !== NO_CONTACT && log.target[row] === to; steps++) {
    if (log.source[row] === from && log.port[row] === port && log.protocol[row] === protocol) {
      log.outcome[row] = outcome;
      log.bytes[row] = bytes;
      const called = listeners.find(hosts.hash[to], protocol, port);
      if (called !== NO_LISTENER && listeners.lastCaller[called] === from) listeners.lastBytes[called] = bytes;
      return;
    }
    row = log.row(log.beforeByTarget[row]);
  }
}

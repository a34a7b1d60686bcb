// What is worth a look without being a claim of infection: talkers, sweeps, small fast fan-outs, probes from outside.

import type { Notable, NotableKind } from "../model/outbreak.ts";
import type { HostIndex, Millis } from "../model/units.ts";
import { becauseOf } from "./because.ts";
import { type Clue, type Clues, tell } from "./clues.ts";
import { FACT_INSIDE, FACT_TALKER } from "./home.ts";
import {
  GROUP_DISCOVERY,
  GROUP_INSIDE,
  GROUP_LATERAL,
  GROUP_REMOTE,
  narrowTestOf,
  portBreadth,
  SOURCE_SUSPECT,
  SOURCE_WORDS,
  testOf,
  wideOf,
  wideTestOf,
} from "./sources.ts";
import type { DetectorState, Flag } from "./state.ts";
import type { TakenBack } from "./standing.ts";
import { talkerKind, talkerNames } from "./talkers.ts";
import { limits } from "../limits.ts";

/** A peak of this share of the threshold is worth a word. */
const UNUSUAL_SHARE = 0.4;
const FAN_OUT_MIN = 3;
/** ARP or ping: this many addresses make a sweep, however slow. */
const SWEEP_TARGETS_MIN = 16;
const VERTICAL_PORTS_MIN = 15;
const OUTSIDE_CALLS_MIN = 20;
const ALERTS_PER_HOST_MAX = 5;

/** Collects sentences per (host, kind), so that a host has one line of each kind. */
class NotableList {
  readonly #byKey = new Map<string, { host: HostIndex; kind: NotableKind; atMs: Millis | null; because: string[] }>();

  add(host: HostIndex, kind: NotableKind, atMs: Millis | null, sentence: string): void {
    const key = `${host} ${kind}`;
    const known = this.#byKey.get(key);
    if (known === undefined) this.#byKey.set(key, { host, kind, atMs, because: [sentence] });
    else if (known.because.length < ALERTS_PER_HOST_MAX) known.because.push(sentence);
  }

  list(): Notable[] {
    return [...this.#byKey.values()].sort(
      (a, b) => (a.atMs ?? Infinity) - (b.atMs ?? Infinity) || a.host - b.host || (a.kind < b.kind ? -1 : 1),
    );
  }
}

/** Notables of everything that is not a suspect: of the `standing` ones only those they reached are told. */
export function listNotables(
  state: DetectorState,
  clues: Clues,
  standing: readonly Flag[],
  outside: readonly Flag[],
  takenBack: readonly TakenBack[],
): Notable[] {
  const list = new NotableList();
  for (const flag of outside) {
    list.add(flag.host, "inbound-scan", flag.onsetMs, `from outside: ${becauseOf(state, flag)[0]}`);
  }
  for (const { flag, kind, sentence } of takenBack) list.add(flag.host, kind, flag.onsetMs, sentence);
  const fromOutside = new Map<HostIndex, OutsideAlerts>();
  for (const clue of clues.list()) {
    if (clue.kind === "alert" && isFromOutside(state, clue)) gather(fromOutside, clue);
    else {
      const told = tell(state, clue);
      if (told !== null) list.add(clue.host, told.kind, clue.firstMs, told.sentence);
    }
  }
  for (const [host, alerts] of fromOutside) {
    const most = [...alerts.bySignature].sort((a, b) => b[1] - a[1]).slice(0, ALERTS_NAMED_MAX);
    const names = most.map(([signature, count]) => `${signature} (${count})`).join("; ");
    const sentence = `${alerts.count} alerts about calls by ${alerts.callers.size} outside addresses: ${names}`;
    list.add(host, "inbound-scan", alerts.firstMs, sentence);
  }
  noteSources(state, new Set(standing.map((flag) => flag.host)), list);
  noteOutsideCalls(state, list);
  return list.list().slice(0, limits.resultRowsMax);
}

/** Alerts about one inside host that was called from outside: one line for the host, not one for each caller. */
interface OutsideAlerts {
  readonly firstMs: Millis;
  count: number;
  readonly callers: Set<HostIndex>;
  readonly bySignature: Map<string, number>;
}

const ALERTS_NAMED_MAX = 3;

function isFromOutside(state: DetectorState, clue: Clue): boolean {
  const { facts, newestMs } = state;
  if (clue.target < 0) return false;
  const atMs = Math.max(newestMs, clue.firstMs);
  return !facts.isInside(clue.host, atMs) && facts.isInside(clue.target, atMs);
}

function gather(fromOutside: Map<HostIndex, OutsideAlerts>, clue: Clue): void {
  let alerts = fromOutside.get(clue.target);
  if (alerts === undefined) {
    alerts = { firstMs: clue.firstMs, count: 0, callers: new Set(), bySignature: new Map() };
    fromOutside.set(clue.target, alerts);
  }
  alerts.count += clue.count;
  alerts.callers.add(clue.host);
  alerts.bySignature.set(clue.detail, (alerts.bySignature.get(clue.detail) ?? 0) + clue.count);
}

function noteSources(state: DetectorState, suspects: ReadonlySet<HostIndex>, list: NotableList): void {
  const { sources, facts, hosts } = state;
  for (let source = 0; source < sources.end; source += SOURCE_WORDS) {
    const host = sources.host[source];
    if (sources.generation[source] !== hosts.generation[host]) continue;
    if (sources.status[source] === SOURCE_SUSPECT) continue;
    const bits = facts.of(host, state.newestMs);
    if ((bits & FACT_INSIDE) === 0) continue;
    const talker = talkerKind(state, source);
    if ((bits & FACT_TALKER) !== 0) {
      list.add(host, "known-talker", null, talker ? `declared or learned; ${talker.because}` : "declared or learned");
      continue;
    }
    if (talker !== null) {
      list.add(host, "known-talker", null, `behaves like ${talkerNames[talker.kind]}: ${talker.because}`);
      continue;
    }
    noteSweep(state, source, host, list);
    noteFanOut(state, source, host, list);
    if (suspects.has(sources.exposedBy[source])) {
      const by = hosts.format(sources.exposedBy[source]);
      list.add(host, "exposed", sources.exposedMs[wideOf(source)], `reached by the suspect ${by}`);
    }
  }
}

function noteSweep(state: DetectorState, source: number, host: HostIndex, list: NotableList): void {
  const { sources } = state;
  const test = testOf(source, GROUP_DISCOVERY);
  const narrow = narrowTestOf(source, GROUP_DISCOVERY);
  const wide = wideTestOf(source, GROUP_DISCOVERY);
  if (sources.run[narrow] >= SWEEP_TARGETS_MIN && sources.peak[test] >= state.thresholdNats) {
    const sentence = `swept ${sources.run[narrow]} addresses by ARP, ping or other discovery`;
    list.add(host, "scanner", sources.onsetMs[wide], sentence);
  }
  const breadth = portBreadth(sources.portsLow[source], sources.portsHigh[source]);
  if (breadth >= VERTICAL_PORTS_MIN && sources.failed[source] >= VERTICAL_PORTS_MIN) {
    const sentence = `tried about ${Math.round(breadth)} ports of few hosts, ${sources.failed[source]} without success`;
    list.add(host, "scanner", null, sentence);
  }
}

function noteFanOut(state: DetectorState, source: number, host: HostIndex, list: NotableList): void {
  const { sources } = state;
  for (const group of [GROUP_LATERAL, GROUP_REMOTE, GROUP_INSIDE]) {
    const test = testOf(source, group);
    const narrow = narrowTestOf(source, group);
    const wide = wideTestOf(source, group);
    if (sources.run[narrow] < FAN_OUT_MIN || sources.peak[test] < state.thresholdNats * UNUSUAL_SHARE) continue;
    const share = Math.min(99, Math.round((100 * sources.peak[test]) / state.thresholdNats));
    const sentence = `${sources.run[narrow]} new contacts on ${group === GROUP_LATERAL ? "lateral" : "unusual"} ports; evidence ${share} % of the threshold`;
    list.add(host, "unusual", sources.onsetMs[wide], sentence);
  }
}

function noteOutsideCalls(state: DetectorState, list: NotableList): void {
  const { outsideCallers } = state;
  for (let host = 0; host < outsideCallers.length; host++) {
    if (outsideCallers[host] < OUTSIDE_CALLS_MIN) continue;
    list.add(
      host as HostIndex,
      "inbound-scan",
      null,
      `called ${outsideCallers[host]} times from outside, on new ports or by new addresses`,
    );
  }
}

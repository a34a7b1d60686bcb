// Who infected whom: for each suspect the callers before its onset are weighed against "nobody we saw"; the best make
// the tree, and the host that nobody explains is patient zero, with its rivals.

import { limits } from "../limits.ts";
import { OUTCOME_REFUSED, OUTCOME_UNANSWERED } from "../model/flow.ts";
import type { Outbreak, OutbreakId, SpreadEdge } from "../model/outbreak.ts";
import { formatPort } from "../model/port.ts";
import type { HostIndex, Millis } from "../model/units.ts";
import { anyDelay, type Delays, learnDelaysFrom } from "./delays.ts";
import { FACT_INSIDE } from "./home.ts";
import { anyLoad, learnLoadsFrom, type Loads } from "./loads.ts";
import type { DetectorState, Flag } from "./state.ts";

/** Infections per hour of a host that no sensor saw coming (mail, USB, an unwatched link). */
const UNSEEN_PER_HOUR = 0.02;
/** Clocks of sensors differ, and an onset may have been set by an earlier harmless contact. */
const CLOCK_SLACK_MS = 1_000;
/** A caller that is no suspect itself is this likely to have spread all the same. */
const UNFLAGGED_SHARE = 0.02;
/** A call that failed, as far as the sensor saw, rarely infected anybody. */
const FAILED_SHARE = 0.02;
const OTHER_PORT_SHARE = 0.1;
/** Calls by a suspect before its own onset: it was not spreading yet, or its onset is wrong. */
const BEFORE_ONSET_SHARE = 0.05;
/** A host that was taken can be taken: a call by a spreading host takes it this often. */
const TAKEN_BY_CALL = 0.7;
/** A branch is told from this probability on; a weaker tie still keeps two suspects in one outbreak. */
const EDGE_PROBABILITY_MIN = 0.5;
const TIE_PROBABILITY_MIN = 0.02;
/** A suspect that began this much later than the first is half as likely to have been first. */
const FIRST_HALF_MS = 30_000;
const DELAY_ROUNDS = 2;
const RIVALS_MAX = 5;

interface Cause {
  readonly from: HostIndex;
  readonly atMs: Millis;
  readonly probability: number;
}

/** One suspect with its causes, best first; `unseen` is the probability that none of them is right. */
interface Explained {
  readonly flag: Flag;
  readonly causes: readonly Cause[];
  readonly unseen: number;
}

/** A call to the suspect before its onset. */
interface Call {
  readonly from: HostIndex;
  readonly atMs: Millis;
  /** How well the caller and the port fit, 0 to 1. */
  readonly fit: number;
  /** What the call carried; not above zero when the sensor did not see it. */
  readonly bytes: number;
}

/** Calls to the suspect up to its onset, oldest first. */
function callsTo(state: DetectorState, flag: Flag, suspects: ReadonlyMap<HostIndex, Flag>): Call[] {
  const { log } = state;
  const calls: Call[] = [];
  let contact = flag.host < state.lastCall.length ? log.row(state.lastCall[flag.host]) : -1;
  for (let steps = 0; steps < limits.chainStepsMax && contact >= 0; steps++) {
    if (log.target[contact] !== flag.host) break;
    const from = log.source[contact];
    const atMs = log.atMs[contact];
    if (atMs <= flag.onsetMs + CLOCK_SLACK_MS && from !== flag.host) {
      const by = suspects.get(from);
      let fit = 1;
      if (by === undefined) fit *= UNFLAGGED_SHARE;
      else if (by.onsetMs > atMs + CLOCK_SLACK_MS) fit *= BEFORE_ONSET_SHARE;
      if (log.port[contact] !== flag.port || log.protocol[contact] !== flag.protocol) fit *= OTHER_PORT_SHARE;
      const outcome = log.outcome[contact];
      if (outcome === OUTCOME_REFUSED || outcome === OUTCOME_UNANSWERED) fit *= FAILED_SHARE;
      calls.push({ from, atMs, fit: Math.min(1, fit), bytes: log.bytes[contact] });
    }
    contact = log.row(log.beforeByTarget[contact]);
  }
  return calls.reverse();
}

/** What the outbreak itself shows: how long hosts wait before they spread, and how often their infection was seen. */
interface Learned {
  readonly delays: Delays;
  readonly loads: Loads;
}

/**
 * Probabilities of the causes of one suspect. A host that can be taken is taken by the first call that works, so call k
 * counts with what the calls before it left over, times the density of its delay and what it carried; against
 * infections nobody saw.
 */
function explain(flag: Flag, calls: readonly Call[], learned: Learned): Explained {
  const best = new Map<HostIndex, { weight: number; atMs: Millis }>();
  let leftOver = 1;
  for (const { from, atMs, fit, bytes } of calls) {
    const carried = learned.loads.ratio(bytes);
    const weight = fit * leftOver * carried * learned.delays.density(Math.max(flag.onsetMs - atMs, 0));
    leftOver *= 1 - TAKEN_BY_CALL * fit * Math.min(1, carried);
    const known = best.get(from);
    if (known === undefined || known.weight < weight) best.set(from, { weight, atMs });
  }
  const unseenWeight = UNSEEN_PER_HOUR / 3_600_000 + learned.loads.unseenShare * learned.delays.typicalDensity;
  let total = unseenWeight;
  for (const { weight } of best.values()) total += weight;
  const causes = [...best]
    .map(([from, { weight, atMs }]) => ({ from, atMs, probability: weight / total }))
    .sort((a, b) => b.probability - a.probability || a.from - b.from);
  return { flag, causes, unseen: unseenWeight / total };
}

/** Explains all suspects, then again: what the first tree shows of delays and loads sharpens the second. */
function explainAll(
  state: DetectorState,
  flags: readonly Flag[],
  suspects: ReadonlyMap<HostIndex, Flag>,
): readonly Explained[] {
  const calls = flags.map((flag) => callsTo(state, flag, suspects));
  let explained = flags.map((flag, index) => explain(flag, calls[index], { delays: anyDelay, loads: anyLoad }));
  const loads = learnLoadsFrom(
    calls.map((list) => list.filter(({ fit }) => fit > UNFLAGGED_SHARE).map(({ bytes }) => bytes)),
  );
  for (let round = 0; round < DELAY_ROUNDS; round++) {
    const delays = learnDelaysFrom(
      explained.flatMap(({ flag, causes }) =>
        causes.map(({ atMs, probability }) => ({ delayMs: flag.onsetMs - atMs, weight: probability })),
      ),
    );
    explained = flags.map((flag, index) => explain(flag, calls[index], { delays, loads }));
  }
  return explained;
}

/** Whether the suspect called inside hosts on the flagged port since its onset. */
function reachesInside(state: DetectorState, flag: Flag): boolean {
  const { log, sources, facts } = state;
  let contact = log.row(sources.lastContact[flag.source]);
  for (let steps = 0; steps < limits.chainStepsMax && contact >= 0; steps++) {
    if (log.source[contact] !== flag.host || log.atMs[contact] < flag.onsetMs) return false;
    const target = log.target[contact];
    const isSamePort = log.port[contact] === flag.port && log.protocol[contact] === flag.protocol;
    if (isSamePort && (facts.of(target, flag.flaggedMs) & FACT_INSIDE) !== 0) return true;
    contact = log.row(log.beforeBySource[contact]);
  }
  return false;
}

/** Builds the outbreaks out of the inside suspects, in the order of their onsets. */
export function growTrees(state: DetectorState, flags: readonly Flag[]): Outbreak[] {
  const suspects = new Map(flags.map((flag) => [flag.host, flag]));
  const explained = explainAll(state, flags, suspects);
  const root = new Map<HostIndex, HostIndex>(flags.map((flag) => [flag.host, flag.host]));
  const find = (host: HostIndex): HostIndex => {
    let at = host;
    while (root.get(at) !== at) {
      const next = root.get(at) as HostIndex;
      root.set(at, root.get(next) as HostIndex);
      at = next;
    }
    return at;
  };
  const edges: SpreadEdge[] = [];
  for (const { flag, causes } of explained) {
    const best = causes.find((cause) => suspects.has(cause.from) && startsBefore(suspects, cause.from, flag));
    if (best === undefined || best.probability < TIE_PROBABILITY_MIN) continue;
    root.set(find(flag.host), find(best.from));
    if (best.probability < EDGE_PROBABILITY_MIN) continue;
    edges.push({ from: best.from, to: flag.host, atMs: best.atMs, probability: best.probability });
  }
  const members = new Map<HostIndex, Explained[]>();
  for (const one of explained) {
    const key = find(one.flag.host);
    const list = members.get(key);
    if (list) list.push(one);
    else members.set(key, [one]);
  }
  const edgesOf = new Map<HostIndex, SpreadEdge[]>();
  for (const edge of edges) {
    const key = find(edge.to);
    const list = edgesOf.get(key);
    if (list) list.push(edge);
    else edgesOf.set(key, [edge]);
  }
  const outbreaks: Outbreak[] = [];
  for (const [key, group] of members) {
    const tree = edgesOf.get(key) ?? [];
    if (tree.length === 0 && !reachesInside(state, group[0].flag)) continue;
    outbreaks.push(outbreakOf(group, tree, outbreaks.length + 1));
  }
  return outbreaks;
}

/** Keeps the tree free of cycles: a cause must have started earlier, or be the lower row when both started at once. */
function startsBefore(suspects: ReadonlyMap<HostIndex, Flag>, from: HostIndex, flag: Flag): boolean {
  const cause = suspects.get(from) as Flag;
  return cause.onsetMs < flag.onsetMs || (cause.onsetMs === flag.onsetMs && cause.host < flag.host);
}

function outbreakOf(group: readonly Explained[], edges: readonly SpreadEdge[], number: number): Outbreak {
  const hosts = group.map(({ flag }) => flag.host);
  const hasCause = new Set(edges.map((edge) => edge.to));
  const roots = group.filter(({ flag }) => !hasCause.has(flag.host));
  const candidates = firstOnes(group, hasCause);
  // Who was not flagged may have been first, but is named as a rival only.
  const first = candidates.find(({ host }) => hosts.includes(host)) ?? candidates[0];
  const ports = new Map<string, number>();
  for (const { flag } of group) {
    const port = formatPort(flag.protocol, flag.port);
    ports.set(port, (ports.get(port) ?? 0) + 1);
  }
  const port = [...ports].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0][0];
  const startMs = Math.min(...roots.map(({ flag }) => flag.onsetMs));
  const stamp = new Date(startMs).toISOString().replace(/[-:]|\.\d+Z$/g, "");
  return {
    id: `outbreak-${number}-${stamp}` as OutbreakId,
    port,
    phase: edges.length > 0 ? "confirmed" : "suspected",
    patientZero: first.host,
    rivals: candidates.filter((candidate) => candidate !== first).slice(0, RIVALS_MAX),
    hosts,
    edges: [...edges].sort((a, b) => a.atMs - b.atMs || a.to - b.to),
  };
}

/**
 * Candidates for patient zero with probabilities that sum to one: a suspect is first when nobody we saw explains it
 * (its `unseen`); a caller that was not flagged may have been first when it best explains a suspect.
 */
function firstOnes(
  group: readonly Explained[],
  hasCause: ReadonlySet<HostIndex>,
): { host: HostIndex; probability: number }[] {
  const odds = new Map<HostIndex, number>();
  const startMs = Math.min(...group.map(({ flag }) => flag.onsetMs));
  const inGroup = new Set(group.map(({ flag }) => flag.host));
  for (const { flag, causes, unseen } of group) {
    const own = Math.min(unseen, 0.999);
    const late = FIRST_HALF_MS / (FIRST_HALF_MS + flag.onsetMs - startMs);
    odds.set(flag.host, (odds.get(flag.host) ?? 0) + (own / (1 - own)) * late * (hasCause.has(flag.host) ? 0.1 : 1));
    for (const cause of causes) {
      if (inGroup.has(cause.from) || cause.probability < 0.05) continue;
      odds.set(cause.from, (odds.get(cause.from) ?? 0) + cause.probability * own);
    }
  }
  const total = [...odds.values()].reduce((sum, value) => sum + value, 0);
  return [...odds]
    .map(([host, value]) => ({ host, probability: total > 0 ? value / total : 0 }))
    .filter(({ probability }) => probability > 0.001)
    .sort((a, b) => b.probability - a.probability || a.host - b.host);
}

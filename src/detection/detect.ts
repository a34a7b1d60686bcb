// The stage entry: batches in, verdicts out. One detector serves a one-shot inspection, a replay and the live night;
// it reads no clock, only the times of the rows.

import { limits } from "../limits.ts";
import type { Batch } from "../model/batch.ts";
import { OUTCOME_ANSWERED, OUTCOME_REFUSED, OUTCOME_UNANSWERED, PROTOCOL_TCP } from "../model/flow.ts";
import type { Sighting } from "../model/observation.ts";
import type { Detection, OutbreakId, Suspect } from "../model/outbreak.ts";
import { formatPort } from "../model/port.ts";
import type { HostIndex, Millis } from "../model/units.ts";
import { becauseOf } from "./because.ts";
import { Clues } from "./clues.ts";
import { homeNetworks } from "./home.ts";
import { learnBaseline } from "./learn.ts";
import { listNotables } from "./notables.ts";
import { scoreFlows } from "./score.ts";
import { testOf } from "./sources.ts";
import { growTrees } from "./spread-tree.ts";
import { sortFlags } from "./standing.ts";
import { createState, type DetectorOptions, type DetectorState, type Flag } from "./state.ts";

export { Baseline, type BaselineFile, readBaseline } from "./baseline.ts";
export { killSwitchNames } from "./clues.ts";
export { type DetectorOptions } from "./state.ts";
export { BUDGET_PER_HOST_DAY, thresholdFor } from "./threshold.ts";

/** A sensor that shows this many attempts and not one answer cannot tell unanswered from unseen. */
const BLIND_ATTEMPTS_MIN = 30;

/** What the detector itself had to leave out, by name of the limit. */
export interface DetectorLosses {
  readonly hostsEvicted: number;
  readonly contactsForgotten: number;
  readonly contactLogOverwritten: number;
  readonly sourcesReused: number;
  readonly sourcesRefused: number;
  readonly listenersRefused: number;
  readonly cluesDropped: number;
  readonly sightingsDropped: number;
}

/** A running detector. */
export class Detector {
  readonly #state: DetectorState;
  readonly #clues = new Clues();
  readonly #attempts = new Uint32Array(limits.sensorsMax);
  readonly #answers = new Uint32Array(limits.sensorsMax);
  #sightings: Sighting[] = [];
  #sightingsDropped = 0;
  #firstMs: Millis = Number.POSITIVE_INFINITY;

  constructor(options: DetectorOptions) {
    this.#state = createState(options);
  }

  /** The threshold in force, nats. */
  get thresholdNats(): number {
    return this.#state.thresholdNats;
  }

  /** Hosts flagged so far, outside ones and talkers included. */
  get flagCount(): number {
    return this.#state.flags.length;
  }

  /** Takes one batch, sorted by time. Synchronous; keeps no reference to the batch. */
  feed(batch: Batch): void {
    const { flows, observations, sightings } = batch;
    this.#survey(batch);
    if (flows.length > 0) this.#firstMs = Math.min(this.#firstMs, flows.atMs[0]);
    let begin = 0;
    for (const observation of observations) {
      let end = begin;
      while (end < flows.length && flows.atMs[end] <= observation.atMs) end++;
      scoreFlows(this.#state, flows, begin, end);
      begin = end;
      this.#clues.add(this.#state, observation);
    }
    scoreFlows(this.#state, flows, begin, flows.length);
    for (const sighting of sightings) this.#sight(sighting);
  }

  /** Where each address was seen, oldest first. */
  get sightings(): readonly Sighting[] {
    return this.#sightings;
  }

  losses(): DetectorLosses {
    const { hosts, memory, log, sources, listeners } = this.#state;
    return {
      hostsEvicted: hosts.evictedCount,
      contactsForgotten: memory.forgottenCount,
      contactLogOverwritten: log.overwrittenCount,
      sourcesReused: sources.reusedCount,
      sourcesRefused: sources.refusedCount,
      listenersRefused: listeners.refusedCount,
      cluesDropped: this.#clues.droppedCount,
      sightingsDropped: this.#sightingsDropped,
    };
  }

  /** What is known now. May be asked at any time; costs in proportion to suspects and sources. */
  report(): Detection {
    const state = this.#state;
    const { standing, outside, talkers, withdrawn } = sortFlags(state);
    const outbreaks = growTrees(state, standing);
    const outbreakOf = new Map(outbreaks.flatMap(({ id, hosts }) => hosts.map((host) => [host, id] as const)));
    return {
      suspects: standing.map((flag) => this.#suspectOf(flag, outbreakOf)),
      outbreaks,
      notables: listNotables(state, this.#clues, standing, outside, [...talkers, ...withdrawn]),
    };
  }

  /** What was usual so far, to be kept and given to a later detector. Presumes that nothing was spreading. */
  baseline(): ReturnType<typeof learnBaseline> {
    return learnBaseline(this.#state, this.#firstMs);
  }

  #suspectOf(flag: Flag, outbreakOf: ReadonlyMap<HostIndex, OutbreakId>): Suspect {
    const state = this.#state;
    const { sources, hosts } = state;
    return {
      host: flag.host,
      address: hosts.format(flag.host),
      port: formatPort(flag.protocol, flag.port),
      onsetMs: flag.onsetMs,
      flaggedMs: flag.flaggedMs,
      contactsToFlag: flag.contactsToFlag,
      logOdds: sources.peak[testOf(flag.source, flag.group)],
      outbreak: outbreakOf.get(flag.host) ?? null,
      because: becauseOf(state, flag),
    };
  }

  /** Before a batch is scored: which sensors cannot see answers, and, once, which public networks are home. */
  #survey(batch: Batch): void {
    const { flows } = batch;
    const { protocol, outcome, sensor, length } = flows;
    for (let flow = 0; flow < length; flow++) {
      if (protocol[flow] !== PROTOCOL_TCP) continue;
      if (outcome[flow] === OUTCOME_ANSWERED || outcome[flow] === OUTCOME_REFUSED) this.#answers[sensor[flow]]++;
      else if (outcome[flow] === OUTCOME_UNANSWERED) this.#attempts[sensor[flow]]++;
    }
    for (let index = 0; index < this.#attempts.length; index++) {
      const isBlind = this.#attempts[index] >= BLIND_ATTEMPTS_MIN && this.#answers[index] === 0;
      this.#state.blindSensors[index] = isBlind ? 1 : 0;
    }
    if (this.#state.isSurveyed || this.#state.hasTerrain || length === 0) return;
    this.#state.isSurveyed = true;
    for (const prefix of homeNetworks(this.#state.hosts, flows)) this.#state.facts.addHome(prefix);
  }

  #sight(sighting: Sighting): void {
    if (this.#sightings.length >= limits.sightingsMax) {
      this.#sightings = this.#sightings.slice(limits.sightingsMax / 2);
      this.#sightingsDropped += limits.sightingsMax / 2;
    }
    this.#sightings.push(sighting);
  }
}

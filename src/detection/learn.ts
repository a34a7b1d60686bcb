// Learning the baseline: what a detector saw on quiet days, as a file for later detectors.

import type { Millis } from "../model/units.ts";
import { type BaselineFile, encodeWords, TALKER_VALID_MS } from "./baseline.ts";
import { OUTCOME_ANSWERED } from "../model/flow.ts";
import { FACT_INSIDE } from "./home.ts";
import { SERVER_CLIENTS_MIN } from "./likelihood.ts";
import { classOf, SOURCE_SUSPECT, SOURCE_WORDS } from "./sources.ts";
import type { DetectorState } from "./state.ts";
import { excuse } from "./talkers.ts";
import { PORT_CONTROL, PORT_LATERAL, PORT_OTHER, PORT_REMOTE } from "../model/port.ts";

/** From this rate on a host's own habit is kept. */
const BUSY_CONTACTS_PER_DAY = 1;
const DAY_MS = 24 * 3_600_000;
/** New contacts on lateral and log-on ports per quiet day from which many contacts are a host's habit. */
const HABIT_CONTACTS_PER_DAY = 40;
/** A shorter time shows no daily habit: two contacts in ten minutes are not three hundred a day. */
const HABIT_DAYS_MIN = 0.75;

/** @param firstMs time of the first row the detector saw */
export function learnBaseline(state: DetectorState, firstMs: Millis): BaselineFile {
  const { sources, facts, hosts, memory, listeners, newestMs } = state;
  const days = Math.max((newestMs - firstMs) / DAY_MS, 1 / 24);
  const active: number[] = [];
  const busy: number[] = [];
  const talkers: { addressHash: number; kind: string; untilMs: Millis }[] = [];
  let lateralCount = 0;
  let controlCount = 0;
  let scored = 0;
  let ordinary = 0;
  for (let source = 0; source < sources.end; source += SOURCE_WORDS) {
    const host = sources.host[source];
    if (sources.generation[source] !== hosts.generation[host]) continue;
    if ((facts.of(host, newestMs) & FACT_INSIDE) === 0) continue;
    active.push(hosts.hash[host] >>> 0);
    const talker = excuse(state, source);
    const lateral = sources.byClass[classOf(source, PORT_LATERAL)] + sources.byClass[classOf(source, PORT_REMOTE)];
    const control = sources.byClass[classOf(source, PORT_CONTROL)];
    const isSuspect = sources.status[source] === SOURCE_SUSPECT;
    const isHabit = days >= HABIT_DAYS_MIN && !isSuspect && (lateral + control) / days >= HABIT_CONTACTS_PER_DAY;
    if (talker !== null || isHabit) {
      const kind = talker?.kind ?? "many-contacts";
      talkers.push({ addressHash: hosts.hash[host], kind, untilMs: newestMs + TALKER_VALID_MS });
      continue;
    }
    if (isSuspect) continue; // neither usual nor excused
    ordinary++;
    if ((lateral + control) / days >= BUSY_CONTACTS_PER_DAY) {
      const failedShare = Math.min(1, sources.failed[source] / Math.max(1, lateral + control));
      busy.push(
        hosts.hash[host] >>> 0,
        Math.round((100 * lateral) / days),
        Math.round((100 * control) / days),
        Math.round(100 * failedShare),
      );
    }
    lateralCount += lateral;
    controlCount += control;
    for (const portClass of [PORT_LATERAL, PORT_CONTROL, PORT_REMOTE, PORT_OTHER])
      scored += sources.byClass[classOf(source, portClass)];
  }
  // Hosts that only answer are at work as well.
  const { log } = state;
  for (let serial = log.overwrittenCount; serial < log.length; serial++) {
    const row = log.row(serial);
    if (row >= 0 && log.outcome[row] === OUTCOME_ANSWERED) active.push(hosts.hash[log.target[row]] >>> 0);
  }
  const servers: number[] = [];
  for (const { key, clientCallers } of listeners.serverKeys(SERVER_CLIENTS_MIN)) servers.push(key, clientCallers);
  return {
    schema: "cordon.baseline/1",
    learnedFromMs: Number.isFinite(firstMs) ? firstMs : 0,
    learnedToMs: Number.isFinite(newestMs) ? newestMs : 0,
    hostDays: ordinary * days,
    scoredContactsPerDay: Math.max(1, scored / Math.max(1, ordinary * days)),
    contacts: encodeWords(memory.keys()),
    activeHosts: encodeWords(Uint32Array.from(new Set(active)).sort()),
    lateralPerDay: lateralCount / Math.max(1, ordinary * days),
    controlPerDay: controlCount / Math.max(1, ordinary * days),
    busy: encodeWords(Uint32Array.from(busy)),
    servers: encodeWords(Uint32Array.from(servers)),
    talkers,
  };
}

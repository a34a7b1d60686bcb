// All that a running detector holds, in one place: the columns that the kernels of score.ts work on.

import { limits } from "../limits.ts";
import type { HostTable } from "../model/host-table.ts";
import type { Terrain } from "../model/terrain.ts";
import type { HostIndex, Millis } from "../model/units.ts";
import type { Baseline } from "./baseline.ts";
import { ContactLog } from "./contact-log.ts";
import { CONTACT_WINDOW_MS, ContactMemory } from "./contact-memory.ts";
import { HostFactsTable } from "./home.ts";
import { Listeners } from "./listeners.ts";
import { Sources } from "./sources.ts";
import { BUDGET_PER_HOST_DAY, thresholdFor } from "./threshold.ts";

export interface DetectorOptions {
  readonly hosts: HostTable;
  readonly terrain?: Terrain | null;
  readonly baseline?: Baseline | null;
  /** False isolations per benign host-day that are acceptable. */
  readonly budgetPerHostDay?: number;
  /** Nothing is forgotten with time: for learning a baseline from several days. */
  readonly isLearning?: boolean;
}

/** A crossing of the threshold, in the order it happened. */
export interface Flag {
  readonly host: HostIndex;
  readonly source: number;
  readonly group: number;
  readonly onsetMs: Millis;
  readonly flaggedMs: Millis;
  readonly contactsToFlag: number;
  readonly port: number;
  readonly protocol: number;
  readonly isInside: boolean;
  /** Evidence in force at the flag; because.ts puts it into words. */
  readonly failed: number;
  readonly propagated: number;
  readonly exposedBy: HostIndex;
  readonly portBreadth: number;
  readonly logOdds: number;
  /** Flagged together with the host that it infected, or that infected it: neither crossed alone. */
  readonly isTogether: boolean;
}

/** A test that crossed its threshold and waits to be flagged. */
interface WaitingTest {
  readonly row: number;
  readonly group: number;
  readonly host: HostIndex;
  readonly protocol: number;
  readonly port: number;
  readonly at: Millis;
}

export interface DetectorState {
  readonly hosts: HostTable;
  readonly facts: HostFactsTable;
  readonly memory: ContactMemory;
  readonly log: ContactLog;
  readonly listeners: Listeners;
  readonly baseline: Baseline | null;
  readonly sources: Sources;
  readonly thresholdNats: number;
  readonly budgetPerHostDay: number;
  readonly flags: Flag[];
  readonly toTest: WaitingTest[];
  /** Sensors that cannot tell answered from unanswered: 1. Indexed by sensor. */
  readonly blindSensors: Uint8Array;
  /** Outside addresses that touched an inside host, by host. */
  outsideCallers: Uint32Array;
  /** Last contact in which the host was the target (serial), by host. */
  lastCall: Int32Array;
  flagsDropped: number;
  /** Digest of what was read ahead: keeps the compiler from leaving the reads out. */
  readAhead: number;
  hasTerrain: boolean;
  isSurveyed: boolean;
  newestMs: Millis;
}

export function createState(options: DetectorOptions): DetectorState {
  const { hosts } = options;
  const baseline = options.baseline ?? null;
  const budgetPerHostDay = options.budgetPerHostDay ?? BUDGET_PER_HOST_DAY;
  const state: DetectorState = {
    hosts,
    facts: new HostFactsTable(hosts, options.terrain ?? null, baseline),
    memory: new ContactMemory(
      options.isLearning ? Number.POSITIVE_INFINITY : CONTACT_WINDOW_MS,
      limits.contactSlotsMax,
    ),
    log: new ContactLog(limits.contactLogMax),
    listeners: new Listeners(limits.listenersMax),
    baseline,
    sources: new Sources(hosts, limits.sourcesMax),
    thresholdNats: thresholdFor(budgetPerHostDay, baseline?.scoredContactsPerDay),
    budgetPerHostDay,
    flags: [],
    toTest: [],
    blindSensors: new Uint8Array(limits.sensorsMax),
    outsideCallers: new Uint32Array(1024),
    lastCall: new Int32Array(1024).fill(-1),
    flagsDropped: 0,
    readAhead: 0,
    hasTerrain: Boolean(options.terrain),
    isSurveyed: false,
    newestMs: Number.NEGATIVE_INFINITY,
  };
  baseline?.restore(state);
  return state;
}

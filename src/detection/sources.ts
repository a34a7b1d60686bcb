// The running tests: one row per host that makes scored contacts, with one CUSUM per group of ports.
// Groups keep benign habits of one kind (browsing) from washing out evidence of another (a sweep on tcp/445).

import {
  type Column,
  float32Column,
  float64Column,
  grown,
  int32Column,
  uint8Column,
  uint16Column,
  uint32Column,
} from "../kit/column.ts";
import type { HostTable } from "../model/host-table.ts";
import { PORT_CLASSES } from "../model/port.ts";
import type { HostIndex, Millis } from "../model/units.ts";

export const GROUP_LATERAL = 0;
export const GROUP_REMOTE = 1;
export const GROUP_INSIDE = 2; // every other port, target inside
export const GROUP_WEB_OUTSIDE = 3;
export const GROUP_OTHER_OUTSIDE = 4;
export const GROUP_DISCOVERY = 5; // ARP, ping, SNMP: never flags by itself
export const GROUPS = 6;
/** Port classes of model/port.ts. */
export const CLASSES = PORT_CLASSES;

/** "This host has no row." */
export const NO_SOURCE = -1;

export const SOURCE_SUSPECT = 1;

/**
 * Row `source` of the plain columns is one host; groups are interleaved: test = source * GROUPS + group.
 *
 * | host | lastMs | test 0: score | onsetMs | run | lastPort |
 * | 17   | 90500  | 8.1           | 88000   | 3   | 445      |  three lateral contacts since 88 s, not enough yet
 */
export class Sources {
  length = 0;
  /** Hosts that got no row because none could give way. */
  refusedCount = 0;
  /** Rows taken back from hosts with nothing against them. */
  reusedCount = 0;
  host: Column<HostIndex>;
  generation: Column<number>;
  /** When the row began. */
  firstMs: Column<Millis>;
  /** Last scored contact, for decay and bursts. */
  lastMs: Column<Millis>;
  /** Last address touched by a scored contact, and the last contact of the log. */
  lastTargetWord: Column<number>;
  lastContact: Column<number>;
  status: Column<number>;
  /** New contacts, all kinds; and flows on spreading ports to targets known already: many in a habit, few in a sweep. */
  contacts: Column<number>;
  repeats: Column<number>;
  /** New contacts to a target already touched on another port: most of a hole scanner's, few of a worm's. */
  knownPairs: Column<number>;
  failed: Column<number>;
  /** New contacts to hosts that had called this one: a manager's, answering its clients. */
  returned: Column<number>;
  /** Bit per hashed port: how many different ports the host uses as a client. */
  portsLow: Column<number>;
  portsHigh: Column<number>;
  /** New contacts by port class: test = source * CLASSES + class. */
  byClass: Column<number>;
  /** Bytes received in answered flows: tells a backup from a monitor. */
  bytesBack: Column<number>;
  /** Exposure: by whom, when, and evidence already counted through propagation. */
  exposedBy: Column<HostIndex>;
  exposedMs: Column<Millis>;
  propagated: Column<number>;
  /** Who had called the host when it turned client. */
  calledBy: Column<HostIndex>;
  calledMs: Column<Millis>;
  /** The most incriminated host that turned client after this one called it: its score, and when. */
  childScore: Column<number>;
  child: Column<HostIndex>;
  childMs: Column<Millis>;
  /** Last load as large as a program that the host gave to a new target, bytes; and how often it was the same again. */
  lastLoad: Column<number>;
  sameLoads: Column<number>;
  /** 1 once the host passed on as much as it was given. */
  passedOn: Column<number>;
  score: Column<number>;
  peak: Column<number>;
  onsetMs: Column<Millis>;
  run: Column<number>;
  lastPort: Column<number>;
  #rowOfHost: Column<number>;
  #hand = 0;
  readonly #rowsMax: number;
  readonly #hosts: HostTable;

  constructor(hosts: HostTable, rowsMax: number) {
    this.#hosts = hosts;
    this.#rowsMax = rowsMax;
    const rows = Math.min(256, rowsMax);
    this.host = int32Column(rows);
    this.generation = uint32Column(rows);
    this.firstMs = float64Column(rows);
    this.lastMs = float64Column(rows);
    this.lastTargetWord = uint32Column(rows);
    this.lastContact = int32Column(rows);
    this.status = uint8Column(rows);
    this.contacts = uint32Column(rows);
    this.repeats = uint32Column(rows);
    this.knownPairs = uint32Column(rows);
    this.failed = uint32Column(rows);
    this.returned = uint32Column(rows);
    this.portsLow = uint32Column(rows);
    this.portsHigh = uint32Column(rows);
    this.byClass = uint16Column(rows * CLASSES);
    this.bytesBack = float64Column(rows);
    this.exposedBy = int32Column(rows);
    this.exposedMs = float64Column(rows);
    this.propagated = float32Column(rows);
    this.calledBy = int32Column(rows);
    this.calledMs = float64Column(rows);
    this.childScore = float32Column(rows);
    this.child = int32Column(rows);
    this.childMs = float64Column(rows);
    this.lastLoad = float32Column(rows);
    this.sameLoads = uint8Column(rows);
    this.passedOn = uint8Column(rows);
    this.score = float32Column(rows * GROUPS);
    this.peak = float32Column(rows * GROUPS);
    this.onsetMs = float64Column(rows * GROUPS);
    this.run = uint16Column(rows * GROUPS);
    this.lastPort = uint16Column(rows * GROUPS);
    this.#rowOfHost = int32Column<number>(1024);
    this.#rowOfHost.fill(NO_SOURCE);
  }

  /** The row of a host, or NO_SOURCE. */
  find(host: HostIndex): number {
    if (host >= this.#rowOfHost.length) return NO_SOURCE;
    const source = this.#rowOfHost[host];
    if (source === NO_SOURCE) return NO_SOURCE;
    if (this.host[source] === host && this.generation[source] === this.#hosts.generation[host]) return source;
    return NO_SOURCE;
  }

  /** The row of a host, a fresh one when it has none; NO_SOURCE when there is no room. */
  rowOf(host: HostIndex, nowMs: Millis): number {
    const found = this.find(host);
    if (found !== NO_SOURCE) return found;
    if (host >= this.#rowOfHost.length) this.#growIndex(host);
    let source = this.length;
    if (source < this.#rowsMax) {
      this.length++;
      if (source >= this.host.length) this.#grow();
    } else {
      source = this.#reuse();
      if (source === NO_SOURCE) {
        this.refusedCount++;
        return NO_SOURCE;
      }
    }
    this.#reset(source, host, nowMs);
    return source;
  }

  #reset(source: number, host: HostIndex, nowMs: Millis): void {
    this.#rowOfHost[host] = source;
    this.host[source] = host;
    this.generation[source] = this.#hosts.generation[host];
    this.firstMs[source] = nowMs;
    this.lastMs[source] = nowMs;
    this.lastTargetWord[source] = 0;
    this.lastContact[source] = -1;
    this.status[source] = 0;
    this.contacts[source] = 0;
    this.repeats[source] = 0;
    this.knownPairs[source] = 0;
    this.failed[source] = 0;
    this.returned[source] = 0;
    this.portsLow[source] = 0;
    this.portsHigh[source] = 0;
    this.byClass.fill(0, source * CLASSES, (source + 1) * CLASSES);
    this.bytesBack[source] = 0;
    this.exposedBy[source] = -1 as HostIndex;
    this.exposedMs[source] = 0;
    this.propagated[source] = 0;
    this.calledBy[source] = -1 as HostIndex;
    this.childScore[source] = 0;
    this.child[source] = -1 as HostIndex;
    this.childMs[source] = 0;
    this.lastLoad[source] = 0;
    this.sameLoads[source] = 0;
    this.passedOn[source] = 0;
    const begin = source * GROUPS;
    this.score.fill(0, begin, begin + GROUPS);
    this.peak.fill(0, begin, begin + GROUPS);
    this.onsetMs.fill(0, begin, begin + GROUPS);
    this.run.fill(0, begin, begin + GROUPS);
    this.lastPort.fill(0, begin, begin + GROUPS);
  }

  /** A row whose host is gone, or has no suspicion against it. */
  #reuse(): number {
    for (let steps = 0; steps < Math.min(this.length, 4096); steps++) {
      const source = this.#hand;
      this.#hand = source + 1 === this.length ? 0 : source + 1;
      if (this.status[source] === SOURCE_SUSPECT) continue;
      let highest = 0;
      for (let group = 0; group < GROUP_DISCOVERY; group++)
        highest = Math.max(highest, this.score[source * GROUPS + group]);
      const isStale = this.generation[source] !== this.#hosts.generation[this.host[source]];
      if (!isStale && highest > 4) continue;
      if (!isStale) this.#rowOfHost[this.host[source]] = NO_SOURCE;
      this.reusedCount++;
      return source;
    }
    return NO_SOURCE;
  }

  #growIndex(host: number): void {
    const before = this.#rowOfHost.length;
    let size = before;
    while (size <= host) size *= 2;
    this.#rowOfHost = grown(this.#rowOfHost, size);
    this.#rowOfHost.fill(NO_SOURCE, before);
  }

  #grow(): void {
    const rows = Math.min(this.#rowsMax, this.host.length * 2);
    this.host = grown(this.host, rows);
    this.generation = grown(this.generation, rows);
    this.firstMs = grown(this.firstMs, rows);
    this.lastMs = grown(this.lastMs, rows);
    this.lastTargetWord = grown(this.lastTargetWord, rows);
    this.lastContact = grown(this.lastContact, rows);
    this.status = grown(this.status, rows);
    this.contacts = grown(this.contacts, rows);
    this.repeats = grown(this.repeats, rows);
    this.knownPairs = grown(this.knownPairs, rows);
    this.failed = grown(this.failed, rows);
    this.returned = grown(this.returned, rows);
    this.portsLow = grown(this.portsLow, rows);
    this.portsHigh = grown(this.portsHigh, rows);
    this.byClass = grown(this.byClass, rows * CLASSES);
    this.bytesBack = grown(this.bytesBack, rows);
    this.exposedBy = grown(this.exposedBy, rows);
    this.exposedMs = grown(this.exposedMs, rows);
    this.propagated = grown(this.propagated, rows);
    this.calledBy = grown(this.calledBy, rows);
    this.calledMs = grown(this.calledMs, rows);
    this.childScore = grown(this.childScore, rows);
    this.child = grown(this.child, rows);
    this.childMs = grown(this.childMs, rows);
    this.lastLoad = grown(this.lastLoad, rows);
    this.sameLoads = grown(this.sameLoads, rows);
    this.passedOn = grown(this.passedOn, rows);
    this.score = grown(this.score, rows * GROUPS);
    this.peak = grown(this.peak, rows * GROUPS);
    this.onsetMs = grown(this.onsetMs, rows * GROUPS);
    this.run = grown(this.run, rows * GROUPS);
    this.lastPort = grown(this.lastPort, rows * GROUPS);
  }
}

/** Ports per target from which a source is a scanner of holes, not a worm, which tries one or two. */
const PORTS_PER_TARGET_MIN = 4;
const SCANNER_CONTACTS_MIN = 12;

/** Whether the source tries many ports of each target. */
export function isHoleScanner(sources: Sources, source: number): boolean {
  const contacts = sources.contacts[source];
  const targets = contacts - sources.knownPairs[source];
  return contacts >= SCANNER_CONTACTS_MIN && contacts >= targets * PORTS_PER_TARGET_MIN;
}

/** Different ports used, estimated from the 64 bits (linear counting, Whang et al. 1990). */
export function portBreadth(low: number, high: number): number {
  const set = popcount(low) + popcount(high);
  return set >= 64 ? 64 * Math.log(64) : 64 * Math.log(64 / (64 - set));
}

function popcount(word: number): number {
  let w = word - ((word >>> 1) & 0x55555555);
  w = (w & 0x33333333) + ((w >>> 2) & 0x33333333);
  return Math.imul((w + (w >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

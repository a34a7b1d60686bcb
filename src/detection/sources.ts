// The running tests: one row per host that makes scored contacts, with one CUSUM per group of ports.
// Groups keep benign habits of one kind (browsing) from washing out evidence of another (a sweep on tcp/445).

import type { Column } from "../kit/column.ts";
import type { HostTable } from "../model/host-table.ts";
import { PORT_CLASSES } from "../model/port.ts";
import type { HostIndex, Millis } from "../model/units.ts";

export const GROUP_LATERAL = 0;
export const GROUP_REMOTE = 1;
export const GROUP_INSIDE = 2; // every other port, target inside
export const GROUP_OTHER_OUTSIDE = 3; // outside, but for web pages, names and other ordinary work, which are no evidence
export const GROUP_DISCOVERY = 4; // ARP, ping, SNMP: never flags by itself
export const GROUPS = 5;
/** Port classes of model/port.ts. */
export const CLASSES = PORT_CLASSES;

/** "This host has no row." */
export const NO_SOURCE = -1;

export const SOURCE_SUSPECT = 1;

/** A row in 32-bit words: four cache lines; even, so that columns of 64 bits fall on their places. */
export const SOURCE_WORDS = 64;
const LINE_WORDS = 16;
/** A large buffer begins 16 bytes after a page (the allocator's own header): this much more, and rows begin with a line. */
const FIRST_LINE_WORDS = 12;

/** Where each column begins in a row: in words, or where the name says so in halves of a word. */
const at = {
  // First line: all that an ordinary contact of a suspect needs, and a look-up by another host.
  host: 0,
  generation: 1,
  status: 2,
  lastContact: 3,
  flaggedMs: 4,
  bytesBack: 6,
  contacts: 8,
  portsLow: 9,
  portsHigh: 10,
  byClassHalf: 22, // CLASSES of them
  // Second line: what every further contact reads.
  knownPairs: 16,
  repeats: 17,
  failed: 18,
  lastTargetWord: 19,
  lastMs: 20,
  propagated: 22,
  exposedBy: 23,
  calledBy: 24,
  childScore: 25,
  score: 26, // GROUPS of them
  // Third line.
  peak: 32, // GROUPS of them
  runHalf: 74, // GROUPS of them
  exposedLoadHalf: 79,
  lastPortHalf: 80, // GROUPS of them
  lastLoadTickHalf: 85,
  child: 43,
  childMs: 44,
  calledMs: 46,
  // Fourth line: read seldom, but for the onset of a new excursion.
  onsetMs: 48, // GROUPS of them
  exposedMs: 58,
  firstMs: 60,
  lastLoad: 62,
  sameLoadsHalf: 126,
  passedOnHalf: 127,
} as const;

/** Index of a source in the columns of 64 bits: `lastMs[wideOf(source)]`. */
export const wideOf = (source: number): number => source >> 1;
/** Index of a source in `exposedLoad`, `lastLoadTick`, `passedOn` and `sameLoads`, of 16 bits. */
export const narrowOf = (source: number): number => source << 1;
/** Index of a test in `score` and `peak`. */
export const testOf = (source: number, group: number): number => source + group;
/** Index of a test in `onsetMs`. */
export const wideTestOf = (source: number, group: number): number => (source >> 1) + group;
/** Index of a test in `run` and `lastPort`. */
export const narrowTestOf = (source: number, group: number): number => (source << 1) + group;
/** Index in `byClass`. */
export const classOf = (source: number, portClass: number): number => (source << 1) + portClass;

/**
 * One new contact touches about twenty columns of its source. So a row lies in one piece, and each column is a view of
 * the same buffer that begins at the column's place in the row: `source` counts words, not rows, and is a multiple of
 * SOURCE_WORDS. Columns of 64 bits take `wideOf(source)`, those per group `testOf(source, group)` and its like.
 *
 * | source | host | contacts | lastMs | score[testOf(source, GROUP_LATERAL)] | run | lastPort |
 * | 0      | 17   | 9        | 90500  | 8.1                                  | 3   | 445      |  not enough yet
 * | 64     | 4    | 1        | 90700  | 0                                    | 0   | 0        |
 */
export class Sources {
  /** Words in use: the `source` that the next row would have. */
  end = 0;
  /** Hosts that got no row because none could give way. */
  refusedCount = 0;
  /** Rows taken back from hosts with nothing against them. */
  reusedCount = 0;
  host!: Column<HostIndex>;
  generation!: Column<number>;
  /** When the row began. */
  firstMs!: Column<Millis>;
  /** Last scored contact, for decay and bursts. */
  lastMs!: Column<Millis>;
  /** Last address touched by a scored contact, and the last contact of the log. */
  lastTargetWord!: Column<number>;
  lastContact!: Column<number>;
  status!: Column<number>;
  /** When the host was flagged: calls to it after that explain nothing any more. */
  flaggedMs!: Column<Millis>;
  /** New contacts but for those on ports of ordinary work; and flows on spreading ports to targets known already: many in a habit, few in a sweep. */
  contacts!: Column<number>;
  repeats!: Column<number>;
  /** New contacts to a target already touched on another port: most of a hole scanner's, few of a worm's. */
  knownPairs!: Column<number>;
  failed!: Column<number>;
  /** Bit per hashed port: how many different ports the host uses as a client. */
  portsLow!: Column<number>;
  portsHigh!: Column<number>;
  /** New contacts by port class. */
  byClass!: Column<number>;
  /** Bytes received in answered flows: tells a backup from a monitor. */
  bytesBack!: Column<number>;
  /** Exposure: by whom, when, and evidence already counted through propagation. */
  exposedBy!: Column<HostIndex>;
  exposedMs!: Column<Millis>;
  /** 1 when the call that exposed it carried a program. */
  exposedLoad!: Column<number>;
  propagated!: Column<number>;
  /** Who had called the host when it turned client. */
  calledBy!: Column<HostIndex>;
  calledMs!: Column<Millis>;
  /** The most incriminated host that turned client after this one called it: its score, and when. */
  childScore!: Column<number>;
  child!: Column<HostIndex>;
  childMs!: Column<Millis>;
  /** Last load as large as a program that the host gave to a new target, bytes; and how often it was the same again. */
  lastLoad!: Column<number>;
  sameLoads!: Column<number>;
  /** When it gave the last one, in ticks of LOAD_TICK_MS, counted round. */
  lastLoadTick!: Column<number>;
  /** 1 once the host passed on as much as it was given. */
  passedOn!: Column<number>;
  score!: Column<number>;
  peak!: Column<number>;
  onsetMs!: Column<Millis>;
  run!: Column<number>;
  lastPort!: Column<number>;
  #words = new Int32Array(0);
  #rowOfHost: Int32Array;
  #hand = 0;
  readonly #wordsMax: number;
  readonly #hosts: HostTable;

  constructor(hosts: HostTable, rowsMax: number) {
    this.#hosts = hosts;
    this.#wordsMax = rowsMax * SOURCE_WORDS;
    this.#grow(Math.min(256, rowsMax) * SOURCE_WORDS);
    this.#rowOfHost = new Int32Array(1024).fill(NO_SOURCE);
  }

  /** Rows in use. */
  get count(): number {
    return this.end / SOURCE_WORDS;
  }

  /** The row of a host, or NO_SOURCE. */
  find(host: HostIndex): number {
    if (host >= this.#rowOfHost.length) return NO_SOURCE;
    const source = this.#rowOfHost[host];
    if (source === NO_SOURCE) return NO_SOURCE;
    if (this.host[source] !== host) return NO_SOURCE;
    // Until the first host gives way no generation has changed: one place less to read.
    if (this.#hosts.evictedCount === 0 || this.generation[source] === this.#hosts.generation[host]) return source;
    return NO_SOURCE;
  }

  /** Where the rows of these hosts are, zero for those without one. The rows may belong to others by now. */
  locate(hosts: Column<HostIndex>, begin: number, end: number, places: Int32Array): void {
    const rowOfHost = this.#rowOfHost;
    for (let at = begin; at < end; at++) {
      const host = hosts[at];
      const source = host < rowOfHost.length ? rowOfHost[host] : 0;
      places[at - begin] = source < 0 ? 0 : source;
    }
  }

  /** Where the rows of those are who had called these sources. */
  locateCallers(sources: Int32Array, count: number, places: Int32Array): void {
    const { calledBy } = this;
    const rowOfHost = this.#rowOfHost;
    for (let at = 0; at < count; at++) {
      const host = calledBy[sources[at]];
      const source = host >= 0 && host < rowOfHost.length ? rowOfHost[host] : 0;
      places[at] = source < 0 ? 0 : source;
    }
  }

  /** Reads the cache lines `begin` to `end` of each row, for read-ahead.ts; the result means nothing. */
  touch(places: Int32Array, count: number, begin: number, end: number): number {
    const words = this.#words;
    let sum = 0;
    for (let line = begin; line < end; line++) {
      for (let at = 0; at < count; at++) sum ^= words[places[at] + line * LINE_WORDS];
    }
    return sum;
  }

  /** The row of a host, a fresh one when it has none; NO_SOURCE when there is no room. */
  rowOf(host: HostIndex, nowMs: Millis): number {
    const found = this.find(host);
    if (found !== NO_SOURCE) return found;
    if (host >= this.#rowOfHost.length) this.#growIndex(host);
    let source = this.end;
    if (source < this.#wordsMax) {
      this.end += SOURCE_WORDS;
      if (source >= this.#words.length) this.#grow(Math.min(this.#wordsMax, source * 2));
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
    this.#words.fill(0, source, source + SOURCE_WORDS);
    this.host[source] = host;
    this.generation[source] = this.#hosts.generation[host];
    this.firstMs[wideOf(source)] = nowMs;
    this.lastMs[wideOf(source)] = nowMs;
    this.lastContact[source] = -1;
    this.exposedBy[source] = -1 as HostIndex;
    this.calledBy[source] = -1 as HostIndex;
    this.child[source] = -1 as HostIndex;
  }

  /** A row whose host is gone, or has no suspicion against it. */
  #reuse(): number {
    for (let steps = 0; steps < Math.min(this.count, 4096); steps++) {
      const source = this.#hand;
      this.#hand = source + SOURCE_WORDS === this.end ? 0 : source + SOURCE_WORDS;
      if (this.status[source] === SOURCE_SUSPECT) continue;
      let highest = 0;
      for (let group = 0; group < GROUP_DISCOVERY; group++)
        highest = Math.max(highest, this.score[testOf(source, group)]);
      const isStale = this.generation[source] !== this.#hosts.generation[this.host[source]];
      if (!isStale && highest > 4) continue;
      if (!isStale) this.#rowOfHost[this.host[source]] = NO_SOURCE;
      this.reusedCount++;
      return source;
    }
    return NO_SOURCE;
  }

  #growIndex(host: number): void {
    let size = this.#rowOfHost.length;
    while (size <= host) size *= 2;
    const larger = new Int32Array(size).fill(NO_SOURCE, this.#rowOfHost.length);
    larger.set(this.#rowOfHost);
    this.#rowOfHost = larger;
  }

  #grow(wordCount: number): void {
    const buffer = new ArrayBuffer(4 * (FIRST_LINE_WORDS + wordCount));
    const words = new Int32Array(buffer, 4 * FIRST_LINE_WORDS);
    words.set(this.#words);
    this.#words = words;
    const int32 = <T extends number>(from: number) =>
      new Int32Array(buffer, 4 * (FIRST_LINE_WORDS + from)) as unknown as Column<T>;
    const uint32 = (from: number) =>
      new Uint32Array(buffer, 4 * (FIRST_LINE_WORDS + from)) as unknown as Column<number>;
    const float32 = (from: number) =>
      new Float32Array(buffer, 4 * (FIRST_LINE_WORDS + from)) as unknown as Column<number>;
    const float64 = (from: number) =>
      new Float64Array(buffer, 4 * (FIRST_LINE_WORDS + from)) as unknown as Column<number>;
    const uint16 = (from: number) =>
      new Uint16Array(buffer, 4 * FIRST_LINE_WORDS + 2 * from) as unknown as Column<number>;
    this.host = int32(at.host);
    this.generation = uint32(at.generation);
    this.firstMs = float64(at.firstMs);
    this.lastMs = float64(at.lastMs);
    this.lastTargetWord = uint32(at.lastTargetWord);
    this.lastContact = int32(at.lastContact);
    this.status = int32(at.status);
    this.contacts = uint32(at.contacts);
    this.repeats = uint32(at.repeats);
    this.knownPairs = uint32(at.knownPairs);
    this.failed = uint32(at.failed);
    this.portsLow = int32(at.portsLow);
    this.portsHigh = int32(at.portsHigh);
    this.byClass = uint16(at.byClassHalf);
    this.bytesBack = float64(at.bytesBack);
    this.exposedBy = int32(at.exposedBy);
    this.exposedMs = float64(at.exposedMs);
    this.exposedLoad = uint16(at.exposedLoadHalf);
    this.propagated = float32(at.propagated);
    this.calledBy = int32(at.calledBy);
    this.calledMs = float64(at.calledMs);
    this.flaggedMs = float64(at.flaggedMs);
    this.childScore = float32(at.childScore);
    this.child = int32(at.child);
    this.childMs = float64(at.childMs);
    this.lastLoad = float32(at.lastLoad);
    this.sameLoads = uint16(at.sameLoadsHalf);
    this.lastLoadTick = uint16(at.lastLoadTickHalf);
    this.passedOn = uint16(at.passedOnHalf);
    this.score = float32(at.score);
    this.peak = float32(at.peak);
    this.onsetMs = float64(at.onsetMs);
    this.run = uint16(at.runHalf);
    this.lastPort = uint16(at.lastPortHalf);
  }
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

// Puts rows in event-time order: behaviours write flows up to ten minutes ahead, rows leave when they became known.
// In: put(...) with bare addresses. Out: rows of a BatchWriter. A ring of 40 ms buckets, each a chain through one slab.

import { assert } from "../../src/kit/assert.ts";
import { createRandom, type Random } from "../../src/kit/random.ts";
import type { BatchWriter } from "../../src/model/batch.ts";
import {
  DIRECTION_FROM_PORTS,
  DIRECTION_SEEN,
  NOT_SEEN,
  OUTCOME_ANSWERED,
  OUTCOME_REFUSED,
  OUTCOME_UNANSWERED,
  OUTCOME_UNKNOWN,
  type Outcome,
  PHASE_CLOSING,
  PHASE_OPENING,
  PHASE_WHOLE,
  PROTOCOL_ARP,
  PROTOCOL_TCP,
} from "../../src/model/flow.ts";
import type { SensorIndex } from "../../src/model/units.ts";

const BUCKET_MS = 40;
const BUCKETS = 16_384;
const NONE = -1;
/** When an attempt without an answer is given up: after the second SYN of every stack; after a resolver's time-out. */
const TCP_WAIT_MS = 3_500;
const DATAGRAM_WAIT_MS = 5_000;
const ARP_WAIT_MS = 1_000;
/** An answered flow's closing row waits this long, to carry the sizes of the first exchange. */
const SETTLE_MS = 1_000;
/** A host asks again for an address it has not used for this long. */
const ARP_AGAIN_MS = 1_200_000;

/** What a sensor would see of traffic inside one segment. */
export type LocalView =
  | "all" // every attempt is a flow, also to addresses nobody has
  | "arp" // as on a mirror port inside: an ARP request first; to an absent address nothing but ARP
  | "none"; // as on a router: nothing

export interface RowBufferOptions {
  readonly startMs: number;
  readonly phases: "whole" | "two";
  readonly localView: LocalView;
  readonly lossShare: number;
  readonly seed: number;
}

/** Doubles: atMs, startMs. Floats: durationMs, bytes, bytesBack. Words: source, target, ports, meta. */
export class RowBuffer {
  /** Flows put, before loss and view. */
  flowsMade = 0;
  /** Flows dropped by `lossShare`. */
  flowsLost = 0;
  readonly #options: RowBufferOptions;
  readonly #loss: Random;
  readonly #heads = new Int32Array(BUCKETS).fill(NONE);
  readonly #arpSeen = new Map<number, number>();
  #bucket: number;
  #free = NONE;
  #used = 0;
  #times = new Float64Array(2 * 4096);
  #sizes = new Float32Array(3 * 4096);
  #words = new Uint32Array(4 * 4096);
  #next = new Int32Array(4096);
  #order = new Int32Array(1024);
  #nextPort = 0;
  /** Set before `put` for flows whose beginning was not seen; put back to false after. */
  isMidStream = false;

  constructor(options: RowBufferOptions) {
    this.#options = options;
    this.#loss = createRandom(options.seed ^ 0x10055);
    this.#bucket = Math.floor(options.startMs / BUCKET_MS);
  }

  /** One TCP or UDP flow from a fresh port. Sizes in bytes with headers; `startMs` within ten minutes of now. */
  put(
    startMs: number,
    source: number,
    target: number,
    protocol: number,
    targetPort: number,
    outcome: Outcome,
    durationMs: number,
    bytes: number,
    bytesBack: number,
  ): void {
    const sourcePort = 49_152 + (this.#nextPort++ & 0x3fff);
    this.putFrom(startMs, source, sourcePort, target, protocol, targetPort, outcome, durationMs, bytes, bytesBack);
  }

  /** One flow with a given source port. Attempts without an answer get the packets a real stack would have sent. */
  putFrom(
    startMs: number,
    source: number,
    sourcePort: number,
    target: number,
    protocol: number,
    targetPort: number,
    outcome: Outcome,
    durationMs: number,
    bytes: number,
    bytesBack: number,
  ): void {
    this.flowsMade++;
    const { localView, lossShare, phases } = this.#options;
    if (source === target) return;
    const isLocal = ((source ^ target) & 0xffffff00) === 0;
    if (isLocal && localView === "none") return;
    if (lossShare > 0 && this.#loss.float() < lossShare) {
      this.flowsLost++;
      return;
    }
    if (localView === "arp" && source >>> 24 === 10 && !this.isMidStream)
      this.#askFor(startMs, source, isLocal ? target : (source & 0xffffff00) + 1, OUTCOME_ANSWERED);
    const direction = this.isMidStream ? DIRECTION_FROM_PORTS : DIRECTION_SEEN;
    if (phases === "whole") {
      this.#add(
        startMs,
        startMs,
        source,
        target,
        sourcePort,
        targetPort,
        protocol,
        PHASE_WHOLE,
        outcome,
        direction,
        durationMs,
        bytes,
        bytesBack,
      );
      return;
    }
    const opening = protocol === PROTOCOL_TCP ? 52 : bytes;
    this.#add(
      startMs,
      startMs,
      source,
      target,
      sourcePort,
      targetPort,
      protocol,
      PHASE_OPENING,
      OUTCOME_UNKNOWN,
      direction,
      0,
      opening,
      NOT_SEEN,
    );
    if (outcome === OUTCOME_UNKNOWN) return;
    const waitMs = protocol === PROTOCOL_TCP ? TCP_WAIT_MS : DATAGRAM_WAIT_MS;
    const answerMs = isLocal ? 0.5 : 12;
    const decidedMs =
      startMs +
      (outcome === OUTCOME_UNANSWERED ? waitMs : outcome === OUTCOME_REFUSED ? answerMs : answerMs + SETTLE_MS);
    // At that moment only so much of a long transfer has passed.
    const share = outcome === OUTCOME_UNANSWERED ? 1 : Math.min(1, (decidedMs - startMs) / Math.max(1, durationMs));
    this.#add(
      decidedMs,
      startMs,
      source,
      target,
      sourcePort,
      targetPort,
      protocol,
      PHASE_CLOSING,
      outcome,
      direction,
      Math.min(durationMs, decidedMs - startMs),
      Math.max(Math.min(bytes, 156), bytes * share),
      Math.max(Math.min(bytesBack, 156), bytesBack * share),
    );
  }

  /** A TCP attempt that gets no answer: three SYNs over three seconds. */
  putUnanswered(startMs: number, source: number, target: number, targetPort: number): void {
    this.put(startMs, source, target, PROTOCOL_TCP, targetPort, OUTCOME_UNANSWERED, 3_000, 156, 0);
  }

  /** A TCP attempt answered by a reset. */
  putRefused(startMs: number, source: number, target: number, targetPort: number): void {
    this.put(startMs, source, target, PROTOCOL_TCP, targetPort, OUTCOME_REFUSED, 1, 52, 40);
  }

  /** An attempt at an address nobody has. Inside one segment a mirror port then sees an ARP request and no more. */
  putDark(startMs: number, source: number, target: number, targetPort: number): void {
    const isLocal = ((source ^ target) & 0xffffff00) === 0;
    if (!isLocal || this.#options.localView !== "arp") {
      this.putUnanswered(startMs, source, target, targetPort);
      return;
    }
    this.flowsMade++;
    if (this.#options.lossShare > 0 && this.#loss.float() < this.#options.lossShare) this.flowsLost++;
    else this.#askFor(startMs, source, target, OUTCOME_UNANSWERED);
  }

  /** Hands on every row known before `untilMs`, bucket by whole bucket. */
  drain(untilMs: number, writer: BatchWriter): void {
    const end = untilMs === Infinity ? this.#bucket + BUCKETS : Math.floor(untilMs / BUCKET_MS);
    const heads = this.#heads;
    for (; this.#bucket < end; this.#bucket++) {
      const slot = this.#bucket & (BUCKETS - 1);
      if (heads[slot] === NONE) continue;
      this.#emit(heads[slot], writer);
      heads[slot] = NONE;
    }
  }

  #askFor(startMs: number, source: number, target: number, outcome: Outcome): void {
    const pair = (source & 0xffffff) * 16_777_216 + (target & 0xffffff);
    const last = this.#arpSeen.get(pair);
    if (last !== undefined && startMs - last < ARP_AGAIN_MS) return;
    this.#arpSeen.set(pair, startMs);
    const isAnswered = outcome === OUTCOME_ANSWERED;
    const back = isAnswered ? 42 : 0;
    const put = (atMs: number, phase: number, known: Outcome, bytesBack: number): void =>
      this.#add(atMs, startMs, source, target, 0, 0, PROTOCOL_ARP, phase, known, DIRECTION_SEEN, 0, 42, bytesBack);
    if (this.#options.phases === "whole") {
      put(startMs, PHASE_WHOLE, outcome, back);
      return;
    }
    put(startMs, PHASE_OPENING, OUTCOME_UNKNOWN, NOT_SEEN);
    put(startMs + (isAnswered ? 0.5 : ARP_WAIT_MS), PHASE_CLOSING, outcome, back);
  }

  #add(
    atMs: number,
    startMs: number,
    source: number,
    target: number,
    sourcePort: number,
    targetPort: number,
    protocol: number,
    phase: number,
    outcome: Outcome,
    direction: number,
    durationMs: number,
    bytes: number,
    bytesBack: number,
  ): void {
    const bucket = Math.floor(atMs / BUCKET_MS);
    assert(
      bucket >= this.#bucket && bucket < this.#bucket + BUCKETS,
      "a row is known within ten minutes of being made",
    );
    const row = this.#take();
    this.#times[2 * row] = atMs;
    this.#times[2 * row + 1] = startMs;
    this.#sizes[3 * row] = durationMs;
    this.#sizes[3 * row + 1] = bytes;
    this.#sizes[3 * row + 2] = bytesBack;
    this.#words[4 * row] = source;
    this.#words[4 * row + 1] = target;
    this.#words[4 * row + 2] = packPorts(sourcePort, targetPort);
    this.#words[4 * row + 3] = packMeta(protocol, phase, outcome, direction);
    const slot = bucket & (BUCKETS - 1);
    this.#next[row] = this.#heads[slot];
    this.#heads[slot] = row;
  }

  #take(): number {
    const row = this.#free;
    if (row !== NONE) {
      this.#free = this.#next[row];
      return row;
    }
    if (this.#used === this.#next.length) this.#grow();
    return this.#used++;
  }

  #grow(): void {
    const rows = this.#next.length * 2;
    const times = new Float64Array(2 * rows);
    const sizes = new Float32Array(3 * rows);
    const words = new Uint32Array(4 * rows);
    const next = new Int32Array(rows);
    times.set(this.#times);
    sizes.set(this.#sizes);
    words.set(this.#words);
    next.set(this.#next);
    [this.#times, this.#sizes, this.#words, this.#next] = [times, sizes, words, next];
  }

  #emit(head: number, writer: BatchWriter): void {
    let count = 0;
    for (let row = head; row !== NONE; row = this.#next[row]) {
      if (count === this.#order.length) {
        const longer = new Int32Array(count * 2);
        longer.set(this.#order);
        this.#order = longer;
      }
      this.#order[count++] = row;
    }
    const order = this.#order;
    // The chain is newest first: reversed, rows of one instant leave in the order they were put.
    order.subarray(0, count).reverse();
    sortByTime(order, count, this.#times);
    for (let at = 0; at < count; at++) {
      this.#write(order[at], writer);
      this.#next[order[at]] = this.#free;
      this.#free = order[at];
    }
  }

  #write(row: number, writer: BatchWriter): void {
    const flow = writer.row();
    const { flows, hosts } = writer;
    const words = this.#words;
    const ports = words[4 * row + 2];
    const meta = words[4 * row + 3];
    const bytes = this.#sizes[3 * row + 1];
    const bytesBack = this.#sizes[3 * row + 2];
    flows.atMs[flow] = this.#times[2 * row];
    flows.startMs[flow] = this.#times[2 * row + 1];
    flows.durationMs[flow] = this.#sizes[3 * row];
    flows.source[flow] = hosts.intern4(words[4 * row]);
    flows.target[flow] = hosts.intern4(words[4 * row + 1]);
    flows.sourcePort[flow] = ports >>> 16;
    flows.targetPort[flow] = ports & 0xffff;
    flows.protocol[flow] = meta & 0xff;
    flows.phase[flow] = (meta >>> 8) & 0xff;
    flows.outcome[flow] = ((meta >>> 16) & 0xff) as Outcome;
    flows.direction[flow] = meta >>> 24;
    flows.bytes[flow] = bytes;
    flows.packets[flow] = packetsFor(bytes);
    flows.bytesBack[flow] = bytesBack;
    flows.packetsBack[flow] = bytesBack === NOT_SEEN ? NOT_SEEN : packetsFor(bytesBack);
    flows.sensor[flow] = 0 as SensorIndex;
  }
}

function packPorts(sourcePort: number, targetPort: number): number {
  return (sourcePort * 65_536 + targetPort) >>> 0;
}

function packMeta(protocol: number, phase: number, outcome: number, direction: number): number {
  return (protocol | (phase << 8) | (outcome << 16) | (direction << 24)) >>> 0;
}

/** As many packets as such a volume takes: small ones of about 52 to 400 bytes, then full ones. */
export function packetsFor(bytes: number): number {
  if (bytes <= 0) return 0;
  return bytes <= 800 ? Math.max(1, Math.round(bytes / 90)) : 8 + Math.ceil((bytes - 800) / 1_000);
}

function sortByTime(order: Int32Array, count: number, times: Float64Array): void {
  if (count > 48) {
    order.subarray(0, count).sort((a, b) => times[2 * a] - times[2 * b]);
    return;
  }
  for (let at = 1; at < count; at++) {
    const row = order[at];
    const atMs = times[2 * row];
    let hole = at - 1;
    while (hole >= 0 && times[2 * order[hole]] > atMs) {
      order[hole + 1] = order[hole];
      hole--;
    }
    order[hole + 1] = row;
  }
}

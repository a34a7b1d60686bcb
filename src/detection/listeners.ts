// Who is called on which port: callers counted per (host, port), so that a server is told from a victim, and the last
// call remembered, so that a server that turns client is seen at once.

import type { Column } from "../kit/column.ts";
import { combine32 } from "../kit/hash.ts";
import type { HostIndex, Millis } from "../model/units.ts";

/** "No such listener". */
export const NO_LISTENER = -1;

/** A slot in 32-bit words: half a cache line. */
const LISTENER_WORDS = 8;
const SLOTS_INITIAL = 2048;
/** Where each column begins in a slot, in words. A key of zero marks an empty slot. */
const at = { lastCallMs: 0, key: 2, callers: 3, clientCallers: 4, lastCaller: 5, lastBytes: 6 } as const;

/**
 * An open-addressing table whose slots hold all that is known of a (host, port), so that a look-up touches one cache
 * line. `listener` counts words and is a multiple of LISTENER_WORDS; the columns are views of one buffer. A listener
 * number is good until the next `call`, which may grow the table.
 *
 * | key          | callers | clientCallers | lastCaller | last call | what it says                               |
 * | 10.0.0.9:445 | 41      | 40            | 17         | 90000     | a file server: its callers are no servers  |
 * | 10.0.3.7:445 | 1       | 1             | 3          | 90500     | called once on 445: by an admin or a worm  |
 */
export class Listeners {
  length = 0;
  /** New listeners that found no room. */
  refusedCount = 0;
  /** Distinct callers (contacts, so a caller counts once per window). */
  callers!: Column<number>;
  /** Callers that were never called on this port themselves: clients. Victims of a worm that spread it are not. */
  clientCallers!: Column<number>;
  lastCaller!: Column<HostIndex>;
  /** What the last call carried towards the listener, bytes; NOT_SEEN when unknown. */
  lastBytes!: Column<number>;
  #lastCallMs!: Column<Millis>;
  #keys!: Column<number>;
  #words!: Int32Array;
  #mask = 0;
  readonly #rowsMax: number;

  constructor(rowsMax: number) {
    this.#rowsMax = rowsMax;
    this.#allocate(SLOTS_INITIAL);
  }

  /** The listener of a (host, port), or NO_LISTENER. */
  find(hostHash: number, protocol: number, port: number): number {
    const key = listenerKey(hostHash, protocol, port);
    const keys = this.#keys;
    let listener = (key & this.#mask) * LISTENER_WORDS;
    for (;;) {
      const held = keys[listener];
      if (held === key) return listener;
      if (held === 0) return NO_LISTENER;
      listener = (listener + LISTENER_WORDS) & (this.#mask * LISTENER_WORDS);
    }
  }

  /** Reads the slots where the keys belong, for read-ahead.ts; the result means nothing. */
  touch(keys: Int32Array, count: number): number {
    const words = this.#words;
    const mask = this.#mask;
    let sum = 0;
    for (let at = 0; at < count; at++) sum ^= words[(keys[at] & mask) * LISTENER_WORDS];
    return sum;
  }

  lastCallMsOf(listener: number): Millis {
    return this.#lastCallMs[listener >> 1];
  }

  /** Notes a call. Returns the listener, or NO_LISTENER when there is no room. */
  call(
    hostHash: number,
    protocol: number,
    port: number,
    caller: HostIndex,
    isClient: boolean,
    atMs: Millis,
    bytes: number,
  ): number {
    const key = listenerKey(hostHash, protocol, port);
    let listener = this.#slotOf(key);
    if (this.#keys[listener] === 0) {
      if (this.length === this.#rowsMax) {
        this.refusedCount++;
        return NO_LISTENER;
      }
      listener = this.#add(key, listener);
    }
    this.callers[listener]++;
    if (isClient && this.clientCallers[listener] < 65_535) this.clientCallers[listener]++;
    this.lastCaller[listener] = caller;
    this.#lastCallMs[listener >> 1] = atMs;
    this.lastBytes[listener] = bytes;
    return listener;
  }

  /** Keys and client callers of those with at least `min` client callers, by key, for the baseline file. */
  serverKeys(min: number): { key: number; clientCallers: number }[] {
    const servers = [];
    for (let listener = 0; listener < this.#words.length; listener += LISTENER_WORDS) {
      const clientCallers = this.clientCallers[listener];
      if (this.#keys[listener] !== 0 && clientCallers >= min)
        servers.push({ key: this.#keys[listener], clientCallers });
    }
    return servers.sort((a, b) => a.key - b.key);
  }

  /** Restores a server of the baseline. */
  restore(key: number, clientCallers: number): void {
    if (this.length === this.#rowsMax) return;
    const slot = this.#slotOf(key);
    const listener = this.#keys[slot] === 0 ? this.#add(key, slot) : slot;
    this.callers[listener] = clientCallers;
    this.clientCallers[listener] = clientCallers;
    this.lastCaller[listener] = -1 as HostIndex;
    this.#lastCallMs[listener >> 1] = Number.NEGATIVE_INFINITY;
  }

  /** The slot that holds the key, or the empty one where it belongs. */
  #slotOf(key: number): number {
    const keys = this.#keys;
    let listener = (key & this.#mask) * LISTENER_WORDS;
    while (keys[listener] !== 0 && keys[listener] !== key) {
      listener = (listener + LISTENER_WORDS) & (this.#mask * LISTENER_WORDS);
    }
    return listener;
  }

  #add(key: number, emptySlot: number): number {
    let listener = emptySlot;
    if (this.length * 2 > this.#mask) {
      this.#grow();
      listener = this.#slotOf(key);
    }
    this.length++;
    this.#keys[listener] = key;
    return listener;
  }

  #grow(): void {
    const old = this.#words;
    this.#allocate((this.#mask + 1) * 2);
    for (let from = 0; from < old.length; from += LISTENER_WORDS) {
      const key = old[from + at.key] >>> 0;
      if (key === 0) continue;
      const listener = this.#slotOf(key);
      for (let word = 0; word < LISTENER_WORDS; word++) this.#words[listener + word] = old[from + word];
    }
  }

  #allocate(slots: number): void {
    const words = new Int32Array(slots * LISTENER_WORDS);
    const { buffer } = words;
    this.#words = words;
    this.#mask = slots - 1;
    this.#keys = new Uint32Array(buffer, 4 * at.key);
    this.callers = new Uint32Array(buffer, 4 * at.callers);
    this.clientCallers = new Int32Array(buffer, 4 * at.clientCallers);
    this.lastCaller = new Int32Array(buffer, 4 * at.lastCaller) as unknown as Column<HostIndex>;
    this.lastBytes = new Float32Array(buffer, 4 * at.lastBytes);
    this.#lastCallMs = new Float64Array(buffer, 4 * at.lastCallMs);
  }
}

/** 32 bits of (host, port); never zero, which marks an empty slot. */
export function listenerKey(hostHash: number, protocol: number, port: number): number {
  const key = combine32(hostHash, (protocol << 16) | port) >>> 0;
  return key === 0 ? 1 : key;
}

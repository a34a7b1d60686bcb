// Who is called on which port: callers counted per (host, port), so that a server is told from a victim, and the last
// call remembered, so that a server that turns client is seen at once.

import {
  type Column,
  float32Column,
  float64Column,
  grown,
  int32Column,
  uint16Column,
  uint32Column,
} from "../kit/column.ts";
import { combine32 } from "../kit/hash.ts";
import type { HostIndex, Millis } from "../model/units.ts";

/** "No such listener". */
export const NO_LISTENER = -1;

/**
 * Row `listener` of every column is one (host, port).
 *
 * | key        | callers | clientCallers | lastCaller | lastCallMs | what it says                               |
 * | 10.0.0.9:445 | 41    | 40            | 17         | 90000      | a file server: its callers are no servers  |
 * | 10.0.3.7:445 | 1     | 1             | 3          | 90500      | called once on 445: by an admin or a worm  |
 */
export class Listeners {
  length = 0;
  /** New listeners that found no room. */
  refusedCount = 0;
  /** Distinct callers (contacts, so a caller counts once per window). */
  callers: Column<number>;
  /** Callers that were never called on this port themselves: clients. Victims of a worm that spread it are not. */
  clientCallers: Column<number>;
  lastCaller: Column<HostIndex>;
  lastCallMs: Column<Millis>;
  /** What the last call carried towards the listener, bytes; NOT_SEEN when unknown. */
  lastBytes: Column<number>;
  #keys: Column<number>;
  #slots: Column<number>;
  #mask: number;
  readonly #rowsMax: number;

  constructor(rowsMax: number) {
    this.#rowsMax = rowsMax;
    const rows = Math.min(1024, rowsMax);
    this.callers = uint32Column(rows);
    this.clientCallers = uint16Column(rows);
    this.lastCaller = int32Column(rows);
    this.lastCallMs = float64Column(rows);
    this.lastBytes = float32Column(rows);
    this.#keys = uint32Column(rows);
    this.#slots = int32Column<number>(rows * 2);
    this.#slots.fill(NO_LISTENER);
    this.#mask = rows * 2 - 1;
  }

  /** The row of a (host, port), or NO_LISTENER. */
  find(hostHash: number, protocol: number, port: number): number {
    const key = combine32(hostHash, (protocol << 16) | port) >>> 0;
    let slot = key & this.#mask;
    for (;;) {
      const listener = this.#slots[slot];
      if (listener === NO_LISTENER || this.#keys[listener] === key) return listener;
      slot = (slot + 1) & this.#mask;
    }
  }

  /** Notes a call. Returns the row, or NO_LISTENER when there is no room. */
  call(
    hostHash: number,
    protocol: number,
    port: number,
    caller: HostIndex,
    isClient: boolean,
    atMs: Millis,
    bytes: number,
  ): number {
    const key = combine32(hostHash, (protocol << 16) | port) >>> 0;
    let slot = key & this.#mask;
    let listener = this.#slots[slot];
    while (listener !== NO_LISTENER && this.#keys[listener] !== key) {
      slot = (slot + 1) & this.#mask;
      listener = this.#slots[slot];
    }
    if (listener === NO_LISTENER) {
      if (this.length === this.#rowsMax) {
        this.refusedCount++;
        return NO_LISTENER;
      }
      if (this.length === this.#keys.length) this.#grow();
      listener = this.length++;
      this.#keys[listener] = key;
      this.#insert(key, listener);
    }
    this.callers[listener]++;
    if (isClient && this.clientCallers[listener] < 65_535) this.clientCallers[listener]++;
    this.lastCaller[listener] = caller;
    this.lastCallMs[listener] = atMs;
    this.lastBytes[listener] = bytes;
    return listener;
  }

  /** Keys and client callers of those with at least `min` client callers, for the baseline file. */
  serverKeys(min: number): { key: number; clientCallers: number }[] {
    const servers = [];
    for (let listener = 0; listener < this.length; listener++) {
      if (this.clientCallers[listener] >= min)
        servers.push({ key: this.#keys[listener], clientCallers: this.clientCallers[listener] });
    }
    return servers;
  }

  /** Restores a server of the baseline. */
  restore(key: number, clientCallers: number): void {
    if (this.length === this.#rowsMax) return;
    if (this.length === this.#keys.length) this.#grow();
    const listener = this.length++;
    this.#keys[listener] = key;
    this.callers[listener] = clientCallers;
    this.clientCallers[listener] = clientCallers;
    this.lastCaller[listener] = -1 as HostIndex;
    this.lastCallMs[listener] = Number.NEGATIVE_INFINITY;
    this.#insert(key, listener);
  }

  #insert(key: number, listener: number): void {
    let slot = key & this.#mask;
    while (this.#slots[slot] !== NO_LISTENER) slot = (slot + 1) & this.#mask;
    this.#slots[slot] = listener;
  }

  #grow(): void {
    const rows = Math.min(this.#rowsMax, this.#keys.length * 2);
    this.callers = grown(this.callers, rows);
    this.clientCallers = grown(this.clientCallers, rows);
    this.lastCaller = grown(this.lastCaller, rows);
    this.lastCallMs = grown(this.lastCallMs, rows);
    this.lastBytes = grown(this.lastBytes, rows);
    this.#keys = grown(this.#keys, rows);
    this.#slots = int32Column<number>(rows * 2);
    this.#slots.fill(NO_LISTENER);
    this.#mask = rows * 2 - 1;
    for (let listener = 0; listener < this.length; listener++) this.#insert(this.#keys[listener], listener);
  }
}

// The last contacts, in order, chained by source and by target: what exposure and the spread tree look back on.
// A ring: the oldest rows are overwritten, and a chain ends where a row has been.

import {
  type Column,
  float32Column,
  float64Column,
  grown,
  int32Column,
  uint8Column,
  uint16Column,
} from "../kit/column.ts";
import type { Outcome } from "../model/flow.ts";
import type { HostIndex, Millis } from "../model/units.ts";

/** End of a chain. */
export const NO_CONTACT = -1;

/**
 * Row `contact` of every column is one contact. `beforeBySource` is the serial of the previous contact of the same
 * source. Serials only grow; serial s lives in row s % capacity while s > length - capacity.
 *
 * | serial | atMs | source | target | port | outcome | beforeBySource | beforeByTarget |
 * | 0      | 1000 | 3      | 9      | 445  | 3       | -1             | -1             |
 * | 1      | 1200 | 3      | 12     | 445  | 0       | 0              | -1             |
 */
export class ContactLog {
  /** Contacts written since the start; also the next serial. */
  length = 0;
  atMs: Column<Millis>;
  source: Column<HostIndex>;
  target: Column<HostIndex>;
  port: Column<number>;
  protocol: Column<number>;
  outcome: Column<Outcome>;
  /** Source to target: an infection carries a program, a probe does not. NOT_SEEN when unknown. */
  bytes: Column<number>;
  beforeBySource: Column<number>;
  beforeByTarget: Column<number>;
  #capacity: number;
  readonly #capacityMax: number;

  constructor(capacityMax: number) {
    this.#capacityMax = capacityMax;
    this.#capacity = Math.min(4096, capacityMax);
    this.atMs = float64Column(this.#capacity);
    this.source = int32Column(this.#capacity);
    this.target = int32Column(this.#capacity);
    this.port = uint16Column(this.#capacity);
    this.protocol = uint8Column(this.#capacity);
    this.outcome = uint8Column(this.#capacity);
    this.bytes = float32Column(this.#capacity);
    this.beforeBySource = int32Column(this.#capacity);
    this.beforeByTarget = int32Column(this.#capacity);
  }

  /** Contacts that were overwritten. */
  get overwrittenCount(): number {
    return Math.max(0, this.length - this.#capacity);
  }

  /** Writes a contact and returns its serial. */
  append(
    atMs: Millis,
    source: HostIndex,
    target: HostIndex,
    protocol: number,
    port: number,
    outcome: Outcome,
    bytes: number,
    beforeBySource: number,
    beforeByTarget: number,
  ): number {
    if (this.length === this.#capacity && this.#capacity < this.#capacityMax) this.#grow();
    const serial = this.length++;
    const row = serial % this.#capacity;
    this.atMs[row] = atMs;
    this.source[row] = source;
    this.target[row] = target;
    this.protocol[row] = protocol;
    this.port[row] = port;
    this.outcome[row] = outcome;
    this.bytes[row] = bytes;
    this.beforeBySource[row] = beforeBySource;
    this.beforeByTarget[row] = beforeByTarget;
    return serial;
  }

  /** The row of a serial, or NO_CONTACT when it was overwritten or never was. */
  row(serial: number): number {
    if (serial < 0 || serial < this.length - this.#capacity) return NO_CONTACT;
    return serial % this.#capacity;
  }

  #grow(): void {
    const capacity = Math.min(this.#capacityMax, this.#capacity * 2);
    this.atMs = grown(this.atMs, capacity);
    this.source = grown(this.source, capacity);
    this.target = grown(this.target, capacity);
    this.port = grown(this.port, capacity);
    this.protocol = grown(this.protocol, capacity);
    this.outcome = grown(this.outcome, capacity);
    this.bytes = grown(this.bytes, capacity);
    this.beforeBySource = grown(this.beforeBySource, capacity);
    this.beforeByTarget = grown(this.beforeByTarget, capacity);
    this.#capacity = capacity;
  }
}

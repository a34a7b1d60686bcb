// The memory of a draft: who reached whom on which port, once each, whatever the number of flows. Bounded: when it is
// full, contacts not seen before are counted and forgotten.

import { type Column, float32Column, float64Column, grown, int32Column, uint8Column } from "../kit/column.ts";
import { combine32, mix32, slotCountFor } from "../kit/hash.ts";
import { limits } from "../limits.ts";
import type { FlowTable } from "../model/flow.ts";
import { OUTCOME_ANSWERED, OUTCOME_REFUSED, OUTCOME_UNANSWERED } from "../model/flow.ts";
import type { HostTable } from "../model/host-table.ts";
import type { HostIndex } from "../model/units.ts";

export const CONTACT_ANSWERED = 1;
export const CONTACT_FAILED = 2;
/** Ports from here on are given out by machines as they go: they count as one. */
export const DYNAMIC_PORT_MIN = 49_152;

/**
 * Row `contact` of each column is one (source, target, port). `portKey` is protocol * 65536 + port.
 *
 * | source | target | portKey        | outcome          | bytes | bytesBack |
 * | 3      | 9      | 6 * 65536 + 445| ANSWERED         | 4200  | 900       |
 * | 3      | 12     | 6 * 65536 + 445| ANSWERED, FAILED | 66    | 0         |
 */
export class DraftContacts {
  length = 0;
  /** Contacts that were new when the table was full. */
  droppedCount = 0;
  source: Column<HostIndex> = int32Column(1024);
  target: Column<HostIndex> = int32Column(1024);
  portKey: Column<number> = int32Column(1024);
  outcome: Column<number> = uint8Column(1024);
  /** Generations of both hosts, so that a row given to another address is told apart. */
  generations: Column<number> = float64Column(1024);
  bytes: Column<number> = float32Column(1024);
  bytesBack: Column<number> = float32Column(1024);

  readonly #hosts: HostTable;
  readonly #capacityMax: number;
  #slots: Column<number> = int32Column(2048);
  #slotMask = 2047;

  constructor(hosts: HostTable, capacityMax: number = limits.draftContactsMax) {
    this.#hosts = hosts;
    this.#capacityMax = capacityMax;
  }

  /** Takes all flows of a batch. Allocates only when the table grows. */
  feed(flows: FlowTable): void {
    const { source, target, targetPort, protocol, outcome, bytes, bytesBack } = flows;
    for (let flow = 0; flow < flows.length; flow++) {
      const port = targetPort[flow] >= DYNAMIC_PORT_MIN ? DYNAMIC_PORT_MIN : targetPort[flow];
      const contact = this.#find(source[flow], target[flow], protocol[flow] * 65_536 + port);
      if (contact < 0) continue;
      const result = outcome[flow];
      const isAnswered = result === OUTCOME_ANSWERED || bytesBack[flow] > 0;
      const isFailed = result === OUTCOME_REFUSED || result === OUTCOME_UNANSWERED;
      this.outcome[contact] |= isAnswered ? CONTACT_ANSWERED : isFailed ? CONTACT_FAILED : 0;
      if (bytes[flow] > 0) this.bytes[contact] += bytes[flow];
      if (bytesBack[flow] > 0) this.bytesBack[contact] += bytesBack[flow];
    }
  }

  /** Whether both rows of the host table still are the addresses this contact was about. */
  isCurrent(contact: number): boolean {
    return this.generations[contact] === this.#generationsOf(this.source[contact], this.target[contact]);
  }

  #generationsOf(source: HostIndex, target: HostIndex): number {
    const { generation } = this.#hosts;
    return (generation[source] % 65_536) * 65_536 + (generation[target] % 65_536);
  }

  #find(source: HostIndex, target: HostIndex, portKey: number): number {
    const generations = this.#generationsOf(source, target);
    let slot = combine32(combine32(mix32(source), target), portKey ^ generations) & this.#slotMask;
    for (;;) {
      const contact = this.#slots[slot] - 1;
      if (contact < 0) break;
      const isSame =
        this.source[contact] === source &&
        this.target[contact] === target &&
        this.portKey[contact] === portKey &&
        this.generations[contact] === generations;
      if (isSame) return contact;
      slot = (slot + 1) & this.#slotMask;
    }
    if (this.length >= this.#capacityMax) {
      this.droppedCount++;
      return -1;
    }
    if (this.length >= this.source.length) this.#grow();
    const contact = this.length++;
    this.source[contact] = source;
    this.target[contact] = target;
    this.portKey[contact] = portKey;
    this.generations[contact] = generations;
    this.#insert(contact);
    return contact;
  }

  #insert(contact: number): void {
    const key = combine32(
      combine32(mix32(this.source[contact]), this.target[contact]),
      this.portKey[contact] ^ this.generations[contact],
    );
    let slot = key & this.#slotMask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#slotMask;
    this.#slots[slot] = contact + 1;
  }

  #grow(): void {
    const rows = Math.min(this.#capacityMax, this.source.length * 2);
    this.source = grown(this.source, rows);
    this.target = grown(this.target, rows);
    this.portKey = grown(this.portKey, rows);
    this.outcome = grown(this.outcome, rows);
    this.generations = grown(this.generations, rows);
    this.bytes = grown(this.bytes, rows);
    this.bytesBack = grown(this.bytesBack, rows);
    const slotCount = slotCountFor(rows, this.#slotMask + 1);
    this.#slots = int32Column(slotCount);
    this.#slotMask = slotCount - 1;
    for (let contact = 0; contact < this.length; contact++) this.#insert(contact);
  }
}

// Counts, per segment of the map, the rows that had an end in it. In: batches as they come; out: the segments with their
// counts. Each host is looked up once and remembered, so this costs one read per row.

import { type Cidr, cidrContains } from "../model/address.ts";
import type { Batch } from "../model/batch.ts";
import type { HostTable } from "../model/host-table.ts";
import type { SegmentView } from "./health.ts";

/** A segment as `cordon doctor` is given it. */
export interface NamedCidr {
  readonly name: string;
  readonly cidr: Cidr;
}

const NOT_LOOKED_UP = -2;
const OUTSIDE = -1;

export class SegmentWatch {
  readonly #segments: readonly NamedCidr[];
  readonly #flows: number[];
  readonly #hosts: HostTable;
  #segmentOf = new Int32Array(1024).fill(NOT_LOOKED_UP);
  #generationOf = new Uint32Array(1024);

  constructor(segments: readonly NamedCidr[], hosts: HostTable) {
    this.#segments = segments;
    this.#hosts = hosts;
    this.#flows = segments.map(() => 0);
  }

  note(batch: Batch): void {
    if (this.#segments.length === 0) return;
    const { source, target, length } = batch.flows;
    for (let flow = 0; flow < length; flow++) {
      const from = this.#lookUp(source[flow]);
      const to = this.#lookUp(target[flow]);
      if (from >= 0) this.#flows[from]++;
      if (to >= 0 && to !== from) this.#flows[to]++;
    }
  }

  views(): SegmentView[] {
    return this.#segments.map(({ name, cidr }, segment) => ({ name, cidr, flows: this.#flows[segment] }));
  }

  #lookUp(host: number): number {
    if (host < 0) return OUTSIDE;
    if (host >= this.#segmentOf.length) this.#grow(host);
    const generation = this.#hosts.generation[host];
    if (this.#segmentOf[host] !== NOT_LOOKED_UP && this.#generationOf[host] === generation)
      return this.#segmentOf[host];
    const address = this.#hosts.addressOf(host as never);
    // The narrowest block wins, as it does for a router.
    let best = OUTSIDE;
    for (const [segment, { cidr }] of this.#segments.entries()) {
      if (!cidrContains(cidr, address)) continue;
      if (best === OUTSIDE || cidr.bits > this.#segments[best].cidr.bits) best = segment;
    }
    this.#segmentOf[host] = best;
    this.#generationOf[host] = generation;
    return best;
  }

  #grow(host: number): void {
    const length = 2 ** Math.ceil(Math.log2(host + 1));
    const segmentOf = new Int32Array(length).fill(NOT_LOOKED_UP);
    segmentOf.set(this.#segmentOf);
    this.#segmentOf = segmentOf;
    const generationOf = new Uint32Array(length);
    generationOf.set(this.#generationOf);
    this.#generationOf = generationOf;
  }
}

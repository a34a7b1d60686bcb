// Longest-prefix lookup: blocks with a value in, the value of the smallest block around an address out. Nested blocks
// are cut into disjoint stretches once, so that a lookup is one binary search.

import type { Address, Cidr } from "../model/address.ts";

/** An address as one number that sorts as it reads; IPv6 lies above all of IPv4. */
export function addressNumber(address: Address): bigint {
  if (address.family === 4) return BigInt(address.w3);
  const high = (BigInt(address.w0) << 32n) | BigInt(address.w1);
  return (1n << 128n) | (high << 64n) | (BigInt(address.w2) << 32n) | BigInt(address.w3);
}

/** First and last address of a block, both in it. */
export function blockBounds(cidr: Cidr): { first: bigint; last: bigint } {
  const first = addressNumber(cidr.base);
  const width = cidr.base.family === 4 ? 32 : 128;
  return { first, last: first + (1n << BigInt(width - cidr.bits)) - 1n };
}

export interface BlockEntry {
  readonly cidr: Cidr;
  readonly value: number;
}

/** Blocks of the same size and base: the first entry wins. Blocks either nest or are apart, which CIDR gives for free. */
export class PrefixTable {
  readonly #starts: bigint[] = [];
  /** Value from this start to the next; -1 where no block reaches. */
  readonly #values: number[] = [];

  constructor(entries: readonly BlockEntry[]) {
    const blocks = entries.map(({ cidr, value }, order) => ({ ...blockBounds(cidr), value, order }));
    blocks.sort((a, b) => compare(a.first, b.first) || compare(b.last, a.last) || b.order - a.order);
    const open: { last: bigint; value: number }[] = [];
    const closeUntil = (first: bigint): void => {
      for (let top = open.at(-1); top !== undefined && top.last < first; top = open.at(-1)) {
        open.pop();
        this.#startAt(top.last + 1n, open.at(-1)?.value ?? -1);
      }
    };
    for (const block of blocks) {
      closeUntil(block.first);
      this.#startAt(block.first, block.value);
      open.push(block);
    }
    closeUntil(1n << 130n);
  }

  /** The value of the smallest block that holds the address; -1 when none does. */
  lookup(address: Address): number {
    const wanted = addressNumber(address);
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#starts[middle] <= wanted) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? -1 : this.#values[low - 1];
  }

  #startAt(start: bigint, value: number): void {
    if (this.#starts.at(-1) === start) this.#values[this.#values.length - 1] = value;
    else {
      this.#starts.push(start);
      this.#values.push(value);
    }
  }
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

// Renames on file shares in, one by one; counts per client and server over at most ten seconds out. Bounded.

import type { BatchWriter } from "../../model/batch.ts";
import type { Millis } from "../../model/units.ts";
import { AddressCell } from "./lines-fields.ts";
import { internCell } from "./lines-row.ts";

const windowMs = 10_000;
/** Client and server pairs being counted. When full, the oldest count is handed on. */
const pairsMax = 4096;

interface Running {
  readonly firstMs: Millis;
  readonly source: AddressCell;
  readonly target: AddressCell;
  count: number;
}

export class RenameCounter {
  readonly #writer: BatchWriter;
  readonly #running = new Map<string, Running>();

  constructor(writer: BatchWriter) {
    this.#writer = writer;
  }

  add(atMs: Millis, source: AddressCell, target: AddressCell): void {
    const key = [source.w0, source.w1, source.w2, source.w3, target.w0, target.w1, target.w2, target.w3].join(".");
    const running = this.#running.get(key);
    if (running !== undefined && Math.abs(atMs - running.firstMs) < windowMs) {
      running.count++;
      return;
    }
    if (running !== undefined) this.#handOn(key, running);
    const oldest = this.#running.size >= pairsMax ? this.#running.entries().next().value : undefined;
    if (oldest !== undefined) this.#handOn(oldest[0], oldest[1]);
    const [from, to] = [Object.assign(new AddressCell(), source), Object.assign(new AddressCell(), target)];
    this.#running.set(key, { firstMs: atMs, source: from, target: to, count: 1 });
  }

  end(): void {
    for (const [key, running] of this.#running) this.#handOn(key, running);
  }

  #handOn(key: string, running: Running): void {
    this.#running.delete(key);
    const source = internCell(this.#writer, running.source);
    const target = internCell(this.#writer, running.target);
    this.#writer.observe({ kind: "share-renames", atMs: running.firstMs, source, target, count: running.count });
  }
}

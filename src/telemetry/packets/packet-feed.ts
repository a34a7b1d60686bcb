// Chunks of any size in, whole records out. A record that lies in one chunk is read in place; only what a chunk boundary
// cuts is copied, and never more than the record at hand.

/**
 * Reads one record at `begin` if it is all there.
 * @returns bytes used (at least 1), or minus the bytes it needs from `begin` on (more than `end - begin`)
 */
export type RecordStep = (bytes: Uint8Array, begin: number, end: number) => number;

export class PacketFeed {
  readonly #step: RecordStep;
  #kept = new Uint8Array(2048);
  #keptBytes = 0;
  #neededBytes = 0;
  #skipBytes = 0;
  #isStopped = false;

  constructor(step: RecordStep) {
    this.#step = step;
  }

  /** Bytes of an unfinished record. */
  get pendingBytes(): number {
    return this.#keptBytes + (this.#skipBytes > 0 ? 1 : 0);
  }

  /** Lets the next `byteCount` bytes pass unread, beyond what the running step returns. */
  skip(byteCount: number): void {
    this.#skipBytes += byteCount;
  }

  /** Reads nothing more. */
  stop(): void {
    this.#isStopped = true;
    this.#keptBytes = 0;
    this.#skipBytes = 0;
  }

  write(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length && !this.#isStopped) {
      if (this.#skipBytes > 0) {
        const passed = Math.min(this.#skipBytes, chunk.length - at);
        this.#skipBytes -= passed;
        at += passed;
      } else if (this.#keptBytes > 0) {
        at += this.#complete(chunk, at);
      } else {
        const used = this.#step(chunk, at, chunk.length);
        if (used > 0) {
          at += used;
        } else {
          this.#neededBytes = -used;
          this.#keep(chunk, at, chunk.length);
          return;
        }
      }
    }
  }

  /** Adds what the kept record lacks; returns bytes taken from the chunk. */
  #complete(chunk: Uint8Array, at: number): number {
    const taken = Math.min(this.#neededBytes - this.#keptBytes, chunk.length - at);
    this.#keep(chunk, at, at + taken);
    if (this.#keptBytes < this.#neededBytes) return taken;
    const used = this.#step(this.#kept, 0, this.#keptBytes);
    if (used > 0) this.#keptBytes = 0;
    else this.#neededBytes = -used;
    return taken;
  }

  #keep(chunk: Uint8Array, begin: number, end: number): void {
    const total = this.#keptBytes + end - begin;
    if (total > this.#kept.length) {
      const larger = new Uint8Array(Math.max(total, this.#kept.length * 2));
      larger.set(this.#kept.subarray(0, this.#keptBytes));
      this.#kept = larger;
    }
    this.#kept.set(chunk.subarray(begin, end), this.#keptBytes);
    this.#keptBytes = total;
  }
}

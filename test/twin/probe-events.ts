// What the probe twin waits for, earliest first: a binary heap in typed arrays. Row 0 is the next event.

export class ProbeEvents {
  length = 0;
  private seconds = new Float64Array(1_024);
  private kind = new Uint8Array(1_024);
  private host = new Int32Array(1_024);
  private target = new Int32Array(1_024);

  get nextSeconds(): number {
    return this.length > 0 ? this.seconds[0] : Number.POSITIVE_INFINITY;
  }
  get nextKind(): number {
    return this.kind[0];
  }
  get nextHost(): number {
    return this.host[0];
  }
  get nextTarget(): number {
    return this.target[0];
  }

  push(seconds: number, kind: number, host: number, target: number): void {
    if (this.length === this.seconds.length) this.grow();
    let row = this.length++;
    while (row > 0) {
      const parent = (row - 1) >> 1;
      if (this.seconds[parent] <= seconds) break;
      this.copy(parent, row);
      row = parent;
    }
    this.write(row, seconds, kind, host, target);
  }

  /** Drops row 0. */
  pop(): void {
    const last = --this.length;
    const seconds = this.seconds[last];
    let row = 0;
    for (;;) {
      let child = 2 * row + 1;
      if (child >= last) break;
      if (child + 1 < last && this.seconds[child + 1] < this.seconds[child]) child++;
      if (this.seconds[child] >= seconds) break;
      this.copy(child, row);
      row = child;
    }
    this.write(row, seconds, this.kind[last], this.host[last], this.target[last]);
  }

  private copy(from: number, to: number): void {
    this.write(to, this.seconds[from], this.kind[from], this.host[from], this.target[from]);
  }

  private write(row: number, seconds: number, kind: number, host: number, target: number): void {
    this.seconds[row] = seconds;
    this.kind[row] = kind;
    this.host[row] = host;
    this.target[row] = target;
  }

  private grow(): void {
    const capacity = 2 * this.seconds.length;
    const [seconds, kind, host, target] = [this.seconds, this.kind, this.host, this.target];
    this.seconds = new Float64Array(capacity);
    this.kind = new Uint8Array(capacity);
    this.host = new Int32Array(capacity);
    this.target = new Int32Array(capacity);
    this.seconds.set(seconds);
    this.kind.set(kind);
    this.host.set(host);
    this.target.set(target);
  }
}

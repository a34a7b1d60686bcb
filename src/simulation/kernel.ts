// The kernel: the loop over the clocks and all that happens between orders, in WebAssembly. Its source is kernel/ in
// AssemblyScript, a strict subset of TypeScript with machine numbers; `npm run kernel` compiles it to kernel.wasm, and a
// test compiles it again and compares. It holds one ward at a time: the columns of a rehearsal in its own memory.

import { readFileSync } from "node:fs";

/** A variable of the kernel: for a column its address. */
export interface Global {
  readonly value: number;
}

/** What is used of WebAssembly: its types come with those of browsers, which are not wanted here. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
};

/** What kernel/clocks.ts exports. Columns are addresses; so are policies. */
interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  freeFrom(): number;
  freeAgain(from: number): void;
  newWard(
    cells: number,
    boundaries: number,
    arounds: number,
    removalRate: number,
    wakeRate: number,
    seed: number,
  ): void;
  newHosts(
    dormancy: number,
    dormancySeconds: number,
    orders: number,
    isNamed: number,
    flagTries: number,
    lockoutTries: number,
    isolateAfterSeconds: number,
    isolateFailure: number,
    activeSeconds: number,
  ): void;
  newKept(from: number): void;
  keep(): void;
  goBack(): void;
  newPolicy(cells: number, classes: number, targets: number, members: number): number;
  putInForce(policy: number): void;
  beginRun(run: number): void;
  beginTrying(cell: number, hosts: number): void;
  playUntil(seconds: number): void;
  hasEnded(): number;
  touch(cell: number): void;
  uniformOf(run: number, channel: number): number;
  poissonOf(run: number, channel: number, mean: number): number;
  detailUniform(cell: number): number;
  detailExponential(cell: number): number;
  insertWake(atSeconds: number, cell: number): void;
  strikeWake(cell: number, nth: number): number;
  enlist(cell: number, sinceSeconds: number): void;
  activeCount(cell: number, known: number): number;
  activeSlot(cell: number, known: number, nth: number): number;
  knownSlot(cell: number, nth: number): number;
  isolate(slot: number): number;
  release(slot: number): void;
  redrawMisses(): void;
  readonly nowSeconds: Global;
  readonly ringCount: Global;
  readonly vulnerable: Global;
  readonly open: Global;
  readonly dormant: Global;
  readonly taken: Global;
  readonly crossedAt: Global;
  readonly aroundBegin: Global;
  readonly around: Global;
  readonly inside: Global;
}

/** A kernel and where its free room began when it was new. */
export interface Kernel extends KernelExports {
  readonly emptyFrom: number;
}

let module: object | null = null;
/** Kernels that nobody uses: an instance and its memory are dearer to make than a rehearsal is to set up. */
const idle: Kernel[] = [];
/** Kernels kept for another use; more are left to the collector. */
const IDLE_MAX = 4;

/** A kernel of which all room is free. */
export function takeKernel(): Kernel {
  const known = idle.pop();
  if (known !== undefined) return known;
  module ??= new WebAssembly.Module(readFileSync(new URL("./kernel.wasm", import.meta.url)));
  const exports = new WebAssembly.Instance(module).exports as KernelExports;
  return { ...exports, emptyFrom: exports.freeFrom() };
}

/** Gives a kernel back; nothing of its ward may be used after. */
export function giveKernel(kernel: Kernel): void {
  if (idle.length >= IDLE_MAX) return;
  kernel.freeAgain(kernel.emptyFrom);
  idle.push(kernel);
}

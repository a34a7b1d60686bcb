// The kernel's ward from outside: its counts as typed arrays, made anew when its memory has grown.

import { type Global, type Kernel, takeKernel } from "./kernel.ts";
import { type Policy, policyColumns } from "./policy.ts";
import { dormancies, type Terms } from "./terms.ts";

/** Bytes of the policies of a ward; when a new one would be beyond, all are made anew as they are needed. */
const POLICY_BYTES_MAX = 64_000_000;

/** A policy in the kernel's memory. */
export type LoadedPolicy = number;

/** The columns of rehearsals that differ in their orders only, in a kernel. Views are good until a policy is loaded. */
export class Ward {
  readonly kernel: Kernel;
  readonly cellCount: number;
  /** Hosts taken in finished runs, those of the start too, since the ward was made. */
  takeCount = 0;
  private readonly boundaryCount: number;
  /** What it takes to keep a moment. */
  readonly keptBytes: number;
  /** The policy without any order. */
  readonly plainPolicy: LoadedPolicy;
  private readonly policies = new Map<string, LoadedPolicy>();
  private readonly policiesFrom: number;
  private buffer: ArrayBuffer | null = null;
  private views: readonly [open: Int32Array, dormant: Int32Array, taken: Int32Array, crossedAt: Float64Array] | null =
    null;

  /** @param orderCount  orders of the longest list; @param isForked  whether moments are kept and gone back to */
  constructor(terms: Terms, plain: Policy, orderCount: number, isForked: boolean) {
    const { rehearsal, start, worm, layout, dormancyKind } = terms;
    const { boundaries } = layout;
    const kernel = takeKernel();
    this.kernel = kernel;
    this.cellCount = start.vulnerable.length;
    this.boundaryCount = boundaries.ids.length;
    kernel.newWard(
      this.cellCount,
      this.boundaryCount,
      boundaries.around.length,
      terms.removalRate,
      dormancyKind === "exponential" ? 1 / worm.dormancy.meanSeconds : 0,
      rehearsal.seed,
    );
    const { memory } = kernel;
    new Int32Array(memory.buffer, kernel.vulnerable.value, this.cellCount).set(start.vulnerable);
    new Int32Array(memory.buffer, kernel.aroundBegin.value, this.cellCount + 1).set(boundaries.aroundBegin);
    new Int32Array(memory.buffer, kernel.around.value, boundaries.around.length).set(boundaries.around);
    new Uint8Array(memory.buffer, kernel.inside.value, boundaries.inside.length).set(boundaries.inside);
    kernel.newHosts(
      dormancies.indexOf(dormancyKind),
      worm.dormancy.meanSeconds,
      orderCount,
      terms.isNamed ? 1 : 0,
      terms.flagTries,
      terms.lockoutTries,
      terms.isolateAfterSeconds,
      terms.isolateFailure,
      terms.activeSeconds,
    );
    this.plainPolicy = this.load(plain);
    this.keptBytes = kernel.freeFrom() - kernel.emptyFrom;
    if (isForked) kernel.newKept(kernel.emptyFrom);
    this.policiesFrom = kernel.freeFrom();
  }

  get open(): Int32Array {
    return this.columns()[0];
  }

  get dormant(): Int32Array {
    return this.columns()[1];
  }

  get taken(): Int32Array {
    return this.columns()[2];
  }

  /** When something first got across each boundary. */
  get crossedAt(): Float64Array {
    return this.columns()[3];
  }

  /** Hosts taken in the present run. */
  takenNow(): number {
    let sum = 0;
    for (const count of this.taken) sum += count;
    return sum;
  }

  get nowSeconds(): number {
    return this.kernel.nowSeconds.value;
  }

  /** Rings of clocks since the kernel was made. */
  get ringCount(): number {
    return this.kernel.ringCount.value;
  }

  /** A policy by what it closes, made when it is not there. Put it into force at once: others may have gone for it. */
  policy(key: string, make: () => Policy): LoadedPolicy {
    if (key === "") return this.plainPolicy;
    let policy = this.policies.get(key);
    if (policy === undefined) {
      if (this.kernel.freeFrom() - this.policiesFrom > POLICY_BYTES_MAX) {
        this.policies.clear();
        this.kernel.freeAgain(this.policiesFrom);
      }
      policy = this.load(make());
      this.policies.set(key, policy);
    }
    return policy;
  }

  private load(policy: Policy): LoadedPolicy {
    const { kernel } = this;
    const classCount = policy.begin.length - 1;
    const loaded = kernel.newPolicy(this.cellCount, classCount, policy.target.length, policy.member.length);
    const { buffer } = kernel.memory;
    const addresses = new Uint32Array(buffer, loaded, policyColumns.length);
    policyColumns.forEach((name, at) => {
      const column = policy[name];
      if (column instanceof Int32Array) new Int32Array(buffer, addresses[at], column.length).set(column);
      else new Float64Array(buffer, addresses[at], column.length).set(column);
    });
    return loaded;
  }

  private columns(): readonly [Int32Array, Int32Array, Int32Array, Float64Array] {
    const { kernel, cellCount } = this;
    const { buffer } = kernel.memory;
    if (this.views === null || this.buffer !== buffer) {
      const ints = (at: Global): Int32Array => new Int32Array(buffer, at.value, cellCount);
      const crossedAt = new Float64Array(buffer, kernel.crossedAt.value, this.boundaryCount);
      this.buffer = buffer;
      this.views = [ints(kernel.open), ints(kernel.dormant), ints(kernel.taken), crossedAt];
    }
    return this.views;
  }
}

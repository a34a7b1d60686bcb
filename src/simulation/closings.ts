// Which orders are in force when: the moments at which something changes, which orders fail in a run, and the policy of
// any set of orders, kept once made.

import { hashText } from "../kit/hash.ts";
import { controlId } from "../model/control.ts";
import type { TimedOrder } from "../model/rehearsal.ts";
import type { MapLayout } from "./layout.ts";
import { CHANNEL_ORDER } from "./channels.ts";
import { type Policy, policyOf } from "./policy.ts";
import type { Rehearsal } from "./rehearsal.ts";
import type { LoadedPolicy, Ward } from "./ward.ts";

/** A moment at which an order takes effect or ends. */
export interface Change {
  readonly atSeconds: number;
  readonly order: number;
  readonly isLift: boolean;
}

/** The changes of a rehearsal in time; a lift before an effect of the same moment. */
export function changesOf(orders: readonly TimedOrder[], horizonSeconds: number): readonly Change[] {
  const changes = orders.flatMap((order, index): Change[] => [
    { atSeconds: order.atSeconds, order: index, isLift: false },
    ...(order.liftSeconds === null ? [] : [{ atSeconds: order.liftSeconds, order: index, isLift: true }]),
  ]);
  return changes
    .filter((change) => change.atSeconds <= horizonSeconds)
    .sort((a, b) => a.atSeconds - b.atSeconds || Number(b.isLift) - Number(a.isLift) || a.order - b.order);
}

/** Makes policies, and draws which orders fail. */
export class Closings {
  readonly changes: readonly Change[];
  /** 1 while the order is in force in the present run. */
  readonly isInForce: Uint8Array;
  private readonly layout: MapLayout;
  private readonly rehearsal: Rehearsal;
  private readonly vulnerable: Int32Array;
  private readonly hasFailed: Uint8Array;
  private readonly channels: Int32Array;
  private readonly policies = new Map<string, LoadedPolicy>();
  private readonly ward: Ward;

  constructor(layout: MapLayout, rehearsal: Rehearsal, vulnerable: Int32Array, ward: Ward) {
    this.ward = ward;
    this.layout = layout;
    this.rehearsal = rehearsal;
    this.vulnerable = vulnerable;
    const { orders } = rehearsal;
    this.changes = changesOf(orders, rehearsal.horizonSeconds);
    this.isInForce = new Uint8Array(orders.length);
    this.hasFailed = new Uint8Array(orders.length);
    // By what is ordered, not by its place in the list: two plans that share an order share its luck.
    this.channels = Int32Array.from(
      orders,
      ({ control }) => CHANNEL_ORDER ^ (hashText(controlId(control)) & 0x0fff_ffff),
    );
  }

  /** Begins a run: no order is in force, and those that will fail are drawn. */
  begin(run: number): void {
    this.isInForce.fill(0);
    const { orders } = this.rehearsal;
    for (let order = 0; order < orders.length; order++) {
      if (orders[order].failureProbability === 0) continue;
      const luck = this.ward.kernel.uniformOf(run, this.channels[order]);
      this.hasFailed[order] = luck < orders[order].failureProbability ? 1 : 0;
    }
  }

  /** Puts a change into force. @returns whether anything changed: an order that fails changes nothing */
  apply(change: Change): boolean {
    if (this.hasFailed[change.order] === 1) return false;
    this.isInForce[change.order] = change.isLift ? 0 : 1;
    return true;
  }

  /** The policy of the orders in force, in the kernel: put it into force at once, others may have gone for it. */
  policy(): LoadedPolicy {
    const key = this.isInForce.join("");
    let policy = this.policies.get(key);
    if (policy === undefined) {
      if (!this.ward.hasRoom()) {
        this.policies.clear();
        this.ward.unload();
      }
      policy = this.ward.load(this.newPolicy());
      this.policies.set(key, policy);
    }
    return policy;
  }

  private newPolicy(): Policy {
    const { worm, orders } = this.rehearsal;
    const allows = this.layout.reach(worm.port).allows.slice();
    for (let order = 0; order < orders.length; order++) {
      const { control } = orders[order];
      if (this.isInForce[order] === 0 || control.kind === "isolate-host") continue;
      const left = this.layout.reachWith(worm.port, control);
      for (let at = 0; at < allows.length; at++) allows[at] &= left[at];
    }
    return policyOf(this.layout, worm, this.vulnerable, allows);
  }
}

// Which orders are in force when: the moments at which something changes, which orders fail in a run, and the policy of
// the orders in force.

import { hashText } from "../kit/hash.ts";
import { controlId } from "../model/control.ts";
import type { TimedOrder } from "../model/rehearsal.ts";
import { CHANNEL_ORDER } from "./channels.ts";
import type { MapLayout } from "./layout.ts";
import { type Policy, policyOf } from "./policy.ts";
import type { Terms } from "./terms.ts";
import type { LoadedPolicy, Ward } from "./ward.ts";

/** Sets of orders whose keys are kept; more of them, by orders that fail, are put together anew. */
const KEYS_MAX = 1_024;

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

/** The policy of a map where no order is in force. */
export function plainPolicyOf({ layout, worm, start }: Terms): Policy {
  return policyOf(layout, worm, start.vulnerable, layout.reach(worm.port).allows.slice());
}

/** Makes the policies of one rehearsal, and draws which of its orders fail. */
export class Closings {
  readonly changes: readonly Change[];
  /** 1 while the order is in force in the present run. */
  readonly isInForce: Uint8Array;
  private readonly terms: Terms;
  private readonly ward: Ward;
  private readonly hasFailed: Uint8Array;
  private readonly channels: Int32Array;
  /** What each order closes, and the orders that close anything by it, sorted: the same sets have the same key. */
  private readonly ids: readonly string[];
  private readonly closing: readonly number[];
  /** Keys by the orders in force, a byte each: the same text each time, whose hash is known. */
  private readonly keys = new Map<string, string>();

  constructor(terms: Terms, ward: Ward) {
    this.terms = terms;
    this.ward = ward;
    const { orders, horizonSeconds } = terms.rehearsal;
    this.changes = changesOf(orders, horizonSeconds);
    this.isInForce = new Uint8Array(orders.length);
    this.hasFailed = new Uint8Array(orders.length);
    const ids = orders.map(({ control }) => controlId(control));
    this.ids = ids;
    this.closing = orders
      .flatMap(({ control }, order) => (control.kind === "isolate-host" ? [] : [order]))
      .sort((a, b) => (ids[a] < ids[b] ? -1 : Number(ids[a] > ids[b])));
    // By what is ordered, not by its place in the list: two plans that share an order share its luck.
    this.channels = Int32Array.from(ids, (id) => CHANNEL_ORDER ^ (hashText(id) & 0x0fff_ffff));
  }

  /** Begins a run: no order is in force, and those that will fail are drawn. */
  begin(run: number): void {
    this.isInForce.fill(0);
    const { orders } = this.terms.rehearsal;
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

  /** The policy of the orders in force, to be put into force at once. */
  policy(): LoadedPolicy {
    const inForce = Buffer.from(this.isInForce.buffer).toString("latin1");
    let key = this.keys.get(inForce);
    if (key === undefined) {
      key = this.closing.map((order) => (this.isInForce[order] === 1 ? `${this.ids[order]}\n` : "")).join("");
      if (this.keys.size >= KEYS_MAX) this.keys.clear();
      this.keys.set(inForce, key);
    }
    return this.ward.policy(key, () => this.newPolicy());
  }

  private newPolicy(): Policy {
    const { layout, worm, start } = this.terms;
    const allows = layout.reach(worm.port).allows.slice();
    for (const order of this.closing) if (this.isInForce[order] === 1) this.close(allows, order, layout);
    return policyOf(layout, worm, start.vulnerable, allows);
  }

  private close(allows: Uint8Array, order: number, layout: MapLayout): void {
    const { worm, rehearsal } = this.terms;
    const left = layout.reachWith(worm.port, rehearsal.orders[order].control);
    for (let at = 0; at < allows.length; at++) allows[at] &= left[at];
  }
}

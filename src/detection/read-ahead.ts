// Reads what the rows of one block are going to need, all at once, so that the processor waits for many cache lines at
// the same time instead of one after the other. Changes nothing; what it reads is summed only so that it is read.

import type { Column } from "../kit/column.ts";
import type { FlowTable } from "../model/flow.ts";
import { classOfPort } from "../model/port.ts";
import type { HostIndex } from "../model/units.ts";
import { contactKey, pairKey } from "./contact-memory.ts";
import { listenerKey } from "./listeners.ts";
import type { DetectorState } from "./state.ts";
import { isQuiet } from "./cusum.ts";

/** Rows read ahead at once: enough to keep the memory busy, few enough to stay in the first two caches. */
export const BLOCK_ROWS = 64;

/** Keys of the contacts of the block, for the pass that follows: row `begin + k` has `blockKeys[k]`. */
export const blockKeys = new Int32Array(BLOCK_ROWS);
/** Rows of the block on ports that may carry spread, and their targets. */
const busyRows = new Int32Array(BLOCK_ROWS);
const busyTargets = new Int32Array(BLOCK_ROWS) as unknown as Column<HostIndex>;
const pairKeys = new Int32Array(BLOCK_ROWS);
const listenerKeys = new Int32Array(2 * BLOCK_ROWS);
const sourcePlaces = new Int32Array(BLOCK_ROWS);
const targetPlaces = new Int32Array(BLOCK_ROWS);

/** Fills `blockKeys`. */
export function keysOf(state: DetectorState, flows: FlowTable, begin: number, end: number): void {
  const { source, target, targetPort, protocol } = flows;
  const { hash } = state.hosts;
  for (let flow = begin; flow < end; flow++) {
    blockKeys[flow - begin] = contactKey(hash[source[flow]], hash[target[flow]], protocol[flow], targetPort[flow]);
  }
}

/**
 * A table far larger than the caches answers after about 200 ns, but ten reads that do not depend on each other take
 * hardly longer than one, if few instructions lie between them. So all places are worked out first, and then read in
 * loops that do nothing else. Ports of ordinary work need little, so the others are gathered in `busyRows`.
 */
export function readAhead(state: DetectorState, flows: FlowTable, begin: number, end: number): number {
  const { source, target, targetPort, protocol } = flows;
  const { memory, sources, facts, hosts } = state;
  const count = end - begin;
  let sum = memory.touch(blockKeys, count);
  sources.locate(source, begin, end, sourcePlaces);
  sum ^= sources.touch(sourcePlaces, count, 0, 2);
  let busyCount = 0;
  for (let flow = begin; flow < end; flow++) {
    const to = target[flow];
    sum ^= facts.touch(source[flow]) ^ facts.touch(to) ^ hosts.lastWord(to);
    if (isQuiet(classOfPort(protocol[flow], targetPort[flow]))) continue;
    sourcePlaces[busyCount] = sourcePlaces[flow - begin];
    busyRows[busyCount++] = flow;
  }
  return sum ^ readBusyAhead(state, flows, busyCount);
}

/** The rest of what the rows in `busyRows` need. */
function readBusyAhead(state: DetectorState, flows: FlowTable, count: number): number {
  const { source, target, targetPort, protocol } = flows;
  const { memory, sources, listeners, lastCall } = state;
  const { hash } = state.hosts;
  let sum = 0;
  for (let busy = 0; busy < count; busy++) {
    const flow = busyRows[busy];
    const to = target[flow];
    busyTargets[busy] = to;
    if (to < lastCall.length) sum ^= lastCall[to];
    pairKeys[busy] = pairKey(hash[source[flow]], hash[to]);
    listenerKeys[2 * busy] = listenerKey(hash[source[flow]], protocol[flow], targetPort[flow]);
    listenerKeys[2 * busy + 1] = listenerKey(hash[to], protocol[flow], targetPort[flow]);
  }
  sum ^= memory.touch(pairKeys, count) ^ listeners.touch(listenerKeys, 2 * count);
  sum ^= sources.touch(sourcePlaces, count, 2, 4);
  sources.locate(busyTargets, 0, count, targetPlaces);
  sum ^= sources.touch(targetPlaces, count, 0, 1);
  sources.locateCallers(sourcePlaces, count, targetPlaces);
  return sum ^ sources.touch(targetPlaces, count, 0, 1);
}

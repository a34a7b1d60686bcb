// Reads what the rows of one block are going to need, all at once, so that the processor waits for many cache lines at
// the same time instead of one after the other. Changes nothing; what it reads is summed only so that it is read.

import type { FlowTable } from "../model/flow.ts";
import { classOfPort } from "../model/port.ts";
import { contactKey, pairKey } from "./contact-memory.ts";
import { listenerKey } from "./listeners.ts";
import type { DetectorState } from "./state.ts";
import { isQuiet } from "./cusum.ts";

/** Rows read ahead at once: enough to keep the memory busy, few enough to stay in the first two caches. */
export const BLOCK_ROWS = 64;
const SOURCE_LINES = 4;

/** Keys of the contacts of the block, for the pass that follows: row `begin + k` has `blockKeys[k]`. */
export const blockKeys = new Int32Array(BLOCK_ROWS);
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
 * loops that do nothing else.
 */
export function readAhead(state: DetectorState, flows: FlowTable, begin: number, end: number): number {
  const { source, target, targetPort, protocol } = flows;
  const { memory, sources, listeners } = state;
  const { hosts, facts, lastCall } = state;
  const { hash } = hosts;
  const count = end - begin;
  let sum = 0;
  for (let flow = begin; flow < end; flow++) {
    const to = target[flow];
    sum ^= facts.touch(source[flow]) ^ facts.touch(to) ^ hosts.lastWord(to) ^ (to < lastCall.length ? lastCall[to] : 0);
  }
  for (let flow = begin; flow < end; flow++) {
    const at = 2 * (flow - begin);
    const from = hash[source[flow]];
    const to = hash[target[flow]];
    if (isQuiet(classOfPort(protocol[flow], targetPort[flow]))) {
      pairKeys[flow - begin] = blockKeys[flow - begin];
      listenerKeys[at] = listenerKeys[at + 1] = 0;
      continue;
    }
    pairKeys[flow - begin] = pairKey(from, to);
    listenerKeys[at] = listenerKey(from, protocol[flow], targetPort[flow]);
    listenerKeys[at + 1] = listenerKey(to, protocol[flow], targetPort[flow]);
  }
  sources.locate(source, begin, end, sourcePlaces);
  sources.locate(target, begin, end, targetPlaces);
  sum ^= memory.touch(blockKeys, count) ^ memory.touch(pairKeys, count);
  sum ^= listeners.touch(listenerKeys, 2 * count);
  sum ^= sources.touch(sourcePlaces, count, SOURCE_LINES) ^ sources.touch(targetPlaces, count, 1);
  sources.locateCallers(sourcePlaces, count, targetPlaces);
  return sum ^ sources.touch(targetPlaces, count, 1);
}

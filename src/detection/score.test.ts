// The hot path: no memory per row on repeated contacts, and the same verdict however the rows are cut into batches and
// whether or not the tables are large enough to be read ahead.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { wholeFlow } from "../../test/whole-flow.ts";
import { createRandom } from "../kit/random.ts";
import { appendFlow, createFlowTable, type FlowTable, OUTCOME_ANSWERED, OUTCOME_UNANSWERED } from "../model/flow.ts";
import { HostTable } from "../model/host-table.ts";
import { keysOf, readAhead } from "./read-ahead.ts";
import { scoreFlows } from "./score.ts";
import { testOf } from "./sources.ts";
import { createState } from "./state.ts";

/** Rows of clients and servers, with one host that sweeps on port 445 in between. */
function rowsOf(hosts: HostTable, rowCount: number): FlowTable {
  const random = createRandom(3);
  const flows = createFlowTable(rowCount);
  for (let flow = 0; flow < rowCount; flow++) {
    const isSweep = flow % 50 === 49;
    const atMs = 1_000_000 + flow * 20;
    const row = wholeFlow({
      atMs,
      source: hosts.intern4(isSweep ? 0x0a000001 : 0x0a000100 + random.below(200)),
      target: hosts.intern4(isSweep ? 0x0a010000 + flow : 0x0a020000 + random.below(5)),
      targetPort: isSweep ? 445 : random.pick([443, 445, 53, 104]),
      outcome: isSweep && flow % 3 > 0 ? OUTCOME_UNANSWERED : OUTCOME_ANSWERED,
    });
    appendFlow(flows, row);
  }
  return flows;
}

/** What one run of the kernel leaves behind, cut into pieces of `piece` rows. */
function outcomeOf(piece: number): unknown {
  const hosts = new HostTable();
  const flows = rowsOf(hosts, 6_000);
  const state = createState({ hosts });
  for (let begin = 0; begin < flows.length; begin += piece) {
    scoreFlows(state, flows, begin, Math.min(begin + piece, flows.length));
  }
  const scores = [];
  for (let host = 0; host < hosts.length; host++) {
    const source = state.sources.find(host as never);
    if (source >= 0) scores.push([host, state.sources.score[testOf(source, 0)], state.sources.contacts[source]]);
  }
  return { flags: state.flags, scores, calls: state.log.length, listeners: state.listeners.length };
}

describe("scoreFlows", () => {
  test("gives the same for any cut of the rows: one by one, around the block length, all at once", () => {
    const whole = outcomeOf(6_000);
    expect((whole as { flags: unknown[] }).flags).toHaveLength(1);
    for (const piece of [1, 7, 63, 64, 65, 1_000]) expect(outcomeOf(piece)).toEqual(whole);
  });

  test("allocates less than one byte per row on repeated contacts", () => {
    setFlagsFromString("--expose-gc");
    const gc = runInNewContext("gc") as () => void;
    const hosts = new HostTable();
    const flows = rowsOf(hosts, 20_000);
    const state = createState({ hosts });
    const turns = 20;
    const run = (): void => {
      for (let turn = 0; turn < turns; turn++) scoreFlows(state, flows, 0, flows.length);
    };
    run();
    run();
    gc();
    const before = process.memoryUsage().heapUsed;
    run();
    const grownBytes = process.memoryUsage().heapUsed - before;
    expect(grownBytes / (turns * flows.length)).toBeLessThan(1);
  });
});

describe("readAhead", () => {
  test("changes nothing that a verdict depends on", () => {
    const hosts = new HostTable();
    const flows = rowsOf(hosts, 640);
    const state = createState({ hosts });
    scoreFlows(state, flows, 0, 320);
    const told = (): string =>
      JSON.stringify([
        state.flags,
        state.sources.count,
        state.listeners.length,
        state.log.length,
        state.memory.keys().length,
      ]);
    const before = told();
    for (let begin = 0; begin < 640; begin += 64) {
      keysOf(state, flows, begin, begin + 64);
      readAhead(state, flows, begin, begin + 64);
    }
    expect(told()).toBe(before);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ipv4 } from "../model/address.ts";
import { OUTCOME_ANSWERED, OUTCOME_UNANSWERED, type Outcome, PROTOCOL_TCP } from "../model/flow.ts";
import { HostTable } from "../model/host-table.ts";
import type { Outbreak } from "../model/outbreak.ts";
import type { HostIndex } from "../model/units.ts";
import { growTrees } from "./spread-tree.ts";
import { createState, type DetectorState, type Flag } from "./state.ts";

const PROGRAM = 900_000;
const PROBE = 700;

/** A hand-made contact log: hosts by number, calls in the order they are made. */
class HandMade {
  readonly hosts = new HostTable();
  readonly state: DetectorState = createState({ hosts: this.hosts });
  readonly flags: Flag[] = [];

  host(number: number): HostIndex {
    return this.hosts.intern(ipv4(0x0a000000 + 17 * number + 1));
  }

  call(from: number, to: number, atMs: number, bytes = PROBE, outcome: Outcome = OUTCOME_ANSWERED): this {
    const [source, target] = [this.host(from), this.host(to)];
    const { log, sources, lastCall } = this.state;
    const row = sources.rowOf(source, atMs);
    const serial = log.append(
      atMs,
      source,
      target,
      PROTOCOL_TCP,
      445,
      outcome,
      bytes,
      sources.lastContact[row],
      lastCall[target],
    );
    sources.lastContact[row] = serial;
    lastCall[target] = serial;
    return this;
  }

  suspect(number: number, onsetMs: number): this {
    const host = this.host(number);
    this.flags.push({
      host,
      source: this.state.sources.rowOf(host, onsetMs),
      group: 0,
      onsetMs,
      flaggedMs: onsetMs + 5_000,
      contactsToFlag: 3,
      port: 445,
      protocol: PROTOCOL_TCP,
      isInside: true,
      failed: 0,
      propagated: 0,
      exposedBy: -1 as HostIndex,
      portBreadth: 1,
      isTogether: false,
      logOdds: 15,
    });
    return this;
  }

  grow(): Outbreak[] {
    return growTrees(
      this.state,
      [...this.flags].sort((a, b) => a.onsetMs - b.onsetMs || a.host - b.host),
    );
  }

  /** Branches as `1>2`, over all outbreaks. */
  branches(): string[] {
    const numberOf = new Map(Array.from({ length: 40 }, (_, number) => [this.host(number), number]));
    const edges = this.grow().flatMap((outbreak) => outbreak.edges);
    return edges.map(({ from, to }) => `${numberOf.get(from)}>${numberOf.get(to)}`).sort();
  }
}

describe("growTrees()", () => {
  it("says nothing without suspects", () => {
    expect(new HandMade().call(1, 2, 0).grow()).toEqual([]);
  });

  it("takes the call that carried a load for the cause, not the probe before it", () => {
    const made = new HandMade().call(1, 3, 1_000, PROBE).call(2, 3, 10_000, PROGRAM);
    made.suspect(1, 0).suspect(2, 0).suspect(3, 20_000);
    expect(made.branches()).toEqual(["2>3"]);
  });

  it("takes the first of two loads: a host that is taken is not taken again", () => {
    const made = new HandMade().call(1, 3, 1_000, PROGRAM).call(2, 3, 10_000, PROGRAM);
    made.suspect(1, 0).suspect(2, 0).suspect(3, 20_000);
    expect(made.branches()).toEqual(["1>3"]);
  });

  it("passes over a call that failed", () => {
    const made = new HandMade().call(1, 3, 1_000, -1, OUTCOME_UNANSWERED).call(2, 3, 10_000, -1);
    made.suspect(1, 0).suspect(2, 0).suspect(3, 20_000);
    expect(made.branches()).toEqual(["2>3"]);
  });

  it("gives a lone caller the odds of its density against infections that nobody saw", () => {
    const made = new HandMade().call(1, 2, 4_000, PROGRAM).suspect(1, 0).suspect(2, 10_000);
    const [outbreak] = made.grow();
    const seen = (20 * 0.3) / (Math.log(36_000) * (6_000 + 500));
    expect(outbreak.edges[0].probability).toBeCloseTo(seen / (seen + 0.02 / 3_600_000), 9);
    expect(outbreak.phase).toBe("confirmed");
    expect(outbreak.patientZero).toBe(made.host(1));
  });

  it("leaves a host that nobody was seen to call without a cause", () => {
    const made = new HandMade().call(1, 2, 1_000).call(3, 4, 30_000).suspect(1, 0).suspect(3, 20_000);
    expect(made.branches()).toEqual([]);
    expect(made.grow().map((outbreak) => outbreak.phase)).toEqual(["suspected", "suspected"]);
  });

  it("makes no outbreak of a suspect that called nobody inside", () => {
    expect(new HandMade().suspect(1, 0).grow()).toEqual([]);
  });

  it("lets no call after the onset be the cause", () => {
    const made = new HandMade().call(1, 2, 60_000, PROGRAM).call(2, 5, 10_500).suspect(1, 0).suspect(2, 10_000);
    expect(made.branches()).toEqual([]);
  });

  it("makes no circle of two hosts that called each other at the same moment with the same onset", () => {
    const made = new HandMade()
      .call(1, 2, 1_000, PROGRAM)
      .call(2, 1, 1_000, PROGRAM)
      .suspect(1, 1_000)
      .suspect(2, 1_000);
    expect(made.branches()).toEqual(["1>2"]);
  });

  it("names rivals when two callers explain as well", () => {
    const made = new HandMade().call(1, 3, 9_000, PROGRAM).call(2, 3, 9_001, PROGRAM);
    made.suspect(1, 0).suspect(2, 0).suspect(3, 12_000);
    const [outbreak] = made.grow();
    const firsts = [outbreak.patientZero, ...outbreak.rivals.map((rival) => rival.host)];
    expect(firsts).toContain(made.host(1));
    expect(outbreak.rivals.every((rival) => rival.probability <= 0.5 + 1e-9)).toBe(true);
  });

  it("holds a caller that was not flagged for a rival of patient zero, not for a branch", () => {
    const made = new HandMade()
      .call(9, 1, 1_000, PROGRAM)
      .call(1, 2, 20_000, PROGRAM)
      .suspect(1, 10_000)
      .suspect(2, 30_000);
    const [outbreak] = made.grow();
    expect(made.branches()).toEqual(["1>2"]);
    expect(outbreak.hosts).not.toContain(made.host(9));
    const firsts = [outbreak.patientZero, ...outbreak.rivals.map((rival) => rival.host)];
    expect(firsts).toContain(made.host(9));
  });

  it("keeps two chains that never meet apart", () => {
    const made = new HandMade().call(1, 2, 5_000, PROGRAM).call(3, 4, 5_000, PROGRAM);
    made.suspect(1, 0).suspect(2, 9_000).suspect(3, 0).suspect(4, 9_000);
    const outbreaks = made.grow();
    expect(outbreaks.map((outbreak) => outbreak.hosts.length)).toEqual([2, 2]);
    expect(new Set(outbreaks.map((outbreak) => outbreak.id)).size).toBe(2);
  });

  const logs = fc.record({
    calls: fc.array(
      fc.record({
        from: fc.nat(7),
        to: fc.nat(7),
        atMs: fc.nat(20).map((steps) => steps * 500),
        bytes: fc.constantFrom(-1, 0, PROBE, PROGRAM),
        outcome: fc.constantFrom<Outcome>(0, 1, 2, 3),
      }),
      { maxLength: 40 },
    ),
    onsets: fc.array(fc.option(fc.nat(20).map((steps) => steps * 500)), { minLength: 8, maxLength: 8 }),
  });

  it("grows forests on random logs: one cause each, no circles, each suspect once, odds that sum to at most one", () => {
    fc.assert(
      fc.property(logs, ({ calls, onsets }) => {
        const made = new HandMade();
        for (const { from, to, atMs, bytes, outcome } of [...calls].sort((a, b) => a.atMs - b.atMs))
          if (from !== to) made.call(from, to, atMs, bytes, outcome);
        onsets.forEach((onsetMs, number) => (onsetMs === null ? undefined : made.suspect(number, onsetMs)));
        const outbreaks = made.grow();
        expect(made.grow()).toEqual(outbreaks);
        const seen = outbreaks.flatMap((outbreak) => outbreak.hosts);
        expect(new Set(seen).size).toBe(seen.length);
        for (const { hosts, edges, rivals, patientZero } of outbreaks) {
          const causeOf = new Map(edges.map((edge) => [edge.to, edge.from]));
          expect(causeOf.size).toBe(edges.length);
          for (const { from, to, probability } of edges) {
            expect(hosts).toContain(from);
            expect(hosts).toContain(to);
            expect(probability).toBeGreaterThan(0);
            expect(probability).toBeLessThanOrEqual(1);
          }
          for (const host of hosts) {
            let at: HostIndex | undefined = host;
            for (let steps = 0; at !== undefined; steps++) {
              expect(steps).toBeLessThanOrEqual(hosts.length);
              at = causeOf.get(at);
            }
          }
          expect(rivals.reduce((sum, rival) => sum + rival.probability, 0)).toBeLessThanOrEqual(1 + 1e-9);
          expect(rivals.every((rival) => rival.host !== patientZero)).toBe(true);
        }
      }),
      { seed: 20_260_310, numRuns: 400 },
    );
  });
});

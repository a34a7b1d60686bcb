import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { drawHospital } from "../../test/planning/drawn-hospital.ts";
import { protectedCutBy } from "../../test/planning/protected-oracle.ts";
import { loadMap } from "../hospital/load.ts";
import { manualClock } from "../kit/clock.ts";
import type { CareService, HospitalMap } from "../model/map.ts";
import type { Plans } from "../model/plan.ts";
import { defenders, openRehearsalPool, worms } from "../simulation/simulate.ts";
import { type PlanRequest, planCordon } from "./plan.ts";
import { studentOf } from "./tell.ts";
import { strategyIds } from "./words.ts";

const clinicPath = new URL("../../examples/clinic/hospital.yaml", import.meta.url);
const loaded = loadMap(readFileSync(clinicPath, "utf8"), "clinic");
const clinic = ("map" in loaded ? loaded.map : null) as HospitalMap;
const request: PlanRequest = {
  map: clinic,
  worm: worms.find(({ id }) => id === "topological") ?? worms[0],
  defender: defenders[0],
  state: {
    port: "tcp/445",
    segments: [{ segment: "care", infected: 2, isolated: 0, hiddenMean: 1 }],
    hosts: ["10.90.1.50", "10.90.1.51"],
  },
  nowMs: Date.UTC(2027, 0, 12, 9),
  seed: 11,
};
const tools = { clock: manualClock() };
const plan = (id: string, plans: Plans) => plans.plans.find((each) => each.id === id);

describe("planCordon()", () => {
  it("compares every strategy with doing nothing, on the same runs", async () => {
    const first: Plans[] = [];
    const plans = await planCordon(request, { ...tools, onFirst: (some) => first.push(some) });
    expect(plans.plans.map(({ id }) => id)).toEqual([...strategyIds]);
    expect(plan("do-nothing", plans)).toMatchObject({
      controls: [],
      saved: { mean: 0, low: 0, high: 0 },
      harmOfCut: 0,
    });
    expect(first).toHaveLength(1);
    expect(first[0].plans.map(({ id }) => id)).toEqual(strategyIds.filter((id) => id !== "balanced"));
    expect(first[0].runs).toBeLessThan(plans.runs);
    const least = Math.min(...plans.plans.map(({ harm }) => harm.mean));
    expect(plan(plans.recommended, plans)?.harm.mean).toBe(least);
    expect(plan("do-nothing", plans)?.harm.mean).toBeGreaterThan(least);
    for (const each of plans.plans) {
      expect(each.explanation.en.length).toBeGreaterThan(40);
      expect(each.explanation.fr.length).toBeGreaterThan(40);
      expect(each.explanation.fr).not.toBe(each.explanation.en);
    }
  });

  it("gives the same bytes for the same seed", async () => {
    const [once, again] = [
      await planCordon(request, tools),
      await planCordon({ ...request, map: { ...clinic } }, tools),
    ];
    expect(JSON.stringify(again)).toBe(JSON.stringify(once));
    expect(JSON.stringify(await planCordon({ ...request, seed: 12 }, tools))).not.toBe(JSON.stringify(once));
  });

  it("gives the same with players and solver in threads of their own", async () => {
    const pool = openRehearsalPool(2);
    try {
      const apart = await planCordon(request, { ...tools, pool });
      expect(JSON.stringify(apart)).toBe(JSON.stringify(await planCordon(request, tools)));
    } finally {
      await pool.close();
    }
  });

  it("says how wide its intervals are, and plays on when asked", async () => {
    const worm = { ...request.worm, localTriesPerSecond: 1 / 2_400, remoteTriesPerSecond: 1 / 2_400 };
    const segments = [{ segment: "care", infected: 1, isolated: 0, hiddenMean: 0.3 }];
    const asked = { ...request, worm, state: { port: "tcp/445", segments, hosts: [] }, horizonSeconds: 3_600 };
    const [stopped, precise] = [await planCordon(asked, tools), await planCordon({ ...asked, isPrecise: true }, tools)];
    const widthOf = ({ plans }: Plans): number => {
      const [nothing] = plans;
      const widths = plans.map(({ taken, harm }) =>
        Math.max((taken.high - taken.mean) / nothing.taken.mean, (harm.high - harm.mean) / nothing.harm.mean),
      );
      return Math.max(...widths);
    };
    for (const each of [stopped, precise]) {
      expect(each.widestInterval).toBeCloseTo(widthOf(each), 9);
      expect(each.isPrecise).toBe(each.widestInterval <= 0.05);
    }
    expect(precise.widestInterval).toBeLessThan(stopped.widestInterval);
    expect(precise.runs).toBeGreaterThan(stopped.runs);
  });

  it("tells what a cut does to services, whom to tell and what stays open", async () => {
    const plans = await planCordon({ ...request, map: { ...clinic, hosts: clinic.hosts } }, tools);
    const building = plan("building", plans);
    expect(building?.approval).toBe("network-lead-and-care-lead");
    expect(building?.wayBack.en).toMatch(/lifted by the point/);
    const cut = plans.plans.flatMap(({ services }) => services.filter(({ becauseOf }) => becauseOf !== "infection"));
    for (const impact of cut) {
      expect(impact.probability).toBe(1);
      expect(impact.because.length).toBeGreaterThan(0);
      expect(impact.people.length).toBeGreaterThan(0);
    }
    expect(building?.unknowns.some(({ en }) => en.includes("not been seen yet"))).toBe(true);
  });

  it("P2 breaks no protected item in any plan of drawn hospitals", async () => {
    for (let seed = 0; seed < 8; seed++) {
      const { map, state, worm } = drawHospital(seed);
      const plans = await planCordon({ ...request, map, state, worm, horizonSeconds: 600 }, tools);
      for (const { id, controls } of plans.plans) {
        const cut = protectedCutBy(
          map,
          controls.map(({ control }) => control),
        );
        expect(cut, `seed ${seed}, ${id}`).toEqual([]);
      }
    }
  });

  it("says when nobody can do what a plan asks", async () => {
    const plans = await planCordon({ ...request, map: { ...clinic, enforcementPoints: [] } }, tools);
    expect(plans.plans.every(({ controls }) => controls.length === 0)).toBe(true);
    expect(
      plan("surgical", plans)
        ?.unknowns.map(({ en }) => en)
        .join(),
    ).toMatch(/No enforcement point can do this/);
  });
});

describe("studentOf()", () => {
  it("is the table's to 1 %", () => {
    const table = [
      [3, 3.182],
      [9, 2.262],
      [24, 2.064],
      [199, 1.972],
    ];
    for (const [degrees, quantile] of table) expect(studentOf(1.959964, degrees) / quantile).toBeCloseTo(1, 2);
  });
});

describe("planCordon() refuses", () => {
  const segment = (change: object) => ({ ...request.state, segments: [{ ...request.state.segments[0], ...change }] });
  const selfish: CareService = {
    ...clinic.services[0],
    needs: [{ name: "itself", anyOf: [{ kind: "service", service: clinic.services[0].id }] }],
  };
  const crossing = (change: object) => ({ ...clinic, crossings: [{ ...clinic.crossings[0], ...change }] });
  const empty = clinic.segments.map((each) => ({ ...each, hostCount: 0 }));

  it.each<[string, Partial<PlanRequest>, string]>([
    [
      "an unknown segment",
      { state: segment({ segment: "attic" }) },
      'a segment of the outbreak must be of the map, got "attic"',
    ],
    [
      "an empty outbreak",
      { state: { ...request.state, segments: [] } },
      "the outbreak must have an infected host, known or hidden, got none",
    ],
    [
      "more isolated than infected",
      { state: segment({ isolated: 5 }) },
      "isolated of care must be at most its infected, 2, got 5",
    ],
    ["half a host", { state: segment({ infected: 1.5 }) }, "infected of care must be a whole number from 0, got 1.5"],
    [
      "a hidden mean that is none",
      { state: segment({ hiddenMean: Number.NaN }) },
      "hiddenMean of care must be a number from 0, got NaN",
    ],
    [
      "an infected host of nowhere",
      { state: { ...request.state, hosts: ["192.0.2.1"] } },
      'an infected host must be in a segment of the map, got "192.0.2.1"',
    ],
    [
      "a port that is none",
      { state: { ...request.state, port: "445" } },
      "the port of the outbreak must be like tcp/445, got 445",
    ],
    [
      "another worm's port",
      { worm: { ...request.worm, port: "tcp/22" } },
      "the port of the worm must be that of the outbreak, tcp/445, got tcp/22",
    ],
    ["no time", { horizonSeconds: 0 }, "horizonSeconds must be above 0, got 0"],
    ["a map without segments", { map: { ...clinic, segments: [] } }, "the map must have a segment, got none"],
    [
      "a map without hosts",
      { map: { ...clinic, segments: empty, hosts: [] } },
      "the map must have hosts, got 0 in all segments",
    ],
    [
      "a crossing to nowhere",
      { map: crossing({ to: "attic" }) },
      "a crossing must join places of the map, got care > attic",
    ],
    [
      "a crossing that ends before it begins",
      { map: crossing({ ports: ["tcp/9-1"] }) },
      "a crossing must name ports like tcp/443 or tcp/1-9, got tcp/9-1",
    ],
    ["a service that needs itself", { map: { ...clinic, services: [selfish] } }, "must be free of circles"],
    [
      "a protected item of nowhere",
      { map: { ...clinic, protected: [{ item: "attic", rule: "never", because: "x" }] } },
      'a protected item must be of the map, got "attic"',
    ],
    [
      "an override of nothing",
      { allowances: { overrides: [{ item: "attic", by: "a", because: "b" }], standInsRunning: [] } },
      "an override must name a protected item",
    ],
  ])("%s", async (_, change, message) => {
    await expect(planCordon({ ...request, ...change }, tools)).rejects.toThrow(message);
  });
});

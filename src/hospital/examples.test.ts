import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { generateText } from "../../examples/chu/generate.ts";
import { type HospitalMap, weekdays } from "../model/map.ts";
import { formatProblem, loadMap, mapJsonSchema, writeMap } from "./load.ts";

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

function sound(path: string): HospitalMap {
  const loaded = loadMap(read(path), path);
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join("\n"));
  expect(loaded.findings).toEqual([]);
  const again = loadMap(writeMap(loaded.map), path);
  expect(again).toMatchObject({ ok: true, map: loaded.map });
  return loaded.map;
}

test("the clinic loads without findings and stays small", () => {
  const map = sound("examples/clinic/hospital.yaml");
  expect([map.buildings.length, map.segments.length]).toEqual([1, 4]);
});

describe("the university hospital", () => {
  const map = sound("examples/chu/hospital.yaml");
  const countOf = (use: string): number =>
    map.segments.filter((segment) => segment.use === use).reduce((sum, segment) => sum + (segment.hostCount ?? 0), 0);

  test("is what its generator gives (node examples/chu/generate.ts > examples/chu/hospital.yaml)", () => {
    expect(read("examples/chu/hospital.yaml")).toBe(generateText());
  });

  test("has the size it says", () => {
    expect([map.sites.length, map.buildings.length, map.segments.length]).toEqual([7, 40, 130]);
    expect(countOf("workstations")).toBe(6_400);
    expect(map.segments.reduce((sum, segment) => sum + (segment.hostCount ?? 0), 0)).toBe(20_000);
    expect(map.services.length).toBeGreaterThanOrEqual(25);
  });

  test("has 2,200 consultations on a full day and none at weekends", () => {
    const perDay = weekdays.map((day) =>
      map.services.reduce(
        (sum, service) =>
          sum + (service.consultations ? service.consultations[day][0] + service.consultations[day][1] : 0),
        0,
      ),
    );
    expect([perDay[0], perDay[5], perDay[6]]).toEqual([2_200, 0, 0]);
  });

  test("lists every server, so that any other address beside them is dark", () => {
    for (const segment of map.segments.filter((each) => each.use === "servers")) {
      expect([segment.isListed, segment.hostCount]).toEqual([
        true,
        map.hosts.filter((host) => host.segment === segment.id).length,
      ]);
    }
  });

  test("has someone who can cut every building and every site", () => {
    const guarded = new Set(map.enforcementPoints.flatMap((point) => point.guards));
    for (const building of map.buildings) expect(guarded.has(`building:${building.id}`), building.id).toBe(true);
    for (const site of map.sites) expect(guarded.has(`site:${site.id}`), site.id).toBe(true);
  });
});

test("the published schema is the one in force (cordon map schema > docs/schemas/hospital.json)", () => {
  expect(JSON.parse(read("docs/schemas/hospital.json"))).toEqual(JSON.parse(JSON.stringify(mapJsonSchema())));
});

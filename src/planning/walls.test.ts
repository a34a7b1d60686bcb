import { describe, expect, it } from "vitest";
import { newMap, newSegment } from "../hospital/load.ts";
import type { HospitalMap } from "../model/map.ts";
import { defenders, worms } from "../simulation/simulate.ts";
import { rankWalls } from "./plan.ts";

const worm = worms.find(({ id }) => id === "topological") ?? worms[0];
const segment = (id: string, building: string, hostCount: number) => ({
  ...newSegment(id, "workstations"),
  building,
  cidrs: [`10.1.${id.length}.0/24`],
  hostCount,
});

/** Two large buildings joined by one crossing, and a small one apart. */
const map: HospitalMap = {
  ...newMap("walls"),
  sites: [{ id: "s", name: null, aliases: [] }],
  buildings: ["east", "west", "shed"].map((id) => ({ id, name: null, site: "s", aliases: [] })),
  segments: [segment("e", "east", 120), segment("ww", "west", 120), segment("sss", "shed", 6)],
  crossings: [
    { from: "e", to: "ww", ports: ["tcp/445", "tcp/443"], because: null },
    { from: "ww", to: "e", ports: ["tcp/445"], because: null },
  ],
  crossingDefault: "closed",
};

describe("rankWalls()", () => {
  it("names the wall between the two large halves before one around a shed that nothing reaches", async () => {
    const options = { defender: defenders[0], seed: 5, horizonSeconds: 3_600, runsFirst: 12 };
    const walls = await rankWalls(map, [worm], options);
    const ids = walls.walls.map(({ id }) => id);
    expect(ids[0]).toMatch(/^(close-boundary\/building:(east|west)|split-segment\/(e|ww)|close-crossing)\//);
    expect(ids).not.toContain("close-boundary/building:shed/tcp/445");
    const best = walls.walls[0];
    const shed = walls.walls.find(({ id }) => id === "split-segment/sss/tcp/445");
    expect(shed?.harmSaved.mean).toBeLessThan(best.harmSaved.mean / 5);
    expect(best.harmSaved.mean).toBeGreaterThan(0);
    expect(best.harmSavedPerEffort).toBeCloseTo(best.harmSaved.mean / best.effort, 9);
    expect(best.what.fr).not.toBe(best.what.en);
    expect(await rankWalls({ ...map }, [worm], options)).toEqual(walls);
  });

  it("puts a wall that breaks a service after those that break none", async () => {
    const host = { id: "files", addresses: ["10.1.2.10"], role: "server" as const };
    const withCare: HospitalMap = {
      ...map,
      hosts: [{ ...blankHost, ...host }],
      services: [
        {
          id: "wards",
          name: "Wards",
          kind: "wards",
          site: null,
          building: "east",
          needs: [{ name: "shares", anyOf: [{ kind: "path", from: "e", to: "files", port: "tcp/445" }] }],
          standIns: [],
          consultations: null,
          harmPerHour: 10,
          toleratedMinutes: 0,
          seats: 0,
          contact: null,
        },
      ],
    };
    const { walls } = await rankWalls(withCare, [worm], {
      defender: defenders[0],
      seed: 5,
      horizonSeconds: 600,
      runsFirst: 4,
    });
    const breaking = walls.findIndex(({ breaks }) => breaks.length > 0);
    expect(walls[breaking].breaks).toEqual(["wards"]);
    expect(walls.slice(breaking).every(({ breaks }) => breaks.length > 0)).toBe(true);
  });

  it("refuses to rank against nothing", async () => {
    const options = { defender: defenders[0], seed: 5 };
    await expect(rankWalls(map, [], options)).rejects.toThrow("the worms must be at least one, got none");
    const immune = { ...map, segments: map.segments.map((each) => ({ ...each, vulnerableShare: 0 })) };
    await expect(rankWalls(immune, [worm], options)).rejects.toThrow("some hosts must be open");
  });
});

const blankHost = {
  name: null,
  macs: [],
  does: [],
  building: null,
  segment: null,
  room: null,
  switchPort: null,
  ports: [],
  isProtected: false,
  serial: null,
  assetTag: null,
};

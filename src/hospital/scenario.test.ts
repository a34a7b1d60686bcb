import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { reachOf } from "../model/reach.ts";
import { segmentIndexOf } from "../model/scope.ts";
import { mapOfEstate } from "./estate.ts";
import { loadMap } from "./load.ts";
import { loadScenario } from "./scenario.ts";
import { writeMap } from "./write.ts";

const folder = fileURLToPath(new URL("../../examples/scenarios/", import.meta.url));
const files = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
const textOf = (name: string): string => readFileSync(`${folder}${name}`, "utf8");

describe("the bundled scenarios", () => {
  it("are the seven that are documented", () => {
    expect(files.map((name) => name.replace(".yaml", ""))).toEqual([
      "armentieres-2024",
      "brest-2023",
      "cannes-2024",
      "fuerstenfeldbruck-2018",
      "hse-2021",
      "kettering-2017",
      "montpellier-2019",
    ]);
  });

  it.each(files)("%s reads, and its drawn map is a correct map", (name) => {
    const loaded = loadScenario(textOf(name), name);
    if (!loaded.ok) throw new Error(loaded.faults.join("\n"));
    expect(`${loaded.scenario.id}.yaml`).toBe(name);
    const map = loadMap(writeMap(loaded.scenario.map), name);
    expect(map.ok ? [] : map.problems).toEqual([]);
  });
});

describe("loadScenario", () => {
  const text = textOf("brest-2023.yaml");
  const faultsOf = (changed: string): readonly string[] => {
    const loaded = loadScenario(changed, "case.yaml");
    return loaded.ok ? [] : loaded.faults;
  };

  it.each([
    ["worm: hit-list", "worm: 3", /case\.yaml: .*worm must be/],
    ["infected: 2", "infected: -2", /start\[0\]\.infected must be/],
    ["segment: cavale-servers", "segment: nowhere", /start names segments of the estate.*got nowhere/],
    [
      "kind: cut-internet",
      "kind: cut-everything",
      /events\[1\]\.orders\[0\]\.kind must be one of close-port-within, .*cut-internet, got "cut-everything"/,
    ],
    ["sources: [doc] }", "sources: [gossip] }", /sources must list gossip/],
    ["unknown:", "unknwon:", /unknwon must be a known key.*did you mean unknown/],
    [
      "crossingDefault: open-within-site",
      "crossingDefault: open-within-site\n  timeZone: Mars/Olympus",
      /timeZone must be a time zone name/,
    ],
    ["beginsAt: 2023-03-09T20:33", "beginsAt: 2023-13-09T20:33", /beginsAt must be a local time/],
    ["title: Brest", 'title: "Brest', /correct YAML/],
  ])("tells where %s → %s is wrong", (from, to, message) => {
    expect(faultsOf(text.replace(from, to)).join("\n")).toMatch(message);
  });

  it("survives damage at every tenth character", () => {
    for (let at = 0; at < text.length; at += 10) {
      expect(() => loadScenario(text.slice(0, at), "cut.yaml")).not.toThrow();
      expect(() => loadScenario(`${text.slice(0, at)}\u0000{${text.slice(at + 3)}`, "hurt.yaml")).not.toThrow();
    }
  });
});

describe("mapOfEstate", () => {
  const site = { id: "a", buildings: 3, workstations: 700, medicalDevices: 10, servers: 20, consultationsPerDay: 101 };
  const estate = { sites: [site], crossingDefault: "closed" as const, isFlat: false, timeZone: "Europe/Paris" };

  it("loses no machine and no consultation to rounding", () => {
    const map = mapOfEstate("a", estate);
    const countOf = (use: string): number =>
      map.segments.filter((segment) => segment.use === use).reduce((sum, segment) => sum + (segment.hostCount ?? 0), 0);
    expect([countOf("workstations"), countOf("medical-devices"), countOf("servers")]).toEqual([700, 10, 20]);
    const booked = map.services.find((service) => service.consultations !== null)?.consultations?.monday ?? [0, 0];
    expect(booked[0] + booked[1]).toBe(101);
  });

  it("parts buildings on the worm's port unless the estate is flat", () => {
    const reach = (isFlat: boolean): number => {
      const map = mapOfEstate("a", { ...estate, isFlat });
      const { allows, placeCount } = reachOf(map, "tcp/445");
      return allows[segmentIndexOf(map, "a-b1-work1") * placeCount + segmentIndexOf(map, "a-b2-work1")];
    };
    expect([reach(false), reach(true)]).toEqual([0, 1]);
  });
});

// The two example hospitals: what the known cuts of real nights would do to their care.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { drawControl, drawLoss } from "../../test/drawn-care.ts";
import { loadMap } from "../hospital/load.ts";
import type { CareAssessment } from "../model/care.ts";
import { type Care, compileCare } from "./assess.ts";

function careOf(name: string): Care {
  const path = `examples/${name}/hospital.yaml`;
  const loaded = loadMap(readFileSync(new URL(`../../${path}`, import.meta.url), "utf8"), path);
  if (!loaded.ok) throw new Error(`${path} has problems`);
  return compileCare(loaded.map);
}

// A Tuesday morning of full consultations.
const atMs = Date.parse("2027-03-02T09:00:00+01:00");

function assess(care: Care, cut: string, lost = "", minutes = 0): CareAssessment {
  const controls = cut.split(" ").filter((word) => word !== "");
  return care.assess({
    controls: controls.map(drawControl),
    lost: drawLoss(lost),
    atMs,
    sinceMs: atMs - minutes * 60_000,
  });
}

const hit = (assessment: CareAssessment): string[] =>
  assessment.services.filter((each) => each.state !== "normal").map((each) => `${each.service} ${each.state}`);

describe("the university hospital", () => {
  const care = careOf("chu");

  test("is normal when nothing is cut or lost, and its map allows all that its services need", () => {
    expect(care.findings).toEqual([]);
    const { services, harmPerHour, consultations, internetUses } = assess(care, "");
    expect(services).toHaveLength(26);
    expect(services.every((each) => each.state === "normal" && each.keptShare === 1 && each.because.length === 0)).toBe(
      true,
    );
    expect([harmPerHour, internetUses]).toEqual([0, []]);
    expect(consultations.map((each) => [each.label, each.planned, each.lost])[0]).toEqual([
      "2027-03-02 morning",
      1_230,
      0,
    ]);
  });

  test("closing the worm's port everywhere hurts no care", () => {
    expect(hit(assess(care, "within:tcp/445@all"))).toEqual([]);
  });

  test("emergency calls and emergency reception are two services: the internet hits the links of one, not the other", () => {
    expect(hit(assess(care, "internet"))).toEqual(["emergency-calls degraded"]);
    expect(hit(assess(care, "building:atrium")).map((each) => each.split(" ")[0])).not.toContain("emergency-calls");
    expect(hit(assess(care, "building:plaza"))).toContain("emergency-calls stopped");
    expect(hit(assess(care, "building:plaza", "", 15))).toContain("emergency-calls stand-in");
  });

  test("a building is cut off with its own services only; a stand-in takes up in time", () => {
    expect(hit(assess(care, "building:kiln"))).toEqual(["consultations-cedar stopped"]);
    expect(hit(assess(care, "building:kiln", "", 20))).toEqual(["consultations-cedar stand-in"]);
    const [morning, afternoon] = assess(care, "building:kiln", "", 60).consultations;
    // 260 from 8 to 13: all lost for 20 minutes, 60 % for 40, then 50 % of the four hours that are left.
    expect(morning.lost).toBe(Math.round((260 / 5) * (20 / 60 + (40 / 60) * 0.6 + 4 * 0.5)));
    expect(afternoon.lost).toBe(100);
  });

  test("649 workstations of two buildings lost degrade what is done there", () => {
    const assessment = assess(care, "", "kiln-ws=1 atrium-ws=0.5", 120);
    expect(hit(assessment)).toContain("consultations-cedar stand-in");
    expect(hit(assessment)).toContain("emergency-reception degraded");
    expect(hit(assessment).some((each) => each.startsWith("emergency-calls"))).toBe(false);
  });

  test("one of two data centres may go", () => {
    const states = new Map(assess(care, "", "ehr-1 dc-1 pacs-1").services.map((each) => [each.service, each.state]));
    expect([...states.values()]).not.toContain("stopped");
    expect(states.get("emergency-reception")).toBe("degraded");
  });
});

describe("the clinic", () => {
  const care = careOf("clinic");

  test("cutting the servers off takes everything but the ward's own screen", () => {
    expect(hit(assess(care, "segment:servers"))).toEqual([
      "emergency-phone stopped",
      "reception stopped",
      "consultations stopped",
    ]);
    expect(hit(assess(care, "segment:servers", "", 45))).toEqual([
      "emergency-phone stand-in",
      "reception stand-in",
      "consultations stand-in",
    ]);
  });

  test("harm is weighed after what each service tolerates", () => {
    expect(assess(care, "segment:servers").harmPerHour).toBe(100);
    expect(assess(care, "segment:servers", "", 60).harmPerHour).toBeCloseTo(100 * 0.1 + 60 * 0.3 + 8 * 0.5);
  });

  test("the internet link carries prescriptions and the partner laboratory", () => {
    expect(assess(care, "internet").internetUses.map((use) => use.name)).toEqual([
      "Partner laboratory for rare analyses",
      "Electronic prescriptions",
    ]);
  });
});

import { describe, expect, test } from "vitest";
import { drawControl, drawLoss, drawMap } from "../../test/drawn-care.ts";
import type { CareAssessment } from "../model/care.ts";
import type { HospitalMap } from "../model/map.ts";
import { assessCare, compileCare } from "./assess.ts";

const hospital = drawMap(`
  building a: care*20 desks*10 devices:medical-devices*5 guests:guests
  building b: rooms:servers*6 backup-room:servers
  host ehr@rooms ehr2@backup-room pbx@rooms washer@rooms ct@devices:medical-device
  service ward@a harm 10: records = care>ehr | care>ehr2
  stand-in ward paper 0.5 after 20
  service calls@a harm 100: telephone = host pbx
  service scans@a harm 20 after 30: scanner = host ct ; archive = care>ehr
  service washing@a harm 5: tracing = desks>washer
  stand-in washing paper 0.6 after 30
  service theatres@a harm 50: instruments = service washing
  service partners harm 2: link = internet
`);

const noon = Date.UTC(2027, 2, 2, 11);

function assess(cut: string, lost: string, minutes = 0, map: HospitalMap = hospital): CareAssessment {
  const controls = cut.split(" ").filter((word) => word !== "");
  return assessCare(map, {
    controls: controls.map(drawControl),
    lost: drawLoss(lost),
    atMs: noon,
    sinceMs: noon - minutes * 60_000,
  });
}

/** Services that are not as usual: `ward degraded 0.70`. */
const told = (assessment: CareAssessment): string =>
  assessment.services
    .filter((service) => service.state !== "normal")
    .map((service) => `${service.service} ${service.state} ${service.keptShare.toFixed(2)}`)
    .join(", ");

describe("assessCare()", () => {
  test.each([
    ["nothing", "", "", 0, ""],
    ["a guest network cut off hurts nobody", "segment:guests", "", 0, ""],
    ["one of two paths lost degrades", "host:ehr", "", 0, "ward degraded 1.00, scans stopped 0.00"],
    ["both paths lost stop, until the stand-in runs", "segment:care", "", 19, "ward stopped 0.00, scans stopped 0.00"],
    ["and from then on it stands in", "segment:care", "", 20, "ward stand-in 0.50, scans stopped 0.00"],
    ["a path that a cut excepts stands", "segment:care+care>rooms:tcp/443", "", 0, ""],
    [
      "an exception for another port does not help",
      "segment:care+care>rooms:tcp/80",
      "",
      0,
      "ward stopped 0.00, scans stopped 0.00",
    ],
    [
      "the port closed around the servers",
      "port:tcp/443@rooms",
      "",
      0,
      "ward degraded 1.00, scans stopped 0.00, washing stopped 0.00, theatres stopped 0.00",
    ],
    ["another port closed around them", "port:tcp/445@rooms", "", 0, ""],
    ["a share of the clients lost", "", "care=0.25", 0, "ward degraded 0.75, scans degraded 0.75"],
    ["the stand-in serves those who lost theirs", "", "care=0.25", 20, "ward degraded 0.88, scans degraded 0.75"],
    ["single clients lost are a share", "", "10.0.0.7 10.0.0.8", 0, "ward degraded 0.90, scans degraded 0.90"],
    ["the same clients isolated", "host:10.0.0.7 host:10.0.0.8", "", 0, "ward degraded 0.90, scans degraded 0.90"],
    ["all clients lost", "", "care=1", 0, "ward stopped 0.00, scans stopped 0.00"],
    ["a lost host", "", "ehr", 0, "ward degraded 1.00, scans stopped 0.00"],
    ["both lost hosts", "", "ehr ehr2", 60, "ward stand-in 0.50, scans stopped 0.00"],
    ["a whole segment lost takes its hosts along", "", "backup-room=1 devices=1", 0, "scans stopped 0.00"],
    ["a machine works though its segment is cut off", "segment:devices", "", 0, ""],
    ["but not when it is isolated itself", "host:ct", "", 0, "scans stopped 0.00"],
    [
      "an exchange whose segment is cut off serves nobody",
      "segment:rooms",
      "",
      0,
      "ward degraded 1.00, calls stopped 0.00, scans stopped 0.00, washing stopped 0.00, theatres stopped 0.00",
    ],
    [
      "nor one whose building is",
      "building:b",
      "",
      0,
      "ward stopped 0.00, calls stopped 0.00, scans stopped 0.00, washing stopped 0.00, theatres stopped 0.00",
    ],
    [
      "nor one whose callers are",
      "building:a",
      "",
      0,
      "ward stopped 0.00, calls stopped 0.00, scans stopped 0.00, washing stopped 0.00, theatres stopped 0.00, partners stopped 0.00",
    ],
    [
      "a service rests on another, and on its stand-in",
      "host:washer",
      "",
      45,
      "washing stand-in 0.60, theatres degraded 0.60",
    ],
    ["the internet", "internet", "", 0, "partners stopped 0.00"],
  ])("%s: %s %s after %i minutes", (_, cut, lost, minutes, expected) => {
    expect(told(assess(cut, lost, minutes))).toBe(expected);
  });

  test("a segment of seven is lost when each of the seven is", () => {
    const map = drawMap(`
      building a: care*7
      building b: rooms:servers
      host ehr@rooms
      service ward@a: records = care>ehr
    `);
    const seven = Array.from({ length: 7 }, (_, at) => `10.0.0.${at + 1}`);
    expect(told(assess("", seven.join(" "), 0, map))).toBe("ward stopped 0.00");
    expect(told(assess(seven.map((each) => `host:${each}`).join(" "), "", 0, map))).toBe("ward stopped 0.00");
    expect(told(assess("", seven.slice(1).join(" "), 0, map))).toBe("ward degraded 0.14");
  });

  test("harm begins when the tolerated time is over, and a service is lost once however much breaks it", () => {
    expect(assess("host:ct", "", 29).harmPerHour).toBe(0);
    expect(assess("host:ct", "", 30).harmPerHour).toBe(20);
    expect(assess("host:ct segment:care building:a", "ct ehr care=1", 30).harmPerHour).toBe(
      20 + 10 * 0.5 + 100 + 5 * 0.4 + 50 * 0.4 + 2,
    );
  });

  test("says why in sentences, each once", () => {
    const [ward] = assess("segment:care", "care=0.5", 5).services;
    expect(ward.because).toEqual([
      "Records: The path from care to ehr on tcp/443 is cut off by the isolation of segment care.",
      "Records: The path from care to ehr2 on tcp/443 is cut off by the isolation of segment care.",
      "Stand-in in 15 minutes: Paper forms, which will keep 50 % of what is lost.",
    ]);
    expect([ward.standIn, ward.standInFromMs]).toEqual(["paper", noon + 15 * 60_000]);
    const scans = assess("", "care=0.996 ct").services[2];
    expect(scans.because).toEqual([
      "Scanner: Host ct is lost.",
      "Archive: More than 99 % of the hosts of care are lost.",
    ]);
  });

  test("lists what rides on the internet link and is off", () => {
    const map = {
      ...hospital,
      internetUses: [
        { name: "prescriptions", services: ["ward"], because: null },
        { name: "maintenance", services: [], because: null },
      ],
    };
    const off = (cut: string): string[] => assess(cut, "", 0, map).internetUses.map((use) => use.name);
    expect(off("")).toEqual([]);
    expect(off("building:a")).toEqual(["prescriptions", "partner link"]);
    expect(off("internet")).toEqual(["prescriptions", "partner link", "maintenance"]);
  });

  test("a path that the map itself does not allow is a finding and stands, until a control closes it", () => {
    const map = drawMap(`
      building a: care
      building b: rooms:servers
      host ehr@rooms
      cross care>rooms tcp/80
      service ward@a: records = care>ehr
    `);
    expect(told(assess("", "", 0, map))).toBe("");
    expect(assess("", "", 0, map).findings).toEqual([
      "The map lets nothing of care begin a conversation with ehr on tcp/443, though ward needs it for records: taken as open.",
    ]);
    expect(told(assess("segment:rooms", "", 0, map))).toBe("ward stopped 0.00");
    expect(compileCare(hospital).findings).toEqual([]);
  });

  test.each([
    [
      "a lost host that nobody knows",
      "",
      "nobody",
      'Cannot assess care: a lost host must be of the map or in one of its blocks, got "nobody"',
    ],
    [
      "a lost segment that nobody knows",
      "",
      "moon=1",
      'Cannot assess care: a lost segment must be of the map, got "moon"',
    ],
    [
      "a share that is none",
      "",
      "care=1.5",
      "Cannot assess care: the lost share of segment care must be from 0 to 1, got 1.5",
    ],
  ])("refuses %s", (_, cut, lost, message) => {
    expect(() => assess(cut, lost)).toThrow(new RangeError(message));
  });

  test.each([
    [
      "service a: x = service b\nservice b: y = service a",
      "Cannot assess care: the needs of services must be free of circles, got a → b → a",
    ],
    ["service a: x = service a", "Cannot assess care: the needs of services must be free of circles, got a → a"],
    ["service a: x = host h", 'Cannot assess care: need "x" of service "a" must name a host of the map, got "h"'],
    ["service a: x = s>h", 'Cannot assess care: need "x" of service "a" must name a segment of the map, got "s"'],
    ["service a: x = service c", 'Cannot assess care: need "x" of service "a" must name a service of the map, got "c"'],
  ])("refuses the map %s", (drawing, message) => {
    expect(() => assess("", "", 0, drawMap(drawing))).toThrow(new RangeError(message));
  });

  test("refuses cuts that begin after the question", () => {
    expect(() => assess("", "", -1)).toThrow(/sinceMs must be at or before atMs/);
  });
});

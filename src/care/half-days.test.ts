import { expect, test } from "vitest";
import { drawControl, drawLoss, drawMap } from "../../test/drawn-care.ts";
import { assessCare } from "./assess.ts";
import { nextHalfDays } from "./half-days.ts";

const map = drawMap(`
  building a: care*20
  building b: rooms:servers
  host ehr@rooms
  service clinic@a: records = care>ehr
  stand-in clinic paper 0.4 after 60
  consult clinic 50 40
  service ward@a: records = care>ehr
`);
const calendar = { morning: "08:00-13:00", afternoon: "13:00-18:00", closedOn: ["2027-03-29", "2027-05-06"] };
const paris = { ...map, timeZone: "Europe/Paris", calendar };
const labels = (at: string, count = 6): string[] =>
  nextHalfDays(paris, Date.parse(at), count).map((each) => each.label);
const starts = (at: string, where = paris): string[] =>
  nextHalfDays(where, Date.parse(at), 2).map((each) => new Date(each.startMs).toISOString());

test("the present half-day comes first, the night belongs to the next morning", () => {
  expect(labels("2027-03-02T12:59:59+01:00", 2)).toEqual(["2027-03-02 morning", "2027-03-02 afternoon"]);
  expect(labels("2027-03-02T13:00:00+01:00", 1)).toEqual(["2027-03-02 afternoon"]);
  expect(labels("2027-03-02T23:30:00+01:00", 1)).toEqual(["2027-03-03 morning"]);
  expect(labels("2027-03-03T00:30:00+01:00", 1)).toEqual(["2027-03-03 morning"]);
});

test("weekends and closed days are left out: Easter Monday, then the change of the clock", () => {
  expect(labels("2027-03-26T14:00:00+01:00", 3)).toEqual([
    "2027-03-26 afternoon",
    "2027-03-30 morning",
    "2027-03-30 afternoon",
  ]);
  expect(labels("2027-05-05T18:00:00+02:00", 1)).toEqual(["2027-05-07 morning"]);
});

test("a morning begins at the same time on the wall before and after the clock changes", () => {
  expect(starts("2027-03-26T06:00:00Z")).toEqual(["2027-03-26T07:00:00.000Z", "2027-03-26T12:00:00.000Z"]);
  expect(starts("2027-03-30T00:00:00Z")).toEqual(["2027-03-30T06:00:00.000Z", "2027-03-30T11:00:00.000Z"]);
  expect(starts("2027-10-29T00:00:00Z")[0]).toBe("2027-10-29T06:00:00.000Z");
  expect(starts("2027-11-01T00:00:00Z")[0]).toBe("2027-11-01T07:00:00.000Z");
});

test("on the day of the change itself, also for hours that are skipped or come twice", () => {
  const week = { ...map.services[0].consultations, sunday: [5, 5] } as const;
  const services = map.services.map((service) =>
    service.id === "clinic" ? { ...service, consultations: week } : service,
  );
  const nights = {
    ...paris,
    services: services as typeof map.services,
    calendar: { ...calendar, morning: "02:30-08:00" },
  };
  // 28 March 2027: 02:00 becomes 03:00, so that 02:30 is read as 03:30. 31 October: 03:00 becomes 02:00, the first 02:30.
  expect(starts("2027-03-28T00:00:00+01:00", nights)).toEqual(["2027-03-28T01:30:00.000Z", "2027-03-28T11:00:00.000Z"]);
  expect(starts("2027-10-31T00:00:00+02:00", nights)).toEqual(["2027-10-31T00:30:00.000Z", "2027-10-31T12:00:00.000Z"]);
});

test("elsewhere on earth the day is theirs", () => {
  const auckland = { ...paris, timeZone: "Pacific/Auckland" };
  expect(nextHalfDays(auckland, Date.parse("2027-06-01T20:30:00Z"), 1)[0]).toMatchObject({
    label: "2027-06-02 morning",
    startMs: Date.parse("2027-06-01T20:00:00Z"),
  });
});

test("without consultations there are no half-days, however long one looks", () => {
  expect(nextHalfDays({ ...paris, services: [map.services[1]] }, 0, 6)).toEqual([]);
  const none = drawMap(`
    building a: care
    service clinic@a:
    consult clinic 0 0
  `).services;
  expect(nextHalfDays({ ...paris, services: none }, 0, 6)).toEqual([]);
});

test("lost consultations count from the cut, less from when the stand-in runs", () => {
  const at = (time: string): number => Date.parse(`2027-03-02T${time}:00+01:00`);
  const lost = (cut: string, since: string, now: string): number[] =>
    assessCare(paris, {
      controls: cut === "" ? [] : [drawControl(cut)],
      lost: drawLoss(""),
      atMs: at(now),
      sinceMs: at(since),
    }).consultations.map((each) => each.lost);
  expect(lost("", "10:00", "10:00")).toEqual([0, 0, 0, 0, 0, 0]);
  // 50 in five hours: one hour without anything, two hours on paper; then 40 on paper.
  expect(lost("host:ehr", "10:00", "10:00").slice(0, 2)).toEqual([10 + 12, 24]);
  expect(lost("host:ehr", "10:00", "11:30").slice(0, 2)).toEqual([22, 24]);
  expect(lost("host:ehr", "06:00", "12:00").slice(0, 2)).toEqual([30, 24]);
});

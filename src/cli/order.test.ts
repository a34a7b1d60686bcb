import { expect, it } from "vitest";
import { loadScenario } from "../hospital/load.ts";
import { readFileSync, readdirSync } from "node:fs";
import { orderOf } from "./rehearsal-settings.ts";
import { orderMarks } from "./report-orders.ts";
import { sampleForecast } from "../../test/report-sample.ts";

const control = { kind: "cut-internet", site: null };

it.each([
  ["cut-internet@30", { control, atSeconds: 1_800, failureProbability: 0, liftSeconds: null }],
  ["cut-internet@0.5-90", { control, atSeconds: 30, failureProbability: 0, liftSeconds: 5_400 }],
  ["cut-internet@30~0.1", { control, atSeconds: 1_800, failureProbability: 0.1, liftSeconds: null }],
  ["cut-internet@30-60~1", { control, atSeconds: 1_800, failureProbability: 1, liftSeconds: 3_600 }],
])("reads the order %s", (text, expected) => expect(orderOf(text)).toEqual(expected));

it.each(["cut-internet@30-20", "cut-internet@30~2", "cut-internet@", "cut-internet"])(
  "refuses the order %s",
  (text) => {
    expect(() => orderOf(text)).toThrow(/^Cannot rehearse: an order must be .*got cut-internet/);
  },
);

it("marks orders by their time, earliest first, with one letter each", () => {
  const at = ["cut-internet@30", "isolate-segment/care@5", "isolate-host/h1@5"].map(orderOf);
  const read = loadScenario(readFileSync("examples/scenarios/cannes-2024.yaml", "utf8"), "cannes");
  if (!read.ok) throw new Error(read.faults.join());
  const marks = orderMarks({ ...sampleForecast(read.scenario.map), orders: at });
  expect(marks.map(({ letter, atSeconds, orders }) => [letter, atSeconds, orders.length])).toEqual([
    ["A", 300, 2],
    ["B", 1_800, 1],
  ]);
});

it("finds a French text in every bundled scenario, and a fault in one that says too little", () => {
  const folder = "examples/scenarios/";
  for (const name of readdirSync(folder)) {
    const text = readFileSync(`${folder}${name}`, "utf8");
    const read = loadScenario(text, name);
    expect(read.ok && read.scenario.inFrench, name).toBeTruthy();
    const short = loadScenario(`${text}    - Une de trop.\n`, name);
    expect(short.ok ? [] : short.faults.join()).toMatch(/inFrench\.unknown must have \d entries, got \d/);
  }
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { forecastSchema, plansSchema, publishedSchema, replaySchema, wallsSchema } from "../rehearsal-result.ts";
import { exitUsage } from "./exit-usage.ts";
import { exitNonsense } from "./answer.ts";
import { runSimulate } from "./simulate.ts";

const folder = mkdtempSync(join(tmpdir(), "cordon-simulate-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const clinic = "examples/clinic/hospital.yaml";
const usual = {
  output: "text",
  worm: "sweep",
  defender: "watch-only",
  seed: 7,
  workers: 1,
  lang: "en",
  start: ["care=2"],
  order: [],
  hours: 6,
  runs: 40,
  quiet: true,
} as const;

type Flags = Parameters<typeof runSimulate>[1];

async function run(map: string | undefined, changes: Partial<Flags> = {}) {
  const said = { out: "", err: "" };
  const stdout = { write: (text: string) => (said.out += text) };
  const stderr = { write: (text: string) => (said.err += text) };
  const code = await runSimulate(map, { ...usual, ...changes }, { stdout, stderr, environment: {} });
  return { code, ...said };
}

describe("cordon simulate", () => {
  it("tells how far an outbreak gets, as a page and under its published schema", async () => {
    const page = await run(clinic);
    expect(page).toMatchObject({ code: 0, err: "" });
    expect(page.out).toContain("Hosts taken at the end");
    expect(page.out).toContain("care");
    const json = await run(clinic, { output: "json" });
    const forecast = forecastSchema.parse(JSON.parse(json.out));
    expect(forecast.hospital.takenAtEnd.mean).toBeGreaterThan(2);
    expect((await run(clinic, { output: "json" })).out).toBe(json.out);
  });

  it("takes orders with their minute", async () => {
    const open = forecastSchema.parse(JSON.parse((await run(clinic, { output: "json" })).out));
    const closed = await run(clinic, {
      output: "json",
      order: ["close-port-within/all/tcp/445@0", "isolate-segment/care@0"],
    });
    expect(forecastSchema.parse(JSON.parse(closed.out)).hospital.takenAtEnd.mean).toBe(2);
    expect(open.hospital.takenAtEnd.mean).toBeGreaterThan(2);
  });

  it("begins where an inspection found suspects", async () => {
    const path = join(folder, "inspected.json");
    const suspects = [
      { address: "10.90.1.7", outbreak: "a" },
      { address: "10.90.2.9", outbreak: null },
    ];
    writeFileSync(path, JSON.stringify({ schema: "cordon.inspect/1", suspects }));
    const { code, out } = await run(clinic, { output: "json", start: [], inspect: path });
    expect(code).toBe(0);
    const { segments } = forecastSchema.parse(JSON.parse(out));
    expect(segments.map(({ id, taken }) => [id, taken.mean[0]])).toContainEqual(["care", 1]);
  });

  it("writes a report that needs nothing else", async () => {
    const report = join(folder, "report.html");
    expect((await run(clinic, { report })).code).toBe(0);
    expect(readFileSync(report, "utf8")).toMatch(/^<!doctype html>/i);
  });

  it.each<readonly [string, Partial<Flags>, RegExp]>([
    ["an unknown worm", { worm: "dragon" }, /^Cannot rehearse: the worm must be one of .*got dragon/],
    ["an unknown defender", { defender: "nobody" }, /the defender must be one of .*got nobody/],
    ["an unknown segment", { start: ["cellar"] }, /--start must be SEGMENT .*\(care, .*got cellar/],
    ["an outbreak of nobody", { start: [] }, /^Cannot /],
    ["more infected than hosts", { start: ["admin=90"] }, /^Cannot /],
    ["an order that is none", { order: ["burn/everything@3"] }, /an order must be .*got burn/],
    ["an order at no time", { order: ["isolate-segment/care@soon"] }, /an order must be .*got isolate-segment/],
    ["an order about an unknown place", { order: ["isolate-segment/cellar@3"] }, /^Cannot .*cellar/],
    ["a result of something else", { start: [], inspect: clinic }, /must be what cordon inspect -o json writes/],
    ["a missing file", { start: [], inspect: "no/such.json" }, /no\/such\.json must be a readable file/],
  ])("answers %s with one clear error", async (_, changes, message) => {
    const { code, out, err } = await run(clinic, changes);
    expect([code, out]).toEqual([exitNonsense, ""]);
    expect(err).toMatch(message);
    expect(err.trim().split("\n").length).toBe(1);
  });

  it("reads a worm of one's own, and says what is wrong with it", async () => {
    const path = join(folder, "worm.yaml");
    writeFileSync(path, "id: mine\nlocalTriesPerSecond: -3\n");
    const { code, err } = await run(clinic, { worm: path });
    expect(code).toBe(exitNonsense);
    expect(err).toMatch(/localTriesPerSecond/);
  });

  it("wants a map or a scenario, not both and not none", async () => {
    expect((await run(undefined)).code).toBe(exitUsage);
    expect((await run(clinic, { scenario: "brest-2023" })).code).toBe(exitUsage);
  });
});

describe("cordon simulate --scenario", () => {
  it("puts what was published beside what the model says", async () => {
    const page = await run(undefined, { scenario: "fuerstenfeldbruck-2018", runs: 20 });
    expect(page).toMatchObject({ code: 0, err: "" });
    expect(page.out).toContain("published: 450 hosts; model: ");
    expect(page.out).toContain("What the model cannot know here");
    const json = await run(undefined, { scenario: "fuerstenfeldbruck-2018", runs: 20, output: "json" });
    const replayed = replaySchema.parse(JSON.parse(json.out));
    expect(replayed.withoutCuts?.hospital.takenAtEnd.mean).toBeGreaterThanOrEqual(
      replayed.asItWas?.hospital.takenAtEnd.mean ?? Infinity,
    );
  });

  it("of a cut by precaution has hosts to spare and care that was lost", async () => {
    const { out } = await run(undefined, { scenario: "kettering-2017", output: "json" });
    const replayed = replaySchema.parse(JSON.parse(out));
    expect(replayed.asItWas).toBeNull();
    expect(replayed.services.length).toBeGreaterThan(0);
  });
});

describe("the published schemas", () => {
  it.each([
    ["forecast", "What a rehearsal of Cordon says", forecastSchema],
    ["replay", "A crisis that happened, played again by Cordon", replaySchema],
    ["plans", "Plans compared by Cordon", plansSchema],
    ["walls", "Walls ranked by Cordon", wallsSchema],
  ] as const)("cordon.%s/1 is docs/schemas", async (name, title, schema) => {
    const text = `${JSON.stringify(publishedSchema(`cordon.${name}/1`, title, schema), null, 2)}\n`;
    await expect(text).toMatchFileSnapshot(`../../docs/schemas/${name}-1.json`);
  });
});

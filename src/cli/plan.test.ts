import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { plansSchema } from "../rehearsal-result.ts";
import { runPlan } from "./plan.ts";
import { exitNonsense } from "./answer.ts";

const folder = mkdtempSync(join(tmpdir(), "cordon-plan-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const clinic = "examples/clinic/hospital.yaml";
const usual = {
  output: "text",
  worm: "slow-shares",
  defender: "watch-only",
  seed: 7,
  workers: 1,
  lang: "en",
  start: ["care=2"],
  hours: 4,
  allow: [],
  standInRuns: [],
  quiet: true,
} as const;

type Flags = Parameters<typeof runPlan>[1];

async function run(map: string, changes: Partial<Flags> = {}) {
  const said = { out: "", err: "" };
  const stdout = { write: (text: string) => (said.out += text) };
  const stderr = { write: (text: string) => (said.err += text) };
  const code = await runPlan(map, { ...usual, ...changes }, { stdout, stderr, environment: {} });
  return { code, ...said };
}

describe("cordon plan", () => {
  it("recommends one plan and compares the others with doing nothing", async () => {
    const page = await run(clinic);
    expect(page).toMatchObject({ code: 0, err: "" });
    expect(page.out).toMatch(/▶ recommended {2}/);
    expect(page.out).toContain("Do nothing");
    expect(page.out).toContain("The way back");
  });

  it("answers under its published schema, twice alike but for the solver's time", async () => {
    const answer = async () => {
      const { out } = await run(clinic, { output: "json" });
      const { solver, ...plans } = plansSchema.parse(JSON.parse(out));
      return { ...plans, objective: solver.objective };
    };
    const [first, second] = [await answer(), await answer()];
    expect(second).toEqual(first);
    const harmOf = (id: string): number => first.plans.find((plan) => plan.id === id)?.harm.mean ?? Infinity;
    expect(harmOf(first.recommended)).toBe(Math.min(...first.plans.map((plan) => plan.harm.mean)));
    expect(first.plans.map(({ id }) => id)).toContain("do-nothing");
  });

  it("writes a report in French", async () => {
    const report = join(folder, "plan.html");
    expect((await run(clinic, { report, lang: "fr" })).code).toBe(0);
    expect(readFileSync(report, "utf8")).toContain('<html lang="fr">');
  });

  it.each<readonly [string, Partial<Flags>, RegExp]>([
    ["an unknown segment", { start: ["cellar"] }, /--start must be SEGMENT .*got cellar/],
    ["an outbreak of nobody", { start: [] }, /^Cannot plan: the outbreak must have an infected host/],
    ["more infected than hosts", { start: ["admin=90"] }, /^Cannot /],
    ["leave to cut something that is not protected", { allow: ["care=A. Martin:because"] }, /^Cannot plan: /],
    ["leave without a name", { allow: ["devices"] }, /--allow must be ITEM=NAME:REASON.*got devices/],
  ])("answers %s with one clear error", async (_, changes, message) => {
    const { code, out, err } = await run(clinic, changes);
    expect([code, out]).toEqual([exitNonsense, ""]);
    expect(err).toMatch(message);
    expect(err.trim().split("\n").length).toBe(1);
  });

  it("answers a service that needs itself with one clear error", async () => {
    const path = join(folder, "circle.yaml");
    const text = readFileSync(clinic, "utf8").replace(
      "{ kind: host, host: phones-1 }",
      "{ kind: service, service: emergency-phone }",
    );
    writeFileSync(path, text);
    const { code, err } = await run(path);
    expect(code).toBe(exitNonsense);
    expect(err).toMatch(/emergency-phone/);
  });
});

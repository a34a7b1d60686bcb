import { expect, it } from "vitest";
import { wallsSchema } from "../rehearsal-result.ts";
import { exitNonsense } from "./answer.ts";
import { runWalls } from "./walls.ts";

const clinic = "examples/clinic/hospital.yaml";
const usual = {
  output: "json",
  lang: "en",
  defender: "watch-only",
  seed: 7,
  workers: 1,
  hours: 2,
  quiet: true,
} as const;

async function run(changes: Partial<Parameters<typeof runWalls>[1]> = {}) {
  const said = { out: "", err: "" };
  const stdout = { write: (text: string) => (said.out += text) };
  const stderr = { write: (text: string) => (said.err += text) };
  const code = await runWalls(clinic, { ...usual, ...changes }, { stdout, stderr, environment: {} });
  return { code, ...said };
}

it("cordon walls ranks what to close, under its published schema, the same each time", async () => {
  const [first, second] = [await run(), await run()];
  expect(first).toMatchObject({ code: 0, err: "" });
  expect(second.out).toBe(first.out);
  const { walls } = wallsSchema.parse(JSON.parse(first.out));
  expect(walls.length).toBeGreaterThan(0);
  const whole = walls.filter(({ breaks }) => breaks.length === 0).map(({ harmSavedPerEffort }) => harmSavedPerEffort);
  expect(whole).toEqual([...whole].sort((a, b) => b - a));
});

it("cordon walls says as a page what each wall saves", async () => {
  expect((await run({ output: "text", worm: "sweep" })).out).toMatch(/ {2}1\. .*\n +averts /);
});

it("cordon walls answers nonsense with one clear error", async () => {
  const { code, err } = await run({ worm: "dragon" });
  expect(code).toBe(exitNonsense);
  expect(err).toMatch(/^Cannot rehearse: the worm must be one of .*got dragon\n$/);
});

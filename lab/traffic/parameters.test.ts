import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parameters, rates } from "./parameters.ts";
import { wormCatalogue } from "./worm.ts";

const page = readFileSync("docs/concepts/traffic.md", "utf8");

it("docs/concepts/traffic.md lists every parameter with its value, basis and source", () => {
  const written = page.split("\n").filter((line) => /^\| `\w+` \| [\d.e]+ \| (measured|assumed) \|/.test(line));
  const meant = Object.entries(parameters).map(
    ([name, { value, basis, from }]) => `| \`${name}\` | ${value} | ${basis} | ${from} |`,
  );
  expect(written).toEqual(meant);
});

it("docs/concepts/traffic.md names every worm", () => {
  for (const name of Object.keys(wormCatalogue)) expect(page).toContain(`\`${name}\``);
});

it("rates are the parameters' values", () => {
  for (const [name, { value }] of Object.entries(parameters)) expect(rates[name as keyof typeof rates]).toBe(value);
});

it("every parameter is read by a behaviour", () => {
  const files = [
    "hospital",
    "day",
    "web",
    "workstation",
    "people",
    "servers",
    "talkers",
    "infection",
    "generate",
    "world",
  ];
  const code = files.map((file) => readFileSync(`lab/traffic/${file}.ts`, "utf8")).join("\n");
  for (const name of Object.keys(parameters)) expect(code, name).toContain(`rates.${name}`);
});

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import type { TestSummary } from "./reporter.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "cordon-reporter-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("the summary counts passed, failed and skipped tests and files that do not load", () => {
  const vitest = join(root, "node_modules", "vitest");
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  write(
    "a.test.ts",
    'import { it, expect } from "vitest"; it("p", () => {}); it("f", () => expect(1).toBe(2)); it("s", (c) => c.skip("no data"));',
  );
  write("b.test.ts", 'import "./gone.ts";');
  const reporter = join(root, "test", "house", "reporter.ts");
  write(
    "vitest.config.mts",
    `import { SummaryReporter } from ${JSON.stringify(reporter)};\nexport default { test: { reporters: [new SummaryReporter()] } };`,
  );
  write("package.json", "{}");
  const summaryFile = join(folder, "summary.json");
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const child = spawnSync(process.execPath, [join(vitest, "vitest.mjs"), "run", "--root", folder], {
    cwd: folder,
    env: { ...process.env, CORDON_TEST_SUMMARY: summaryFile },
    encoding: "utf8",
  });
  expect(child.status).toBe(1);
  const summary = JSON.parse(readFileSync(summaryFile, "utf8")) as TestSummary;
  expect([summary.passed, summary.failed]).toEqual([1, 1]);
  expect(summary.skipped).toEqual([{ name: "a.test.ts > s", reason: "no data" }]);
  expect(summary.broken.join()).toContain("gone.ts");
});

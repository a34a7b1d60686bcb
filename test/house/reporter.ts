// Vitest reporter that leaves one small JSON file: how many tests passed, failed and were skipped, and why the skipped
// ones were. Where to: the environment variable CORDON_TEST_SUMMARY. Used by test/run.ts beside the ordinary reporter.

import { writeFileSync } from "node:fs";
import type { Reporter, TestModule } from "vitest/node";

export interface TestSummary {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
  /** Files that could not be run at all, and errors outside any test. */
  readonly broken: readonly string[];
}

export class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly { readonly message: string }[]): void {
    const path = process.env.CORDON_TEST_SUMMARY;
    if (path !== undefined) writeFileSync(path, JSON.stringify(summaryOf(modules, errors)));
  }
}

function summaryOf(modules: readonly TestModule[], errors: readonly { readonly message: string }[]): TestSummary {
  let [passed, failed] = [0, 0];
  const skipped: { name: string; reason: string }[] = [];
  const broken = errors.map((error) => error.message);
  for (const module of modules) {
    for (const error of module.errors()) broken.push(`${module.relativeModuleId}: ${error.message}`);
    for (const test of module.children.allTests()) {
      const result = test.result();
      if (result.state === "passed") passed++;
      else if (result.state === "failed") failed++;
      else
        skipped.push({
          name: `${module.relativeModuleId} > ${test.fullName}`,
          reason: reasonOf(result),
        });
    }
  }
  return { passed, failed, skipped, broken };
}

/** The note given to `skip()`; without one, the usual reason: most tests that skip need the folder of real captures. */
function reasonOf(result: { readonly state: string; readonly note?: string | undefined }): string {
  if (result.state === "skipped" && result.note !== undefined) return result.note;
  return process.env.CORDON_CAPTURES === undefined ? "CORDON_CAPTURES is not set" : "no reason given";
}

// How the tests run: in processes of their own, two at a time, with the collector callable for allocation tests.

import { defineConfig } from "vitest/config";
import { SummaryReporter } from "./test/house/reporter.ts";

const isWholeRun = process.env.CORDON_TEST_SUMMARY !== undefined;

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts", "lab/**/*.test.ts", "bench/**/*.test.ts"],
    pool: "forks",
    execArgv: ["--expose-gc"],
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: isWholeRun ? ["dot", new SummaryReporter()] : ["default"],
  },
});

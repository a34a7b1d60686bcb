import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { giveKernel, takeKernel } from "./kernel.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

describe("the kernel", () => {
  it("is what its source compiles to", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    const folder = mkdtempSync(join(tmpdir(), "cordon-kernel-"));
    try {
      const [compiler, ...options] = scripts.kernel.split(" ");
      const committed = options[options.indexOf("-o") + 1];
      const made = join(folder, "kernel.wasm");
      options[options.indexOf("-o") + 1] = made;
      execFileSync(join(root, "node_modules/.bin", compiler), options, { cwd: root, stdio: "pipe" });
      expect(readFileSync(made).equals(readFileSync(join(root, committed))), "run: npm run kernel").toBe(true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("is empty again when it was given back, and imports nothing", () => {
    const kernel = takeKernel();
    const from = kernel.freeFrom();
    kernel.newWard(40, 3, 10, 0, 0, 7);
    expect(kernel.freeFrom()).toBeGreaterThan(from);
    giveKernel(kernel);
    const again = takeKernel();
    expect(again.freeFrom()).toBe(again.emptyFrom);
  });

  it("has numbers of chance that differ by seed, run and channel", () => {
    const kernel = takeKernel();
    const drawn = new Set<number>();
    for (const seed of [7, 8, 2 ** 40 + 7]) {
      kernel.freeAgain(kernel.emptyFrom);
      kernel.newWard(2, 0, 0, 0, 0, seed);
      kernel.newHosts(0, 0, 0, 0, Infinity, Infinity, Infinity, 0, Infinity);
      for (let run = 0; run < 20; run++)
        for (let channel = 0; channel < 20; channel++) drawn.add(kernel.uniformOf(run, channel));
      expect(kernel.uniformOf(3, 4)).toBe(kernel.uniformOf(3, 4));
    }
    expect(drawn.size).toBe(3 * 20 * 20);
    const mean = [...drawn].reduce((sum, each) => sum + each, 0) / drawn.size;
    expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / drawn.size));
  });
});

// The boot file must take any installation that matches the lock file and no other: installing again costs half a minute
// and removes what testing needs.

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

interface Lock {
  packages: Record<string, { version?: string; dev?: boolean; optional?: boolean }>;
}
interface Boot {
  missingPackages(withDevelopment: boolean): string[];
  runtimePath(): string | null;
}

/** A copy of the project with only the boot file, the lock file and what npm says is installed. */
async function bootWith(installed: (lock: Lock) => Lock | null): Promise<Boot> {
  const folder = mkdtempSync(join(tmpdir(), "cordon-boot-"));
  folders.push(folder);
  cpSync(join(root, "bin"), join(folder, "bin"), { recursive: true });
  const lock = readFileSync(join(root, "package-lock.json"), "utf8");
  writeFileSync(join(folder, "package-lock.json"), lock);
  const hidden = installed(JSON.parse(lock) as Lock);
  mkdirSync(join(folder, "node_modules"));
  if (hidden !== null) writeFileSync(join(folder, "node_modules", ".package-lock.json"), JSON.stringify(hidden));
  return (await import(pathToFileURL(join(folder, "bin", "boot.mjs")).href)) as Boot;
}

const withoutDevelopment = (lock: Lock): Lock => ({
  packages: Object.fromEntries(Object.entries(lock.packages).filter(([, each]) => each.dev !== true)),
});

describe("missingPackages()", () => {
  it("finds everything missing where nothing, or only half, was installed", async () => {
    const boot = await bootWith(() => null);
    expect(boot.missingPackages(false)).toContain("node_modules/commander");
    expect(boot.missingPackages(false)).not.toContain("node_modules/vitest");
    expect(boot.missingPackages(true)).toContain("node_modules/vitest");
  });
  it("takes a whole installation for running and for testing", async () => {
    const boot = await bootWith((lock) => lock);
    expect([boot.missingPackages(false), boot.missingPackages(true)]).toEqual([[], []]);
  });
  it("takes an installation without development packages for running only", async () => {
    const boot = await bootWith(withoutDevelopment);
    expect(boot.missingPackages(false)).toEqual([]);
    expect(boot.missingPackages(true)).toContain("node_modules/vitest");
  });
  it("sees that one package is of another version than locked", async () => {
    const boot = await bootWith((lock) => {
      lock.packages["node_modules/zod"].version = "0.0.1";
      return lock;
    });
    expect(boot.missingPackages(false)).toEqual(["node_modules/zod"]);
  });
  it("does not miss packages of other platforms", async () => {
    const boot = await bootWith((lock) => {
      const kept = Object.entries(lock.packages).filter(([path]) => !/darwin|win32|freebsd|android|arm/.test(path));
      return { packages: Object.fromEntries(kept) };
    });
    if (process.platform === "linux" && process.arch === "x64") expect(boot.missingPackages(true)).toEqual([]);
  });
});

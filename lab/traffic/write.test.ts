import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import type { TrafficTruth } from "./truth.ts";

const folder = mkdtempSync(join(tmpdir(), "cordon-night-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The command stated in the example's README. */
const command = /node (lab\/traffic\/write\.ts .*)/.exec(readFileSync("examples/night/README.md", "utf8"))?.[1] ?? "";

describe("write.ts", () => {
  it("makes examples/night again with the command its README states", () => {
    const path = join(folder, "conn.log.gz");
    execFileSync(process.execPath, command.replace("examples/night/conn.log.gz", path).split(" "));
    const again = gunzipSync(readFileSync(path)).toString();
    expect(again === gunzipSync(readFileSync("examples/night/conn.log.gz")).toString()).toBe(true);
    const truthOf = (file: string): TrafficTruth & { options?: unknown } =>
      JSON.parse(readFileSync(file, "utf8")) as TrafficTruth & { options?: unknown };
    const [made, kept] = [truthOf(join(folder, "truth.json")), truthOf("examples/night/truth.json")];
    expect({ ...made, options: null }).toEqual({ ...kept, options: null });
    expect(kept.synthetic).toBe(true);
  });

  it("keeps the example's truth in step with its flows", () => {
    const truth = JSON.parse(readFileSync("examples/night/truth.json", "utf8")) as TrafficTruth;
    const lines = gunzipSync(readFileSync("examples/night/conn.log.gz")).toString().split("\n");
    const flows = new Set(
      lines.map((line) => line.split("\t")).map((row) => `${row[0]} ${row[2]} ${row[4]} ${row[5]}`),
    );
    expect(truth.infections.length).toBeGreaterThan(5);
    for (const infection of truth.infections) {
      if (infection.by === null) continue;
      expect(flows).toContain(
        `${(infection.atMs / 1_000).toFixed(6)} ${infection.by} ${infection.host} ${infection.port}`,
      );
    }
  });

  it("says what is wrong with an option", () => {
    const run = (...options: string[]): string => {
      try {
        execFileSync(process.execPath, ["lab/traffic/write.ts", ...options], { stdio: "pipe" });
        return "";
      } catch (error) {
        return String((error as { stderr: Buffer }).stderr);
      }
    };
    expect(run("--out", join(folder, "x"), "--worm", "nosuch")).toContain("--worm must be sweep,");
    expect(run("--out", join(folder, "x"), "--format", "nosuch")).toContain("--format must be pcap,");
  });
});

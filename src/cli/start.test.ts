import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { samples } from "../../test/golden/samples.ts";
import { inspect } from "../cordon.ts";
import { renderTruth, runStart, telemetryOf } from "./start.ts";

const examples = fileURLToPath(new URL("../../examples/", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "cordon-start-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function start(from: string): Promise<{ code: number; out: string }> {
  const written: string[] = [];
  const code = await runStart(from, true, {
    stdout: { write: (text) => written.push(text) },
    stderr: { write: () => true },
    environment: {},
    stdin: (async function* () {})(),
    inspect,
    nowMs: () => 0,
  });
  return { code, out: written.join("") };
}

describe("cordon start", () => {
  it("shows the kill-switch look-up and the SMB1 probing of the real capture, and what to try next", async () => {
    const { out } = await start(examples);
    expect(out).toContain("kill-switch");
    for (const last of [198, 72, 51, 53, 59]) expect(out).toContain(`192.168.0.${last}`);
    expect(out).toContain("cordon inspect FILE…");
  });

  it("says that an example is missing instead of failing", async () => {
    const { code, out } = await start(folder);
    expect(code).toBe(3);
    expect(out).toContain("is not in this copy");
    expect(out).toContain("cordon inspect FILE…");
  });

  it("reads the telemetry of a folder and nothing beside it", () => {
    const night = join(folder, "x");
    mkdirSync(night);
    for (const name of ["README.md", "hospital.yaml", "truth.json", ".hidden", "b.pcap", "a.log.gz"]) {
      writeFileSync(join(night, name), "");
    }
    expect(telemetryOf(night)).toEqual([join(night, "a.log.gz"), join(night, "b.pcap")]);
  });

  it("compares the result with the truth of a generated night", () => {
    const result = samples["small-outbreak"];
    const [outbreak] = result.outbreaks;
    const by = (host: string): string | null => outbreak.edges.find((edge) => edge.to === host)?.from ?? null;
    const infections = outbreak.hosts.slice(0, 13).map((host, at) => ({ host, by: by(host), atMs: at }));
    const told = renderTruth(JSON.stringify({ infections }), result, { width: 80, hasColour: false }).join("\n");
    expect(told).toContain("10.1.0.0 was first, at 00:00:00: named rightly");
    expect(told).toContain("13 machines fell ill; 13 of them are in the confirmed outbreak");
    expect(told).toContain("12 of the 13 branches");
    expect(told).toContain("1 healthy machine was suspected");
    expect(renderTruth("{}", result, { width: 80, hasColour: false })).toEqual([]);
  });
});

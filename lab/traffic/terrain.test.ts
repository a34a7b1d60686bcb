import { describe, expect, it } from "vitest";
import { HostTable } from "../../src/model/host-table.ts";
import { createHospital } from "./hospital.ts";
import { terrainOf } from "./terrain.ts";

const hospital = createHospital({ seed: 41, workstations: 40 });

describe("terrainOf()", () => {
  it("says what a map of the generated hospital would", () => {
    const terrain = terrainOf(hospital, {
      knows: "roles",
      listed: (name) => name.startsWith("servers"),
      talkersUntilMs: 5,
    });
    const table = new HostTable();
    const device = hospital.devices[hospital.byRole["vulnerability-scanner"][0]];
    expect(terrain.factsOf(table, table.intern4(device.address))).toMatchObject({
      isInside: true,
      role: "vulnerability-scanner",
      isDark: false,
      knownTalkerUntilMs: 5,
    });
    const servers = hospital.segments.find((segment) => segment.kind === "servers");
    const used = new Set(hospital.devices.map((other) => other.address));
    const dark =
      Array.from({ length: 250 }, (_, offset) => (servers?.base ?? 0) + 3 + offset).find(
        (address) => !used.has(address),
      ) ?? 0;
    expect(terrain.factsOf(table, table.intern4(dark)).isDark).toBe(true);
    expect(terrain.factsOf(table, table.intern4(0xc6120001))).toMatchObject({ isInside: false, role: "unknown" });
  });
});

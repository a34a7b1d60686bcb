import { describe, expect, it } from "vitest";
import { BatchWriter } from "../../src/model/batch.ts";
import { HostTable } from "../../src/model/host-table.ts";
import type { Detection, Suspect } from "../../src/model/outbreak.ts";
import type { HostIndex } from "../../src/model/units.ts";
import { createTraffic } from "./generate.ts";
import { createHospital } from "./hospital.ts";
import { judge, roleAt } from "./judge.ts";
import { terrainOf } from "./terrain.ts";
import { wormLike } from "./worm.ts";

const startMs = Date.UTC(2026, 2, 12, 10);
const hospital = createHospital({ seed: 41, workstations: 40 });

function run(): { hosts: HostTable; truth: ReturnType<typeof createTraffic>["truth"] } {
  const hosts = new HostTable();
  const worms = [wormLike("sweep", { startAfterMs: 60_000, contactsPerHostMax: 300 })];
  const traffic = createTraffic({ seed: 41, hospital, startMs, hours: 0.5, worms, isBenignOn: false });
  traffic.run(new BatchWriter(hosts, () => undefined));
  return { hosts, truth: traffic.truth };
}

const { hosts, truth } = run();
const hostOf = (address: string): HostIndex => {
  for (let host = 0; host < hosts.length; host++)
    if (hosts.format(host as HostIndex) === address) return host as HostIndex;
  throw new Error(`Assertion failed: ${address} is known`);
};

function suspect(address: string, flaggedMs: number): Suspect {
  return {
    host: hostOf(address),
    address,
    port: "tcp/445",
    onsetMs: flaggedMs,
    flaggedMs,
    contactsToFlag: 1,
    logOdds: 9,
    outbreak: null,
    because: [],
  };
}

describe("judge()", () => {
  it("finds nothing wrong with a detector that knows the truth", () => {
    const suspects = truth.infections.map((infection) => suspect(infection.host, infection.contactTimesMs[3]));
    const edges = truth.infections
      .filter((infection) => infection.by !== null)
      .map((infection) => ({
        from: hostOf(infection.by ?? ""),
        to: hostOf(infection.host),
        atMs: infection.atMs,
        probability: 1,
      }));
    const patientZero = hostOf(truth.infections[0].host);
    const known = truth.infections.map((infection) => hostOf(infection.host));
    const outbreak = {
      id: "o",
      port: "tcp/445",
      phase: "confirmed",
      patientZero,
      rivals: [],
      hosts: known,
      edges,
    } as unknown as Detection["outbreaks"][0];
    const verdict = judge(truth, { suspects, outbreaks: [outbreak], notables: [] }, hosts);
    expect(truth.infections.length).toBeGreaterThan(5);
    expect(verdict).toMatchObject({ missed: [], falseFlags: [], patientZeroRight: 1, wormCount: 1 });
    expect(verdict.edgesRight).toBe(truth.infections.length - 1);
    expect(new Set(verdict.contactsToFlag)).toEqual(new Set([4]));
  });

  it("counts a flag before the infection, a flag of a healthy host and a missed one", () => {
    const [first, second] = truth.infections;
    const printer = truth.hosts.find((host) => host.role === "printer" && hosts.length > 0)?.address ?? "";
    const early = suspect(second.host, second.atMs - 1);
    const healthy = { ...suspect(first.host, startMs), address: printer };
    const verdict = judge(truth, { suspects: [early, healthy], outbreaks: [], notables: [] }, hosts);
    expect(verdict.falseFlags.map((flag) => flag.role)).toEqual(
      ["workstation", "printer"].map((role, nth) => (nth === 0 ? roleAt(truth, second.host, second.atMs) : role)),
    );
    expect(verdict.missed.length).toBe(truth.infections.length);
    expect(verdict.patientZeroRight).toBe(0);
    expect(verdict.trueEdgeCount).toBe(truth.infections.length - 1);
  });
});

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

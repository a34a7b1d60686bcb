import { describe, expect, it } from "vitest";
import { hashBytes } from "../../src/kit/hash.ts";
import { formatIpv4 } from "../../src/model/address.ts";
import { type Batch, BatchWriter } from "../../src/model/batch.ts";
import { HostTable } from "../../src/model/host-table.ts";
import { HOUR_MS } from "./day.ts";
import { createTraffic, type Traffic, type TrafficOptions } from "./generate.ts";
import { createHospital, type TrafficRole } from "./hospital.ts";
import { isWormName, wormCatalogue, wormLike } from "./worm.ts";

const thursday = Date.UTC(2026, 2, 12);

interface Row {
  readonly atMs: number;
  readonly startMs: number;
  readonly source: string;
  readonly target: string;
  readonly protocol: number;
  readonly port: number;
  readonly outcome: number;
  readonly phase: number;
  readonly direction: number;
  readonly bytesBack: number;
}

function rowsOf(batch: Batch, hosts: HostTable): Row[] {
  const { flows } = batch;
  const rows: Row[] = [];
  for (let flow = 0; flow < flows.length; flow++) {
    rows.push({
      atMs: flows.atMs[flow],
      startMs: flows.startMs[flow],
      source: hosts.format(flows.source[flow]),
      target: hosts.format(flows.target[flow]),
      protocol: flows.protocol[flow],
      port: flows.targetPort[flow],
      outcome: flows.outcome[flow],
      phase: flows.phase[flow],
      direction: flows.direction[flow],
      bytesBack: flows.bytesBack[flow],
    });
  }
  return rows;
}

function generate(options: Partial<TrafficOptions> & { seed: number }): {
  rows: Row[];
  traffic: Traffic;
  kinds: string[];
} {
  const rows: Row[] = [];
  const kinds: string[] = [];
  const hosts = new HostTable();
  const writer = new BatchWriter(hosts, (batch) => {
    for (const row of rowsOf(batch, hosts)) rows.push(row);
    for (const observation of batch.observations) kinds.push(observation.kind);
  });
  const hospital = options.hospital ?? createHospital({ seed: options.seed, workstations: 60 });
  const traffic = createTraffic({ startMs: thursday + 9 * HOUR_MS, hours: 2, hospital, ...options });
  traffic.run(writer);
  return { rows, traffic, kinds };
}

const fingerprint = (rows: readonly Row[]): number => hashBytes(Buffer.from(JSON.stringify(rows)));

describe("createTraffic()", () => {
  it("gives the same rows for the same seed and others for another", () => {
    const worms = [wormLike("sweep")];
    const first = generate({ seed: 3, hours: 1, worms });
    expect(fingerprint(generate({ seed: 3, hours: 1, worms }).rows)).toBe(fingerprint(first.rows));
    expect(fingerprint(generate({ seed: 4, hours: 1, worms }).rows)).not.toBe(fingerprint(first.rows));
  });

  it("gives the same rows when it is run in pieces", () => {
    const hospital = createHospital({ seed: 9, workstations: 40 });
    const whole = generate({ seed: 9, hospital, hours: 2 }).rows;
    const rows: Row[] = [];
    const hosts = new HostTable();
    const writer = new BatchWriter(hosts, (batch) => rows.push(...rowsOf(batch, hosts)));
    const traffic = createTraffic({ seed: 9, hospital, hours: 2, startMs: thursday + 9 * HOUR_MS });
    for (let minute = 7; minute < 120; minute += 7) traffic.run(writer, thursday + 9 * HOUR_MS + minute * 60_000);
    traffic.run(writer);
    expect(fingerprint(rows)).toBe(fingerprint(whole));
  });

  it("writes rows in the order in which they became known", () => {
    const { rows } = generate({ seed: 5, phases: "two", worms: [wormLike("sweep-100")], hours: 1 });
    for (let at = 1; at < rows.length; at++) expect(rows[at].atMs).toBeGreaterThanOrEqual(rows[at - 1].atMs);
  });

  it("leaves benign traffic as it is when a worm is added", () => {
    const benign = generate({ seed: 6, hours: 1 }).rows;
    const { rows, traffic } = generate({ seed: 6, hours: 1, worms: [wormLike("sweep")] });
    const infected = new Set(traffic.truth.infections.map((infection) => infection.host));
    expect(infected.size).toBeGreaterThan(3);
    const left = rows.filter((row) => !(infected.has(row.source) && row.port === 445));
    expect(fingerprint(left)).toBe(
      fingerprint(benign.filter((row) => !(infected.has(row.source) && row.port === 445))),
    );
  });

  it("loses the stated share of flows and keeps the truth", () => {
    const worms = [wormLike("sweep")];
    const full = generate({ seed: 7, hours: 1, worms });
    const lossy = generate({ seed: 7, hours: 1, worms, lossShare: 0.3 });
    expect(lossy.traffic.truth).toEqual(full.traffic.truth);
    expect(lossy.rows.length / full.rows.length).toBeCloseTo(0.7, 1);
  });

  it("shows inside a segment what the view allows", () => {
    const worms = [wormLike("sweep")];
    const local = (rows: readonly Row[]): Row[] =>
      rows.filter((row) => segmentOf(row.source) === segmentOf(row.target));
    expect(local(generate({ seed: 8, hours: 1, worms, localView: "none" }).rows)).toEqual([]);
    const mirrored = local(generate({ seed: 8, hours: 1, worms, localView: "arp" }).rows);
    const asked = new Set(mirrored.filter((row) => row.protocol === 0).map((row) => `${row.source}>${row.target}`));
    const flows = mirrored.filter((row) => row.protocol === 6);
    expect(asked.size).toBeGreaterThan(200);
    for (const row of flows) expect(asked).toContain(`${row.source}>${row.target}`);
    expect(asked.size).toBeGreaterThan(new Set(flows.map((row) => `${row.source}>${row.target}`)).size);
  });

  it("writes an opening and a closing row for each flow when asked for two", () => {
    const { rows } = generate({ seed: 10, hours: 1, phases: "two" });
    const openings = rows.filter((row) => row.phase === 1);
    const closings = rows.filter((row) => row.phase === 2);
    expect(openings.length).toBe(closings.length);
    expect(openings.every((row) => row.outcome === 0 && row.atMs === row.startMs)).toBe(true);
    expect(closings.every((row) => row.outcome !== 0 && row.atMs > row.startMs)).toBe(true);
  });
});

const segmentOf = (address: string): string => address.slice(0, address.lastIndexOf("."));

describe("the truth", () => {
  it.each(Object.keys(wormCatalogue).filter(isWormName))("has a contact for every infection of %s", (name) => {
    const worm = wormLike(name, {
      startAfterMs: 60_000,
      contactsPerHostMax: Math.min(1_500, wormCatalogue[name].contactsPerHostMax),
      infectedMax: 40,
    });
    const hospital = createHospital({ seed: 11, workstations: 60 });
    const { rows, traffic } = generate({
      seed: 11,
      hospital,
      hours: worm.contactsPerSecond < 0.05 ? 8 : 1,
      worms: [worm],
      isBenignOn: false,
    });
    const { infections } = traffic.truth;
    expect(infections.length).toBeGreaterThan(2);
    const byHost = new Map(infections.map((infection) => [infection.host, infection]));
    expect(byHost.size).toBe(infections.length);
    for (const infection of infections) {
      if (infection.by === null) {
        expect(infection.generation).toBe(0);
        continue;
      }
      const parent = byHost.get(infection.by);
      expect(infection.generation).toBe((parent?.generation ?? NaN) + 1);
      expect(infection.atMs).toBeGreaterThanOrEqual(parent?.firstContactMs ?? Infinity);
      expect(infection.firstContactMs ?? Infinity).toBeGreaterThan(infection.atMs);
      const evidence = rows.filter(
        (row) => row.startMs === infection.atMs && row.source === infection.by && row.target === infection.host,
      );
      expect(evidence.map((row) => row.port)).toEqual([worm.port]);
      expect([0, 1]).toContain(evidence[0].outcome);
    }
    const contacts = infections.reduce((sum, infection) => sum + infection.contacts, 0);
    expect(rows.length).toBe(contacts);
  });

  it("follows the stated contact rate", () => {
    for (const contactsPerSecond of [1, 10, 100]) {
      const worm = wormLike("sweep", {
        contactsPerSecond,
        startAfterMs: 0,
        vulnerableShare: {},
        contactsPerHostMax: 2_000,
      });
      const { rows } = generate({ seed: 12, hours: 1, worms: [worm], isBenignOn: false });
      const seconds = (rows[rows.length - 1].startMs - rows[0].startMs) / 1_000;
      expect((rows.length - 1) / seconds / contactsPerSecond).toBeCloseTo(1, 1);
    }
  });

  it("sweeps every address of its own segment before any other", () => {
    const worm = wormLike("sweep", { startAfterMs: 0, vulnerableShare: {}, contactsPerHostMax: 300 });
    const { rows } = generate({ seed: 13, hours: 1, worms: [worm], isBenignOn: false });
    const own = rows.slice(0, 253);
    expect(new Set(own.map((row) => row.target)).size).toBe(253);
    expect(own.every((row) => segmentOf(row.target) === segmentOf(row.source))).toBe(true);
    expect(segmentOf(rows[260].target)).not.toBe(segmentOf(rows[260].source));
  });

  it("keeps mid-stream worms free of beginnings", () => {
    const { rows } = generate({
      seed: 11,
      hours: 1,
      worms: [wormLike("fan-out")],
      isBenignOn: false,
      localView: "arp",
    });
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.every((row) => row.protocol === 6 && row.direction === 1 && row.outcome < 2)).toBe(true);
    const perSource = Map.groupBy(rows, (row) => row.source);
    for (const own of perSource.values()) expect(new Set(own.map((row) => row.target)).size).toBeLessThanOrEqual(6);
  });

  it("reports failed log-ons and lock-outs of a credential worm", () => {
    const { kinds } = generate({
      seed: 14,
      hours: 1,
      worms: [wormLike("credentials", { startAfterMs: 0 })],
      isBenignOn: false,
    });
    for (const kind of ["logon-failed", "account-locked", "remote-execution"]) expect(kinds).toContain(kind);
  });
});

describe("benign traffic", () => {
  const hospital = createHospital({ seed: 21, workstations: 60 });
  const { rows, traffic } = generate({ seed: 21, hospital, startMs: thursday, hours: 24 });
  const roleOf = new Map(hospital.devices.map((device) => [formatIpv4(device.address), device.role]));
  const ofRole = (role: TrafficRole): Map<string, Row[]> =>
    Map.groupBy(
      rows.filter((row) => roleOf.get(row.source) === role),
      (row) => row.source,
    );
  const isWeb = (row: Row): boolean =>
    row.protocol === 6 && (row.port === 80 || row.port === 443) && !row.target.startsWith("10.");

  it("gives a workstation the web, names and shares measured in M57", () => {
    const days = [...ofRole("workstation").values()];
    const median = (counts: number[]): number => counts.toSorted((a, b) => a - b)[counts.length >> 1];
    const web = days.map((day) => day.filter(isWeb));
    expect(median(web.map((day) => day.length))).toBeGreaterThan(400);
    expect(median(web.map((day) => day.length))).toBeLessThan(950);
    expect(median(web.map((day) => new Set(day.map((row) => row.target)).size))).toBeGreaterThan(91);
    expect(median(web.map((day) => new Set(day.map((row) => row.target)).size))).toBeLessThan(174);
    expect(median(days.map((day) => day.filter((row) => row.port === 53).length))).toBeGreaterThan(387);
    expect(median(days.map((day) => day.filter((row) => row.port === 67).length))).toBeCloseTo(48, -1);
  });

  it("has the failures measured in M57", () => {
    const web = [...ofRole("workstation").values()].flat().filter(isWeb);
    const share = (outcome: number): number => web.filter((row) => row.outcome === outcome).length / web.length;
    expect(share(3)).toBeGreaterThan(0.03);
    expect(share(3)).toBeLessThan(0.07);
    expect(share(2)).toBeGreaterThan(0.01);
    expect(share(2)).toBeLessThan(0.05);
    const names = rows.filter((row) => row.port === 53 && row.target.startsWith("10."));
    expect(names.filter((row) => row.outcome === 3).length / names.length).toBeLessThan(0.003);
  });

  it("gives every role but those that only answer some traffic of its own", () => {
    const silent: readonly TrafficRole[] = ["printer", "call-manager", "laptop", "guest"];
    for (const [role, devices] of Object.entries(hospital.byRole) as [TrafficRole, readonly number[]][]) {
      if (!silent.includes(role)) expect(ofRole(role).size, role).toBe(devices.length);
    }
    expect(rows.some((row) => row.source.startsWith("198.18.") || row.source.startsWith("198.19."))).toBe(true);
  });

  it("lets addresses change their owner", () => {
    const owners = Map.groupBy(traffic.truth.leases, (lease) => lease.address);
    expect(traffic.truth.leases.length).toBeGreaterThan(8);
    for (const leases of owners.values()) {
      const sorted = leases.toSorted((a, b) => a.fromMs - b.fromMs);
      for (let at = 1; at < sorted.length; at++)
        expect(sorted[at].fromMs).toBeGreaterThanOrEqual(sorted[at - 1].untilMs ?? Infinity);
    }
  });

  it("names only made-up addresses", () => {
    for (const row of rows) {
      expect(/^(10\.|198\.1[89]\.)/.test(row.source) && /^(10\.|198\.1[89]\.)/.test(row.target)).toBe(true);
    }
  });
});

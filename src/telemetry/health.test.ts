import { expect, test } from "vitest";
import { parseCidr } from "../model/address.ts";
import type { SensorIndex } from "../model/units.ts";
import type { ExporterFacts, SensorReport } from "./decoder.ts";
import { examine, type FindingKind } from "./health.ts";

function report(changes: Partial<SensorReport> = {}, facts: Partial<ExporterFacts> = {}): SensorReport {
  return {
    sensor: 0 as SensorIndex,
    name: "10.0.0.1 domain 0",
    format: "netflow9",
    records: 1_000,
    lostRecords: 0,
    lagMs: { median: 12_000, p95: 20_000 },
    activeTimeoutMs: 60_000,
    inactiveTimeoutMs: 10_000,
    samplingRate: 1,
    templates: 2,
    firstMs: 0,
    lastMs: 1,
    ...changes,
    exporter: {
      maker: null,
      datagrams: 50,
      templatesMissing: [],
      templatesWithdrawn: 0,
      templatesRefused: 0,
      lagFromEndMs: { median: 10_000, p95: 15_000 },
      clockSkewMs: 5,
      restarts: 0,
      clientSide: 500,
      serverSide: 500,
      twoWay: 0,
      withoutFlags: 0,
      statedActiveMs: null,
      statedInactiveMs: null,
      ...facts,
    },
  };
}

test("examine() finds nothing at a healthy exporter", () => {
  expect(examine([report()], [])).toEqual([]);
});

test.each<[FindingKind, SensorReport]>([
  ["templates-missing", report({ templates: 0, records: 0 }, { templatesMissing: [300] })],
  ["templates-refused", report({}, { templatesRefused: 3 })],
  ["records-lost", report({ lostRecords: 40 })],
  ["slow-export", report({}, { lagFromEndMs: { median: 34_000, p95: 60_000 } })],
  ["long-active-timer", report({ activeTimeoutMs: 1_800_000 })],
  ["sampled", report({ samplingRate: 100 })],
  ["one-way", report({}, { clientSide: 990, serverSide: 10 })],
  ["no-tcp-flags", report({}, { withoutFlags: 900 })],
  ["clock-skew", report({}, { clockSkewMs: -90_000 })],
  ["clock-skew", report({}, { lagFromEndMs: { median: 9e9, p95: 9e9 } })],
  ["restarts", report({}, { restarts: 5 })],
  ["sends-nothing", report({ records: 0, lagMs: null }, { clientSide: 0, serverSide: 0, lagFromEndMs: null })],
])("examine() finds %s alone", (kind, sick) => {
  expect(examine([report(), sick], []).map((finding) => finding.kind)).toEqual([kind]);
});

test("examine() names the command of the maker alone when the maker is known", () => {
  const [finding] = examine([report({ samplingRate: 10 }, { maker: "mikrotik" })], []);
  expect(finding.fixes).toEqual([{ maker: "mikrotik", commands: ["/ip traffic-flow set packet-sampling=no"] }]);
  expect(examine([report({ samplingRate: 10 })], [])[0].fixes.length).toBeGreaterThan(5);
});

test("examine() names segments that were never seen, problems before weaknesses", () => {
  const cidr = (text: string) => parseCidr(text)!;
  const findings = examine(
    [report({ activeTimeoutMs: 900_000 })],
    [
      { name: "wards", cidr: cidr("10.1.0.0/16"), flows: 4 },
      { name: "imaging", cidr: cidr("10.2.0.0/16"), flows: 0 },
    ],
  );
  expect(findings.map(({ kind, about }) => [kind, about])).toEqual([
    ["segment-unseen", "imaging"],
    ["long-active-timer", "10.0.0.1 domain 0"],
  ]);
});

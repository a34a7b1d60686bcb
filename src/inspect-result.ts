// The result of `cordon inspect -o json`: its schema (cordon.inspect/1, published in docs/schemas/inspect-1.json) and
// the mapping from what detection and telemetry say. Every list is in a fixed order, so equal inputs give equal bytes.
// The schema file is written from this one by `npm run golden`.

import { z } from "zod";
import { limits } from "./limits.ts";
import type { HostTable } from "./model/host-table.ts";
import type { Detection, Notable, Outbreak, Suspect } from "./model/outbreak.ts";
import type { HostIndex, Millis } from "./model/units.ts";
import type { InputReport } from "./telemetry/collect.ts";

const time = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  .describe("ISO 8601, UTC, milliseconds");
const address = z.string().describe("IPv4 dotted or IPv6 as RFC 5952 writes it");
const port = z.string().describe("tcp/445, udp/53, arp, icmp/8");
const count = z.int().nonnegative();
const probability = z.number().min(0).max(1);
const because = z.array(z.string()).describe("One sentence per piece of evidence, strongest first");

const format = z.enum([
  "pcap",
  "pcapng",
  "netflow5",
  "netflow9",
  "ipfix",
  "sflow",
  "zeek-conn",
  "zeek-dns",
  "zeek-smb",
  "zeek-dce-rpc",
  "zeek-notice",
  "zeek-other",
  "eve",
  "csv",
  "windows-json",
]);

const sensor = z.strictObject({
  name: z.string(),
  format,
  records: count,
  lostRecords: count.nullable().describe("By the exporter's own sequence numbers; null where it has none"),
  samplingRate: z.number().nullable().describe("Packets sampled 1 in n; null when the exporter does not say"),
  lagMs: z.strictObject({ median: z.number(), p95: z.number() }).nullable(),
});

const input = z.strictObject({
  path: z.string(),
  format: format.nullable().describe("By content; null when it is none that is read"),
  flows: count,
  skipped: z.record(z.string(), count).describe("Records left out, by reason (docs/protocols.md)"),
  notVisible: z.array(z.string()).describe("What this input can not show"),
  error: z.string().nullable().describe("One sentence when nothing, or not all, could be read"),
  carries: z.array(format).optional().describe("Formats found inside, such as flow exports in a capture"),
  records: count.optional().describe("Records of any kind: packets, export records, log lines"),
  remarks: z.array(z.string()).optional(),
  sensors: z.array(sensor).optional(),
});

const suspect = z.strictObject({
  address,
  port,
  onset: time.describe("First contact of the excursion that led to the flag"),
  flagged: time,
  contactsToFlag: count,
  logOdds: z.number().describe("Natural logarithm of the odds, at their highest"),
  outbreak: z.string().nullable(),
  because,
});

const outbreak = z.strictObject({
  id: z.string(),
  port,
  phase: z.enum(["suspected", "confirmed"]),
  patientZero: address.nullable(),
  rivals: z.array(z.strictObject({ address, probability })),
  hosts: z.array(address),
  edges: z.array(z.strictObject({ from: address, to: address, at: time, probability })),
});

const notable = z.strictObject({
  address,
  kind: z.enum([
    "known-talker",
    "exposed",
    "lateral",
    "scanner",
    "inbound-scan",
    "indicator",
    "brute-force",
    "unusual",
  ]),
  at: time.nullable(),
  because,
});

const omitted = z
  .strictObject({
    suspects: count,
    outbreaks: count,
    notable: count,
    hosts: count.describe("Of all outbreaks together"),
    edges: count.describe("Of all outbreaks together"),
  })
  .describe("How many of each were left out because the result was full; absent when nothing was");

export const inspectResultSchema = z
  .strictObject({
    schema: z.literal("cordon.inspect/1"),
    inputs: z.array(input),
    flows: count,
    hosts: count.describe("Distinct addresses seen"),
    from: time.nullable().describe("First event; null when there was none"),
    to: time.nullable(),
    suspects: z.array(suspect),
    outbreaks: z.array(outbreak),
    notable: z.array(notable),
    omitted: omitted.optional(),
  })
  .meta({ id: "cordon.inspect/1", title: "Result of cordon inspect -o json" });

type Immutable<T> = T extends object ? { readonly [key in keyof T]: Immutable<T[key]> } : T;
export type InspectResult = Immutable<z.infer<typeof inspectResultSchema>>;
export type InspectInput = InspectResult["inputs"][number];
export type InspectSuspect = InspectResult["suspects"][number];
export type InspectOutbreak = InspectResult["outbreaks"][number];
export type InspectNotable = InspectResult["notable"][number];

/** What the mapping needs of a collection. */
export interface InspectReport {
  readonly inputs: readonly InputReport[];
  readonly from: Millis | null;
  readonly to: Millis | null;
  readonly flows: number;
}

/** Maps a detection to its published form. */
export function toInspectResult(
  detection: Detection,
  report: InspectReport,
  hosts: HostTable,
  rowsMax: number = limits.resultRowsMax,
): InspectResult {
  const onsets = new Map(detection.suspects.map((each) => [each.host, each.onsetMs]));
  const counts = { suspects: 0, outbreaks: 0, notable: 0, hosts: 0, edges: 0 };
  const kept = <Row>(name: keyof typeof counts, rows: readonly Row[], weight: (row: Row) => number): Row[] => {
    const best = strongest(rows, weight, rowsMax);
    counts[name] += rows.length - best.length;
    return best;
  };
  const suspects = kept("suspects", detection.suspects, (each) => each.logOdds).map(toSuspect);
  const outbreaks = kept("outbreaks", detection.outbreaks, (each) => each.hosts.length).map((each) => {
    const members = kept("hosts", each.hosts, (host) =>
      host === each.patientZero ? 1e300 : -(onsets.get(host) ?? 1e299),
    );
    const edges = kept("edges", each.edges, (edge) => edge.probability);
    return toOutbreak({ ...each, hosts: members, edges }, hosts, onsets);
  });
  const notables = kept("notable", detection.notables, (each) => notableWeight(each)).map((each) =>
    toNotable(each, hosts),
  );
  const hasOmitted = Object.values(counts).some((omittedCount) => omittedCount > 0);
  return {
    schema: "cordon.inspect/1",
    inputs: report.inputs.map(toInput),
    flows: report.flows,
    hosts: hosts.length,
    from: isoTime(report.from),
    to: isoTime(report.to),
    suspects: suspects.sort(by((each) => [each.flagged, each.onset, each.address, each.port])),
    outbreaks: outbreaks.sort(by((each) => [each.phase, each.edges[0]?.at ?? "~", each.id])),
    notable: notables.sort(by((each) => [each.at ?? "~", each.kind, each.address, each.because.join()])),
    ...(hasOmitted ? { omitted: counts } : {}),
  };
}

/** The heaviest `rowsMax` rows; of equal ones the first. The order of the rows is kept. */
function strongest<Row>(rows: readonly Row[], weight: (row: Row) => number, rowsMax: number): Row[] {
  if (rows.length <= rowsMax) return [...rows];
  const order = rows.map((row, at) => ({ at, weight: weight(row) })).sort((a, b) => b.weight - a.weight || a.at - b.at);
  const kept = new Set(order.slice(0, rowsMax).map((each) => each.at));
  return rows.filter((_, at) => kept.has(at));
}

/** Which notable things are left out first: known talkers, then scans from outside. */
function notableWeight(each: Notable): number {
  return each.kind === "known-talker" ? 0 : each.kind === "inbound-scan" ? 1 : 2;
}

function toSuspect(each: Suspect): InspectSuspect {
  return {
    address: each.address,
    port: each.port,
    onset: isoTime(each.onsetMs),
    flagged: isoTime(each.flaggedMs),
    contactsToFlag: each.contactsToFlag,
    logOdds: rounded(each.logOdds, 3),
    outbreak: each.outbreak,
    because: [...each.because],
  };
}

function toOutbreak(each: Outbreak, hosts: HostTable, onsets: ReadonlyMap<HostIndex, Millis>): InspectOutbreak {
  const rankOf = (host: HostIndex): string => {
    if (host === each.patientZero) return "";
    const onsetMs = onsets.get(host);
    return onsetMs === undefined ? "~" : isoTime(onsetMs);
  };
  const members = each.hosts.map((host) => ({ rank: rankOf(host), address: hosts.format(host) }));
  const rivals = each.rivals.map((rival) => ({
    address: hosts.format(rival.host),
    probability: rounded(rival.probability, 4),
  }));
  const edges = each.edges.map((edge) => ({
    from: hosts.format(edge.from),
    to: hosts.format(edge.to),
    at: isoTime(edge.atMs),
    probability: rounded(edge.probability, 4),
  }));
  return {
    id: each.id,
    port: each.port,
    phase: each.phase,
    patientZero: each.patientZero === null ? null : hosts.format(each.patientZero),
    rivals: rivals.sort(by((rival) => [1 - rival.probability, rival.address])),
    hosts: members.sort(by((member) => [member.rank, member.address])).map((member) => member.address),
    edges: edges.sort(by((edge) => [edge.at, edge.from, edge.to])),
  };
}

function toNotable(each: Notable, hosts: HostTable): InspectNotable {
  return { address: hosts.format(each.host), kind: each.kind, at: isoTime(each.atMs), because: [...each.because] };
}

function toInput(each: InputReport): InspectInput {
  return {
    path: each.path,
    format: each.format,
    flows: each.flows,
    skipped: each.skipped.toJSON(),
    notVisible: [...each.notVisible],
    error: each.error,
    carries: [...each.carries],
    records: each.records,
    remarks: [...each.remarks],
    sensors: each.sensors.slice(0, limits.sensorsShownMax).map((one) => ({
      name: one.name,
      format: one.format,
      records: one.records,
      lostRecords: one.lostRecords,
      samplingRate: one.samplingRate,
      lagMs: one.lagMs,
    })),
  };
}

const lastMs = 253_402_300_799_999; // the last instant of the year 9999

/** ISO 8601 in UTC with milliseconds; instants outside the years 0 to 9999 are held at the nearer end. */
export function isoTime(atMs: Millis): string;
export function isoTime(atMs: Millis | null): string | null;
export function isoTime(atMs: Millis | null): string | null {
  if (atMs === null || Number.isNaN(atMs)) return null;
  return new Date(Math.min(lastMs, Math.max(-62_167_219_200_000, Math.floor(atMs)))).toISOString();
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

type Key = string | number;

/** Compares by the first key that differs. Text by code unit, so that the order is the same in every locale. */
function by<Row>(keysOf: (row: Row) => readonly Key[]): (a: Row, b: Row) => number {
  return (a, b) => {
    const keysA = keysOf(a);
    const keysB = keysOf(b);
    for (let at = 0; at < keysA.length; at++) {
      if (keysA[at] < keysB[at]) return -1;
      if (keysA[at] > keysB[at]) return 1;
    }
    return 0;
  };
}

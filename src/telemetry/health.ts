// What is wrong with the telling, apart from what is told: reports of sensors and the segments that were seen go in,
// findings come out, each with the reason and the commands that mend it. Pure: the same reports give the same findings.

import { type Cidr, formatCidr } from "../model/address.ts";
import type { ExporterFacts, SensorReport } from "./decoder.ts";
import { type Fix, fixesFor, type Remedy } from "./health-fixes.ts";

/** Longest wait from a flow's last packet to its record that still lets an order come in time, ms. */
export const idleLagMaxMs = 20_000;
/** Longest active timer with which a long conversation is still seen while it matters, ms. */
export const activeTimerMaxMs = 60_000;
/** Clocks may differ by this much before times of two exporters cannot be compared, ms. */
export const clockSkewMaxMs = 2_000;
/** Records this much older than their export are of another time: no timer makes that. */
const foreignTimesMs = 86_400_000;
/** Lost share from which evidence is missing. */
export const lostShareMax = 0.001;
/** Records needed before a share of them means something. */
const recordsMin = 20;

export type FindingKind =
  | "templates-missing" // data came that nothing explains
  | "templates-refused" // a template contradicts its own format
  | "records-lost"
  | "slow-export" // records come long after their flows
  | "long-active-timer"
  | "sampled"
  | "one-way" // one direction of the conversations is not exported
  | "no-tcp-flags" // nothing tells a refused attempt from an answered one
  | "clock-skew"
  | "restarts"
  | "sends-nothing" // alive, but no flow in it
  | "segment-unseen"; // no flow from or to a segment of the map

export interface Finding {
  readonly kind: FindingKind;
  /** `problem`: detection misses things; `weakness`: it sees them late or less surely. */
  readonly weight: "problem" | "weakness";
  /** The exporter and domain, or the name of the segment. */
  readonly about: string;
  /** One sentence with the figures. */
  readonly because: string;
  /** How to mend it: for the maker the exporter seems to be of, or for each maker when that is not known. */
  readonly fixes: readonly Fix[];
}

/** A segment of the map and how many rows had an end in it. */
export interface SegmentView {
  readonly name: string;
  readonly cidr: Cidr;
  readonly flows: number;
}

/** Examines the exporters among `reports`, and the segments. Problems first, in the order of the reports. */
export function examine(reports: readonly SensorReport[], segments: readonly SegmentView[]): Finding[] {
  const findings: Finding[] = [];
  for (const report of reports) if (report.exporter !== undefined) examineOne(report, report.exporter, findings);
  findings.push(...examineSegments(segments));
  return findings.sort((a, b) => Number(a.weight === "weakness") - Number(b.weight === "weakness"));
}

function examineOne(report: SensorReport, facts: ExporterFacts, findings: Finding[]): void {
  const add = (kind: FindingKind, weight: Finding["weight"], because: string, remedy: Remedy | null): void => {
    findings.push({
      kind,
      weight,
      about: report.name,
      because,
      fixes: remedy === null ? [] : fixesFor(remedy, facts.maker),
    });
  };
  if (facts.templatesMissing.length > 0) {
    add(
      "templates-missing",
      report.templates === 0 ? "problem" : "weakness",
      `Data came for template ${facts.templatesMissing.join(", ")}, which was never sent: its records are unreadable`,
      "templates",
    );
  } else if (facts.datagrams > 0 && report.records === 0) {
    add("sends-nothing", "problem", `${facts.datagrams} datagrams came and not one flow in them`, "interfaces");
  }
  if (facts.templatesRefused > 0) {
    add("templates-refused", "problem", `${facts.templatesRefused} templates contradict their own format`, null);
  }
  examineLoss(report, add);
  examineTimes(report, facts, add);
  if (report.samplingRate !== null && report.samplingRate > 1) {
    add(
      "sampled",
      "problem",
      `It looks at one packet in ${report.samplingRate}: most attempts of a scan are missed`,
      "sampling",
    );
  }
  const sided = facts.clientSide + facts.serverSide;
  if (facts.twoWay === 0 && sided >= recordsMin && Math.min(facts.clientSide, facts.serverSide) * 20 < sided) {
    const missing = facts.serverSide < facts.clientSide ? "answers" : "requests";
    add(
      "one-way",
      "problem",
      `Of ${sided} records almost none are ${missing}: one direction is not exported`,
      "both-directions",
    );
  }
  if (facts.withoutFlags >= recordsMin && facts.withoutFlags * 2 > report.records && facts.twoWay === 0) {
    add(
      "no-tcp-flags",
      "weakness",
      "Its TCP records carry no flags: attempts that fail look like short answers",
      "tcp-flags",
    );
  }
}

type Add = (kind: FindingKind, weight: Finding["weight"], because: string, remedy: Remedy | null) => void;

function examineLoss(report: SensorReport, add: Add): void {
  const lost = report.lostRecords ?? 0;
  const share = lost / Math.max(1, lost + report.records);
  if (lost === 0 || share < lostShareMax) return;
  const percent = (share * 100).toFixed(1);
  add(
    "records-lost",
    share > 0.05 ? "problem" : "weakness",
    `${lost} records (${percent} %) never came, by its own numbers`,
    "loss",
  );
}

function examineTimes(report: SensorReport, facts: ExporterFacts, add: Add): void {
  const skew = facts.clockSkewMs;
  const isSkewed = skew !== null && Math.abs(skew) > clockSkewMaxMs;
  if (isSkewed) {
    const side = skew > 0 ? "behind" : "ahead of";
    add("clock-skew", "weakness", `Its clock is ${formatMs(Math.abs(skew))} ${side} the time of arrival`, "clock");
  }
  const lag = facts.lagFromEndMs;
  if (lag !== null && lag.median > foreignTimesMs) {
    add(
      "clock-skew",
      "weakness",
      `Its records are ${formatMs(lag.median)} older than its own clock: a replay, or a clock that was never set`,
      "clock",
    );
  } else if (lag !== null && lag.median > idleLagMaxMs) {
    add(
      "slow-export",
      "problem",
      `Half of its records come more than ${formatMs(lag.median)} after the flow's last packet` +
        (report.inactiveTimeoutMs === null ? "" : ` (idle timer about ${formatMs(report.inactiveTimeoutMs)})`),
      "timers",
    );
  }
  const active = report.activeTimeoutMs;
  if (active !== null && active > activeTimerMaxMs * 1.2) {
    add("long-active-timer", "weakness", `Long conversations are told every ${formatMs(active)} only`, "timers");
  }
  if (facts.restarts > 1) {
    add(
      "restarts",
      "weakness",
      `Its numbers began anew ${facts.restarts} times: restarts, or several devices behind one address`,
      null,
    );
  }
}

function examineSegments(segments: readonly SegmentView[]): Finding[] {
  return segments
    .filter(({ flows }) => flows === 0)
    .map(({ name, cidr }) => ({
      kind: "segment-unseen",
      weight: "problem",
      about: name,
      because: `No flow from or to ${formatCidr(cidr)}: a spread inside it would not be seen`,
      fixes: fixesFor("interfaces", null),
    }));
}

/** `850 ms`, `15 s`, `5 min`, `3.2 h`, `12 days`. */
export function formatMs(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${round(ms / 1_000)} s`;
  if (ms < 7_200_000) return `${round(ms / 60_000)} min`;
  return ms < 172_800_000 ? `${round(ms / 3_600_000)} h` : `${round(ms / 86_400_000)} days`;
}

function round(value: number): string {
  return value >= 10 || Number.isInteger(value) ? String(Math.round(value)) : value.toFixed(1);
}

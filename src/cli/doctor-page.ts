// What `cordon doctor` shows: one block per exporter, then the findings with the commands that mend them. In: what was
// heard; out: lines.

import { formatMs, type Finding, type InputReport, type SensorReport } from "../telemetry/collect.ts";
import { harmless, paint, type Screen } from "./terminal.ts";

/** What was heard: no inputs when it came live. */
export interface Heard {
  readonly inputs: readonly InputReport[];
  readonly sensors: readonly SensorReport[];
  readonly findings: readonly Finding[];
  readonly remarks: readonly string[];
}

export function doctorPage(heard: Heard, screen: Screen): string[] {
  const lines: string[] = [];
  for (const sensor of heard.sensors)
    if (sensor.exporter !== undefined) lines.push(...exporterLines(sensor, screen), "");
  if (lines.length === 0) lines.push("No flow exporter was heard.", "");
  if (heard.findings.length === 0) lines.push(paint("Nothing to mend was found.", ["green"], screen));
  const shown = new Set<string>();
  for (const finding of heard.findings) lines.push(...findingLines(finding, shown, screen), "");
  for (const remark of heard.remarks) lines.push(paint(harmless(remark), ["dim"], screen));
  return lines;
}

/** What an input says of itself, when it is worth a line. */
export function inputLines(input: InputReport): string[] {
  const lines = input.remarks.map((remark) => `${input.path}: ${remark}`);
  if (input.error !== null) lines.push(`${input.path}: ${input.error}`);
  return lines;
}

function exporterLines(sensor: SensorReport, screen: Screen): string[] {
  const facts = sensor.exporter;
  if (facts === undefined) return [];
  const title = paint(harmless(sensor.name), ["bold"], screen);
  const maker = facts.maker === null ? "" : `, looks like ${facts.maker}`;
  const templates = `${sensor.templates} known, ${facts.templatesMissing.length} missing, ${facts.templatesWithdrawn} withdrawn`;
  const skew = facts.clockSkewMs;
  return [
    `${title}  ${sensor.format}${maker}`,
    `  records    ${sensor.records} in ${facts.datagrams} datagrams, lost ${sensor.lostRecords ?? "not known"}`,
    ...(sensor.format === "netflow9" || sensor.format === "ipfix" ? [`  templates  ${templates}`] : []),
    `  lag        ${lagText(sensor.lagMs)} from first packet, ${lagText(facts.lagFromEndMs)} from last`,
    `  timers     active ${timerText(sensor.activeTimeoutMs, facts.statedActiveMs)}, ` +
      `idle ${timerText(sensor.inactiveTimeoutMs, facts.statedInactiveMs)}`,
    `  sampling   ${sensor.samplingRate === null ? "not stated" : `1 in ${sensor.samplingRate}`}`,
    `  sides      ${facts.clientSide} of who began, ${facts.serverSide} of who answered, ${facts.twoWay} of both`,
    ...(skew === null ? [] : [`  clock      ${formatMs(Math.abs(skew))} ${skew < 0 ? "ahead" : "behind"}`]),
  ];
}

function lagText(lag: { readonly median: number; readonly p95: number } | null): string {
  return lag === null ? "not known" : `${formatMs(lag.median)} (19 of 20 within ${formatMs(lag.p95)})`;
}

function timerText(ms: number | null, statedMs: number | null): string {
  if (ms === null) return "not seen";
  return statedMs === null ? `about ${formatMs(ms)}` : `${formatMs(ms)} (stated)`;
}

/** The same commands are shown once. */
function findingLines(finding: Finding, shown: Set<string>, screen: Screen): string[] {
  const mark =
    finding.weight === "problem" ? paint("PROBLEM", ["red", "bold"], screen) : paint("WEAKNESS", ["yellow"], screen);
  const lines = [`${mark}  ${harmless(finding.about)}: ${harmless(finding.because)}`];
  const key = JSON.stringify(finding.fixes);
  if (finding.fixes.length > 0 && shown.has(key)) return [...lines, "  mended as above"];
  shown.add(key);
  for (const { maker, commands } of finding.fixes) {
    lines.push(`  ${maker}:`, ...commands.map((command) => `    ${command}`));
  }
  return lines;
}

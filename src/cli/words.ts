// Every sentence of the command line, in one place and typed, so that another language is one more object of the same
// shape. Sentences are plain: what is seen, how sure it is, what it does not mean.

import type { NotableKind } from "../model/outbreak.ts";
import type { InputReport, NotVisible, SkipReason } from "../telemetry/collect.ts";

type Format = NonNullable<InputReport["format"]>;

const plural = (count: number, one: string, many = `${one}s`): string => `${number(count)} ${count === 1 ? one : many}`;

/** 12,345 */
function number(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

const formats: Readonly<Record<Format, string>> = {
  pcap: "packet capture (pcap)",
  pcapng: "packet capture (pcapng)",
  netflow5: "NetFlow v5 export",
  netflow9: "NetFlow v9 export",
  ipfix: "IPFIX export",
  sflow: "sFlow export",
  "zeek-conn": "Zeek conn log",
  "zeek-dns": "Zeek dns log",
  "zeek-smb": "Zeek SMB log",
  "zeek-dce-rpc": "Zeek dce_rpc log",
  "zeek-notice": "Zeek notice log",
  "zeek-other": "Zeek log of another kind",
  eve: "Suricata EVE log",
  csv: "CSV of flows",
  "windows-json": "Windows events (JSON)",
};

const skipReasons: Readonly<Record<SkipReason, string>> = {
  truncated: "cut short",
  malformed: "contradict their own format",
  "too-long": "over the length limit",
  unsupported: "of a kind that carries nothing used here",
  "no-address": "without a usable address",
  "bad-time": "with an impossible time",
  late: "late (used all the same)",
  duplicate: "seen twice",
  "not-ip": "not IP",
  fragment: "later fragments of a packet",
  "unknown-link-type": "of an unknown link type",
  "reply-without-request": "answers whose question was not seen",
  "no-template": "whose template never came",
  "bad-template": "templates that make no sense",
  "template-withdrawn": "of a withdrawn template",
  "unknown-version": "of an unknown version",
  "counter-sample": "counter samples",
  "option-data": "options records",
  "bad-line": "unreadable lines",
  "unused-event": "events of an unused type",
};

const notVisible: Readonly<Record<NotVisible, string>> = {
  "dns-names": "names looked up",
  payload: "contents (SMB dialect, remote calls)",
  "reverse-direction": "the way back of the conversations",
  outcome: "whether a contact was answered",
  arp: "ARP (sweeps of empty addresses)",
  flows: "flows",
  "start-of-flows": "the start of conversations already under way",
  "unsampled-packets": "packets that were not sampled",
  templates: "records whose template never came",
};

const notableKinds: Readonly<Record<NotableKind, string>> = {
  "known-talker": "Reach many machines because that is their work",
  exposed: "Were contacted by a suspect",
  lateral: "Acted on another machine",
  scanner: "Tried many addresses or ports",
  "inbound-scan": "Scan from outside",
  indicator: "Signs known from elsewhere",
  "brute-force": "Guessed passwords",
  unusual: "Did something unusual",
};

export const en = {
  number,
  formats,
  notableKinds,
  skipReason: (reason: string): string => (skipReasons as Readonly<Record<string, string>>)[reason] ?? reason,
  notVisible: (what: string): string => (notVisible as Readonly<Record<string, string>>)[what] ?? what,

  // Status words: each goes with a shape and a colour, and says enough without either.
  confirmed: "OUTBREAK",
  suspected: "SUSPECTED OUTBREAK",
  suspect: "SUSPECT",
  notable: "WORTH A LOOK",
  quiet: "NOTHING SPREADS",
  unread: "NOTHING READ",

  spreading: (port: string, hostCount: number, first: string | null, at: string | null): string =>
    `An outbreak is spreading over ${port}: ${plural(hostCount, "host")}` +
    (first === null ? ", the first one is not known" : `, first ${first}${at === null ? "" : ` at ${at}`}`),
  mayBeSpreading: (port: string, first: string | null, at: string | null): string =>
    `An outbreak may be starting over ${port}: ${first ?? "one host"} reaches inside machines` +
    (at === null ? "" : ` since ${at}`),
  suspectsOnly: (hostCount: number): string =>
    hostCount === 1
      ? "One machine behaves as if infected, but nothing shows that it spreads inside"
      : `${number(hostCount)} machines behave as if infected, but nothing shows that it spreads inside`,
  notablesOnly: (thingCount: number): string =>
    `No suspect and no outbreak; ${plural(thingCount, "thing")} worth a look`,
  allQuiet: "No suspect and no outbreak in what was given",
  nothingRead: "None of the inputs could be read, so nothing can be said",
  noFlows: "What was given holds no flows, so nothing can be said about spread",
  period: (from: string, to: string): string => `${from} to ${to} UTC`,
  volume: (flowCount: number, hostCount: number, inputCount: number): string =>
    `${plural(flowCount, "flow")} between ${plural(hostCount, "address", "addresses")}, ${plural(inputCount, "input")}`,
  omitted: (what: string): string => `Left out because the result was full: ${what}`,

  howItSpread: "How it spread",
  treeRoot: "patient zero",
  treeRootUnknown: "first seen",
  treeUnlinked: "in the outbreak, from whom is not known",
  more: (rest: number): string => `… and ${number(rest)} more`,
  moreUntil: (rest: number, last: string): string => `… and ${number(rest)} more, the last at ${last}`,
  chance: (percent: string): string => `${percent} likely`,

  whoWasFirst: "Who was first",
  patientZeroIs: (address: string, percent: string | null): string =>
    `${address} is the best explanation${percent === null ? "" : ` (at most ${percent} likely)`}. A hypothesis, not a finding of fault`,
  patientZeroUnknown: "Nobody can be named: the start of the spread was not seen",
  noRivals: "No other host explains what was seen",
  rivals: (list: string): string => `Could also be ${list}`,

  suspects: "Suspects",
  onset: (onset: string, flagged: string, lag: string): string => `since ${onset}, flagged ${flagged} (${lag} later)`,
  contacts: (contactCount: number): string => `after ${plural(contactCount, "contact")}`,
  odds: (text: string): string => `odds ${text}`,
  moreSuspects: (rest: number): string => `${en.more(rest)} (all of them with -o json)`,

  worthALook: "Worth a look (no claim of infection)",
  whatWasRead: "What was read",
  unreadFormat: "not read",
  carries: (list: string): string => `carries ${list}`,
  flows: (flowCount: number): string => plural(flowCount, "flow"),
  records: (recordCount: number): string => plural(recordCount, "record"),
  skipped: (list: string): string => `skipped: ${list}`,
  invisible: (list: string): string => `not visible here: ${list}`,
  nothingSkipped: "nothing skipped",

  whatNext: "What to try next",
  nextWatch: (address: string): string =>
    `Find ${address} and take it off the network, unless a patient depends on it: one machine is a small loss, a building is not`,
  nextClosePort: (port: string): string =>
    `Close ${port} between workstations where the tree is still growing; it hurts almost no care`,
  nextLook: (address: string, others: number): string =>
    `Look at ${address}${others === 0 ? "" : ` and ${plural(others, "other")} with signs known from elsewhere`}: ` +
    "what was installed or opened there, is it patched",
  nextMoreInputs: "Give all captures and logs of the same network in one call: they are read as one",
  nextPayload: "Add a packet capture or Zeek's dns and smb logs: flow records alone do not show names and SMB calls",
  nextMap: "Draft a map with `cordon map draft FILE…` and pass it with --map: roles and segments sharpen the odds",
  nextBaseline: "Save what is normal with --save-baseline FILE on a quiet day and pass it with --baseline",
  nextDoctor: "Ask `cordon doctor FILE…` what the exporters lose and how late they are",
  nextJson: "Take the whole result with -o json (schema: docs/schemas/inspect-1.json)",

  // Progress and errors
  reading: (path: string, percent: string): string => `reading ${path}${percent}`,

  // The guided start
  startTitle: "Cordon looks at two bundled examples and says who is spreading, since when, and who was first.",
  startNight: (folder: string): string =>
    `1. A night that was generated for this purpose (${folder}): invented hospital, invented outbreak`,
  startReal: (file: string): string => `2. A real capture of WannaCry in a laboratory (${file})`,
  startRealNote:
    "Its clock was squeezed to a fifth of a second and the spread itself is not in it, so do not look for a tree: " +
    "look for the kill-switch name and for the machines that probe SMB1.",
  startMissing: (path: string): string => `The example ${path} is not in this copy`,
  truth: "What really happened (known, because this night was generated)",
  truthFirst: (address: string, at: string, isNamed: boolean): string =>
    `${address} was first, at ${at}: ${isNamed ? "named rightly" : "not named"}`,
  truthInfected: (infectedCount: number, foundCount: number): string =>
    `${plural(infectedCount, "machine")} fell ill; ${number(foundCount)} of them are in the confirmed outbreak`,
  truthEdges: (edgeCount: number, rightCount: number): string =>
    `${number(rightCount)} of the ${plural(edgeCount, "branch", "branches")} of the tree join the right machines`,
  truthWronged: (suspectCount: number): string =>
    suspectCount === 0
      ? "No healthy machine was suspected"
      : `${plural(suspectCount, "healthy machine")} ${suspectCount === 1 ? "was" : "were"} suspected`,
  startNext: "Now with your own files",
  startNextCommands: [
    ["cordon inspect FILE…", "captures, flow exports and logs of one network: who spreads, who was first"],
    ["cordon inspect -o json FILE…", "the same for other programs"],
    ["cordon map draft FILE…", "a first map of the hospital from its traffic"],
    ["cordon doctor FILE…", "what the exporters lose, how late they are, how to fix it"],
    ["cordon plan MAP --start AT=2", "which cut costs care least, compared with the reflexes"],
    ["cordon simulate --scenario …", "a crisis that happened, such as montpellier-2019, beside what was published"],
  ] as readonly (readonly [string, string])[],
  startHow: (command: string): string => `Here the command is written ${command}`,
};

/** The shape a catalogue of another language must have. */
export type Words = typeof en;

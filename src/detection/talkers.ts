// Hosts that touch many others because that is their work, told by how they do it: a scanner tries many ports of each
// host, a monitor comes back to the same ones, a management server calls machines that call it, a backup moves much.

import { limits } from "../limits.ts";
import { OUTCOME_ANSWERED, PROTOCOL_TCP, PROTOCOL_UDP } from "../model/flow.ts";
import { PORT_DISCOVERY, PORT_MEDICAL, PORT_PRINT, PORT_WEB } from "../model/port.ts";
import { NO_LISTENER } from "./listeners.ts";
import { classOf, narrowOf, portBreadth, type Sources, wideOf } from "./sources.ts";
import type { DetectorState } from "./state.ts";

/** A worm tries one or two ports, rarely up to five; scanners of holes try a dozen and more on every host. */
const SCANNER_PORTS_MIN = 6;
const SCANNER_TARGETS_MIN = 5;
const TARGETS_MIN = 8;
/** Flows to known (target, port) per new one: a monitor polls, a worm moves on. */
const MONITOR_REPEATS_MIN = 3;
/** A monitor polls every few minutes; people come back to a server a few times a day. */
const MONITOR_REPEATS_PER_HOUR_MIN = 10;
/** Not before it has gone round for this long, and never with programs in its calls. */
const MONITOR_HOURS_MIN = 2 / 60;
/** What a monitor watches is there; a worm that goes round again still finds empty addresses. */
const MONITOR_FAILED_SHARE_MAX = 0.3;
const UPDATED_CLIENTS_MIN = 10;
/** It calls machines it knows: most are there. A sweep meets empty addresses. */
const MANAGED_ANSWERED_SHARE_MIN = 0.6;
const MANAGED_CLIENTS_MIN = 5;
const BACKUP_BYTES_PER_TARGET_MIN = 20_000_000;
const PRINT_TARGETS_MIN = 5;
const GATEWAY_CONTACTS_MIN = 400;
/** An archive is called by many and calls several; a workstation that prefetches calls one and is called by one. */
const IMAGE_SENDERS_MIN = 3;
const IMAGE_TARGETS_MIN = 2;

/** Kinds of known talkers, as a sentence names them. */
export const talkerNames = {
  "vulnerability-scanner": "a vulnerability scanner",
  monitoring: "a monitoring server",
  management: "a software distribution server",
  backup: "a backup server",
  "print-server": "a print server",
  "domain-controller": "a domain controller",
  "image-archive": "an image archive",
  "nat-gateway": "a gateway of several users",
} as const;

export interface Talker {
  readonly kind: keyof typeof talkerNames;
  readonly because: string;
}

/** What the recent contacts of a source look like. */
interface Habits {
  readonly targets: number;
  readonly contacts: number;
  readonly answered: number;
}

function habitsOf(state: DetectorState, source: number): Habits {
  const { log, sources } = state;
  const targets = new Set<number>();
  let [contacts, answered] = [0, 0];
  let contact = log.row(sources.lastContact[source]);
  for (let steps = 0; steps < limits.chainStepsMax && contact >= 0; steps++) {
    if (log.source[contact] !== sources.host[source]) break;
    contacts++;
    if (log.outcome[contact] === OUTCOME_ANSWERED) answered++;
    targets.add(log.target[contact]);
    contact = log.row(log.beforeBySource[contact]);
  }
  return { targets: targets.size, contacts, answered };
}

/** Update and agent ports: WSUS, Configuration Manager, and the like. */
const updatePorts = [8530, 8531, 10_123, 2_701, 4_118];
const directoryPorts = [88, 389, 636, 3_268];

const printPorts = [515, 631];
const imagePorts = [104, 11_112, 2_762, 4_242];
/** Print jobs also come over file sharing. */
const printClientPorts = [...printPorts, 445];
/** One byte a port: asked of every ordinary contact, and a set would hash each. */
const countedPorts = new Uint8Array(65_536);
for (const port of [...directoryPorts, ...updatePorts, ...printPorts, ...imagePorts]) countedPorts[port] = 1;

/** Whether callers of this ordinary port are counted: servers that call many are told by those who call them. */
export function isCountedPort(port: number): boolean {
  return countedPorts[port] === 1;
}

function clientsOn(state: DetectorState, source: number, protocol: number, ports: readonly number[]): number {
  const hash = state.hosts.hash[state.sources.host[source]];
  let most = 0;
  for (const port of ports) {
    const listener = state.listeners.find(hash, protocol, port);
    if (listener !== NO_LISTENER) most = Math.max(most, state.listeners.clientCallers[listener]);
  }
  return most;
}

/** Ports per target from which a source is a scanner of holes, not a worm, which tries one or two (rarely five). */
const PORTS_PER_TARGET_MIN = 4;
const SCANNER_CONTACTS_MIN = 12;

/** Whether the source tries many ports of each target. */
export function isHoleScanner(sources: Sources, source: number): boolean {
  const contacts = sources.contacts[source];
  const targets = contacts - sources.knownPairs[source];
  return contacts >= SCANNER_CONTACTS_MIN && contacts >= targets * PORTS_PER_TARGET_MIN;
}

/**
 * What kind of known talker the source behaves like, strongly enough to take a flag back; or null. A host that was
 * reached by a suspect is never excused, but for a scanner's unmistakable round.
 */
export function excuse(state: DetectorState, source: number): Talker | null {
  const { sources } = state;
  const contacts = sources.contacts[source];
  const breadth = portBreadth(sources.portsLow[source], sources.portsHigh[source]);
  if (isHoleScanner(sources, source) && breadth >= SCANNER_PORTS_MIN) {
    const targets = Math.max(1, contacts - sources.knownPairs[source]);
    if (targets < SCANNER_TARGETS_MIN) return null; // a look at one machine is a scan, not a scanner's round
    return {
      kind: "vulnerability-scanner",
      because: `tries about ${Math.round(breadth)} different ports, ${(contacts / targets).toFixed(0)} on each of its ${targets} targets`,
    };
  }
  if (sources.exposedBy[source] >= 0 || contacts < TARGETS_MIN) return null;
  const habits = habitsOf(state, source);
  const repeatsPerContact = sources.repeats[source] / Math.max(1, habits.contacts);
  const hours = Math.max((state.newestMs - sources.firstMs[wideOf(source)]) / 3_600_000, 1 / 60);
  const isReliable = sources.failed[source] <= contacts * MONITOR_FAILED_SHARE_MAX;
  const isOld = hours >= MONITOR_HOURS_MIN && sources.sameLoads[narrowOf(source)] === 0;
  const isRegular =
    isOld && repeatsPerContact >= MONITOR_REPEATS_MIN && repeatsPerContact / hours >= MONITOR_REPEATS_PER_HOUR_MIN;
  if (isReliable && habits.targets >= TARGETS_MIN && isRegular) {
    return {
      kind: "monitoring",
      because: `comes back to the same targets: ${sources.repeats[source]} repeats of ${habits.contacts} contacts`,
    };
  }
  const updated = clientsOn(state, source, PROTOCOL_TCP, updatePorts);
  const answeredShare = habits.answered / Math.max(1, habits.contacts);
  if (updated >= UPDATED_CLIENTS_MIN && answeredShare >= MANAGED_ANSWERED_SHARE_MIN) {
    return {
      kind: "management",
      because: `distributes software: ${updated} clients fetch from it, and ${Math.round(100 * answeredShare)} % of the machines it calls answer`,
    };
  }
  const bytesPerTarget = sources.bytesBack[wideOf(source)] / Math.max(1, habits.targets);
  if (habits.targets >= TARGETS_MIN && bytesPerTarget >= BACKUP_BYTES_PER_TARGET_MIN) {
    return {
      kind: "backup",
      because: `fetches about ${Math.round(bytesPerTarget / 1e6)} MB from each of ${habits.targets} targets`,
    };
  }
  return null;
}

/** What kind of known talker the source is, for information: also those whose contacts carry little evidence. */
export function talkerKind(state: DetectorState, source: number): Talker | null {
  const { sources } = state;
  const excused = excuse(state, source);
  if (excused !== null) return excused;
  const print = sources.byClass[classOf(source, PORT_PRINT)];
  const printing = print >= PRINT_TARGETS_MIN ? clientsOn(state, source, PROTOCOL_TCP, printClientPorts) : 0;
  if (printing >= MANAGED_CLIENTS_MIN) {
    return { kind: "print-server", because: `sends print jobs to ${print} printers for ${printing} clients` };
  }
  const tcp = clientsOn(state, source, PROTOCOL_TCP, directoryPorts);
  const udp = clientsOn(state, source, PROTOCOL_UDP, directoryPorts);
  if (Math.max(tcp, udp) >= MANAGED_CLIENTS_MIN) {
    return { kind: "domain-controller", because: `${Math.max(tcp, udp)} clients log on to it` };
  }
  const imaging = sources.byClass[classOf(source, PORT_MEDICAL)];
  const senders = imaging >= IMAGE_TARGETS_MIN ? clientsOn(state, source, PROTOCOL_TCP, imagePorts) : 0;
  if (senders >= IMAGE_SENDERS_MIN) {
    return { kind: "image-archive", because: `takes images from ${senders} machines and sends to ${imaging}` };
  }
  const web = sources.byClass[classOf(source, PORT_WEB)];
  if (web >= GATEWAY_CONTACTS_MIN) {
    return { kind: "nat-gateway", because: `${web} web contacts, as many as several users make` };
  }
  const discovery = sources.byClass[classOf(source, PORT_DISCOVERY)];
  if (discovery >= TARGETS_MIN * 4 && sources.repeats[source] >= discovery * MONITOR_REPEATS_MIN) {
    return { kind: "monitoring", because: `polls ${discovery} addresses again and again` };
  }
  return null;
}

// What a host is, judged from what it serves and what it reaches. Each rule gives a role, a reason with its figures and
// a confidence. A host that reaches many and is refused by most keeps no role: that is also the shape of a worm.

import { PROTOCOL_ICMP, PROTOCOL_TCP, PROTOCOL_UDP } from "../model/flow.ts";
import { classOfPort, formatPort, PORT_CONTROL, PORT_LATERAL, PORT_REMOTE } from "../model/port.ts";
import type { HostRole } from "../model/terrain.ts";
import { type Confidence, counted } from "./draft-blocks.ts";
import { DYNAMIC_PORT_MIN } from "./draft-contacts.ts";

/** One port of a host, seen from one side. */
export interface PortUse {
  /** Distinct peers. */
  peers: number;
  answered: number;
  failed: number;
  bytesOut: number;
  bytesIn: number;
}

/** What was seen of one inside host. Ports are `protocol * 65536 + port`. */
export interface HostConduct {
  /** Ports it answered inside hosts on. */
  readonly served: ReadonlyMap<number, PortUse>;
  /** Ports it reached inside hosts on. */
  readonly reached: ReadonlyMap<number, PortUse>;
  /** Distinct inside hosts it reached, and those that never answered. */
  readonly insideTargets: number;
  readonly failedTargets: number;
  /** Distinct outside hosts it reached, those that refused or kept silent left out. */
  readonly outsideTargets: number;
}

export interface RoleGuess {
  readonly role: HostRole;
  readonly does: readonly string[];
  readonly reason: string;
  readonly confidence: Confidence;
  /** A role that excuses many contacts: it must be declared by a person, with an end. */
  readonly isTalker: boolean;
}

const tcp = (port: number): number => PROTOCOL_TCP * 65_536 + port;
const udp = (port: number): number => PROTOCOL_UDP * 65_536 + port;

const directoryPorts = [tcp(389), tcp(636), tcp(3268), udp(389)];
const dicomPorts = [tcp(104), tcp(11112), tcp(4242), tcp(2762)];
const hl7Ports = [tcp(2575), tcp(6661), tcp(7777)];
const printPorts = [tcp(9100), tcp(515), tcp(631)];
const sharePorts = [tcp(445), tcp(139)];
const backupPorts = [
  tcp(10000),
  tcp(13724),
  tcp(13782),
  tcp(1556),
  tcp(9392),
  tcp(9401),
  tcp(8400),
  tcp(8403),
  tcp(1500),
];
const updatePorts = [tcp(8530), tcp(8531), tcp(10123)];
const remotePorts = [tcp(5985), tcp(5986), tcp(135), tcp(22), tcp(3389)];
const clientPorts = [
  tcp(88),
  ...directoryPorts,
  ...sharePorts,
  udp(53),
  tcp(53),
  tcp(80),
  tcp(443),
  tcp(3128),
  tcp(8080),
];
const sipPorts = [udp(5060), tcp(5060), tcp(5061)];

/** Fan-in from which any port makes a server. */
const SERVER_CLIENTS_MIN = 3;
/** A share of refused or silent targets from which reaching many looks like a sweep. */
const SWEEP_FAILED_SHARE = 0.5;
const SWEEP_TARGETS_MIN = 8;

/** The role of a host; `unknown` when no rule holds. `peersMedian` is the median of outside peers of inside hosts. */
export function guessRole(conduct: HostConduct, outsidePeersMedian: number): RoleGuess {
  const rules = [
    ofSweeps,
    ofDirectory,
    ofScanners,
    ofPrinting,
    ofMedicine,
    ofTelephony,
    ofCaretakers,
    ofInfrastructure,
  ];
  for (const rule of rules) {
    const guess = rule(conduct);
    if (guess !== null) return guess;
  }
  return ofGateways(conduct, outsidePeersMedian) ?? ofServers(conduct) ?? ofClients(conduct);
}

function guess(role: HostRole, confidence: Confidence, reason: string, does: readonly string[] = []): RoleGuess {
  return { role, does, reason, confidence, isTalker: false };
}

/** Whether a host reaches so many in vain, or so many ports of each, that what it touches says nothing of the touched. */
export function isSweeping(conduct: HostConduct): boolean {
  return ofSweeps(conduct) !== null || ofScanners(conduct) !== null;
}

/** Whether a host answers on print ports. */
export function isPrinting(conduct: HostConduct): boolean {
  return clientsOn(conduct, printPorts) > 0;
}

/** Clients served on any of the ports. */
function clientsOn(conduct: HostConduct, ports: readonly number[]): number {
  return Math.max(0, ...ports.map((port) => conduct.served.get(port)?.answered ?? 0));
}

function targetsOn(conduct: HostConduct, ports: readonly number[]): number {
  return Math.max(0, ...ports.map((port) => conduct.reached.get(port)?.peers ?? 0));
}

function portNames(ports: readonly number[]): string {
  return ports.map((port) => formatPort(Math.floor(port / 65_536), port % 65_536)).join(", ");
}

/** Most targets silent or refusing on a port that machines spread by: no role, whatever else it does. */
function ofSweeps(conduct: HostConduct): RoleGuess | null {
  for (const [port, use] of conduct.reached) {
    const portClass = classOfPort(Math.floor(port / 65_536), port % 65_536);
    const isSpreading = portClass === PORT_LATERAL || portClass === PORT_CONTROL || portClass === PORT_REMOTE;
    const isWide = use.peers >= SWEEP_TARGETS_MIN && use.failed >= use.peers * SWEEP_FAILED_SHARE;
    if (!isSpreading || !isWide || conduct.reached.size >= 10) continue;
    const reason = `reached ${counted(use.peers, "host")} on ${portNames([port])}, ${use.failed} did not answer: a sweep; find out why before giving it a role`;
    return guess("unknown", "guess", reason);
  }
  return null;
}

function ofDirectory(conduct: HostConduct): RoleGuess | null {
  const kerberos = clientsOn(conduct, [tcp(88), udp(88)]);
  const directory = clientsOn(conduct, directoryPorts);
  if (kerberos === 0 || directory === 0) return null;
  const also = [tcp(445), udp(53), tcp(53), tcp(135)].filter((port) => (conduct.served.get(port)?.answered ?? 0) > 0);
  const reason = `answers Kerberos (${counted(kerberos, "client")}) and LDAP (${directory})${also.length > 0 ? ` and ${portNames(also)}` : ""}`;
  const confidence = also.length > 0 && kerberos > 1 ? "sure" : "likely";
  return guess("domain-controller", confidence, reason, ["directory"]);
}

function ofScanners(conduct: HostConduct): RoleGuess | null {
  let contacts = 0;
  for (const use of conduct.reached.values()) contacts += use.peers;
  const portsPerTarget = contacts / Math.max(1, conduct.insideTargets);
  if (conduct.insideTargets < 8 || conduct.reached.size < 20 || portsPerTarget < 10) return null;
  const reason = `reached ${counted(conduct.insideTargets, "host")} on ${conduct.reached.size} ports, ${portsPerTarget.toFixed(0)} ports each`;
  return { ...guess("vulnerability-scanner", "likely", reason), isTalker: true };
}

function ofPrinting(conduct: HostConduct): RoleGuess | null {
  const printers = targetsOn(conduct, printPorts);
  const clients = clientsOn(conduct, printPorts);
  if (printers >= SERVER_CLIENTS_MIN && Math.max(clients, clientsOn(conduct, sharePorts)) >= SERVER_CLIENTS_MIN) {
    const reason = `prints on ${counted(printers, "printer")} and is reached for it by ${counted(Math.max(clients, clientsOn(conduct, sharePorts)), "client")}`;
    return { ...guess("print-server", "likely", reason), isTalker: true };
  }
  if (clients === 0 || conduct.insideTargets > 10) return null;
  return guess("printer", clients > 1 ? "sure" : "likely", `answers ${counted(clients, "client")} on print ports`);
}

function ofMedicine(conduct: HostConduct): RoleGuess | null {
  const senders = clientsOn(conduct, dicomPorts);
  if (senders > 1) return guess("server", "likely", `answers DICOM of ${counted(senders, "client")}`, ["pacs"]);
  const results = clientsOn(conduct, hl7Ports);
  if (results > 0) {
    return guess("server", results > 1 ? "likely" : "guess", `answers HL7 of ${counted(results, "client")}`, ["hl7"]);
  }
  const archives = targetsOn(conduct, dicomPorts);
  if (senders === 0 && archives === 0) return null;
  const isSender = dicomPorts.some((port) => {
    const use = conduct.reached.get(port);
    return use !== undefined && use.bytesOut > use.bytesIn * 2;
  });
  if (isSender) {
    return guess("medical-device", "likely", `sends images to ${counted(archives, "archive")} (more out than in)`, [
      "imaging",
    ]);
  }
  return senders > 0 ? guess("medical-device", "guess", "answers DICOM of one client", ["imaging"]) : null;
}

function ofTelephony(conduct: HostConduct): RoleGuess | null {
  const phones = clientsOn(conduct, sipPorts);
  if (phones >= SERVER_CLIENTS_MIN) {
    return guess("infrastructure", "likely", `answers SIP of ${counted(phones, "telephone")}`, ["telephony"]);
  }
  const exchanges = targetsOn(conduct, sipPorts);
  const isOnlyPhone = exchanges > 0 && targetsOn(conduct, [tcp(88), ...sharePorts]) === 0;
  return isOnlyPhone ? guess("telephone", "likely", "registers by SIP and is no client of the directory") : null;
}

/** Monitoring, backup, software distribution: they reach many because that is their work. */
function ofCaretakers(conduct: HostConduct): RoleGuess | null {
  const talker = (role: HostRole, confidence: Confidence, reason: string): RoleGuess => ({
    ...guess(role, confidence, reason),
    isTalker: true,
  });
  const asked = conduct.reached.get(udp(161));
  if (asked !== undefined && asked.peers >= 5 && asked.answered >= asked.peers / 2) {
    return talker("monitoring", "likely", `asks ${counted(asked.peers, "device")} by SNMP, ${asked.answered} answer`);
  }
  const ping = conduct.reached.get(PROTOCOL_ICMP * 65_536 + 8 * 256);
  if (ping !== undefined && ping.peers >= 10 && ping.answered >= ping.peers * 0.8) {
    return talker("monitoring", "guess", `pings ${counted(ping.peers, "host")}, ${ping.answered} answer`);
  }
  const saved = Math.max(targetsOn(conduct, backupPorts), clientsOn(conduct, backupPorts));
  if (saved >= SERVER_CLIENTS_MIN) {
    return talker("backup", "guess", `talks with ${counted(saved, "host")} on ports of backup programs`);
  }
  const updated = clientsOn(conduct, updatePorts);
  if (updated >= SERVER_CLIENTS_MIN) {
    return talker("management", "likely", `gives updates to ${counted(updated, "client")} (${portNames(updatePorts)})`);
  }
  for (const port of remotePorts) {
    const use = conduct.reached.get(port);
    if (use === undefined || use.peers < 10 || use.answered < use.peers * 0.8) continue;
    const reason = `reaches ${counted(use.peers, "host")} on ${portNames([port])}, ${use.answered} answer`;
    return talker("management", "guess", reason);
  }
  return null;
}

function ofInfrastructure(conduct: HostConduct): RoleGuess | null {
  const does: string[] = [];
  const parts: string[] = [];
  for (const [port, what] of [
    [udp(53), "names"],
    [udp(67), "addresses"],
    [udp(123), "time"],
  ] as const) {
    const clients = conduct.served.get(port)?.answered ?? 0;
    if (clients < 2) continue;
    does.push(what);
    parts.push(`${what} to ${clients}`);
  }
  return does.length === 0 ? null : guess("infrastructure", "likely", `gives ${parts.join(", ")} clients`, does);
}

function ofGateways(conduct: HostConduct, outsidePeersMedian: number): RoleGuess | null {
  const isFar = conduct.outsideTargets >= 200 && conduct.outsideTargets > 10 * Math.max(5, outsidePeersMedian);
  if (!isFar) return null;
  const reason = `reaches ${conduct.outsideTargets} outside hosts where half of the others reach ${outsidePeersMedian} or fewer: others may stand behind it`;
  return { ...guess("nat-gateway", "guess", reason), isTalker: true };
}

/** Ports that every machine answers: names, SNMP, discovery, updates shared between neighbours; ping and dynamic ports. */
const peerPorts = new Set([udp(137), udp(138), udp(161), udp(1900), udp(3702), udp(5353), udp(5355), tcp(7680)]);

function isPeerPort(port: number): boolean {
  const protocol = Math.floor(port / 65_536);
  const isPorted = protocol === PROTOCOL_TCP || protocol === PROTOCOL_UDP;
  return !isPorted || port % 65_536 >= DYNAMIC_PORT_MIN || peerPorts.has(port);
}

function ofServers(conduct: HostConduct): RoleGuess | null {
  const served = [...conduct.served]
    .filter(([port, use]) => use.answered >= SERVER_CLIENTS_MIN && !isPeerPort(port))
    .sort(([, a], [, b]) => b.answered - a.answered);
  if (served.length > 0) {
    const [port, use] = served[0];
    const does = sharePorts.includes(port) ? ["file shares"] : [];
    // A machine that a worm's victims attack is reached on these ports by many, too.
    const isSpreading = classOfPort(Math.floor(port / 65_536), port % 65_536) === PORT_LATERAL;
    const clientsSure = isSpreading ? 30 : 10;
    const confidence = use.answered >= clientsSure ? "sure" : isSpreading ? "guess" : "likely";
    return guess("server", confidence, `answers ${counted(use.answered, "client")} on ${portNames([port])}`, does);
  }
  const isManaged = (conduct.served.get(udp(161))?.answered ?? 0) > 0;
  const isQuiet = targetsOn(conduct, clientPorts) === 0;
  return isManaged && isQuiet ? guess("network-device", "guess", "answers SNMP and is no client of anything") : null;
}

function ofClients(conduct: HostConduct): RoleGuess {
  const used = clientPorts.filter((port) => (conduct.reached.get(port)?.answered ?? 0) > 0);
  if (used.length > 1) return guess("workstation", "likely", `is a client on ${portNames(used)} and serves nobody`);
  if (used.length === 1 || conduct.outsideTargets > 0)
    return guess("workstation", "guess", "begins conversations and serves nobody");
  return guess("unknown", "guess", "too little was seen of it");
}

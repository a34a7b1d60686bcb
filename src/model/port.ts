// Network ports: written form, and the classes that matter to spread. The word "service" is kept for care.

import { PROTOCOL_ARP, PROTOCOL_ICMP, PROTOCOL_ICMP6, PROTOCOL_SCTP, PROTOCOL_TCP, PROTOCOL_UDP } from "./flow.ts";

/** `tcp/445`, `udp/53`, `arp`, `icmp/8` (type only), `ip/47`. */
export function formatPort(protocol: number, port: number): string {
  switch (protocol) {
    case PROTOCOL_TCP:
      return `tcp/${port}`;
    case PROTOCOL_UDP:
      return `udp/${port}`;
    case PROTOCOL_SCTP:
      return `sctp/${port}`;
    case PROTOCOL_ARP:
      return "arp";
    case PROTOCOL_ICMP:
      return `icmp/${port >> 8}`;
    case PROTOCOL_ICMP6:
      return `icmp6/${port >> 8}`;
    default:
      return `ip/${protocol}`;
  }
}

/** Reads `tcp/445`, `udp/53` or `sctp/2905`; null when it is none of them. */
export function parsePort(text: string): { protocol: number; port: number } | null {
  const match = /^(tcp|udp|sctp)\/(\d{1,5})$/.exec(text);
  if (!match || Number(match[2]) > 65_535) return null;
  const protocol = match[1] === "tcp" ? PROTOCOL_TCP : match[1] === "udp" ? PROTOCOL_UDP : PROTOCOL_SCTP;
  return { protocol, port: Number(match[2]) };
}

/** What a port is for, as far as spread is concerned. */
export const PORT_OTHER = 0; // an unassigned or rare port
export const PORT_LATERAL = 1; // file sharing and remote execution between machines
export const PORT_REMOTE = 2; // log-on ports worms guess passwords on: ssh, telnet, vnc, databases
export const PORT_WEB = 3;
export const PORT_INFRASTRUCTURE = 4; // names, time, addresses, directory
export const PORT_PRINT = 5;
export const PORT_MEDICAL = 6; // DICOM, HL7
export const PORT_DISCOVERY = 7; // ARP, ping, SNMP, multicast discovery
export const PORT_MAIL = 8;
export const PORT_CONTROL = 9; // remote desktops and remote management: an administrator's day, or a worm's
export type PortClass = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;
export const PORT_CLASSES = 10;

const tcpClasses: readonly (readonly [PortClass, readonly number[]])[] = [
  [PORT_LATERAL, [135, 139, 445, 593]],
  [PORT_CONTROL, [3389, 5985, 5986, 47001]],
  [
    PORT_REMOTE,
    [
      22, 23, 512, 513, 514, 1433, 1521, 2222, 2323, 2375, 3306, 5432, 5555, 5800, 5900, 5901, 6379, 7547, 8291, 11211,
      27017, 37215, 52869,
    ],
  ],
  [PORT_WEB, [80, 443, 3128, 8000, 8008, 8080, 8443, 8530, 8531, 8888]],
  [PORT_INFRASTRUCTURE, [53, 88, 123, 389, 464, 636, 853, 1812, 3268, 3269, 7680, 9389]], // 7680: update files fetched from neighbours
  [PORT_PRINT, [515, 631, 9100, 9101, 9102]],
  [PORT_MEDICAL, [104, 2575, 2761, 2762, 4242, 11112]],
  [PORT_MAIL, [25, 110, 143, 465, 587, 993, 995]],
];
const udpClasses: readonly (readonly [PortClass, readonly number[]])[] = [
  [PORT_INFRASTRUCTURE, [53, 67, 68, 88, 123, 389, 464, 514, 546, 547, 853, 1812, 1813]],
  [PORT_DISCOVERY, [137, 138, 161, 162, 427, 1900, 3702, 5353, 5355, 47808]],
  [PORT_WEB, [80, 443]],
  [PORT_REMOTE, [1434]],
];

const tcpTable = classTable(tcpClasses);
const udpTable = classTable(udpClasses);

function classTable(classes: readonly (readonly [PortClass, readonly number[]])[]): Uint8Array {
  const table = new Uint8Array(65_536);
  for (const [portClass, ports] of classes) for (const port of ports) table[port] = portClass;
  return table;
}

export function classOfPort(protocol: number, port: number): PortClass {
  if (protocol === PROTOCOL_TCP) return tcpTable[port] as PortClass;
  if (protocol === PROTOCOL_UDP) return udpTable[port] as PortClass;
  if (protocol === PROTOCOL_ARP || protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMP6) return PORT_DISCOVERY;
  return PORT_OTHER;
}

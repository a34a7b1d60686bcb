// One flow as a log told it, in; a row of the flow table out. Decoders of logs fill the one instance they own and call
// `write`. Addresses are interned only after the row is taken, as the writer asks.

import {
  DIRECTION_FROM_PORTS,
  DIRECTION_GUESSED,
  NOT_SEEN,
  type Outcome,
  OUTCOME_UNKNOWN,
  PHASE_WHOLE,
  PROTOCOL_ICMP,
  PROTOCOL_ICMP6,
  PROTOCOL_SCTP,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
} from "../../model/flow.ts";
import { type Address, isNotUnicast } from "../../model/address.ts";
import type { BatchWriter } from "../../model/batch.ts";
import { classOfPort, PORT_OTHER } from "../../model/port.ts";
import { type HostIndex, type Millis, NO_HOST, type SensorIndex } from "../../model/units.ts";
import {
  ICMP_REQUEST,
  readIcmpType,
  SENDER_IS_SERVER,
  SENDER_UNKNOWN,
  sideByPorts,
} from "../exports/direction-rules.ts";
import { AddressCell, asciiText, readInteger } from "./lines-fields.ts";
import type { LogTally } from "./lines-tally.ts";

/** A flow being read; reused from record to record. Counts are NOT_SEEN when the log does not tell. */
export class LogRow {
  readonly source = new AddressCell();
  readonly target = new AddressCell();
  startMs: Millis = 0;
  durationMs: Millis = 0;
  sourcePort = 0;
  targetPort = 0;
  protocol = 0;
  outcome: Outcome = OUTCOME_UNKNOWN;
  direction = 0;
  bytes = NOT_SEEN;
  packets = NOT_SEEN;
  bytesBack = NOT_SEEN;
  packetsBack = NOT_SEEN;

  /** Whether time, protocol and ends make it a flow of this network; what speaks against it is counted. */
  isAccepted(tally: LogTally): boolean {
    if (!tally.accept(this.startMs, this.startMs + this.durationMs)) return false;
    if (this.protocol === -1) tally.skipped.add("unsupported");
    else if (!this.isBetweenHosts()) tally.skipped.add("no-address");
    else return true;
    return false;
  }

  /** Both ends are single machines. NetBIOS datagrams to an address ending in .255 are taken as broadcast. */
  isBetweenHosts(): boolean {
    if (!isUnicast(this.source) || !isUnicast(this.target)) return false;
    const isNetbios = this.protocol === PROTOCOL_UDP && (this.targetPort === 137 || this.targetPort === 138);
    return !(isNetbios && this.target.family === 4 && (this.target.w3 & 255) === 255);
  }

  /** One datagram way only, from a known port to one that systems hand to clients: an answer without its question. */
  isLoneReply(): boolean {
    return (
      this.protocol === PROTOCOL_UDP &&
      this.packetsBack === 0 &&
      this.targetPort >= 32_768 &&
      classOfPort(PROTOCOL_UDP, this.sourcePort) !== PORT_OTHER &&
      classOfPort(PROTOCOL_UDP, this.targetPort) === PORT_OTHER
    );
  }

  /** Decides by ports who began, and turns the row if it is the wrong way round. `byLog` is the log's own guess. */
  turnByPorts(byLog: number = DIRECTION_GUESSED): void {
    const side = sideByPorts(this.protocol, this.sourcePort, this.targetPort);
    this.direction = side === SENDER_UNKNOWN ? byLog : DIRECTION_FROM_PORTS;
    if (side === SENDER_IS_SERVER) this.turn();
  }

  turn(): void {
    const { source, target, sourcePort, bytes, packets } = this;
    const { family, w0, w1, w2, w3 } = source;
    source.family = target.family;
    source.w0 = target.w0;
    source.w1 = target.w1;
    source.w2 = target.w2;
    source.w3 = target.w3;
    target.family = family;
    target.w0 = w0;
    target.w1 = w1;
    target.w2 = w2;
    target.w3 = w3;
    this.sourcePort = this.targetPort;
    this.targetPort = sourcePort;
    this.bytes = this.bytesBack;
    this.packets = this.packetsBack;
    this.bytesBack = bytes;
    this.packetsBack = packets;
  }

  /** Sets the ICMP protocol by family and the target port from type and code; false for replies, errors and notices. */
  setIcmp(type: number, code: number): boolean {
    this.protocol = this.target.family === 6 ? PROTOCOL_ICMP6 : PROTOCOL_ICMP;
    this.sourcePort = 0;
    // Some sensors put the type of the reply where the code belongs: a request has code 0.
    this.targetPort = type * 256 + (readIcmpType(this.protocol, code) !== ICMP_REQUEST && code === type + 1 ? 0 : code);
    return type <= 255 && code <= 255 && readIcmpType(this.protocol, type) === ICMP_REQUEST;
  }

  write(writer: BatchWriter, sensor: SensorIndex): void {
    const flow = writer.row();
    const { flows } = writer;
    flows.atMs[flow] = this.startMs;
    flows.startMs[flow] = this.startMs;
    flows.durationMs[flow] = this.durationMs;
    flows.source[flow] = internCell(writer, this.source);
    flows.target[flow] = internCell(writer, this.target);
    flows.sourcePort[flow] = this.sourcePort;
    flows.targetPort[flow] = this.targetPort;
    flows.protocol[flow] = this.protocol;
    flows.phase[flow] = PHASE_WHOLE;
    flows.outcome[flow] = this.outcome;
    flows.direction[flow] = this.direction;
    flows.bytes[flow] = this.bytes;
    flows.packets[flow] = this.packets;
    flows.bytesBack[flow] = this.bytesBack;
    flows.packetsBack[flow] = this.packetsBack;
    flows.sensor[flow] = sensor;
  }
}

export function isUnicast(cell: AddressCell): boolean {
  return cell.family !== 0 && !isNotUnicast(cell as Address);
}

/** The host of an address, NO_HOST when the cell is empty. */
export function internCell(writer: BatchWriter, cell: AddressCell): HostIndex {
  if (cell.family === 4) return writer.hosts.intern4(cell.w3);
  return cell.family === 6 ? writer.hosts.intern6(cell.w0, cell.w1, cell.w2, cell.w3) : NO_HOST;
}

const protocolNames: Readonly<Record<string, number>> = {
  tcp: PROTOCOL_TCP,
  udp: PROTOCOL_UDP,
  icmp: PROTOCOL_ICMP,
  icmp4: PROTOCOL_ICMP,
  icmp6: PROTOCOL_ICMP6,
  icmpv6: PROTOCOL_ICMP6,
  "ipv6-icmp": PROTOCOL_ICMP6,
  "icmp-v6": PROTOCOL_ICMP6,
  sctp: PROTOCOL_SCTP,
  gre: 47,
  esp: 50,
  ah: 51,
  igmp: 2,
  ospf: 89,
  pim: 103,
  ipv6: 41,
  ipip: 4,
};

/** The protocol number of `tcp`, `UDP`, `IPv6-ICMP`, `17`…; -1 when it is none we know. */
export function readProtocol(bytes: Uint8Array, begin: number, end: number): number {
  if (end - begin === 3) {
    const last = bytes[end - 1] | 32;
    if (last === 112) {
      const first = bytes[begin] | 32;
      const middle = bytes[begin + 1] | 32;
      if (first === 116 && middle === 99) return PROTOCOL_TCP;
      if (first === 117 && middle === 100) return PROTOCOL_UDP;
    }
  }
  const number = readInteger(bytes, begin, end);
  if (number !== -1) return number > 0 && number <= 255 ? number : -1;
  if (end - begin > 16) return -1;
  return protocolNames[asciiText(bytes, begin, end).trim().toLowerCase()] ?? -1;
}

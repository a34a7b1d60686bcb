// The rules that say who began, from one record alone: port numbers and the cumulative TCP flags of one direction.
// Pure functions of numbers. The table of rules is in docs/protocols.md, section "Flow exports".

import { PROTOCOL_ICMP, PROTOCOL_ICMP6, PROTOCOL_SCTP, PROTOCOL_TCP, PROTOCOL_UDP } from "../../model/flow.ts";
import { classOfPort, PORT_OTHER } from "../../model/port.ts";

const FIN = 1;
const SYN = 2;
const RST = 4;
const PSH = 8;
const ACK = 16;
const URG = 32;

/** Lowest port that systems hand to clients by themselves (Linux 32768, Windows and IANA 49152). */
const EPHEMERAL_MIN = 32_768;
/** Below: ports that only a privileged program may listen on. */
const PRIVILEGED_MAX = 1_023;

/** Who the sender of a record is, by its ports. */
export const SENDER_IS_CLIENT = 1;
export const SENDER_IS_SERVER = -1;
export const SENDER_UNKNOWN = 0;

/** What the cumulative flags of one direction of a TCP conversation tell. */
export const FLAGS_NONE = 0; // the exporter does not say
export const FLAGS_ATTEMPT = 1; // began and was never answered: SYN without ACK, or a probe no honest stack sends
export const FLAGS_SYN_REPLY = 2; // nothing but SYN and ACK: an answer to a SYN, or a handshake without data
export const FLAGS_RESET = 3; // nothing but a reset: a refusal, or the last packet of something older
export const FLAGS_ESTABLISHED = 4; // acknowledged data or an orderly end: both sides spoke

/** Reads the union of the TCP flags a record carries. 0 or less means "not known". */
export function readTcpFlags(flags: number): number {
  if (flags <= 0) return FLAGS_NONE;
  if (flags & ACK) {
    if (flags & (FIN | PSH | URG)) return FLAGS_ESTABLISHED;
    if (flags & SYN) return FLAGS_SYN_REPLY;
    return flags & RST ? FLAGS_RESET : FLAGS_ESTABLISHED;
  }
  if (flags & SYN) return FLAGS_ATTEMPT;
  if (flags & RST) return FLAGS_RESET;
  return FLAGS_ATTEMPT;
}

/** Flags 0..63 at once, for the hot path. */
export const flagsMeaning: Uint8Array = Uint8Array.from({ length: 64 }, (_, flags) => readTcpFlags(flags));

/**
 * Which side looks like a server, by ports alone, in this order: a port of a known class against one of none; a
 * privileged port against another; with TCP a registered port against an ephemeral one. Alike ports tell nothing.
 */
export function sideByPorts(protocol: number, sourcePort: number, targetPort: number): number {
  if (sourcePort === targetPort) return SENDER_UNKNOWN;
  const isSourceKnown = classOfPort(protocol, sourcePort) !== PORT_OTHER;
  const isTargetKnown = classOfPort(protocol, targetPort) !== PORT_OTHER;
  if (isSourceKnown !== isTargetKnown) return isTargetKnown ? SENDER_IS_CLIENT : SENDER_IS_SERVER;
  const isSourceLow = sourcePort <= PRIVILEGED_MAX;
  const isTargetLow = targetPort <= PRIVILEGED_MAX;
  if (isSourceLow !== isTargetLow) return isTargetLow ? SENDER_IS_CLIENT : SENDER_IS_SERVER;
  if (protocol !== PROTOCOL_TCP) return SENDER_UNKNOWN; // over UDP peers talk from any port to any port
  const isSourceEphemeral = sourcePort >= EPHEMERAL_MIN;
  const isTargetEphemeral = targetPort >= EPHEMERAL_MIN;
  if (isSourceEphemeral !== isTargetEphemeral) return isSourceEphemeral ? SENDER_IS_CLIENT : SENDER_IS_SERVER;
  return SENDER_UNKNOWN;
}

/** sideByPorts() of TCP as one number per port, since its questions are asked in order: the higher rank is the server's. */
export const serverRankOfTcp: Uint8Array = Uint8Array.from({ length: 65_536 }, (_, port) => {
  const isKnown = classOfPort(PROTOCOL_TCP, port) !== PORT_OTHER;
  return (isKnown ? 4 : 0) + (port <= PRIVILEGED_MAX ? 2 : 0) + (port < EPHEMERAL_MIN ? 1 : 0);
});

export function hasPorts(protocol: number): boolean {
  return protocol === PROTOCOL_TCP || protocol === PROTOCOL_UDP || protocol === PROTOCOL_SCTP;
}

/** What an ICMP record is: a request, the reply to one, an error about another flow, or something that needs no answer. */
export const ICMP_REQUEST = 1;
export const ICMP_REPLY = 2;
export const ICMP_ERROR = 3;
export const ICMP_NOTICE = 4;

/** RFC 792, RFC 950 (ICMP); RFC 4443, RFC 4861 (ICMPv6). */
export function readIcmpType(protocol: number, type: number): number {
  if (protocol === PROTOCOL_ICMP) {
    if (type === 8 || type === 13 || type === 15 || type === 17) return ICMP_REQUEST;
    if (type === 0 || type === 14 || type === 16 || type === 18) return ICMP_REPLY;
    if (type === 3 || type === 4 || type === 11 || type === 12) return ICMP_ERROR;
    return ICMP_NOTICE;
  }
  if (type === 128 || type === 135) return ICMP_REQUEST;
  if (type === 129 || type === 136) return ICMP_REPLY;
  return type < 128 ? ICMP_ERROR : ICMP_NOTICE;
}

/** The request an ICMP reply answers. */
export function icmpRequestOf(protocol: number, replyType: number): number {
  return protocol === PROTOCOL_ICMP6 || replyType !== 0 ? replyType - 1 : 8;
}

// How long the assembler waits for what. One list of flows per wait: all flows of a list wait equally long, so the list
// is in order of deadline and only its head is ever looked at.

/** A flow whose answer is awaited, by protocol. */
export const LIST_WAIT_TCP = 0;
export const LIST_WAIT_DATAGRAM = 1;
export const LIST_WAIT_ICMP = 2;
export const LIST_WAIT_ARP = 3;
/** Answered; its sizes are told when it ends, or after this long. */
export const LIST_SETTLE = 4;
/** An answer without its question: no flow yet. */
export const LIST_ORPHAN = 5;
/** Closing row written; followed so that later packets are not taken for a new conversation. */
export const LIST_IDLE_TCP = 6;
export const LIST_IDLE_DATAGRAM = 7;
export const LIST_IDLE_SHORT = 8;
export const LIST_FINISHED = 9;
/** Still without an answer when the clock stepped back: judged at the end, for the file may be out of order. */
export const LIST_DEFERRED = 10;
export const LIST_COUNT = 11;

/**
 * Milliseconds of event time, by list.
 *
 * - TCP answer 3.5 s: every common stack has sent its second SYN by then (Linux and BSD after 1 s, Windows after 3 s)
 *   and that one has had half a second. Raising it delays every "unanswered" and with it detection.
 * - Datagram answer 5 s: the usual time-out of name resolvers and SNMP managers.
 * - ICMP answer 4 s: the time-out of `ping` on Windows, the longest in common use.
 * - ARP answer 1 s: hosts repeat the request after one second (RFC 1122 section 2.3.2.1).
 * - Settling 30 s: long enough for a program of some megabytes to be copied over a slow link; no verdict waits for it.
 * - TCP idle 2 h 5 min: keep-alive probes come after two hours (RFC 9293 section 3.8.4).
 * - Datagram idle 5 min: the binding time RFC 4787 recommends to address translators. ICMP and ARP idle 60 s:
 *   RFC 5508 for ICMP queries, and the age at which ARP entries are asked for again.
 * - Finished 4 min: twice the maximum segment lifetime (RFC 9293 section 3.4.2).
 */
export const listTimeoutMs: readonly number[] = [
  3_500,
  5_000,
  4_000,
  1_000,
  30_000,
  60_000,
  7_500_000,
  300_000,
  60_000,
  240_000,
  Number.POSITIVE_INFINITY,
];

/** A step of the clock by more than this is a jump, not a silence: captures glued together. */
export const JUMP_FORWARD_MS = 86_400_000;
/** A step back by more than this is a jump; less is packets out of order (several queues, several interfaces). */
export const JUMP_BACK_MS = 60_000;

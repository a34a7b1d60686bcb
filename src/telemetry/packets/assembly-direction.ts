// Who began, when the beginning was not seen: a judgement from the two port numbers.

import { PROTOCOL_TCP, PROTOCOL_UDP } from "../../model/flow.ts";
import { classOfPort, PORT_OTHER } from "../../model/port.ts";

/** Linux hands out client ports from 32768 on, IANA and Windows from 49152. */
const EPHEMERAL_MIN = 32_768;

export const SERVER_UNKNOWN = 0;
export const SERVER_FIRST = 1;
export const SERVER_SECOND = 2;

/**
 * Which of two ports looks like the server's. In order: a port known to Cordon against one that is not; a reserved
 * port (below 1024) against one that is not; a port below the ephemeral range against one within it.
 *
 * | first | second | answer                          |
 * | 445   | 50123  | SERVER_FIRST                    |
 * | 53    | 53     | SERVER_UNKNOWN                  |
 * | 9009  | 40000  | SERVER_FIRST (ephemeral second) |
 */
export function serverSide(protocol: number, first: number, second: number): 0 | 1 | 2 {
  const known = compare(isKnownPort(protocol, first), isKnownPort(protocol, second));
  if (known !== SERVER_UNKNOWN) return known;
  const reserved = compare(first < 1024, second < 1024);
  if (reserved !== SERVER_UNKNOWN) return reserved;
  return compare(first < EPHEMERAL_MIN, second < EPHEMERAL_MIN);
}

/** Whether a packet from `from` to `to` looks like a server's answer: a known or reserved port to neither. */
export function looksLikeAnswer(protocol: number, from: number, to: number): boolean {
  const isServer = from < 1024 || isKnownPort(protocol, from);
  return isServer && to >= 1024 && !isKnownPort(protocol, to);
}

function isKnownPort(protocol: number, port: number): boolean {
  return (protocol === PROTOCOL_TCP || protocol === PROTOCOL_UDP) && classOfPort(protocol, port) !== PORT_OTHER;
}

function compare(first: boolean, second: boolean): 0 | 1 | 2 {
  if (first === second) return SERVER_UNKNOWN;
  return first ? SERVER_FIRST : SERVER_SECOND;
}

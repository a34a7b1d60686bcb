// Zeek's `conn_state` and `history` in, what became of the connection out. `history` decides where the state alone
// misleads: a sensor that sees one direction reports answered connections as S0, SH or RSTOS0. The table of cases is
// in docs/protocols.md, section "Logs".

import {
  OUTCOME_ANSWERED,
  OUTCOME_REFUSED,
  OUTCOME_UNANSWERED,
  OUTCOME_UNKNOWN,
  type Outcome,
} from "../../model/flow.ts";

export const STATE_NONE = 0;
export const STATE_S0 = 1;
export const STATE_S1 = 2;
export const STATE_S2 = 3;
export const STATE_S3 = 4;
export const STATE_SF = 5;
export const STATE_REJ = 6;
export const STATE_RSTO = 7;
export const STATE_RSTR = 8;
export const STATE_RSTOS0 = 9;
export const STATE_RSTRH = 10;
export const STATE_SH = 11;
export const STATE_SHR = 12;
export const STATE_OTH = 13;

const DIGIT_0 = 48;
const LETTER_E = 69;
const LETTER_F = 70;
const LETTER_H = 72;
const LETTER_O = 79;
const LETTER_R = 82;
const LETTER_S = 83;

/** Reads `S0`, `SF`, `RSTOS0`…; STATE_NONE for anything else. */
export function readConnState(bytes: Uint8Array, begin: number, end: number): number {
  const first = bytes[begin];
  const second = bytes[begin + 1];
  switch (end - begin) {
    case 2:
      if (first !== LETTER_S) return STATE_NONE;
      if (second >= DIGIT_0 && second <= DIGIT_0 + 3) return STATE_S0 + second - DIGIT_0;
      if (second === LETTER_F) return STATE_SF;
      return second === LETTER_H ? STATE_SH : STATE_NONE;
    case 3:
      if (first === LETTER_R && second === LETTER_E) return STATE_REJ;
      if (first === LETTER_S && second === LETTER_H) return STATE_SHR;
      return first === LETTER_O ? STATE_OTH : STATE_NONE;
    case 4:
      if (first !== LETTER_R || second !== LETTER_S) return STATE_NONE;
      return bytes[begin + 3] === LETTER_O ? STATE_RSTO : STATE_RSTR;
    case 5:
      return first === LETTER_R && bytes[begin + 4] === LETTER_H ? STATE_RSTRH : STATE_NONE;
    case 6:
      return first === LETTER_R && bytes[begin + 4] === LETTER_S ? STATE_RSTOS0 : STATE_NONE;
    default:
      return STATE_NONE;
  }
}

/** Letters of `history` as bits: capital letters are the originator's, small ones (shifted by 8) the responder's. */
export const SYN = 1;
export const SYN_ACK = 2;
export const ACK = 4;
export const DATA = 8;
export const FIN = 16;
export const RESET = 32;
export const BACK = 8;
/** `^`: Zeek turned the connection round because of its ports. */
export const FLIPPED = 1 << 16;

const letterBits = new Int32Array(128);
for (const [letter, bit] of [
  ["S", SYN],
  ["H", SYN_ACK],
  ["A", ACK],
  ["D", DATA],
  ["F", FIN],
  ["R", RESET],
] as const) {
  letterBits[letter.charCodeAt(0)] = bit;
  letterBits[letter.toLowerCase().charCodeAt(0)] = bit << BACK;
}
letterBits["^".charCodeAt(0)] = FLIPPED;

export function readHistory(bytes: Uint8Array, begin: number, end: number): number {
  let bits = 0;
  for (let at = begin; at < end; at++) bits |= letterBits[bytes[at] & 127];
  return bits;
}

/** Not a contact: an answer whose question was never seen. */
export const REPLY_ONLY = -1;

const sent = ACK | DATA | FIN;
const sentBack = sent << BACK;
const anyForward = 63;

/** What became of a TCP connection; REPLY_ONLY for backscatter and lone resets. */
export function tcpOutcome(state: number, history: number): Outcome | typeof REPLY_ONLY {
  switch (state) {
    case STATE_S1:
    case STATE_S2:
    case STATE_S3:
    case STATE_SF:
    case STATE_RSTO:
    case STATE_RSTR:
      return OUTCOME_ANSWERED;
    case STATE_REJ:
      return OUTCOME_REFUSED;
    case STATE_S0:
    case STATE_SH:
    case STATE_RSTOS0:
      return originatorOnly(state, history);
    case STATE_SHR:
    case STATE_RSTRH:
      if ((history & (sent | sentBack)) !== 0) return OUTCOME_ANSWERED;
      // Without a history the state's own meaning is all there is: SHR closed in order, RSTRH is a refusal to nobody.
      return (history & ~FLIPPED) === 0 && state === STATE_SHR ? OUTCOME_ANSWERED : REPLY_ONLY;
    default:
      return midStream(history);
  }
}

/** S0, SH, RSTOS0: nothing of the responder counted. An originator that went on after its SYN did get an answer. */
function originatorOnly(state: number, history: number): Outcome | typeof REPLY_ONLY {
  if ((history & ~FLIPPED) === 0) return state === STATE_S0 ? OUTCOME_UNANSWERED : OUTCOME_UNKNOWN;
  if ((history & SYN) === 0) return midStream(history);
  if ((history & (sent | sentBack)) !== 0) return OUTCOME_ANSWERED;
  return (history & RESET) === 0 ? OUTCOME_UNANSWERED : OUTCOME_UNKNOWN;
}

/** The beginning was not seen. Data, or an acknowledged end, belongs to a connection that was up. */
function midStream(history: number): Outcome | typeof REPLY_ONLY {
  const forward = history & anyForward;
  const back = (history >> BACK) & anyForward;
  if ((forward === 0 && back !== 0 && (back & sent) === 0) || (back === 0 && forward === RESET)) return REPLY_ONLY;
  const hasSpoken = (flags: number): boolean => (flags & DATA) !== 0 || (flags & (ACK | FIN)) === (ACK | FIN);
  if (hasSpoken(forward) && (back & sent) !== 0) return OUTCOME_ANSWERED;
  if (hasSpoken(back) && (forward & sent) !== 0) return OUTCOME_ANSWERED;
  if ((back & SYN_ACK) !== 0 && (forward & sent) !== 0) return OUTCOME_ANSWERED;
  // One direction only: an acknowledged end is the tail of a connection this sensor half saw.
  if (back === 0 && (forward & (ACK | FIN)) === (ACK | FIN)) return OUTCOME_ANSWERED;
  if (back === 0 && (forward & (DATA | ACK)) === (DATA | ACK)) return OUTCOME_ANSWERED;
  return OUTCOME_UNKNOWN;
}

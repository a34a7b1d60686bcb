// The TCP flags of both directions of a flow record in, what became of it out. For logs that hold both directions in
// one record (EVE, CSV); records of one direction are paired elsewhere.

import {
  OUTCOME_ANSWERED,
  OUTCOME_REFUSED,
  OUTCOME_UNANSWERED,
  OUTCOME_UNKNOWN,
  type Outcome,
} from "../../model/flow.ts";
import {
  FLAGS_ATTEMPT,
  FLAGS_ESTABLISHED,
  FLAGS_NONE,
  FLAGS_RESET,
  FLAGS_SYN_REPLY,
  readTcpFlags,
} from "../exports/direction-rules.ts";

const SYN = 2;
const RST = 4;

/** Not a contact: an answer whose question was never seen. */
export const REPLY_ONLY = -1;

/**
 * @param flags, flagsBack      union of the flags of each direction; 0 or less when not known
 * @param packets, packetsBack  NOT_SEEN (-1) when not known
 */
export function flagsOutcome(
  flags: number,
  flagsBack: number,
  packets: number,
  packetsBack: number,
): Outcome | typeof REPLY_ONLY {
  const back = readTcpFlags(flagsBack);
  if (back !== FLAGS_NONE) {
    if (flagsBack & SYN) return OUTCOME_ANSWERED;
    if (back === FLAGS_ESTABLISHED) return OUTCOME_ANSWERED;
    return back === FLAGS_RESET ? OUTCOME_REFUSED : OUTCOME_UNKNOWN;
  }
  const isOneSided = packetsBack <= 0;
  switch (readTcpFlags(flags)) {
    case FLAGS_ATTEMPT:
      if (!isOneSided) return OUTCOME_UNKNOWN;
      return flags & RST ? OUTCOME_UNKNOWN : OUTCOME_UNANSWERED;
    case FLAGS_SYN_REPLY:
      // One packet with SYN and ACK is an answer; more are a SYN and the ACK that ends the handshake.
      if (isOneSided && packets === 1) return REPLY_ONLY;
      return OUTCOME_UNKNOWN;
    case FLAGS_RESET:
      return isOneSided ? REPLY_ONLY : OUTCOME_UNKNOWN;
    case FLAGS_ESTABLISHED:
      return OUTCOME_ANSWERED;
    default:
      return OUTCOME_UNKNOWN;
  }
}

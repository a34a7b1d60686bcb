// Why a captured frame gave nothing, as small numbers for the hot path, and their names in the closed list of decoder.ts.

import { SkipCounts, type SkipReason } from "../decoder.ts";

export const PARSED = 0;
export const SKIP_NOT_IP = 1;
export const SKIP_TRUNCATED = 2;
export const SKIP_MALFORMED = 3;
export const SKIP_FRAGMENT = 4;
export const SKIP_UNSUPPORTED = 5;
export const SKIP_LINK_TYPE = 6;
export const SKIP_NO_ADDRESS = 7;
export const SKIP_DUPLICATE = 8;
export const SKIP_REPLY = 9;
export const SKIP_BAD_TIME = 10;
export const SKIP_TOO_LONG = 11;
export const SKIP_LATE = 12;

const reasons: readonly (SkipReason | null)[] = [
  null,
  "not-ip",
  "truncated",
  "malformed",
  "fragment",
  "unsupported",
  "unknown-link-type",
  "no-address",
  "duplicate",
  "reply-without-request",
  "bad-time",
  "too-long",
  "late",
];

/** Counters by skip number. */
export type SkipTally = Float64Array;

export function createSkipTally(): SkipTally {
  return new Float64Array(reasons.length);
}

/** The tally in the words of the report; reasons that never happened are left out. */
export function skipCounts(tally: SkipTally): SkipCounts {
  const counts = new SkipCounts();
  for (let skip = 1; skip < reasons.length; skip++) {
    const reason = reasons[skip];
    if (reason !== null && tally[skip] > 0) counts.add(reason, tally[skip]);
  }
  return counts;
}

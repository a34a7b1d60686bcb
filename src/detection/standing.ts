// Which flags stand when the result is told: a known talker is excused, and with it go the flags that rested on its calls.

import type { NotableKind } from "../model/outbreak.ts";
import type { HostIndex } from "../model/units.ts";
import { testOf } from "./sources.ts";
import type { DetectorState, Flag } from "./state.ts";
import { exposureWeight } from "./suspicion.ts";
import { excuse, talkerKind, talkerNames } from "./talkers.ts";

/** A flag that is told as something else. */
export interface TakenBack {
  readonly flag: Flag;
  readonly kind: NotableKind;
  readonly sentence: string;
}

export interface SortedFlags {
  /** Inside hosts, by onset. */
  readonly standing: readonly Flag[];
  readonly outside: readonly Flag[];
  readonly talkers: readonly TakenBack[];
  /** Flags that stood only on the calls of somebody whose own flag was taken back. */
  readonly withdrawn: readonly TakenBack[];
}

/** Costs in proportion to the flags and to the contacts of those flagged. */
export function sortFlags(state: DetectorState): SortedFlags {
  const outside: Flag[] = [];
  const talkers: TakenBack[] = [];
  const withdrawn: TakenBack[] = [];
  const takenBack = new Set<HostIndex>();
  let standing: Flag[] = [];
  for (const flag of state.flags) {
    if (!flag.isInside) {
      outside.push(flag);
      continue;
    }
    const talker = excuse(state, flag.source);
    if (talker === null) {
      standing.push(flag);
      continue;
    }
    takenBack.add(flag.host);
    const sentence = `behaves like ${talkerNames[talker.kind]}: ${talker.because}; declare it in the map, or look at it`;
    talkers.push({ flag, kind: "known-talker", sentence });
  }
  // One flag taken back may leave the next without a ground: again until nothing changes. Each round takes one or ends.
  for (let before = -1; before !== takenBack.size; ) {
    before = takenBack.size;
    standing = standing.filter((flag) => {
      if (!takenBack.has(flag.exposedBy) || standsAlone(state, flag)) return true;
      takenBack.add(flag.host);
      withdrawn.push(withdraw(state, flag));
      return false;
    });
  }
  standing.sort((a, b) => a.onsetMs - b.onsetMs || a.host - b.host);
  return { standing, outside, talkers, withdrawn };
}

function withdraw(state: DetectorState, flag: Flag): TakenBack {
  const sentence = `looked infected only because of calls by ${state.hosts.format(flag.exposedBy)}, which is no suspect any more`;
  const talker = talkerKind(state, flag.source);
  if (talker === null) return { flag, kind: "unusual", sentence };
  const because = `behaves like ${talkerNames[talker.kind]}: ${talker.because}; it ${sentence}`;
  return { flag, kind: "known-talker", sentence: because };
}

/** Whether the evidence reaches the threshold without the exposure. */
function standsAlone(state: DetectorState, flag: Flag): boolean {
  const { sources, thresholdNats } = state;
  const highest = Math.max(flag.logOdds, sources.peak[testOf(flag.source, flag.group)]);
  return highest - exposureWeight(sources, flag.source) >= thresholdNats;
}

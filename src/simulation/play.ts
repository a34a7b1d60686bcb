// Plays a stretch of runs of rehearsals and keeps what became of each.

import { checkRehearsal } from "./check.ts";
import { layoutOfMap } from "./layout.ts";
import { OutbreakRun } from "./outbreak-run.ts";
import type { Rehearsal, RunSamples } from "./rehearsal.ts";
import { type Terms, type TermsOptions, termsOf } from "./terms.ts";

/**
 * Plays runs `fromRun` to `toRun - 1`.
 * @param atSeconds  when to count the hosts taken, ascending; moments after the horizon count at the horizon
 * @throws RehearsalError before any run
 */
export function playRuns(
  rehearsal: Rehearsal,
  fromRun: number,
  toRun: number,
  atSeconds: readonly number[],
  options: TermsOptions = {},
): RunSamples {
  checkRehearsal(rehearsal, atSeconds);
  return playGroup([termsOf(rehearsal, options)], fromRun, toRun, atSeconds)[0];
}

/** The same for rehearsals of one group, which need not be played one by one. They must have been checked. */
export function playTogether(
  rehearsals: readonly Rehearsal[],
  fromRun: number,
  toRun: number,
  atSeconds: readonly number[],
): RunSamples[] {
  const terms = rehearsals.map((rehearsal) => termsOf(rehearsal));
  return playGroup(terms, fromRun, toRun, atSeconds);
}

/** Places of rehearsals in groups that differ in their orders only. Such are played together up to their first orders. */
export function groupsOf(rehearsals: readonly Rehearsal[]): number[][] {
  const groups: number[][] = [];
  rehearsals.forEach((rehearsal, place) => {
    const group = groups.find(([first]) => areAlike(rehearsals[first], rehearsal));
    if (group === undefined) groups.push([place]);
    else group.push(place);
  });
  return groups;
}

function areAlike(a: Rehearsal, b: Rehearsal): boolean {
  return (
    a.map === b.map &&
    a.worm === b.worm &&
    a.defender === b.defender &&
    a.state === b.state &&
    a.seed === b.seed &&
    a.horizonSeconds === b.horizonSeconds &&
    namesHosts(a) === namesHosts(b)
  );
}

/** Hosts are followed one by one where an order names one, which takes longer. */
const namesHosts = ({ orders }: Rehearsal): boolean => orders.some(({ control }) => control.kind === "isolate-host");

function playGroup(
  terms: readonly Terms[],
  fromRun: number,
  toRun: number,
  atSeconds: readonly number[],
): RunSamples[] {
  const outbreak = new OutbreakRun(...terms);
  const { ward } = outbreak;
  const { cellCount } = ward;
  const runCount = Math.max(0, toRun - fromRun);
  const all = terms.map(({ rehearsal }) => emptySamples(rehearsal, fromRun, runCount, atSeconds));
  for (let nth = 0; nth < runCount; nth++) {
    outbreak.play(
      fromRun + nth,
      atSeconds,
      (time, branch) => all[branch].taken.set(ward.taken, cellCount * (nth * atSeconds.length + time)),
      (branch) => {
        const { crossedSeconds, boundaries, hasEnded } = all[branch];
        crossedSeconds.set(ward.crossedAt, nth * boundaries.length);
        hasEnded[nth] = outbreak.hasEnded() ? 1 : 0;
      },
    );
  }
  outbreak.close();
  return all;
}

/** Room for the samples of runs. */
export function emptySamples(
  rehearsal: Rehearsal,
  fromRun: number,
  runCount: number,
  atSeconds: readonly number[],
): RunSamples {
  const boundaries = layoutOfMap(rehearsal.map).boundaries.ids;
  const segmentCount = rehearsal.map.segments.length;
  return {
    fromRun,
    runCount,
    atSeconds,
    segmentCount,
    taken: new Int32Array(runCount * atSeconds.length * segmentCount),
    boundaries,
    crossedSeconds: new Float64Array(runCount * boundaries.length),
    hasEnded: new Uint8Array(runCount),
  };
}

// Plays a stretch of runs of one rehearsal and keeps what became of each.

import { checkRehearsal } from "./check.ts";
import { OutbreakRun } from "./outbreak-run.ts";
import type { Rehearsal, RunSamples } from "./rehearsal.ts";
import { type TermsOptions, termsOf } from "./terms.ts";

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
  const terms = termsOf(rehearsal, options);
  const outbreak = new OutbreakRun(terms);
  const { ward } = outbreak;
  const { cellCount } = ward;
  const runCount = Math.max(0, toRun - fromRun);
  const boundaries = terms.layout.boundaries.ids;
  const taken = new Int32Array(runCount * atSeconds.length * cellCount);
  const crossedSeconds = new Float64Array(runCount * boundaries.length);
  const hasEnded = new Uint8Array(runCount);
  let row = 0;
  const keep = (): void => taken.set(ward.taken, cellCount * row++);
  for (let nth = 0; nth < runCount; nth++) {
    outbreak.play(fromRun + nth, atSeconds, keep);
    crossedSeconds.set(ward.crossedAt, nth * boundaries.length);
    hasEnded[nth] = outbreak.hasEnded() ? 1 : 0;
  }
  outbreak.close();
  return { fromRun, runCount, atSeconds, segmentCount: cellCount, taken, boundaries, crossedSeconds, hasEnded };
}

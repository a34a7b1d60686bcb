// Quiet generated days through the detector: whoever is flagged is flagged wrongly. Zero flags in 30,000 host-days state
// less than one in 10,000 with 95 % confidence (rule of three).

import { runQuiet } from "./outbreak-trials.ts";
import type { Proof } from "./proof.ts";

const hostDaysAsked = 30_000;

export const quietDays: Proof = {
  name: "quiet days",
  claim: "no false flag in 30,000 benign host-days, with a baseline of four days",
  total: 100,
  sliceCases: 1,
  runSlice(from, to) {
    const figures: Record<string, number> = { hostDays: 0, falseFlags: 0, outbreaks: 0 };
    const failures: string[] = [];
    for (let seed = from; seed < to; seed++) {
      const quiet = runQuiet({ seed, workstations: 200, hours: 24, hasBaseline: true });
      for (const [role, days] of Object.entries(quiet.hostDays)) {
        figures.hostDays += days;
        figures[`days of ${role}`] = (figures[`days of ${role}`] ?? 0) + days;
      }
      figures.falseFlags += quiet.falseFlags.length;
      figures.outbreaks += quiet.outbreaks;
      for (const flag of quiet.falseFlags) failures.push(`seed ${seed}: ${flag.role} ${flag.address}: ${flag.because}`);
    }
    return { cases: to - from, failures, figures };
  },
  judge({ cases, figures }) {
    const isShort = cases === quietDays.total && figures.hostDays < hostDaysAsked;
    return isShort ? [`${Math.round(figures.hostDays)} host-days, at least ${hostDaysAsked} were asked`] : [];
  },
};

// What a part of the long proof looks like. Each part is a file test/proof/NAME.proof.ts that exports `proof`; the
// runner cuts it into slices, writes each slice's row to disk and can be stopped and resumed between any two of them.

/** What one slice found. Numbers are added over slices, except those named in `maxima`, of which the largest is kept. */
export interface ProofRow {
  /** Cases that were run in this slice. */
  readonly cases: number;
  /** One sentence for each case that broke the claim, with its seed or case number. Empty when all held. */
  readonly failures: readonly string[];
  /** Other figures for the table: `{ throws: 0, hangs: 0, heapMegabytes: 12 }`. */
  readonly figures?: Readonly<Record<string, number>>;
  /** Single measurements, pooled over slices; the table shows median, 95th percentile and largest. */
  readonly samples?: Readonly<Record<string, readonly number[]>>;
}

/** All slices of one part together. */
export interface ProofSummary {
  readonly cases: number;
  readonly failures: readonly string[];
  readonly figures: Readonly<Record<string, number>>;
  /** Sorted, smallest first. */
  readonly samples: Readonly<Record<string, readonly number[]>>;
}

export interface Proof {
  /** `fuzz packets`. */
  readonly name: string;
  /** What must hold, as a sentence for the closing table. */
  readonly claim: string;
  /** Cases in all. Case numbers run from 0 to `total` - 1 and are also seeds. */
  readonly total: number;
  /** Cases in one slice: about half a minute of work. */
  readonly sliceCases: number;
  /** Figures of which the largest over all slices is shown instead of the sum. */
  readonly maxima?: readonly string[];
  /** What is asked of all cases together, such as a median; a sentence for each thing that does not hold. */
  judge?(summary: ProofSummary): readonly string[];
  /** Runs the cases `from` to `to` - 1. The same case gives the same answer whatever slice it is in. */
  runSlice(from: number, to: number): Promise<ProofRow> | ProofRow;
}

/** Adds the slices up. */
export function summarise(proof: Proof, slices: readonly ProofRow[]): ProofSummary {
  const figures: Record<string, number> = {};
  const samples: Record<string, number[]> = {};
  for (const slice of slices) {
    for (const [name, value] of Object.entries(slice.figures ?? {})) {
      const known = figures[name];
      if (known === undefined) figures[name] = value;
      else figures[name] = proof.maxima?.includes(name) ? Math.max(known, value) : known + value;
    }
    for (const [name, values] of Object.entries(slice.samples ?? {})) (samples[name] ??= []).push(...values);
  }
  for (const values of Object.values(samples)) values.sort((a, b) => a - b);
  const cases = slices.reduce((sum, slice) => sum + slice.cases, 0);
  return { cases, failures: slices.flatMap((slice) => slice.failures), figures, samples };
}

/** The smallest value that at least a share `share` of the sorted values does not exceed; NaN when there is none. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

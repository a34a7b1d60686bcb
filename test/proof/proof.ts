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
  /** Runs the cases `from` to `to` - 1. The same case gives the same answer whatever slice it is in. */
  runSlice(from: number, to: number): Promise<ProofRow> | ProofRow;
}

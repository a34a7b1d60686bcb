// HiGHS behind one function: a mixed-integer program in, the best answer found and a bound on any answer out. The only
// file of planning that imports a package.

import * as highsModule from "highs";

/** Minimise `cost · x` where each row's sum lies between its bounds. Rows are added by `addRow`, columns by `addColumn`. */
export class LinearProgram {
  readonly cost: number[] = [];
  readonly upper: number[] = [];
  readonly isWhole: number[] = [];
  readonly rowLower: number[] = [];
  readonly starts: number[] = [0];
  readonly indices: number[] = [];
  readonly values: number[] = [];

  /** A column from 0 to `upper`. @returns its number */
  addColumn(cost: number, upper = 1, isWhole = false): number {
    this.cost.push(cost);
    this.upper.push(upper);
    this.isWhole.push(isWhole ? 1 : 0);
    return this.cost.length - 1;
  }

  /** The sum of the terms is at least `lower`. */
  addRow(terms: readonly (readonly [column: number, factor: number])[], lower: number): void {
    for (const [column, factor] of terms) {
      this.indices.push(column);
      this.values.push(factor);
    }
    this.starts.push(this.indices.length);
    this.rowLower.push(lower);
  }
}

export interface Solved {
  readonly values: Float64Array;
  readonly bound: number;
  readonly isOptimal: boolean;
}

type Highs = highsModule.Highs;

// The package's types are written for require(), where the loader is `default` of `default`; import finds it at once.
const loadHighs = (highsModule as unknown as { readonly default: () => Promise<Highs> }).default;
let loading: Promise<Highs> | null = null;

/** Loads the solver (once per thread, some 50 ms), so that the first question need not wait for it. */
export async function openSolver(): Promise<SolverHere> {
  loading ??= loadHighs();
  const highs: Highs = await loading;
  return (program, timeLimitSeconds) => solve(highs, program, timeLimitSeconds);
}

/**
 * @param target  an answer of at most this cost is good enough; none for the best there is
 * @returns null when there is no answer within the limit, or none at all
 */
export type Solver = (...question: Parameters<SolverHere>) => Solved | null | Promise<Solved | null>;
export type SolverHere = (program: LinearProgram, timeLimitSeconds: number, target?: number) => Solved | null;

function solve(highs: Highs, program: LinearProgram, timeLimitSeconds: number, target?: number): Solved | null {
  const { cost, upper, isWhole, rowLower, starts, indices, values } = program;
  const { variableType, modelStatus } = highs.constants;
  const model = highs.createModel({
    numCols: cost.length,
    numRows: rowLower.length,
    colCost: cost,
    colLower: cost.map(() => 0),
    colUpper: upper,
    rowLower,
    rowUpper: rowLower.map(() => highs.infinity),
    matrix: { format: "csr", numRows: rowLower.length, numCols: cost.length, starts, indices, values },
    integrality: isWhole.map((is) => (is === 1 ? variableType.integer : variableType.continuous)),
  });
  try {
    // The gaps are zero: two sets that differ by a signature must be told apart. Restarts and the searches in smaller
    // copies of the program took half of the time and found nothing sooner; presolve, and trying out branches before
    // their costs are believed, half of the rest.
    model.options.set({
      output_flag: false,
      time_limit: timeLimitSeconds,
      mip_rel_gap: 0,
      mip_abs_gap: 1e-7,
      presolve: "off",
      mip_pscost_minreliable: 0,
      mip_detect_symmetry: false,
      mip_allow_restart: false,
      mip_heuristic_run_rins: false,
      mip_heuristic_run_rens: false,
      mip_heuristic_run_root_reduced_cost: false,
      ...(target === undefined ? {} : { objective_target: target }),
    });
    model.run();
    const status = model.getModelStatus();
    const isOptimal = status === modelStatus.optimal;
    const { colValue } = model.getSolution();
    const hasStopped = status === modelStatus.timeLimit || status === modelStatus.objectiveTarget;
    if (!isOptimal && (!hasStopped || colValue.length === 0)) return null;
    // Where presolve leaves nothing to branch on, the solver states no bound of its own.
    const bound = isOptimal ? model.getObjectiveValue() : Number(model.info.get("mip_dual_bound"));
    return { values: colValue, bound, isOptimal };
  } finally {
    model.dispose();
  }
}

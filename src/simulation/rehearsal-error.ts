// A rehearsal that cannot be played: what is wrong, where in the input, and what to do about it.

/** Thrown before any run, one per fault. */
export class RehearsalError extends Error {
  /** What is wrong, as a sentence fragment: "must be at least 0, got -1". */
  readonly what: string;
  /** Where in the rehearsal: `worm.localTriesPerSecond`, `orders[2].atSeconds`. */
  readonly where: string;
  /** What to do about it. */
  readonly todo: string;

  constructor(where: string, what: string, todo: string) {
    super(`Cannot rehearse: ${where} ${what}; ${todo}`);
    this.name = "RehearsalError";
    this.what = what;
    this.where = where;
    this.todo = todo;
  }
}

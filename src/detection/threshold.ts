// The threshold: from a budget of false isolations per host-day to log-odds. Nobody sets a threshold by taste.

/** Default budget: one false flag in ten thousand benign host-days. */
export const BUDGET_PER_HOST_DAY = 1e-4;
/**
 * Scored contacts of a benign host per day when no baseline tells: new contacts to lateral, remote and unclassed ports.
 * Office machines of the M57 day made 1 to 2; eight leaves room for administrators.
 */
export const SCORED_CONTACTS_PER_DAY = 8;
/** Groups of ports with a test of their own that may flag; each is another chance to be wrong (Bonferroni). */
const TESTS_PER_HOST = 5;

/**
 * A sequential test in log-odds crosses h on benign data with probability at most exp(-h) per start (Wald 1947), and the
 * floor at zero lets every contact be a start (Lorden 1971). With several tests per host:
 * false flags per host-day <= tests * contacts per day * exp(-h).
 * @returns h = ln(tests * contacts per day / budget), nats; 12.9 by default
 */
export function thresholdFor(budgetPerHostDay: number, contactsPerDay: number = SCORED_CONTACTS_PER_DAY): number {
  if (!(budgetPerHostDay > 0 && budgetPerHostDay < 1)) {
    throw new RangeError(
      `Cannot set the threshold: the budget of false isolations per host-day must be between 0 and 1, got ${budgetPerHostDay}`,
    );
  }
  return Math.log((TESTS_PER_HOST * Math.max(contactsPerDay, 1)) / budgetPerHostDay);
}

// What is known exactly of small outbreaks, as probabilities or means; engines are tested against these.

/** Mean time until all of `hosts` are taken from `infected`, each pair at `pairRate`: a sum of exponential steps. */
export function fullTakeSeconds(hosts: number, infected: number, pairRate: number): number {
  let seconds = 0;
  for (let taken = infected; taken < hosts; taken++) seconds += 1 / (pairRate * taken * (hosts - taken));
  return seconds;
}

/**
 * How many of `others` are taken in the end when each infected host tries for exactly `activeSeconds` and each pair
 * meets at `pairRate`: the triangular equations of Ball (1986), one infected at the start. Exact up to about 30 others.
 */
export function finalSizeFixedTime(others: number, pairRate: number, activeSeconds: number): number[] {
  const probabilities: number[] = [];
  for (let size = 0; size <= others; size++) {
    const escapes = Math.exp(-pairRate * (others - size) * activeSeconds);
    let sum = 0;
    for (let less = 0; less < size; less++) {
      sum += (choose(others - less, size - less) * probabilities[less]) / escapes ** (less + 1);
    }
    probabilities.push((choose(others, size) - sum) * escapes ** (size + 1));
  }
  return probabilities;
}

/**
 * How many of `others` are taken in the end when each infected host makes exactly `tries` tries at `places` addresses.
 * The order of the tries does not matter, so it is a walk over (hosts left, tries left).
 */
export function finalSizeFixedTries(others: number, places: number, tries: number, takes = 1): number[] {
  const ended = Array.from({ length: others + 1 }, () => 0);
  let now = new Map<number, number>([[tries, 1]]); // tries left, at `left` hosts left
  for (let left = others; left >= 0; left--) {
    const next = new Map<number, number>();
    const most = Math.max(...now.keys());
    const here = Array.from({ length: most + 1 }, () => 0);
    for (const [count, probability] of now) here[count] = probability;
    const hit = (takes * left) / places;
    for (let count = most; count > 0; count--) {
      const after = count - 1 + tries;
      if (hit > 0) next.set(after, (next.get(after) ?? 0) + here[count] * hit);
      here[count - 1] += here[count] * (1 - hit);
    }
    ended[others - left] = here[0];
    now = next;
    if (now.size === 0) break;
  }
  return ended;
}

function choose(n: number, k: number): number {
  let count = 1;
  for (let at = 1; at <= k; at++) count = (count * (n - k + at)) / at;
  return count;
}

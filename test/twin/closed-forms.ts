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
 * How many of `others` are taken in the end when each infected host makes `tries` tries at `places` addresses and then
 * goes on for a while in which it makes `triesAfter` more on average (Poisson: a delay until it is isolated). The order
 * of the tries does not matter, so it is a walk over (hosts left, tries left). Sleep between them changes nothing.
 */
export function finalSizeOfTries(
  others: number,
  places: number,
  tries: number,
  options: { readonly takes?: number; readonly triesAfter?: number } = {},
): number[] {
  const { takes = 1, triesAfter = 0 } = options;
  const more = poissonUpTo(triesAfter);
  const most = (others + 1) * (tries + 6 * triesAfter + (triesAfter > 0 ? 12 : 0)) + 1;
  const ended = Array.from({ length: others + 1 }, () => 0);
  let here = new Float64Array(most + 1); // chance of each number of tries left, at `left` hosts left
  more.forEach((probability, extra) => (here[tries + extra] += probability));
  for (let left = others; left >= 0; left--) {
    const next = new Float64Array(most + 1);
    const hit = (takes * left) / places;
    for (let count = most; count > 0; count--) {
      if (here[count] === 0) continue;
      if (hit > 0) {
        more.forEach((probability, extra) => {
          next[Math.min(most, count - 1 + tries + extra)] += here[count] * hit * probability;
        });
      }
      here[count - 1] += here[count] * (1 - hit);
    }
    ended[others - left] = here[0];
    here = next;
  }
  return ended;
}

/** Poisson probabilities until what is left is under 1e-12. */
function poissonUpTo(mean: number): number[] {
  const probabilities = [Math.exp(-mean)];
  for (let sum = probabilities[0]; 1 - sum > 1e-12 && probabilities.length < 400; sum += probabilities.at(-1) ?? 0) {
    probabilities.push(((probabilities.at(-1) ?? 0) * mean) / probabilities.length);
  }
  return probabilities;
}

export function meanSize(probabilities: readonly number[]): number {
  return probabilities.reduce((sum, probability, size) => sum + probability * (size + 1), 0);
}

function choose(n: number, k: number): number {
  let count = 1;
  for (let at = 1; at <= k; at++) count = (count * (n - k + at)) / at;
  return count;
}

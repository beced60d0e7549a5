/**
 * Exact one-sided upper bound for a proportion, `hits` of `n` independent trials: the largest p under which so few hits are
 * not less likely than 1 − `confidence` (Clopper & Pearson 1934, Biometrika 26, 404–413). For no hits it is
 * 1 − (1 − confidence)^(1/n), and 1 without trials.
 */
export function exactUpperBound(hits: number, n: number, confidence = 0.95): number {
  if (!(n > 0) || hits >= n) return 1;

  const level = 1 - confidence;
  if (hits === 0) return 1 - level ** (1 / n);

  let [low, high] = [hits / n, 1];
  // Halving to the last bit.
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (atMost(hits, n, middle) > level) low = middle;
    else high = middle;
  }
  return high;
}

/** The probability of at most `hits` successes in `n` trials, each with probability `p` strictly between 0 and 1. */
function atMost(hits: number, n: number, p: number): number {
  let term = n * Math.log1p(-p);
  let sum = Math.exp(term);
  for (let k = 1; k <= hits; k++) {
    term += Math.log(((n - k + 1) / k) * (p / (1 - p)));
    sum += Math.exp(term);
  }
  return sum;
}

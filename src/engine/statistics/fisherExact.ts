/** Probabilities that differ by rounding alone count as equal. */
const SLACK = 1 + 1e-7;

/**
 * Fisher's exact test, two-sided: how likely two groups are to differ at least as much in how many of them have something, if
 * they do not differ at all. Sums the tables that are at most as likely as this one, as R's fisher.test and SciPy do.
 */
export function fisherExact(left: { hits: number; n: number }, right: { hits: number; n: number }): number {
  const hits = left.hits + right.hits;
  const n = left.n + right.n;
  const factorials = logFactorials(n);
  const logOf = (inLeft: number) =>
    choose(left.n, inLeft, factorials) +
    choose(right.n, hits - inLeft, factorials) -
    choose(n, hits, factorials);

  const observed = Math.exp(logOf(left.hits)) * SLACK;
  let p = 0;
  for (let inLeft = Math.max(0, hits - right.n); inLeft <= Math.min(left.n, hits); inLeft += 1) {
    const probability = Math.exp(logOf(inLeft));
    if (probability <= observed) p += probability;
  }
  return Math.min(1, p);
}

function logFactorials(n: number): Float64Array {
  const logs = new Float64Array(n + 1);
  for (let i = 1; i <= n; i += 1) logs[i] = (logs[i - 1] ?? 0) + Math.log(i);
  return logs;
}

function choose(n: number, k: number, logs: Float64Array): number {
  return (logs[n] ?? 0) - (logs[k] ?? 0) - (logs[n - k] ?? 0);
}

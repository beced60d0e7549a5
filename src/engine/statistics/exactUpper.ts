/**
 * Exact one-sided upper bound for a proportion of which none of `n` independent trials was: the largest p under which that
 * is not less likely than 1 − `confidence` (Clopper & Pearson 1934, Biometrika 26, 404–413). 1 without trials.
 */
export function upperBoundOfNone(n: number, confidence: number): number {
  return 1 - (1 - confidence) ** (1 / n);
}

import { boundedMeanP } from './boundedMean.ts';
import type { Counted } from './exponentialSum.ts';

/** Parts of the range in which the mean of the right group lies. */
const PARTS = 32;
/** Standard errors of that range, to either side. */
const WIDTH = 7;

/**
 * One-sided p for "the mean of `left` is at least that of `right` plus `margin`", for two groups of values in [0, 1] that are not paired.
 *
 * Each group has the confidence distribution of its cautious end: for yes and no those of Clopper & Pearson 1934, else those of
 * Gaffke 2005 (see boundedMean.ts); upper for the left, lower for the right. p is the probability that, drawn from them, the left is
 * greater by the margin: P = ∫ P(L ≥ m + margin) dF(m) (Schweder & Hjort 2016, Confidence, Likelihood, Probability, section 4.6). By
 * enumeration it errs to the cautious side. 1 without values.
 */
export function notLessP(left: readonly Counted[], right: readonly Counted[], margin: number): number {
  if (left.length === 0 || right.length === 0) return 1;
  const [low, high] = rangeOf(right);
  const places = Array.from({ length: PARTS + 1 }, (_, at) => low + ((high - low) * at) / PARTS);

  let before = confidence(right, low);
  let p = before * upperTail(left, low + margin);
  for (const [at, place] of places.entries()) {
    if (at === 0) continue;
    const now = confidence(right, place);
    const middle = (place + (places[at - 1] ?? place)) / 2;
    // The mass of a part lies where its tail says so; one that is empty need not be asked.
    if (now - before > 1e-9) p += (now - before) * upperTail(left, middle + margin);
    before = now;
  }
  return Math.min(1, p + Math.max(0, 1 - before) * upperTail(left, low + margin));
}

/** P(mean ≤ m) by the lower confidence distribution. */
function confidence(values: readonly Counted[], mean: number): number {
  if (mean >= 1) return 1;
  return mean < 0 ? 0 : boundedMeanP(signed(values), 2 * mean - 1).atMost;
}

/** P(mean ≥ m) by the upper one. */
function upperTail(values: readonly Counted[], mean: number): number {
  if (mean <= 0) return 1;
  return mean > 1 ? 0 : boundedMeanP(signed(values), 2 * mean - 1).atLeast;
}

function signed(values: readonly Counted[]): { sum: number; n: number; count: number }[] {
  return values.map(({ value, count }) => ({ sum: 2 * value - 1, n: 1, count }));
}

function rangeOf(values: readonly Counted[]): [number, number] {
  const n = values.reduce((sum, { count }) => sum + count, 0);
  const mean = values.reduce((sum, { value, count }) => sum + value * count, 0) / n;
  const squares = values.reduce((sum, { value, count }) => sum + count * (value - mean) ** 2, 0);
  // One value more, as far away as it can be, for what was not seen.
  const reach = WIDTH * (Math.sqrt((squares + 1) / (n + 1)) / Math.sqrt(n));
  return [Math.max(0, mean - reach), Math.min(1, mean + reach)];
}

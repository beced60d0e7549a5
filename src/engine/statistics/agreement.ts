/** How a disagreement of two values is counted. */
export type Distance = 'nominal' | 'interval';

/**
 * Cohen's kappa of two raters over the same items; `weight` decides what a disagreement of i and j categories
 * apart costs: none (all the same), linear |i − j|, quadratic (i − j)². Cohen 1960, Educ. Psychol. Meas. 20,
 * 37–46; weighted: Cohen 1968, Psychol. Bull. 70, 213–220. Ratings are categories from 0 to `categories` − 1.
 * Null without items, or when chance alone would agree fully.
 */
export function cohensKappa(
  pairs: readonly (readonly [number, number])[],
  categories: number,
  weight: 'none' | 'linear' | 'quadratic' = 'none',
): number | null {
  const first = new Float64Array(categories);
  const second = new Float64Array(categories);
  const cost = (a: number, b: number): number =>
    weight === 'none' ? Number(a !== b) : Math.abs(a - b) ** (weight === 'linear' ? 1 : 2);
  let observed = 0;
  for (const [a, b] of pairs) {
    first[a] = (first[a] ?? 0) + 1;
    second[b] = (second[b] ?? 0) + 1;
    observed += cost(a, b);
  }

  let expected = 0;
  for (const [a, countA] of first.entries())
    for (const [b, countB] of second.entries()) expected += (countA * countB * cost(a, b)) / pairs.length;

  return pairs.length === 0 || expected === 0 ? null : 1 - observed / expected;
}

/**
 * Krippendorff's alpha over units that any number of raters rated; null ratings are missing, and units with
 * fewer than two ratings do not count. α = 1 − D_o/D_e, with δ² = [a ≠ b] or (a − b)². Krippendorff 2011,
 * Computing Krippendorff's Alpha-Reliability, sections C and D. Null without such units or without variation.
 */
export function krippendorffAlpha(
  units: readonly (readonly (number | null)[])[],
  distance: Distance,
): number | null {
  const rated = units
    .map((unit) => unit.filter((value) => value !== null))
    .filter((values) => values.length >= 2);
  const delta = (a: number, b: number): number => (distance === 'nominal' ? Number(a !== b) : (a - b) ** 2);
  const all = rated.flat();
  let within = 0;
  for (const values of rated) within += pairSum(values, delta) / (values.length - 1);
  const between = pairSum(all, delta) / (all.length - 1);
  return between === 0 ? null : 1 - within / between;
}

/** Σ δ(a, b) over ordered pairs, in one pass over distinct values. */
function pairSum(values: readonly number[], delta: (a: number, b: number) => number): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  let sum = 0;
  for (const [a, countA] of counts) for (const [b, countB] of counts) sum += countA * countB * delta(a, b);
  return sum;
}

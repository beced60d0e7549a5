import { logAgainstAtLeast, logAgainstAtMost, together } from './capital.ts';
import { logGamma } from './logGamma.ts';

/** The quantile that is compared is the one that this share of the values exceeds. */
const TAIL = 0.05;
/** Values of the right group that are tried as its quantile. */
const MOST_TRIED = 300;

/**
 * One-sided p for "the 95 % quantile of `left` is at least `factor` times that of `right`", for two groups that are not paired. Where it
 * is, at least 5 % of the left exceed the right one's quantile times the factor: a binomial tail for each order statistic of the right,
 * weighted by the confidence that its quantile lies there, which is binomial as well (David & Nagaraja 2003, Order Statistics,
 * section 7.1). 1 without values.
 */
export function tailNotLessP(left: readonly number[], right: readonly number[], factor: number): number {
  if (left.length === 0 || right.length === 0) return 1;
  const [ours, theirs] = [sorted(left), sorted(right)];

  // That the quantile lies below the least of them, of which nothing is known.
  let p = Math.exp(logBinomial(theirs.length, 0, 1 - TAIL));
  for (let rank = 1; rank <= theirs.length; rank += 1) {
    const weight = Math.exp(logBinomial(theirs.length, rank, 1 - TAIL));
    if (weight < 1e-12) continue;
    const beyond = ours.length - countBelow(ours, (theirs[rank - 1] ?? 0) * factor);
    p += weight * atMostBinomial(ours.length, beyond, TAIL);
  }
  return Math.min(1, p);
}

/** Logarithm of an e-value, for any number of looks, against "the 95 % quantile of `left` is at most `factor` times that of `right`". */
export function logAgainstTailNotGreater(
  left: readonly number[],
  right: readonly number[],
  factor: number,
): number {
  if (left.length === 0 || right.length === 0) return Number.NEGATIVE_INFINITY;
  const [ours, theirs] = [sorted(left), sorted(right)];
  const tried = places(theirs);

  // For a quantile q between two that are tried: fewer of the left lie beyond the greater, more of the right beyond the less.
  const logs = tried.map((at, index) => {
    const next = tried[index + 1];
    const beyond = next === undefined ? 0 : ours.length - countBelow(ours, next * factor, true);
    const left =
      at === Number.NEGATIVE_INFINITY ? theirs.length : theirs.length - countBelow(theirs, at, true);
    return together(
      logAgainstAtMost(counted(beyond, ours.length), TAIL),
      logAgainstAtLeast(counted(left, theirs.length), TAIL),
    );
  });
  return Math.min(...logs);
}

/** The other way round: against "at least `factor` times". */
export function logAgainstTailNotLess(
  left: readonly number[],
  right: readonly number[],
  factor: number,
): number {
  if (left.length === 0 || right.length === 0) return Number.NEGATIVE_INFINITY;
  const [ours, theirs] = [sorted(left), sorted(right)];
  const tried = places(theirs);

  const logs = tried.map((at, index) => {
    const next = tried[index + 1];
    const beyond =
      at === Number.NEGATIVE_INFINITY ? ours.length : ours.length - countBelow(ours, at * factor);
    const right = next === undefined ? 0 : theirs.length - countBelow(theirs, next, true);
    return together(
      logAgainstAtLeast(counted(beyond, ours.length), TAIL),
      logAgainstAtMost(counted(right, theirs.length), TAIL),
    );
  });
  return Math.min(...logs);
}

/** Before the first, and then some of the values, the first and the last among them. */
function places(values: Float64Array): number[] {
  const step = Math.max(1, Math.ceil(values.length / MOST_TRIED));
  const some = [...values].filter((_, at) => at % step === 0 || at === values.length - 1);
  return [Number.NEGATIVE_INFINITY, ...new Set(some)];
}

function counted(hits: number, n: number): { value: number; count: number }[] {
  return [
    { value: 1, count: hits },
    { value: 0, count: n - hits },
  ];
}

function sorted(values: readonly number[]): Float64Array {
  return Float64Array.from(values).sort();
}

/** How many of a sorted list are below a value, or at most it. */
function countBelow(values: Float64Array, value: number, orEqual = false): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = values[middle] ?? 0;
    if (other < value || (orEqual && other === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function atMostBinomial(n: number, hits: number, share: number): number {
  let sum = 0;
  for (let at = 0; at <= hits; at += 1) sum += Math.exp(logBinomial(n, at, share));
  return Math.min(1, sum);
}

function logBinomial(n: number, hits: number, share: number): number {
  return (
    logGamma(n + 1) -
    logGamma(hits + 1) -
    logGamma(n - hits + 1) +
    hits * Math.log(share) +
    (n - hits) * Math.log1p(-share)
  );
}

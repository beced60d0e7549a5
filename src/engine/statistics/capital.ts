import type { Counted } from './exponentialSum.ts';

/** Shares of the capital that are bet. Each is a strategy with an equal part of the money. */
const STAKES = [0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 0.95];
/** Means that are tried for the side that is only estimated. Closer together near 0 and 1, where rates of errors are. */
const MEANS = Array.from({ length: 121 }, (_, at) => Math.sin((at / 120) * (Math.PI / 2)) ** 2);

/**
 * Logarithm of an e-value against "the mean is at most `most`" for values in [0, 1]: what a gambler has who begins with 1 and bets
 * λ on every value, Π(1 + λ(x/m − 1)). Under the hypothesis it ever reaches 1/α with probability ≤ α (Ville), however often one looks;
 * so does the mean over several λ (Waudby-Smith & Ramdas 2024, J. R. Stat. Soc. B 86, 1–27, section 4). The stakes do not depend on
 * what came before, so that the order of the values does not matter, and late ones may be added.
 */
export function logAgainstAtMost(values: readonly Counted[], most: number): number {
  if (!(most >= 0)) return Number.POSITIVE_INFINITY;
  if (most === 0 && values.some(({ value, count }) => value > 0 && count > 0))
    return Number.POSITIVE_INFINITY;

  const logs = STAKES.map((stake) =>
    values.reduce(
      (sum, { value, count }) => sum + count * Math.log1p(stake * (most === 0 ? -1 : value / most - 1)),
      0,
    ),
  );
  return logMean(logs);
}

/** The same against "the mean is at least `least`". */
export function logAgainstAtLeast(values: readonly Counted[], least: number): number {
  return logAgainstAtMost(
    values.map(({ value, count }) => ({ value: 1 - value, count })),
    1 - least,
  );
}

/**
 * Logarithm of an e-value against "the mean of `left` is at most that of `right` plus `margin`", for two groups that are not paired. For
 * each mean that `right` might have, the product of two capitals is one as well; what is left is the least over those means, which is at most
 * that at the true one (Turner & Grünwald 2023, Stat. Probab. Lett. 198, 109835, for two streams). Between two means that are tried, each
 * factor is taken at the end where it is less.
 */
export function logAgainstNotGreater(
  left: readonly Counted[],
  right: readonly Counted[],
  margin: number,
): number {
  const up = MEANS.map((mean) => logAgainstAtMost(left, Math.max(0, mean + margin)));
  const down = MEANS.map((mean) => logAgainstAtLeast(right, mean));
  return least(up, down);
}

/** Logarithm of an e-value against "the mean of `left` is at least that of `right` plus `margin`". */
export function logAgainstNotLess(
  left: readonly Counted[],
  right: readonly Counted[],
  margin: number,
): number {
  return logAgainstNotGreater(mirrored(left), mirrored(right), -margin);
}

/** `up` falls with the mean, `down` rises with it. */
function least(up: readonly number[], down: readonly number[]): number {
  let found = Number.POSITIVE_INFINITY;
  for (let at = 0; at + 1 < up.length; at += 1) found = Math.min(found, (up[at + 1] ?? 0) + (down[at] ?? 0));
  return found;
}

/** Of two independent e-values: a third each on one of them alone, and on both. */
export function together(left: number, right: number): number {
  return logMean([left, right, left + right]);
}

function mirrored(values: readonly Counted[]): Counted[] {
  return values.map(({ value, count }) => ({ value: 1 - value, count }));
}

function logMean(logs: readonly number[]): number {
  const most = Math.max(...logs);
  if (!Number.isFinite(most)) return most;
  return most + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - most), 0) / logs.length);
}

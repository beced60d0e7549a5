import { LEVELS_95, type Levels } from './boundedMean.ts';
import { exponentialSumP } from './exponentialSum.ts';
import { fallsTo } from './fallsTo.ts';
import { shownP } from './shownP.ts';

/** Sums that should be 0 are off by this much at most, shares and scores being at most 1. */
const ROUNDING = 1e-9;

/**
 * Cohen's d_z of paired differences: their mean over their standard deviation. Cohen 1988, Statistical Power
 * Analysis, 2nd ed., section 2.3.5. Null with fewer than two differences or when all are the same.
 */
export function cohensDz(differences: readonly number[]): number | null {
  const n = differences.length;
  if (n < 2) return null;
  const mean = differences.reduce((sum, value) => sum + value, 0) / n;
  const squares = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / (n - 1));
  return deviation < ROUNDING * (Math.abs(mean) + ROUNDING) ? null : mean / deviation;
}

/** Odds of an improvement against a degradation; `high` and the ratio are null where they have no bound. */
export interface OddsRatio {
  ratio: number | null;
  low: number;
  high: number | null;
}

/** What one cluster gained and lost, of as many cases. */
export interface GainAndLoss {
  gain: number;
  loss: number;
  n: number;
}

/**
 * Odds of gains against losses. With one pass/fail pair in each cluster it is the conditional odds ratio b/c of
 * discordant pairs with its exact interval (Breslow & Day 1980, Statistical Methods in Cancer Research I, section 5.2),
 * that is, by the interval for b/(b + c) of Clopper & Pearson 1934, Biometrika 26, 404–413. For the share θ of the gains
 * in clusters, (1 − θ)·gain − θ·loss has the mean 0, which is tested as a bounded mean is (boundedMean.ts); so it holds
 * 1 exactly when the interval of the difference holds 0. Null without a gain or loss.
 */
export function oddsRatio(clusters: readonly GainAndLoss[], levels: Levels = LEVELS_95): OddsRatio | null {
  const gains = clusters.reduce((sum, { gain }) => sum + gain, 0);
  const losses = clusters.reduce((sum, { loss }) => sum + loss, 0);
  if (gains + losses < ROUNDING) return null;

  const gained = gains / (gains + losses);
  const lost = clusters.map(({ gain, loss, n }) => ({ gain: loss, loss: gain, n }));
  const low = 1 - fallsTo(levels.low, (share) => shareAtLeast(lost, share), 1 - gained, 1);
  const high = fallsTo(levels.high, (share) => shareAtLeast(clusters, share), gained, 1);

  return {
    ratio: losses < ROUNDING ? null : gains / losses,
    low: low / (1 - low),
    high: high > 1 - ROUNDING ? null : high / (1 - high),
  };
}

/** One-sided p for "the share of the gains is at least `share`". */
function shareAtLeast(clusters: readonly GainAndLoss[], share: number): number {
  const largest = clusters.reduce((most, { n }) => Math.max(most, n), 0);
  const values = clusters.map(({ gain, loss }) => ({ value: share * loss - (1 - share) * gain, count: 1 }));
  return shownP(exponentialSumP(values, -(1 - share) * largest));
}

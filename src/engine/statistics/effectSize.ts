import betaQuantile from '@stdlib/stats-base-dists-beta-quantile';
import { Z_95 } from './normal.ts';
import type { Interval } from './wilson.ts';

/**
 * Cohen's d_z of paired differences: their mean over their standard deviation. Cohen 1988, Statistical Power
 * Analysis, 2nd ed., section 2.3.5. Null with fewer than two differences or when all are the same.
 */
export function cohensDz(differences: readonly number[]): number | null {
  const n = differences.length;
  if (n < 2) return null;
  const mean = differences.reduce((sum, value) => sum + value, 0) / n;
  const squares = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return squares === 0 ? null : mean / Math.sqrt(squares / (n - 1));
}

/**
 * Difference of two paired pass rates, (b − c)/n, with the adjusted Wald 95 % interval, which stays honest
 * for few discordant pairs: Bonett & Price 2012, J. Educ. Behav. Stat. 37, 479–488, formula (7). Counts may
 * be fractions: shares of trials, or counts scaled to an effective number of cases. Null for n = 0.
 */
export function riskDifference(
  improved: number,
  degraded: number,
  n: number,
): { difference: number; interval: Interval } | null {
  if (!(n > 0)) return null;
  const up = (improved + 1) / (n + 2);
  const down = (degraded + 1) / (n + 2);
  const half = Z_95 * Math.sqrt(Math.max(0, up + down - (up - down) ** 2) / (n + 2));
  return {
    difference: (improved - degraded) / n,
    interval: { low: Math.max(-1, up - down - half), high: Math.min(1, up - down + half) },
  };
}

/** Odds of an improvement against a degradation; `high` and the ratio are null where they have no bound. */
export interface OddsRatio {
  ratio: number | null;
  low: number;
  high: number | null;
}

/**
 * Conditional odds ratio b/c of discordant pairs with its exact 95 % interval, from the interval for
 * b/(b + c) of Clopper & Pearson 1934, Biometrika 26, 404–413 (Breslow & Day 1980, Statistical Methods in
 * Cancer Research I, section 5.2). Null without discordant pairs.
 */
export function discordantOddsRatio(improved: number, degraded: number): OddsRatio | null {
  if (improved + degraded === 0) return null;
  const low = improved === 0 ? 0 : betaQuantile(0.025, improved, degraded + 1);
  const high = degraded === 0 ? 1 : betaQuantile(0.975, improved + 1, degraded);
  return {
    ratio: degraded === 0 ? null : improved / degraded,
    low: low / (1 - low),
    high: high === 1 ? null : high / (1 - high),
  };
}

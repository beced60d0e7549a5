import binomialCdf from '@stdlib/stats-base-dists-binomial-cdf';
import { shownP } from './shownP.ts';

/**
 * Exact McNemar test for paired pass/fail: two-sided p of `improved` against `degraded` discordant pairs
 * under a fair coin, p = min(1, 2·P(X ≤ min(b, c))), X ~ Bin(b + c, ½). McNemar 1947, Psychometrika 12,
 * 153–157; exact form: Agresti 2013, Categorical Data Analysis, 3rd ed., section 11.1. Without discordant
 * pairs p is 1; it is never below 1e-300.
 */
export function exactMcNemar(improved: number, degraded: number): number {
  return shownP(2 * binomialCdf(Math.min(improved, degraded), improved + degraded, 0.5));
}

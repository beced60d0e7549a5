import { normalPoint } from './normalDistribution.ts';

/** Two-sided level and power that are planned with, as is usual: Cohen 1988, Statistical Power Analysis. */
const ALPHA = 0.05;
const POWER = 0.8;

/**
 * Smallest true mean difference that a two-sided test at 5 % finds with 80 % power, given the standard error:
 * (z₁₋α/₂ + z_power)·SE. Normal theory; for evaluations see Miller 2024, arXiv:2411.00640, section 5.
 */
export function smallestEffect(standardError: number): number {
  return (normalPoint(1 - ALPHA / 2) + normalPoint(POWER)) * standardError;
}

/**
 * How many cases of this kind find an effect as large as `effect` with 80 % power, given the standard error
 * that `cases` of them have. Null where the effect or the error is 0: no number of cases would do, or it
 * cannot be told.
 */
export function casesToFind(effect: number, standardError: number, cases: number): number | null {
  if (effect === 0 || !(standardError > 0)) return null;
  return Math.ceil(cases * (smallestEffect(standardError) / Math.abs(effect)) ** 2);
}

/**
 * How many cases of this kind show, with 80 % power and one-sided at 5 %, that a candidate as good as the
 * baseline is not worse by `margin`: n·((z₁₋α + z_power)·SE/margin)². Julious 2004, Stat. Med. 23, 1921–1986,
 * section 4. Null where the error is 0.
 */
export function casesForNonInferiority(margin: number, standardError: number, cases: number): number | null {
  if (!(margin > 0) || !(standardError > 0)) return null;
  return Math.ceil(cases * (((normalPoint(1 - ALPHA) + normalPoint(POWER)) * standardError) / margin) ** 2);
}

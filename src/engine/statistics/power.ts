import studentQuantile from '@stdlib/stats-base-dists-t-quantile';
import { normalPoint } from './normalDistribution.ts';

/** Two-sided level and power that are planned with, as is usual: Cohen 1988, Statistical Power Analysis. */
const ALPHA = 0.05;
const POWER = 0.8;

/**
 * Smallest true mean difference that a two-sided test at 5 % finds with 80 % power, given the standard error:
 * (t₁₋α/₂ + t_power)·SE with as many degrees of freedom as there are independent units, less one: Bloom 1995, Eval.
 * Rev. 19, 547–556. Without `units` normal theory, as for very many; for evaluations see Miller 2024,
 * arXiv:2411.00640, section 5.
 */
export function smallestEffect(standardError: number, units = Number.POSITIVE_INFINITY): number {
  return (point(1 - ALPHA / 2, units) + point(POWER, units)) * standardError;
}

/**
 * How many cases of this kind find an effect as large as `effect` with 80 % power, given the standard error
 * that `cases` of them in `units` independent units have. Null where the effect or the error is 0: no number of cases
 * would do, or it cannot be told.
 */
export function casesToFind(
  effect: number,
  standardError: number,
  cases: number,
  units?: number,
): number | null {
  if (effect === 0 || !(standardError > 0)) return null;
  return Math.ceil(cases * (smallestEffect(standardError, units) / Math.abs(effect)) ** 2);
}

/**
 * How many cases of this kind show, with 80 % power and one-sided at 5 %, that a candidate as good as the
 * baseline is not worse by `margin`: n·((t₁₋α + t_power)·SE/margin)². Julious 2004, Stat. Med. 23, 1921–1986,
 * section 4. Null where the error is 0.
 */
export function casesForNonInferiority(
  margin: number,
  standardError: number,
  cases: number,
  units = Number.POSITIVE_INFINITY,
): number | null {
  if (!(margin > 0) || !(standardError > 0)) return null;
  const wanted = (point(1 - ALPHA, units) + point(POWER, units)) * standardError;
  return Math.ceil(cases * (wanted / margin) ** 2);
}

/** Two units are the fewest with a standard error. */
function point(probability: number, units: number): number {
  if (!Number.isFinite(units)) return normalPoint(probability);
  return studentQuantile(probability, Math.max(2, units) - 1);
}

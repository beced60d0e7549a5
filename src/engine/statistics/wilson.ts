import type { Interval } from './interval.ts';
import { Z_95 } from './normal.ts';

/**
 * 95 % score interval for a proportion: Wilson (1927), J. Am. Stat. Assoc. 22, 209–212; formula (4) in
 * Brown, Cai & DasGupta (2001), Stat. Sci. 16, 101–133.
 *
 * `n` may be a fraction: with clustered cases it is the effective sample size n / deff (Korn & Graubard
 * 1998, Survey Methodology 24, 193–201). Null for n = 0: no data is no interval.
 */
export function wilsonInterval(proportion: number, n: number): Interval | null {
  if (!(n > 0) || !(proportion >= 0 && proportion <= 1)) return null;
  const z2 = Z_95 * Z_95;
  const center = (proportion + z2 / (2 * n)) / (1 + z2 / n);
  const half = (Z_95 / (1 + z2 / n)) * Math.sqrt((proportion * (1 - proportion)) / n + z2 / (4 * n * n));
  return { low: Math.max(0, center - half), high: Math.min(1, center + half) };
}

/** Values after which the bound is at its narrowest. */
const TUNED_FOR = 100;

/**
 * How many standard errors from the mean of n values the end of a one-sided confidence sequence lies, which holds at all n at once, for
 * values without bounds: Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas 2024, Ann. Stat. 52, 2613–2640, "Time-uniform central limit
 * theory and asymptotic confidence sequences", the one-sided form of theorem 2.2. It is asymptotic: not for a handful of values.
 */
export function timeUniformErrors(n: number, alpha: number): number {
  const rho2 = (-2 * Math.log(2 * alpha) + Math.log(-2 * Math.log(2 * alpha) + 1)) / TUNED_FOR;
  const grown = n * rho2 + 1;
  return Math.sqrt((2 * grown * Math.log1p(Math.sqrt(grown) / (2 * alpha))) / (n * rho2));
}

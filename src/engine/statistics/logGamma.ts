/** Below it, the series is not exact. */
const SERIES_FROM = 12;

const HALF_LOG_2PI = 0.918_938_533_204_672_8;

/**
 * ln Γ(x) for x > 0, to about 15 digits: Stirling's series, Abramowitz & Stegun 1964, 6.1.41, after the argument was raised by
 * Γ(x + 1) = x Γ(x).
 */
export function logGamma(x: number): number {
  let raised = x;
  let product = 1;
  while (raised < SERIES_FROM) product *= raised++;

  const z = 1 / (raised * raised);
  const series = (1 / 12 - z * (1 / 360 - z * (1 / 1260 - z * (1 / 1680 - z * (1 / 1188))))) / raised;
  return (raised - 0.5) * Math.log(raised) - raised + HALF_LOG_2PI + series - Math.log(product);
}

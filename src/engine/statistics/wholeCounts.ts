/** Shares of up to this many trials are known for what they are. */
const MOST_TRIALS = 1000;
/** The common denominator stays below, so that sums of counts are exact. */
const MOST_PARTS = 2 ** 32;
const ROUNDING = 1e-9;

/** The fewest parts of which each of the shares of trials is a whole number: with 7 and 11 trials 77. */
export function commonDenominator(shares: Iterable<number>): number {
  let parts = 1;
  for (const share of new Set(shares)) {
    if (isWhole(share * parts)) continue;
    const trials = trialsOf(share);
    const common = (parts / gcd(parts, trials)) * trials;
    if (common <= MOST_PARTS) parts = common;
  }
  return parts;
}

function trialsOf(share: number): number {
  for (let trials = 1; trials < MOST_TRIALS; trials += 1) if (isWhole(share * trials)) return trials;
  return MOST_TRIALS;
}

function isWhole(value: number): boolean {
  return Math.abs(value - Math.round(value)) < ROUNDING * Math.max(1, value);
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

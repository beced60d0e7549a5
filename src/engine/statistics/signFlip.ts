import { twoSidedNormal } from './normalDistribution.ts';
import { shownP } from './shownP.ts';

/** Work that the exact distribution may take: steps times reachable sums. */
const MAX_WORK = 20_000_000;
/** With more steps than this the normal approximation is as good. */
const MANY_STEPS = 200;

/**
 * Two-sided sign-flip (randomisation) test: when baseline and candidate are exchangeable, each cluster's sum
 * of differences is as likely with the opposite sign, so p = P(|Σ ±s_g| ≥ |Σ s_g|) over all 2^G signs. Fisher
 * 1935, The Design of Experiments, section 21. With one pass/fail pair in each cluster it is McNemar's exact
 * test; with clusters it keeps its level where McNemar's does not.
 *
 * `sums` are whole numbers (differences in trials, say). Exact by convolution. Where the numbers are too large for that
 * they are rounded, and what may be a tie counts as one; for very many clusters normal with continuity correction.
 */
export function signFlipTest(sums: readonly number[]): number {
  const whole = reduced(sums.filter((sum) => sum !== 0));
  const steps = whole.map(Math.abs);
  const observed = Math.abs(whole.reduce((total, sum) => total + sum, 0));
  const range = steps.reduce((total, step) => total + step, 0);

  const most = Math.floor(MAX_WORK / steps.length / 2);
  if (range <= most) return shownP(exact(steps, observed));
  if (steps.length > MANY_STEPS) return shownP(approximate(steps, observed));

  const scale = most / range;
  return shownP(
    exact(
      steps.map((step) => Math.round(step * scale)),
      Math.floor(observed * scale - steps.length / 2),
    ),
  );
}

/** Divided by their greatest common divisor: the exact distribution is then as short as it can be. */
function reduced(sums: readonly number[]): number[] {
  const divisor = sums.reduce((common, sum) => gcd(common, Math.abs(sum)), 0);
  return sums.map((sum) => sum / divisor);
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

/** chance[range + t] is the probability that the signed sum is t. */
function exact(steps: readonly number[], observed: number): number {
  const range = steps.reduce((total, step) => total + step, 0);
  let chance = new Float64Array(2 * range + 1);
  let next = new Float64Array(2 * range + 1);
  chance[range] = 1;

  let reach = 0;
  for (const step of steps) {
    next.fill(0, range - reach - step, range + reach + step + 1);
    for (let at = range - reach; at <= range + reach; at += 1) {
      const half = (chance[at] ?? 0) / 2;
      next[at - step] = (next[at - step] ?? 0) + half;
      next[at + step] = (next[at + step] ?? 0) + half;
    }
    reach += step;
    [chance, next] = [next, chance];
  }

  let tail = 0;
  for (let at = 0; at <= range - observed; at += 1) tail += chance[at] ?? 0;

  return 2 * tail;
}

/** Neighbouring sums lie two apart when all steps are odd, so the correction is half of that. */
function approximate(steps: readonly number[], observed: number): number {
  const deviation = Math.sqrt(steps.reduce((total, step) => total + step * step, 0));
  return twoSidedNormal(Math.max(0, observed - 1) / deviation);
}

import { twoSidedNormal } from './normalDistribution.ts';

/** Above this many steps of the exact distribution the normal approximation takes over. */
const MAX_STEPS = 4_000_000;

/**
 * Two-sided sign-flip (randomisation) test: when baseline and candidate are exchangeable, each cluster's sum
 * of differences is as likely with the opposite sign, so p = P(|Σ ±s_g| ≥ |Σ s_g|) over all 2^G signs. Fisher
 * 1935, The Design of Experiments, section 21. With one pass/fail pair in each cluster it is McNemar's exact
 * test; with clusters it keeps its level where McNemar's does not.
 *
 * `sums` are whole numbers (differences in trials, say). Exact by convolution; for very many clusters normal
 * with continuity correction.
 */
export function signFlipTest(sums: readonly number[]): number {
  const steps = sums.filter((sum) => sum !== 0).map(Math.abs);
  const observed = Math.abs(sums.reduce((total, sum) => total + sum, 0));
  const range = steps.reduce((total, step) => total + step, 0);
  if (steps.length === 0 || observed === 0) return 1;
  if (steps.length * (2 * range + 1) > MAX_STEPS) return approximate(steps, observed);
  return exact(steps, observed, range);
}

/** chance[range + t] is the probability that the signed sum is t. */
function exact(steps: readonly number[], observed: number, range: number): number {
  let chance = new Float64Array(2 * range + 1);
  chance[range] = 1;
  let reach = 0;
  for (const step of steps) {
    const next = new Float64Array(2 * range + 1);
    for (let at = range - reach; at <= range + reach; at += 1) {
      const half = (chance[at] ?? 0) / 2;
      if (half === 0) continue;
      next[at - step] = (next[at - step] ?? 0) + half;
      next[at + step] = (next[at + step] ?? 0) + half;
    }
    reach += step;
    chance = next;
  }
  let tail = 0;
  for (let at = 0; at <= range - observed; at += 1) tail += chance[at] ?? 0;
  return Math.min(1, 2 * tail);
}

/** Neighbouring sums lie two apart when all steps are odd, so the correction is half of that. */
function approximate(steps: readonly number[], observed: number): number {
  const deviation = Math.sqrt(steps.reduce((total, step) => total + step * step, 0));
  return twoSidedNormal(Math.max(0, observed - 1) / deviation);
}

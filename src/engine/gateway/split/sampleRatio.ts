import { logGamma } from '../../statistics/logGamma.ts';

/** Below it, an observed split does not fit its weights. */
export const MISMATCH_P = 0.001;

/**
 * How closely the alternatives lie around the weights: the mixture finds coarse faults after few requests, and fine ones after many. All
 * of them are as likely before anything was seen.
 */
const CONCENTRATIONS = [10, 100, 1_000, 10_000] as const;

export interface SampleRatio {
  /** Valid at every look: that it ever falls to α has a probability of at most α where the weights hold. */
  p: number;
  isMismatch: boolean;
}

/**
 * Whether counts fit weights, as often as one looks: the sequential test of a multinomial with a Dirichlet mixture of Lindon & Malek 2020,
 * "Anytime-Valid Inference For Multinomial Count Data", formulas (7) and (10). p is the inverse of the Bayes factor
 * B(α + n) / B(α) · Π θᵢ^−nᵢ with α = kθ, averaged over several k, which is a martingale as well. A count where the weight is 0 is
 * impossible: p is 0.
 */
export function sampleRatio(counts: readonly number[], weights: readonly number[]): SampleRatio {
  const sum = weights.reduce((so, weight) => so + weight, 0);
  const shares = weights.map((weight) => weight / sum);
  if (counts.some((count, index) => count > 0 && !((shares[index] ?? 0) > 0)))
    return { p: 0, isMismatch: true };

  const logs = CONCENTRATIONS.map((concentration) => logBayesFactor(counts, shares, concentration));
  const p = Math.min(1, Math.exp(-logMeanExp(logs)));
  return { p, isMismatch: p < MISMATCH_P };
}

function logBayesFactor(counts: readonly number[], shares: readonly number[], concentration: number): number {
  let log = logGamma(concentration);
  let total = 0;
  for (const [index, share] of shares.entries()) {
    const count = counts[index] ?? 0;
    if (count === 0) continue;
    const alpha = concentration * share;
    log += logGamma(alpha + count) - logGamma(alpha) - count * Math.log(share);
    total += count;
  }
  return log - logGamma(concentration + total);
}

function logMeanExp(logs: readonly number[]): number {
  const most = Math.max(...logs);
  return most + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - most), 0) / logs.length);
}

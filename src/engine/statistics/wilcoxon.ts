import { twoSidedNormal } from './normalDistribution.ts';
import { midRanks } from './ranks.ts';

/** Up to this many differences other than 0 the distribution is exact. */
const EXACT_UP_TO = 50;
/** Differences of computed scores that are equal up to rounding are ties. */
const DIGITS = 1e12;

export interface SignedRank {
  /** Sum of the ranks of the positive differences. */
  positive: number;
  /** Two-sided. */
  p: number;
  /** Differences other than 0; those that are 0 are left out, as Wilcoxon did. */
  n: number;
  method: 'exact' | 'normal';
}

/**
 * Wilcoxon's signed-rank test for paired differences: Wilcoxon 1945, Biometrics Bull. 1, 80–83. Few
 * differences: the exact distribution over all signs, given the ties (Hollander, Wolfe & Chicken 2014,
 * Nonparametric Statistical Methods, 3rd ed., section 3.1). Many: normal with tie and continuity correction
 * (the same, formula 3.11 and comment 3.8).
 */
export function wilcoxonSignedRank(differences: readonly number[]): SignedRank {
  const values = differences.map((value) => Math.round(value * DIGITS)).filter((value) => value !== 0);
  const ranks = midRanks(values.map(Math.abs));
  const positive = ranks.reduce((sum, rank, index) => ((values[index] ?? 0) > 0 ? sum + rank : sum), 0);
  const n = values.length;
  return n <= EXACT_UP_TO
    ? { positive, p: exactP(ranks, positive), n, method: 'exact' }
    : { positive, p: normalP(ranks, positive), n, method: 'normal' };
}

/** Mid-ranks are multiples of ½, so twice the rank sum is a whole number. */
function exactP(ranks: readonly number[], positive: number): number {
  const doubled = ranks.map((rank) => 2 * rank);
  const range = doubled.reduce((sum, rank) => sum + rank, 0);
  const chance = new Float64Array(range + 1);
  chance[0] = 1;

  let reach = 0;
  for (const rank of doubled) {
    reach += rank;
    for (let at = reach; at >= 0; at -= 1) chance[at] = ((chance[at] ?? 0) + (chance[at - rank] ?? 0)) / 2;
  }

  const observed = 2 * Math.min(positive, range / 2 - positive);
  let tail = 0;
  for (let at = 0; at <= observed; at += 1) tail += chance[at] ?? 0;

  return Math.min(1, 2 * tail);
}

function normalP(ranks: readonly number[], positive: number): number {
  const expected = ranks.reduce((sum, rank) => sum + rank, 0) / 2;
  // Σ rank²/4 over mid-ranks is n(n+1)(2n+1)/24 − Σ(t³ − t)/48.
  const variance = ranks.reduce((sum, rank) => sum + rank * rank, 0) / 4;
  const distance = Math.max(0, Math.abs(positive - expected) - 0.5);
  return twoSidedNormal(distance / Math.sqrt(variance));
}

import type { CaseComparison } from '../../model/comparison.ts';
import { cautiousMean } from '../../statistics/cautiousMean.ts';
import { Xoshiro128 } from '../../statistics/prng.ts';
import { differencesOf, metricPairs, type ValuePair } from './differences.ts';

/** Squares of scores that differ by rounding alone are smaller than this. */
const ROUNDING = 1e-18;

/** Standard deviations of the case scores on both sides, and whether they differ. */
export interface Spread {
  baseline: number;
  candidate: number;
  /** Two-sided, for equal variances. */
  p: number;
}

/**
 * Whether the scores of one side lie further apart than those of the other. The variances are equal when the mean of
 * (c − c̄)² − (b − b̄)² over the pairs is 0, the statement that the test of Pitman 1939 and Morgan 1939 (Biometrika 31,
 * 9–12 and 13–19) makes by the correlation of sums and differences; here that mean is tested over clusters, which
 * needs no normal scores (Grambsch 1994, J. R. Stat. Soc. C 43, 553–562). Null with too little data, or where no
 * score lies off its mean.
 */
export function compareSpread(cases: readonly CaseComparison[], seed: number): Spread | null {
  const pairs = metricPairs(cases, 'score', { filling: 'measured' });
  const means = differencesOf(pairs);
  const found =
    means &&
    differencesOf(
      pairs.map(
        ({ cluster, baseline, candidate }): ValuePair => ({
          cluster,
          baseline: (baseline - means.baseline) ** 2,
          candidate: (candidate - means.candidate) ** 2,
        }),
      ),
    );
  if (!found || found.baseline + found.candidate < ROUNDING) return null;
  const tested = cautiousMean(found.clusters, found.estimate, Xoshiro128.seeded(seed));
  if (!tested) return null;
  return { baseline: Math.sqrt(found.baseline), candidate: Math.sqrt(found.candidate), p: tested.p };
}

import studentCdf from '@stdlib/stats-base-dists-t-cdf';
import studentQuantile from '@stdlib/stats-base-dists-t-quantile';
import type { Interval } from './wilson.ts';

export interface PairedMean {
  mean: number;
  /** Clustered where cases share a source. */
  standardError: number;
  /** Independent units: clusters, or cases where none share a source. */
  units: number;
  /** Units whose difference is not 0. */
  changed: number;
}

export interface EquivalenceTest {
  /** For the hypothesis that the candidate is worse by the margin or more. */
  nonInferiorityP: number;
  /** For the hypothesis that it is better by the margin or more. */
  nonSuperiorityP: number;
  /** Two one-sided tests: the larger of both. */
  p: number;
  /** 90 % interval: equivalent at 5 % when it lies within the margin. */
  interval: Interval;
}

/** With fewer units than this that differ, the normal theory behind t cannot be relied on. */
const FEW_CHANGES = 10;

/**
 * Two one-sided t-tests of a mean of paired differences in [−1, 1] against ±margin: Schuirmann 1987,
 * J. Pharmacokinet. Biopharm. 15, 657–680. Units − 1 degrees of freedom.
 *
 * Where hardly any unit differs, t would be sure of anything; then p is at least (1 − q)^units, where q is the share
 * of unseen units with the worst difference that would reach the margin: the rule of three of Hanley &
 * Lippman-Hand 1983, JAMA 249, 1743–1745. Null with fewer than two units.
 */
export function equivalenceTest(paired: PairedMean, margin: number): EquivalenceTest | null {
  const { mean, standardError, units, changed } = paired;
  if (units < 2 || !(margin > 0)) return null;
  const below = Math.max(
    tail(mean + margin, standardError, units),
    changed < FEW_CHANGES ? unseen(mean, margin, units) : 0,
  );
  const above = Math.max(
    tail(margin - mean, standardError, units),
    changed < FEW_CHANGES ? unseen(-mean, margin, units) : 0,
  );
  const half = studentQuantile(0.95, units - 1) * standardError;
  return {
    nonInferiorityP: below,
    nonSuperiorityP: above,
    p: Math.max(below, above),
    interval: { low: mean - half, high: mean + half },
  };
}

/** P(T ≥ distance / error). */
function tail(distance: number, error: number, units: number): number {
  if (error === 0) return distance > 0 ? 0 : 1;
  return studentCdf(-distance / error, units - 1);
}

function unseen(mean: number, margin: number, units: number): number {
  const share = (mean + margin) / (mean + 1);
  return share <= 0 || Number.isNaN(share) ? 1 : (1 - Math.min(1, share)) ** units;
}

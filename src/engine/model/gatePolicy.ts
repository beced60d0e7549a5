import type { MetricName } from './comparison.ts';

/**
 * What a rate must reach, 0–1. A number holds the rate itself to it; with `by: 'lower'` the lower end of the 95 %
 * interval must reach it.
 */
export type Minimum = number | { min: number; by: 'lower' };

/** The policy that a run or a comparison must meet. An absent key asks for nothing. */
export interface GatePolicy {
  /** Smallest share of passed cases, 0–1: over all cases, and over the cases with a tag. */
  minPassRate?: { overall?: Minimum; tags: Record<string, Minimum> };
  /** Smallest mean score, 0–1. */
  minScore?: Minimum;
  /** Tags whose cases must not do worse than in the baseline; undecided without a baseline. */
  noRegression?: string[];
  /** Metrics that may be significantly worse than in the baseline; none where absent. */
  allowRegression?: MetricName[];
  /** Pass rate and mean score must be shown not to be worse than the baseline's by this much, 0–1. */
  nonInferiorityMargin?: number;
  /** Largest rise of the targets' cost against the baseline, as a share: 0.1 is 10 %. */
  maxCostIncrease?: number;
  /** US dollars for the whole run; an unknown cost is undecided. */
  maxCostUsd?: number;
  maxP95LatencyMs?: number;
  /** Largest share of cases, 0–1, whose trials do not agree. */
  maxFlakyShare?: number;
  /** Most trials that may end in an error. */
  maxErrors?: number;
  /**
   * Whether the judges can be relied on. `watch` (where absent): one that is shown not to be leaves the gate
   * undecided. `required`: so does one of which it is not known. `ignore`: it does not matter.
   */
  judgeHealth?: 'watch' | 'required' | 'ignore';
  /** What becomes of the gate when a condition cannot be decided. */
  undecided: 'fail' | 'pass';
}

import type { CascadeOptions } from '../evaluators/cascade.ts';
import type { Evaluator } from '../evaluators/evaluator.ts';
import type { GoldenCase, LocatedCase } from '../model/case.ts';
import type { RunPlan } from '../model/run.ts';
import type { Target } from '../targets/target.ts';

/** Cases in file order, a batch at a time; every call begins at the first case. */
export interface CaseSource {
  batches(options: { signal: AbortSignal }): AsyncIterable<readonly LocatedCase[]>;
}

/** A target with the limits that the suite sets for it. */
export interface PlannedTarget {
  target: Target;
  /** Limit of one call in milliseconds. */
  timeoutMs: number;
  /** Most calls at the same time in this target's lane. */
  concurrency: number;
}

/** How one case is judged. `clock` measures the evaluators in place of the run's own, e.g. in a replay. */
export type CaseCascade = Omit<CascadeOptions, 'signal' | 'span' | 'audit' | 'trial' | 'clock' | 'log'> &
  Partial<Pick<CascadeOptions, 'clock'>>;

/** Everything that a run is made of, created by the composition root. */
export interface RunInputs {
  plan: RunPlan;
  source: CaseSource;
  targets: readonly PlannedTarget[];
  /** The suite's evaluators and the case's own. Throws nothing: what cannot be created reports an error when it runs. */
  evaluatorsFor(entry: LocatedCase): readonly Evaluator[];
  /** The verdict rule for a case: its own threshold, the suite's, or all. */
  cascadeFor(entry: GoldenCase): CaseCascade;
  /** Share of settled cases, 0–1, whose judge runs all the same. */
  auditShare: number;
}

import type { Evaluator } from '../../evaluators/evaluator.ts';
import type { CascadeOptions } from '../../evaluators/scoring/cascade.ts';
import type { Redactor } from '../../http/redactor.ts';
import type { GoldenCase, LocatedCase } from '../../model/case.ts';
import type { RunPlan } from '../../model/run.ts';
import type { Clock } from '../../ports.ts';
import type { Target } from '../../targets/target.ts';
import type { SharedPlaces } from '../lanes/places.ts';
import type { CaseOrder } from '../ordered/caseOrder.ts';

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

/** Everything that a run is made of, created by the composition root. */
export interface RunInputs {
  plan: RunPlan;
  source: CaseSource;
  targets: readonly PlannedTarget[];
  /** The suite's evaluators and the case's own. Throws nothing: what cannot be created reports an error when it runs. */
  evaluatorsFor(entry: LocatedCase): readonly Evaluator[];
  /** The verdict rule for a case: its own threshold, the suite's, or all; and what it asks of its evaluators. */
  cascadeFor(
    entry: GoldenCase,
    evaluators: readonly Evaluator[],
  ): Omit<CascadeOptions, 'signal' | 'span' | 'audit' | 'trial' | 'clock' | 'log'>;
  /** Set where cases read what earlier ones gave, and so go one after the other. */
  order?: CaseOrder;
  /** Measures calls and evaluators in place of the run's clock, e.g. in a replay. */
  clock?: Clock;
  /** Share of settled cases, 0–1, whose judge runs all the same. */
  auditShare: number;
  /** Answers of fallbacks count as the target's own. */
  scoreFallbacks?: boolean;
  /** Limits programs at the same time, over all targets that start one, and over all runs of an engine. */
  programs?: SharedPlaces;
  /** Takes the keys of models and targets out of results. */
  redactor?: Redactor;
}

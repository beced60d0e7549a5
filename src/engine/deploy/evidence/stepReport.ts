import type { GateClause } from '../../model/gateReport.ts';
import type { SampleSource } from './sample.ts';

/** What the samples of one step come to. */
export interface StepReport {
  /** `fail`: shown to be bad, at any look. `pass`: all clauses pass. Anything else is undecided. */
  status: 'pass' | 'fail' | 'undecided';
  /** The clauses that decide, each with its reason; null where all pass. */
  reason: string | null;
  clauses: GateClause[];
  blue: SideFigures;
  green: SideFigures;
  minSamples: number;
}

/** Null: not measured. Intervals are of 95 %. */
export interface SideFigures {
  samples: number;
  bySource: { readonly [source in SampleSource]?: number };
  errors: number;
  errorRate: Estimate | null;
  passRate: Estimate | null;
  meanScore: Estimate | null;
  p50Ms: number | null;
  p95Ms: number | null;
  costUsd: number | null;
  costPerRequest: Estimate | null;
  servedModels: readonly string[];
  /** Traces of what failed, the newest first, at most 20. */
  failedTraces: readonly string[];
}

export interface Estimate {
  value: number;
  low: number;
  high: number;
}

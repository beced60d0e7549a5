import type { Side } from '../sides.ts';

/** What is known of one answer within a step. Times in milliseconds, since the epoch where they are moments. */
export interface Sample {
  /** Unique within the deployment, so that none counts twice. */
  id: string;
  side: Side;
  source: SampleSource;
  atMs: number;
  /** Answered with an error, or not at all. */
  isError: boolean;
  latencyMs: number | null;
  costUsd: number | null;
  /** Undefined: it is not to be evaluated. Null: it was to be, and could not. */
  quality?: { passed: boolean; score: number } | null;
  tags: readonly string[];
  /** Answers of one session are not independent. */
  cluster: string | null;
  traceId: string | null;
  /** The model that the provider says it used; null where it does not say. */
  servedModel: string | null;
}

export type SampleSource = 'gateway' | 'traces' | 'golden' | 'shadow';

/** A value of a Prometheus query at this moment; null where there is none. */
export interface Figure {
  name: string;
  value: number | null;
  reason: string | null;
}

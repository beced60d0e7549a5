import * as z from 'zod/mini';
import { COMPARISON_WORDS } from '../../engine/model/comparison.ts';
import { resultDetail } from '../report/entries.ts';

/**
 * A comparison in the form that reports are written in (src/engine/reports/jsonComparison.ts): plain JSON with
 * keys in snake case. Costs are US dollars, times milliseconds, scores and shares 0–1; null is unknown.
 */

const count = z.number().check(z.nonnegative());
const maybe = z.nullable(z.number());
const range = z.nullable(z.object({ low: z.number(), high: z.number() }));
export type Word = z.infer<typeof word>;
const word = z.enum(COMPARISON_WORDS);

const side = z.object({ label: z.string(), run_id: z.string(), reused_trials: count });

const caseSide = z.object({
  target: z.string(),
  trials: count,
  passed: count,
  errored: count,
  score: maybe,
  cost_usd: maybe,
  tokens: maybe,
  latency_ms: maybe,
  reason: z.string(),
  /** The trial that the reason is of, and that is shown. */
  trial: count,
  trace_id: z.string(),
});
export type CaseSideEntry = z.infer<typeof caseSide>;

export const comparedCase = z.object({
  case_id: z.string(),
  case_index: count,
  tags: z.array(z.string()),
  baseline: caseSide,
  candidate: caseSide,
  pass_difference: maybe,
  score_difference: maybe,
  change: z.enum(['improved', 'degraded', 'neutral', 'unmeasured']),
});
export type CaseEntry = z.infer<typeof comparedCase>;
export type Change = CaseEntry['change'];

const metric = z.object({
  metric: z.enum(['pass', 'score']),
  pairs: count,
  baseline: z.number(),
  candidate: z.number(),
  difference: z.number(),
  interval: range,
});
export type MetricEntry = z.infer<typeof metric>;

const resource = z.object({
  resource: z.enum(['cost', 'tokens', 'latency']),
  unit: z.enum(['usd', 'tokens', 'ms']),
  pairs: count,
  unknown: count,
  baseline: maybe,
  candidate: maybe,
  difference: maybe,
  interval: range,
  relative: maybe,
});
export type ResourceEntry = z.infer<typeof resource>;

export const changeCounts = z.object({ improved: count, degraded: count, neutral: count, unmeasured: count });
export type ChangeCounts = z.infer<typeof changeCounts>;

export const comparison = z.object({
  suite: z.string(),
  dataset: z.object({ path: z.string(), version: z.string() }),
  baseline: side,
  candidate: side,
  verdict: z.object({ word, reason: z.string(), evidence: z.array(z.string()) }),
  metrics: z.array(metric),
  consistency: z.nullable(
    z.object({
      k: count,
      baseline: z.number(),
      candidate: z.number(),
      difference: z.number(),
      interval: range,
    }),
  ),
  tags: z.array(
    z.object({
      tag: z.string(),
      pairs: count,
      improved: count,
      degraded: count,
      pass_difference: z.number(),
      adjusted_p: maybe,
      word: z.enum(['better', 'worse', 'mixed', 'undecided']),
    }),
  ),
  resources: z.array(resource),
  counts: z.extend(changeCounts, { pairs: count }),
  cases: z.array(comparedCase),
  sequential: z.nullable(
    z.object({ pairs: count, planned: count, stopped: z.boolean(), saved_cost_usd: maybe }),
  ),
  gate: z.nullable(
    z.object({
      passed: z.boolean(),
      reason: z.nullable(z.string()),
      clauses: z.array(
        z.object({
          name: z.string(),
          status: z.enum(['pass', 'fail', 'undecided', 'not-asked']),
          reason: z.string(),
        }),
      ),
    }),
  ),
  notes: z.array(z.string()),
});
export type ComparisonEntry = z.infer<typeof comparison>;

/** What tells one case of a comparison from the others. */
export const caseKey = z.object({ case_id: z.string(), target: z.string() });
export type CaseKey = z.infer<typeof caseKey>;

/** A case's results on both sides in full; null where one is not stored. */
export const pair = z.object({ baseline: z.nullable(resultDetail), candidate: z.nullable(resultDetail) });
export type PairEntry = z.infer<typeof pair>;

export function keyOf({ case_id, candidate }: CaseEntry): string {
  return `${candidate.target}\n${case_id}`;
}

import * as z from 'zod/mini';

/**
 * One result of a run in a list: everything but the texts, in the form of reports (src/engine/reports/rowEntry.ts). The
 * one form of it on its way from the store to a page, which checks it with the small zod; the rest is asked for by its key.
 */

const count = z.int().check(z.nonnegative());

export const trialStatus = z.enum(['passed', 'failed', 'errored']);

/** What tells one result of a run from the others. */
export const resultKey = z.object({ target: z.string(), case_index: count, trial: count });
export type ResultKey = z.output<typeof resultKey>;

/** That a case was run again as part of its run, and what came of it before. */
export const rerun = z.object({ run: z.string(), at: z.string(), before: trialStatus });
export type RerunEntry = z.output<typeof rerun>;

/** Costs are US dollars and null where unknown, times are milliseconds, scores are 0–1. */
export const resultRow = z.extend(resultKey, {
  case_id: z.string(),
  /** Empty where the case has none. */
  description: z.string(),
  status: trialStatus,
  score: z.nullable(z.number()),
  /** On one line, cut after some 200 characters, as are input and output. */
  reason: z.string(),
  /** The stage that settled the verdict. */
  stage: z.enum(['heuristic', 'lexical', 'judge', 'none']),
  early: z.boolean(),
  tags: z.array(z.string()),
  /** Names of the evaluators that did not pass, or whose measurement failed. */
  failed_by: z.array(z.string()),
  input: z.string(),
  output: z.string(),
  latency_ms: z.number(),
  cost_usd: z.nullable(z.number()),
  input_tokens: z.nullable(count),
  output_tokens: z.nullable(count),
  trace_id: z.string(),
  /** Where the output comes from; absent where it is a fresh one of the target's own. */
  source: z.exactOptional(z.object({ kind: z.string(), text: z.string() })),
  /** Calls that it took, where it took more than one. */
  attempts: z.exactOptional(count),
  rerun: z.exactOptional(rerun),
});
export type ResultRow = z.output<typeof resultRow>;

import * as z from 'zod/mini';
import { rerun, resultKey, trialStatus } from '../../protocol/resultRow.ts';

/**
 * The data that the page shows, in the form that reports are written in (src/engine/reports): plain JSON with
 * keys in snake case. Costs are US dollars and null where unknown, times are milliseconds, scores are 0–1.
 * Fields that the page does not know are left out of what it keeps.
 */

const count = z.number().check(z.nonnegative());
const maybe = z.nullable(z.number());
const maybeText = z.nullable(z.string());
const stage = z.enum(['heuristic', 'lexical', 'judge']);

const usage = z.object({
  input_tokens: count,
  output_tokens: count,
  cached_input_tokens: z.optional(count),
  cache_write_tokens: z.optional(count),
  reasoning_tokens: z.optional(count),
});

/** Where an answer comes from that is not a fresh one of the model that was asked. */
const source = z.object({ kind: z.string(), text: z.string() });

const evaluation = z.object({
  name: z.string(),
  type: z.string(),
  stage,
  status: z.enum(['scored', 'error', 'skipped']),
  score: z.optional(z.number()),
  pass: z.optional(z.boolean()),
  reason: z.string(),
  weight: z.number(),
  metric: z.optional(z.string()),
  usage: z.optional(usage),
  cost_usd: z.optional(maybe),
  latency_ms: z.number(),
  location: z.optional(z.string()),
  missing: z.optional(z.array(z.string())),
  forbidden: z.optional(z.array(z.string())),
  source: z.optional(source),
});
export type EvaluationEntry = z.infer<typeof evaluation>;

const toolCall = z.object({ name: z.string(), arguments: z.unknown() });
export type ToolCallEntry = z.infer<typeof toolCall>;

const step = z.object({
  type: z.enum(['tool', 'model', 'message']),
  name: z.optional(z.string()),
  arguments: z.optional(z.unknown()),
  output: z.optional(z.unknown()),
  latency_ms: z.optional(z.number()),
});
export type StepEntry = z.infer<typeof step>;

const output = z.object({
  status: z.enum(['complete', 'incomplete', 'error']),
  text: z.string(),
  reason: z.optional(z.string()),
  error: z.optional(z.object({ code: z.string(), message: z.string() })),
  tool_calls: z.array(toolCall),
  steps: z.array(step),
  model: maybeText,
  usage: z.nullable(usage),
  cost_usd: maybe,
  cost_computed: z.optional(z.boolean()),
  from_trace: z.optional(z.array(z.string())),
  latency_ms: z.number(),
  exit_ms: z.optional(z.number()),
  attempts: z.optional(z.number()),
  warnings: z.optional(z.array(z.string())),
  finish_reason: maybeText,
  source: z.optional(source),
});

/** One result with everything that is known of it. */
export const resultDetail = z.extend(resultKey, {
  case_id: z.string(),
  description: maybeText,
  status: trialStatus,
  score: maybe,
  reason: z.string(),
  settled: z.object({
    stage: z.string(),
    early: z.boolean(),
    left_out: z.array(z.string()),
    /** The judge was asked all the same, to check the early verdict. */
    audited: z.optional(z.object({ agrees: z.boolean() })),
  }),
  /** A text, variables by name, or messages. */
  input: z.unknown(),
  expected_output: z.unknown(),
  output,
  evaluations: z.array(evaluation),
  /** `file:line:column` of the case in its dataset. */
  location: maybeText,
  tags: z.array(z.string()),
  cluster: maybeText,
  trace_id: z.string(),
  started_at: z.string(),
  rerun: z.exactOptional(rerun),
});
export type ResultDetail = z.infer<typeof resultDetail>;

const group = z.object({
  trials: count,
  cases: count,
  passed: count,
  failed: count,
  errored: count,
  pass_rate: maybe,
  pass_rate_interval: z.nullable(z.object({ low: z.number(), high: z.number() })),
  mean_score: maybe,
  score_standard_error: maybe,
  pass_hat_k: z.array(z.number()),
  flaky_cases: count,
  input_tokens: maybe,
  output_tokens: maybe,
  cost_usd: maybe,
  unknown_costs: count,
  latency_ms: z.nullable(z.object({ p50: z.number(), p95: z.number(), p99: z.number() })),
});
export type GroupEntry = z.infer<typeof group>;

const summary = z.object({
  total: group,
  targets: z.array(z.extend(group, { target: z.string() })),
  tags: z.array(z.extend(group, { tag: z.string() })),
  stages: z.array(z.object({ stage: z.string(), settled: count, early: count })),
  evaluators: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      stage,
      scored: count,
      passed: count,
      errors: count,
      not_applicable: count,
      left_out: count,
      mean_score: maybe,
    }),
  ),
  cascade: z.object({
    judge_calls: count,
    judge_calls_saved: count,
    judge_cost_usd: maybe,
    saved_cost_usd: maybe,
    saved_ms: maybe,
    /** Absent where nothing was audited. */
    audited: z.optional(z.object({ trials: count, agreed: count })),
  }),
  /** Answers that are not plain ones of the targets' own, in words. */
  sources: z.optional(z.object({ notes: z.array(z.string()) })),
  missing: count,
});
export type SummaryEntry = z.infer<typeof summary>;

const gate = z.object({
  passed: z.boolean(),
  /** The clauses that keep it from passing, each with its reason. */
  reason: z.nullable(z.string()),
  clauses: z.array(
    z.object({
      name: z.string(),
      status: z.enum(['pass', 'fail', 'undecided', 'not-asked']),
      reason: z.string(),
    }),
  ),
});
export type GateEntry = z.infer<typeof gate>;

/** A run's identity, verdict and figures, without its results. */
export const runHead = z.object({
  run: z.object({
    id: z.string(),
    suite: z.string(),
    state: z.enum(['running', 'interrupted', 'complete']),
    comparison: z.optional(z.object({ baseline: z.string(), candidate: z.string() })),
    created_at: z.string(),
    elapsed_ms: z.number(),
    dataset: z.object({ path: z.string(), version: z.string() }),
    targets: z.array(z.object({ name: z.string(), kind: z.string() })),
    /** Only some cases took part where it has `ids`. */
    filter: z.object({ ids: z.optional(z.array(z.string())) }),
    repeat: count,
    /** The number of results that the run holds when it is complete. */
    trials: count,
  }),
  /** What the gate says, or without a gate whether every case passed. */
  passed: z.boolean(),
  /** Null where the suite has no gate. */
  gate: z.nullable(gate),
  summary,
  /** Results of cases that were run again; absent when there is none. */
  rerun: z.optional(count),
  /** Results that the file leaves out because it would be too large. */
  left_out: z.optional(count),
});
export type RunHead = z.infer<typeof runHead>;

import { z } from 'zod';
import type { GatePolicy } from '../model/gatePolicy.ts';

const share = z.number().min(0).max(1);

export const gateFile = z
  .strictObject({
    min_pass_rate: z
      .union([share, z.record(z.string().min(1), share)])
      .optional()
      .describe(
        'Smallest share of passed cases, 0 to 1; or by tag: { overall: 0.9, critical: 1.0 }. "overall" means all cases.',
      ),
    min_score: share.optional().describe('Smallest mean score over all cases, 0 to 1.'),
    no_regression: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe('Tags whose cases must not do worse than in the baseline. Undecided without a baseline.'),
    non_inferiority_margin: z
      .number()
      .gt(0)
      .max(1)
      .optional()
      .describe(
        'Pass rate and mean score must be shown not to be worse than the baseline by this much, 0 to 1, e.g. 0.05. Held to when two sides are compared; undecided where the cases cannot show it.',
      ),
    max_cost_increase: z
      .number()
      .min(0)
      .optional()
      .describe(
        "Largest rise of the targets' cost against the baseline as a share: 0.1 allows 10 % more. Held to when two sides are compared; undecided when a cost is unknown.",
      ),
    max_cost_usd: z
      .number()
      .min(0)
      .optional()
      .describe('Most US dollars for the whole run. Undecided when a cost is unknown.'),
    max_p95_latency_ms: z
      .number()
      .min(0)
      .optional()
      .describe('Largest 95th percentile of the latency of a call, in milliseconds.'),
    max_flaky_share: share
      .optional()
      .describe('Largest share of cases, 0 to 1, whose trials do not agree. Needs repeat: 2 or more.'),
    max_errors: z.int().min(0).optional().describe('Most trials that may end in an error.'),
    judge_health: z
      .enum(['watch', 'required', 'ignore'])
      .exactOptional()
      .describe(
        'Whether the judges can be relied on. watch (the default): the gate is undecided where a judge fails too often, contradicts itself or disagrees with labels. required: also where that is not known, or the judge likes long answers. ignore: not looked at.',
      ),
    undecided: z
      .enum(['fail', 'pass'])
      .default('fail')
      .describe('What becomes of the gate when a condition cannot be decided.'),
  })
  .describe('The conditions that a run must meet; exit code 1 when it does not.');

export function toGate(file: z.output<typeof gateFile>): GatePolicy {
  return {
    ...(file.min_pass_rate === undefined ? {} : { minPassRate: toPassRate(file.min_pass_rate) }),
    ...(file.min_score === undefined ? {} : { minScore: file.min_score }),
    ...(file.no_regression === undefined ? {} : { noRegression: file.no_regression }),
    ...(file.non_inferiority_margin === undefined
      ? {}
      : { nonInferiorityMargin: file.non_inferiority_margin }),
    ...(file.max_cost_increase === undefined ? {} : { maxCostIncrease: file.max_cost_increase }),
    ...(file.max_cost_usd === undefined ? {} : { maxCostUsd: file.max_cost_usd }),
    ...(file.max_p95_latency_ms === undefined ? {} : { maxP95LatencyMs: file.max_p95_latency_ms }),
    ...(file.max_flaky_share === undefined ? {} : { maxFlakyShare: file.max_flaky_share }),
    ...(file.max_errors === undefined ? {} : { maxErrors: file.max_errors }),
    ...(file.judge_health === undefined ? {} : { judgeHealth: file.judge_health }),
    undecided: file.undecided,
  };
}

function toPassRate(value: number | Record<string, number>): NonNullable<GatePolicy['minPassRate']> {
  if (typeof value === 'number') return { overall: value, tags: {} };
  const { overall, ...tags } = value;
  return overall === undefined ? { tags } : { overall, tags };
}

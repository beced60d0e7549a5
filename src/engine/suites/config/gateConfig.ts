import { z } from 'zod';
import type { MetricName } from '../../model/comparison.ts';
import type { GatePolicy, Minimum } from '../../model/gatePolicy.ts';

const share = z.number().min(0).max(1);

const by = z
  .enum(['point', 'lower'])
  .describe(
    'Which figure must reach the minimum. point (the default): the rate itself, the figure that people set thresholds by; with few cases it can be reached by chance. lower: the lower end of its 95 % interval, so that a pass is not luck; with 60 cases it lies about ten points below the rate.',
  );

const minimum = z.union([
  share,
  z.strictObject({ min: share.describe('The minimum, 0 to 1.'), by: by.exactOptional() }),
]);

export const gateFile = z
  .strictObject({
    min_pass_rate: z
      .union([share, z.object({ by: by.exactOptional() }).catchall(minimum)])
      .optional()
      .describe(
        'Minimum share of passed cases, 0 to 1; or by tag: { overall: 0.9, critical: 1.0 }. "overall" means all cases. by: lower holds the lower end of the 95 % interval to it instead of the rate; for one tag: { overall: { min: 0.8, by: lower }, critical: 1.0 }. A trial that errors counts as failed.',
      ),
    min_score: minimum
      .optional()
      .describe(
        'Minimum mean score over all cases, 0 to 1; or { min: 0.7, by: lower } to hold the lower end of its 95 % interval to it. Undecided where a score that could not be measured decides.',
      ),
    no_regression: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe('Tags whose cases must not be worse than in the baseline. Undecided without a baseline.'),
    allow_regression: z
      .union([z.boolean(), z.array(z.enum(['pass_rate', 'score'])).min(1)])
      .optional()
      .describe(
        'When two sides are compared, a significantly worse pass rate or mean score fails the gate. true allows it, a list only for the metrics named: [score].',
      ),
    non_inferiority_margin: z
      .number()
      .gt(0)
      .max(1)
      .optional()
      .describe(
        'Pass rate and mean score must be shown not to be worse than the baseline by this much, 0 to 1, e.g. 0.05. Applies to comparisons; undecided if the cases cannot show it.',
      ),
    max_cost_increase: z
      .number()
      .min(0)
      .optional()
      .describe(
        "Maximum increase of the targets' cost over the baseline, as a share: 0.1 allows 10 % more. Applies to comparisons; undecided if a cost is unknown.",
      ),
    max_cost_usd: z
      .number()
      .min(0)
      .optional()
      .describe('Maximum cost of the whole run in US dollars. Undecided if a cost is unknown.'),
    max_p95_latency_ms: z
      .number()
      .min(0)
      .optional()
      .describe('Maximum 95th percentile of the latency of a call, in milliseconds.'),
    max_flaky_share: share
      .optional()
      .describe('Maximum share of cases, 0 to 1, whose trials disagree. Needs repeat: 2 or more.'),
    max_errors: z.int().min(0).optional().describe('Maximum number of errored trials.'),
    judge_health: z
      .enum(['watch', 'required', 'ignore'])
      .exactOptional()
      .describe(
        'Whether the judges can be relied on. watch (the default): the gate is undecided where a judge fails too often, contradicts itself or disagrees with labels. required: also where that is not known, or the judge likes long answers. ignore: not looked at.',
      ),
    undecided: z.enum(['fail', 'pass']).default('fail').describe('How an undecided clause counts.'),
  })
  .describe('The conditions that a run must meet; if it does not, the exit code is 1.');

export function toGate(file: z.output<typeof gateFile>): GatePolicy {
  const policy: { [key in keyof Omit<GatePolicy, 'undecided'>]: GatePolicy[key] | undefined } = {
    minPassRate: file.min_pass_rate === undefined ? undefined : toPassRate(file.min_pass_rate),
    minScore: file.min_score === undefined ? undefined : toMinimum(file.min_score),
    noRegression: file.no_regression,
    allowRegression: toAllowed(file.allow_regression),
    nonInferiorityMargin: file.non_inferiority_margin,
    maxCostIncrease: file.max_cost_increase,
    maxCostUsd: file.max_cost_usd,
    maxP95LatencyMs: file.max_p95_latency_ms,
    maxFlakyShare: file.max_flaky_share,
    maxErrors: file.max_errors,
    judgeHealth: file.judge_health,
  };
  const given = Object.entries(policy).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(given), undecided: file.undecided };
}

type Minimums = Exclude<NonNullable<z.output<typeof gateFile>['min_pass_rate']>, number>;

function toPassRate(value: number | Minimums): NonNullable<GatePolicy['minPassRate']> {
  if (typeof value === 'number') return { overall: value, tags: {} };
  const { by: common = 'point', ...rates } = value;
  const minimums = Object.entries(rates).map(([name, rate]) => [name, toMinimum(rate, common)] as const);
  const { overall, ...others } = Object.fromEntries(minimums);
  return overall === undefined ? { tags: others } : { overall, tags: others };
}

/** A number says what the rate itself must reach. */
function toMinimum(value: z.output<typeof minimum>, common: z.output<typeof by> = 'point'): Minimum {
  const { min, by: own = common } = typeof value === 'number' ? { min: value } : value;
  return own === 'lower' ? { min, by: own } : min;
}

function toAllowed(value: boolean | ('pass_rate' | 'score')[] | undefined): MetricName[] | undefined {
  if (value === true) return ['pass', 'score'];
  return value ? value.map((name) => (name === 'pass_rate' ? 'pass' : name)) : undefined;
}

import { hasOwnLimits } from '../datasets/migrations/from1To2.ts';
import { asksJudge } from '../evaluators/asksJudge.ts';
import type { EvaluationCriteria, GoldenCase } from '../model/case.ts';
import type { EvaluatorSpec } from '../model/evaluation.ts';

type Limit = keyof EvaluationCriteria & string;

/** What a limit of a case is measured by where no evaluator of the suite or the case does it. */
interface ImpliedEvaluator {
  type: string;
  /** The option that sets a limit of its own, and so leaves the case's aside. */
  own?: string;
  /** Whether the case has what it looks at. */
  applies?(entry: GoldenCase): boolean;
}

const hasAny = (list: readonly string[] | undefined): boolean => (list?.length ?? 0) > 0;

const IMPLIED: { readonly [limit in Limit]?: readonly ImpliedEvaluator[] } = {
  max_latency_ms: [{ type: 'latency', own: 'max_ms' }],
  max_cost_usd: [{ type: 'cost', own: 'max_usd' }],
  min_relevance: [
    { type: 'concepts', own: 'min', applies: (entry) => hasAny(entry.expected_output?.expected_concepts) },
  ],
  min_safety: [
    { type: 'secrets' },
    {
      type: 'forbidden-concepts',
      applies: (entry) => hasAny(entry.expected_output?.forbidden_concepts),
    },
  ],
};

/** Names of all implied evaluators. */
export const LIMIT_NAMES: ReadonlySet<string> = new Set(
  Object.entries(IMPLIED).flatMap(([limit, implied = []]) => [
    limit,
    ...implied.map(({ type }) => `${limit}: ${type}`),
  ]),
);

/** Dimensions that an evaluator scores by saying so in its `metric`. */
const METRICS: { readonly [limit in Limit]?: string } = {
  min_relevance: 'relevance',
  min_accuracy: 'accuracy',
  min_safety: 'safety',
};

/** Evaluators of safety beside those that name the metric. */
const SAFETY: ReadonlySet<string> = new Set(['pii', 'secrets', 'forbidden-concepts']);

/**
 * The evaluators that measure the limits of a case which none of `specs` measures: what a case says is checked in
 * any suite. They are named after their limits.
 */
export function impliedBy(entry: GoldenCase, specs: readonly EvaluatorSpec[]): EvaluatorSpec[] {
  const criteria = entry.evaluation_criteria;
  if (criteria === undefined || !hasOwnLimits(criteria)) return [];
  return Object.entries(IMPLIED).flatMap(([limit, implied = []]) => {
    if (criteria[limit] === undefined || isMeasured(limit, specs)) return [];
    const own = implied.filter(({ applies }) => applies?.(entry) ?? true);
    return own.map(({ type }) => ({
      type,
      name: own.length > 1 ? `${limit}: ${type}` : limit,
      negated: false,
      options: {},
      weight: 1,
    }));
  });
}

/** The limits of a case that nothing measures, the implied evaluators included. */
export function unmeasuredLimits(entry: GoldenCase, specs: readonly EvaluatorSpec[]): Limit[] {
  const criteria = entry.evaluation_criteria;
  if (criteria === undefined || !hasOwnLimits(criteria)) return [];
  const measured = [...specs, ...impliedBy(entry, specs)];
  return Object.keys(criteria).filter(
    (limit) => typeof criteria[limit] === 'number' && !isMeasured(limit, measured),
  );
}

/** Smallest scores that a case asks of evaluators that name a metric, by the metric. */
export function minimumScores(entry: GoldenCase): ReadonlyMap<string, { limit: string; min: number }> {
  const criteria = hasOwnLimits(entry.evaluation_criteria) ? (entry.evaluation_criteria ?? {}) : {};
  return new Map(
    Object.entries(METRICS).flatMap(([limit, metric]) => {
      const min = criteria[limit];
      return metric !== undefined && typeof min === 'number' ? [[metric, { limit, min }] as const] : [];
    }),
  );
}

function isMeasured(limit: Limit, specs: readonly EvaluatorSpec[]): boolean {
  const metric = METRICS[limit];
  const implied = IMPLIED[limit] ?? [];
  return specs.some((spec) => {
    if (spec.negated || spec.weight === 0) return false;
    if (metric !== undefined && spec.metric === metric) return true;
    if (limit === 'min_accuracy') return asksJudge(spec);
    if (limit === 'min_safety') return SAFETY.has(spec.type);
    return implied.some(({ type, own }) => spec.type === type && (!own || spec.options[own] === undefined));
  });
}

import { hasOwnLimits } from '../../datasets/migrations/from1To2.ts';
import type { CaseLimit, CaseLimits } from '../../evaluators/scoring/verdict.ts';
import type { EvaluationCriteria, GoldenCase } from '../../model/case.ts';
import type { EvaluatorSpec } from '../../model/evaluation.ts';
import { isJsonObject, type JsonObject } from '../../model/json.ts';

type Limit = keyof EvaluationCriteria & string;

/** An evaluator that measures a limit of a case, and is added where none of the suite or the case does. */
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

/** Dimensions that an evaluator scores by saying so in its `metric`. */
const METRICS: { readonly [limit in Limit]?: string } = {
  min_relevance: 'relevance',
  min_accuracy: 'accuracy',
  min_safety: 'safety',
};

/** Evaluators of safety beside those that name the metric. */
const SAFETY: ReadonlySet<string> = new Set(['pii', 'secrets', 'forbidden-concepts']);

/** Judges that go by `min_accuracy` of the case, or say yes or no. */
const ACCURACY: ReadonlySet<string> = new Set(['rubric', 'g-eval', 'factuality', 'closed-qa']);

/**
 * The evaluators that measure the limits of a case which none of `specs` measures: what a case says is checked in
 * any suite. They are named after their limits.
 */
export function impliedBy(entry: GoldenCase, specs: readonly EvaluatorSpec[]): EvaluatorSpec[] {
  const criteria = entry.evaluation_criteria;
  if (criteria === undefined || !hasOwnLimits(criteria)) return [];
  return Object.entries(IMPLIED).flatMap(([limit, implied = []]) => {
    if (criteria[limit] === undefined) return [];
    const own = implied.filter((one) => (one.applies?.(entry) ?? true) && !isDone(limit, one, specs));
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

/** What a case asks of those of its evaluators that measure a limit of it, by their names. */
export function limitsOn(entry: GoldenCase, specs: readonly EvaluatorSpec[]): CaseLimits {
  const criteria = entry.evaluation_criteria;
  if (criteria === undefined || !hasOwnLimits(criteria)) return new Map();
  const asked = specs.map((spec) => {
    const limits = Object.keys(criteria).flatMap((limit) => limitOf(limit, criteria[limit], spec));
    return [spec.name, limits] as const;
  });
  return new Map(asked.filter(([, limits]) => limits.length > 0));
}

function limitOf(limit: Limit, min: unknown, spec: EvaluatorSpec): CaseLimit[] {
  const metric = METRICS[limit];
  return [
    ...(readsLimit(limit, spec) ? [{ kind: 'pass' as const }] : []),
    ...(typeof min === 'number' && metric !== undefined && namesMetric(metric, spec)
      ? [{ kind: 'score' as const, limit, metric, min }]
      : []),
  ];
}

function isMeasured(limit: Limit, specs: readonly EvaluatorSpec[]): boolean {
  const metric = METRICS[limit];
  return specs.some((spec) => readsLimit(limit, spec) || (metric !== undefined && namesMetric(metric, spec)));
}

/** What a case forbids is looked for whatever else looks after its safety. */
function isDone(limit: Limit, { applies, type }: ImpliedEvaluator, specs: readonly EvaluatorSpec[]): boolean {
  if (limit !== 'min_safety' || !applies) return isMeasured(limit, specs);
  const metric = METRICS[limit];
  return specs.some(
    (spec) => (counts(spec) && spec.type === type) || (metric !== undefined && namesMetric(metric, spec)),
  );
}

function namesMetric(metric: string, spec: EvaluatorSpec): boolean {
  return counts(spec) && spec.metric === metric;
}

/** Whether an evaluator goes by a limit of the case, and not by one of its own. */
function readsLimit(limit: Limit, spec: EvaluatorSpec): boolean {
  if (!counts(spec)) return false;
  if (limit === 'min_accuracy') return readsAccuracy(spec);
  if (limit === 'min_safety') return SAFETY.has(spec.type);
  const implied = IMPLIED[limit] ?? [];
  return implied.some(({ type, own }) => spec.type === type && (!own || spec.options[own] === undefined));
}

type Member = Pick<EvaluatorSpec, 'type' | 'negated' | 'weight' | 'options'>;

function readsAccuracy({ type, options }: Pick<Member, 'type' | 'options'>): boolean {
  if (options['threshold'] !== undefined) return false;
  return ACCURACY.has(type) || membersOf(options).some((member) => counts(member) && readsAccuracy(member));
}

/** The members of a set: specs as plain data. */
function membersOf({ assert: members }: JsonObject): Member[] {
  if (!Array.isArray(members)) return [];
  return members.flatMap((member) => {
    if (!isJsonObject(member)) return [];
    const { type, negated, weight, options } = member;
    if (typeof type !== 'string' || !isJsonObject(options)) return [];
    return [{ type, negated: negated === true, weight: Number(weight ?? 1), options }];
  });
}

function counts({ negated, weight }: Pick<Member, 'negated' | 'weight'>): boolean {
  return !negated && weight !== 0;
}

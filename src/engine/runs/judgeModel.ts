import type { JudgeModel } from '../cost/judgeEstimate.ts';
import { evaluatorDefinition } from '../evaluators/registry.ts';
import { asksJudge } from '../evaluators/specs/asksJudge.ts';
import { defined, nonEmpty } from '../model/defined.ts';
import type { EvaluatorSpec } from '../model/evaluation.ts';
import { isJsonObject } from '../model/json.ts';
import { type FallbacksConfig, judgeStandIns } from '../models/fallbacks/config.ts';
import type { ProviderConfig } from '../models/modelProvider.ts';
import { priceOfReference } from '../models/prices/priceTable.ts';
import type { SuiteConfig } from '../suites/config/suiteConfig.ts';

/** What is known of the judges of a suite. */
export interface KnownJudges {
  suite: Pick<SuiteConfig, 'judgeModel' | 'scoreFallbacks'>;
  /** Asked in place of every other model. */
  instead: string | undefined;
  providers: Readonly<Record<string, ProviderConfig>>;
  fallbacks: FallbacksConfig | undefined;
}

/** A judge as the estimate sees it, or a set with all of its judges. */
export function judgeModel(spec: EvaluatorSpec, known: KnownJudges): JudgeModel {
  const [first, ...more] = judgesIn(spec).flatMap((judge) => modelsOf(judge, known));
  const { reference = null, price, asks } = first ?? {};
  return { name: spec.name, reference, price, ...defined({ asks, others: nonEmpty(more) }) };
}

/** The judge itself, or those of a set. */
function judgesIn({ type, options }: Pick<EvaluatorSpec, 'type' | 'options'>) {
  const { assert } = options;
  if (type !== 'assert-set' || !Array.isArray(assert)) return [{ type, options }];

  return assert.flatMap((item) => {
    if (!isJsonObject(item) || typeof item['type'] !== 'string') return [];
    const member = { type: item['type'], options: isJsonObject(item['options']) ? item['options'] : {} };
    return asksJudge(member) ? [member] : [];
  });
}

/** The model of a judge, and those that may judge in its place. */
function modelsOf(
  { type, options }: Pick<EvaluatorSpec, 'type' | 'options'>,
  { suite, instead, providers, fallbacks }: KnownJudges,
): Omit<JudgeModel, 'name'>[] {
  const own = options['model'];
  const { asks } = evaluatorDefinition(type);
  const reference = instead ?? (typeof own === 'string' ? own : undefined) ?? suite.judgeModel;
  if (reference === undefined) return [{ reference: null, price: undefined, ...defined({ asks }) }];

  const standIns = suite.scoreFallbacks ? judgeStandIns(fallbacks, reference) : [];
  return [reference, ...standIns].map((one) => ({
    reference: one,
    price: priceOfReference(one, providers),
    ...defined({ asks }),
  }));
}

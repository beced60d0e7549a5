import { UserError } from '../../errors.ts';
import type { EvaluatorDefinition } from '../../evaluators/evaluator.ts';
import { evaluatorDefinition } from '../../evaluators/registry.ts';
import type { EvaluatorSpec } from '../../model/evaluation.ts';
import type { ProviderConfig } from '../../models/modelProvider.ts';
import { priceOfReference } from '../../models/prices/priceTable.ts';
import { type ConfigReader, reportAt } from '../config/configReader.ts';
import type { MonitorConfig } from './monitorConfig.ts';
import { membersOf } from './unfitEvaluators.ts';

type Providers = Readonly<Record<string, ProviderConfig>>;

/** Why judges of a monitor are never asked: it has a budget in dollars, and what they cost is unknown. Undefined where all is known. */
export function unpricedText(monitor: MonitorConfig, providers: Providers): string | undefined {
  if (monitor.maxCostPerHourUsd === undefined) return undefined;

  const asked = monitor.evaluators.flatMap((spec) => modelsOf(spec, monitor));
  const unpriced = [...new Set(asked)].filter((model) => priceOfReference(model, providers) === undefined);
  if (unpriced.length === 0) return undefined;
  return `the cost of ${unpriced.join(' and ')} is unknown, so the budget of "${monitor.name}" cannot hold and its judges are not asked`;
}

/** Warns of it. */
export function warnOfUnpriced(reader: ConfigReader, monitor: MonitorConfig, providers: Providers): void {
  const message = unpricedText(monitor, providers);
  if (message === undefined) return;
  reportAt(reader, ['monitors', monitor.name, 'budget', 'max_cost_usd'], {
    severity: 'warning',
    code: 'unknown-cost',
    message,
    remedy:
      'Add its price to "prices" of the provider, { input: 0, output: 0 } for a model that costs nothing, or remove "budget".',
  });
}

function modelsOf(
  { type, options }: Pick<EvaluatorSpec, 'type' | 'options'>,
  monitor: Pick<MonitorConfig, 'judgeModel' | 'embeddingsModel'>,
): string[] {
  const members = membersOf(options['assert']).flatMap((member) => modelsOf(member, monitor));
  const definition = definitionOf(type.replace(/^not-/, ''));
  if (definition?.stage !== 'judge') return members;

  return [...members, ...ownModels(definition, options, monitor)].filter((one) => typeof one === 'string');
}

function ownModels(
  { embeds }: EvaluatorDefinition,
  { model, embeddings }: EvaluatorSpec['options'],
  { judgeModel, embeddingsModel }: Pick<MonitorConfig, 'judgeModel' | 'embeddingsModel'>,
) {
  if (embeds === 'only') return [model ?? embeddingsModel];
  return [model ?? judgeModel, embeds && (embeddings ?? embeddingsModel)];
}

function definitionOf(type: string): EvaluatorDefinition | undefined {
  try {
    return evaluatorDefinition(type);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

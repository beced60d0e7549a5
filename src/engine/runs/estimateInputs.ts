import type { CallHistory } from '../cost/callHistory.ts';
import type { EstimatedRun, EstimatedTarget } from '../cost/estimate.ts';
import type { JudgeModel } from '../cost/judgeEstimate.ts';
import type { AskedModel } from '../cost/targetEstimate.ts';
import type { Evaluator } from '../evaluators/evaluator.ts';
import { evaluatorDefinition } from '../evaluators/registry.ts';
import type { LocatedCase } from '../model/case.ts';
import type { ProviderConfig } from '../models/catalog.ts';
import { priceOfReference } from '../models/prices/priceTable.ts';
import type { Environment } from '../ports.ts';
import type { Workspace } from '../suites/loadWorkspace.ts';
import type { SuiteConfig } from '../suites/suiteConfig.ts';
import { caseFilter } from './caseFilter.ts';
import type { RunInputs } from './execution/runInputs.ts';
import type { PreparedRun } from './preparation/preparedRun.ts';
import { promptCall } from './preparation/promptTargets.ts';

/** A prepared run as the estimate sees it. Throws PromptError for a prompt that was changed meanwhile. */
export function estimatedRun(
  { suite, inputs }: PreparedRun,
  workspace: Workspace,
  ports: { environment: Environment },
  history: CallHistory,
): EstimatedRun {
  const { plan } = inputs;
  const { providers } = workspace.config;
  return {
    targets: inputs.targets.map(({ target, concurrency }): EstimatedTarget => {
      const asked = askedModel(target.name, suite, plan.model, workspace, ports);
      const { name, kind } = target;
      // Programs share the places of a run.
      const lane = kind === 'command' ? 'programs' : target.lane;
      return { name, kind, lane, concurrency, hash: target.hash, ...(asked ? { asked } : {}) };
    }),
    cases: chosenCases(inputs),
    caseCount: plan.dataset.chosen ?? plan.dataset.count,
    repeat: plan.repeat,
    cascades: suite.cascade.mode === 'cascade',
    judgesFor: (located) =>
      inputs
        .evaluatorsFor(located)
        .filter(({ stage }) => stage === 'judge')
        .map((evaluator) => judgeModel(evaluator, suite, plan.judge, providers)),
    history,
  };
}

async function* chosenCases({ plan, source }: RunInputs): AsyncIterableIterator<LocatedCase> {
  const matches = caseFilter(plan.filter);
  for await (const batch of source.batches({ signal: new AbortController().signal }))
    for (const located of batch) if (matches(located.case)) yield located;
}

function askedModel(
  name: string,
  suite: SuiteConfig,
  model: string | undefined,
  workspace: Workspace,
  ports: { environment: Environment },
): AskedModel | undefined {
  const config = suite.targets.find((target) => target.name === name);
  if (config?.kind !== 'prompt') return undefined;
  const { root } = workspace;
  const { providers } = workspace.config;
  const { prompt, reference } = promptCall(config, {
    root,
    environment: ports.environment,
    model,
    providers,
  });
  return {
    reference,
    model: modelOf(reference),
    prompt,
    parameters: config.parameters,
    price: priceOfReference(reference, providers),
  };
}

function judgeModel(
  { spec }: Evaluator,
  suite: SuiteConfig,
  instead: string | undefined,
  providers: Readonly<Record<string, ProviderConfig>>,
): JudgeModel {
  const own = spec.options['model'];
  const { asks } = evaluatorDefinition(spec.type);
  const reference = instead ?? (typeof own === 'string' ? own : undefined) ?? suite.judgeModel ?? null;
  return {
    name: spec.name,
    reference,
    price: reference === null ? undefined : priceOfReference(reference, providers),
    ...(asks === undefined ? {} : { asks }),
  };
}

function modelOf(reference: string): string {
  return reference.slice(reference.indexOf('/') + 1);
}

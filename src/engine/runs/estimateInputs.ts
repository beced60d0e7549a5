import type { CallHistory } from '../cost/callHistory.ts';
import type { EstimatedRun, EstimatedTarget } from '../cost/estimate.ts';
import type { AskedModel } from '../cost/targetEstimate.ts';
import { asksJudge } from '../evaluators/specs/asksJudge.ts';
import type { LocatedCase } from '../model/case.ts';
import { defined } from '../model/defined.ts';
import type { ProviderConfig } from '../models/modelProvider.ts';
import { priceOfReference } from '../models/prices/priceTable.ts';
import type { WorkspaceConfig } from '../suites/config/workspaceConfig.ts';
import type { Target } from '../targets/target.ts';
import { chosenBatches } from './chosenBatches.ts';
import type { PlannedTarget, RunInputs } from './execution/runInputs.ts';
import { judgeModel } from './judgeModel.ts';
import type { PreparedRun } from './preparation/preparedRun.ts';

type Providers = Readonly<Record<string, ProviderConfig>>;

/** A prepared run as the estimate sees it. */
export function estimatedRun(
  { suite, inputs }: PreparedRun,
  { providers, fallbacks }: Pick<WorkspaceConfig, 'providers' | 'fallbacks'>,
  history: CallHistory,
): EstimatedRun {
  const { plan } = inputs;
  const known = { suite, instead: plan.judge, providers, fallbacks };
  return {
    targets: inputs.targets.map((planned) => estimatedTarget(planned, providers)),
    cases: chosenCases(inputs),
    caseCount: plan.dataset.chosen ?? plan.dataset.count,
    repeat: plan.repeat,
    cascades: suite.cascade.mode === 'cascade',
    judgesFor: (located) =>
      inputs
        .evaluatorsFor(located)
        .filter(({ spec }) => asksJudge(spec))
        .map(({ spec }) => judgeModel(spec, known)),
    history,
  };
}

function estimatedTarget({ target, concurrency }: PlannedTarget, providers: Providers): EstimatedTarget {
  const { name, hash, capabilities } = target;
  const { free, startsPrograms } = capabilities;
  // Programs share the places of a run.
  const lane = startsPrograms ? 'programs' : target.lane;
  const asked = askedModel(target, providers);
  return { name, free, lane, concurrency, hash, ...defined({ asked }) };
}

async function* chosenCases(inputs: RunInputs): AsyncIterableIterator<LocatedCase> {
  for await (const batch of chosenBatches(inputs, new AbortController().signal)) yield* batch;
}

function askedModel({ asks, capabilities }: Target, providers: Providers): AskedModel | undefined {
  const reference = capabilities.model?.reference;
  if (!asks || !reference) return undefined;
  const { standIns } = capabilities.model ?? {};
  return {
    ...asks,
    reference,
    model: modelOf(reference),
    price: priceOfReference(reference, providers),
    ...defined({ standInPrices: standIns?.map((one) => priceOfReference(one, providers)) }),
  };
}

function modelOf(reference: string): string {
  return reference.slice(reference.indexOf('/') + 1);
}

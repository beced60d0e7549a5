import { ResumeError } from '../../errors.ts';
import type { TrialResult } from '../../model/result.ts';
import type { RunPlan, RunRecord } from '../../model/run.ts';
import type { RunStore } from '../../store/runStore.ts';
import type { FileReference } from '../../suites/config/fileReference.ts';
import type { SuiteConfig } from '../../suites/config/suiteConfig.ts';
import { describeTarget } from '../../suites/targets/describeTarget.ts';
import { ASKS_NOBODY, type TargetCapabilities } from '../../targets/capabilities.ts';
import { createStoredTarget, type StoredTrial } from '../../targets/replay/storedTarget.ts';
import type { PlannedTarget } from '../execution/runInputs.ts';

/**
 * The targets of a stored run, which give its outputs once more. Lookups go by the id of a case: it may
 * stand at another place of its dataset by now.
 */
export function storedTargets(store: RunStore, run: RunRecord, suite: SuiteConfig): PlannedTarget[] {
  let indexes: Map<string, number> | undefined;
  let last: { index: number; results: TrialResult[] } | undefined;

  const find = (target: string, caseId: string, trial: number): StoredTrial | undefined => {
    indexes ??= new Map(store.caseIndexes(run.id));
    const index = indexes.get(caseId);
    if (index === undefined) return undefined;

    if (last?.index !== index) last = { index, results: store.resultsAt(run.id, index) };
    const result = last.results.find((one) => one.target === target && one.trial === trial);
    const located = store.caseAt(run.id, index);
    return result && located ? { case: located.case, output: result.output } : undefined;
  };

  return run.plan.targets.map((target) => ({
    target: createStoredTarget({
      target,
      capabilities: capabilitiesOf(suite, target.name),
      runId: run.id,
      find: (caseId, trial) => find(target.name, caseId, trial),
    }),
    timeoutMs: suite.timeoutMs,
    concurrency: suite.maxConcurrency,
  }));
}

/** As the target of that name has them now: the stored outputs ask nobody. */
function capabilitiesOf({ targets }: SuiteConfig, name: string): TargetCapabilities {
  const now = targets.find((target) => target.name === name);
  const conversation = now !== undefined && describeTarget(now).capabilities.conversation;
  return { ...ASKS_NOBODY, conversation };
}

/** The suite as the stored run had it in what decides which trials there are. Throws ResumeError when it cannot be. */
export function asInRun(suite: SuiteConfig, { id, plan }: RunRecord): SuiteConfig {
  if (plan.suite !== suite.name) {
    throw new ResumeError(`run ${id} is one of the suite ${plan.suite}, not of ${suite.name}`, {
      remedy: `Choose it with --suite ${plan.suite}.`,
    });
  }
  return {
    ...suite,
    datasets: [datasetOf(suite, id, plan)],
    filter: plan.filter,
    repeat: plan.repeat,
    seed: plan.seed,
  };
}

function datasetOf(suite: SuiteConfig, id: string, plan: RunPlan): FileReference {
  const dataset = suite.datasets.find(({ path }) => path === plan.dataset.path);
  if (dataset) return dataset;
  throw new ResumeError(`run ${id} asked ${plan.dataset.path}, which the suite ${suite.name} does not use`, {
    remedy: 'Run the suite with its present dataset instead.',
  });
}

import { defined } from '../../model/defined.ts';
import type { RunPlan } from '../../model/run.ts';
import type { FileReference } from '../../suites/config/fileReference.ts';
import type { SuiteConfig } from '../../suites/config/suiteConfig.ts';
import type { Workspace } from '../../suites/loadWorkspace.ts';
import { joinHalves } from './joinHalves.ts';
import { type Judging, prepareJudging } from './judging.ts';
import type { PreparedRun } from './preparedRun.ts';
import { type PreparedTargets, preparedTargets, prepareTargets } from './preparedTargets.ts';
import { asInRun, storedTargets } from './rejudgedRun.ts';
import { chooseDatasets, leftOut, type RunOverrides, withOverrides } from './runOverrides.ts';
import { type PreparePorts, placeOf, RunScope } from './runScope.ts';
import { settleCases } from './settleCases.ts';

interface RunParts {
  workspace: Workspace;
  suite: SuiteConfig;
  overrides: RunOverrides;
}

/**
 * Opens datasets, creates targets and evaluators, and makes the plan: one run for each dataset of the suite.
 * Throws UserErrors for everything that is wrong with them; nothing has been called then.
 */
export async function prepareRuns(
  { workspace, suite: whole, overrides }: RunParts,
  ports: PreparePorts,
  signal: AbortSignal,
): Promise<PreparedRun[]> {
  const stored = overrides.rejudge === undefined ? undefined : ports.store.getRun(overrides.rejudge);
  const chosen = withOverrides(stored ? asInRun(whole, stored) : whole, overrides);
  const suite = await settleCases(chosen, workspace.root, ports, signal);
  const omission = leftOut(whole, suite, overrides);
  const parts = { workspace, suite, overrides };
  const prepared: PreparedRun[] = [];

  try {
    for (const dataset of chooseDatasets(suite, overrides.datasets))
      prepared.push(await prepareRun(parts, dataset, omission, ports, signal));
  } catch (error) {
    await Promise.all(prepared.map((run) => run.close()));
    throw error;
  }
  return prepared;
}

async function prepareRun(
  { workspace, suite, overrides }: RunParts,
  dataset: FileReference,
  omission: RunPlan['leftOut'],
  ports: PreparePorts,
  signal: AbortSignal,
): Promise<PreparedRun> {
  const { model, judge, rejudge } = overrides;
  const place = placeOf(workspace);
  const scope = new RunScope(ports, {
    configured: [{ place, targets: suite.targets, judges: suite.judges }],
    recordings: overrides.recordings,
    adaptiveBudgets: suite.tokenBudgets === 'adaptive',
  });

  const opened: (Judging | PreparedTargets)[] = [];

  try {
    const tested =
      rejudge === undefined
        ? prepareTargets({ targets: suite.targets, place, model, suite }, scope)
        : preparedTargets(storedTargets(ports.store, ports.store.getRun(rejudge), suite));
    opened.push(tested);
    const judging = await prepareJudging({ workspace, suite, dataset, overrides }, scope, signal);
    opened.push(judging);
    const origin = { ...(scope.replayClock ? { replay: true as const } : {}), ...defined({ rejudge }) };
    const plan = {
      ...defined({ model, judge, leftOut: omission }),
      ...(Object.keys(origin).length > 0 ? { origin } : {}),
    };

    return joinHalves({ judging, prepared: [tested], targets: tested.targets, plan }, scope);
  } catch (error) {
    await Promise.all([...opened, scope].map((part) => part.close()));
    throw error;
  }
}

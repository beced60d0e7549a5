import type { Engine } from '../engine/engine.ts';
import { UsageError } from '../engine/errors.ts';
import type { RunPlan, RunRecord } from '../engine/model/run.ts';
import { ensureEvaluation } from '../engine/runs/planChanges.ts';
import type { PreparedRun, RunOverrides } from '../engine/runs/preparation/prepareRun.ts';

/**
 * The run that `--resume` means: the one of that id, or the newest evaluation that is not complete, of the suites that
 * were chosen where there are any.
 */
export function findRun(engine: Engine, resume: string | true, suites: readonly string[]): RunRecord {
  if (resume !== true) {
    const named = engine.store.getRun(resume);
    ensureEvaluation(named.id, named.plan);
    return named;
  }
  const run = engine.store
    .listRuns(1000, { parts: false })
    .find(
      ({ plan, status }) =>
        status.state !== 'complete' &&
        plan.comparison === undefined &&
        (suites.length === 0 || suites.includes(plan.suite)),
    );
  if (run) return run;
  throw new UsageError('there is no evaluation to resume: all that are stored are complete', {
    remedy: 'List the stored runs with: touchstone show --runs',
  });
}

/** What the run was begun with, unless the person says otherwise now. */
export function resumedOverrides(
  { filter, repeat, seed, model, judge, origin }: RunPlan,
  given: RunOverrides,
): RunOverrides {
  const chosen = given.filter && (given.filter.names.length > 0 || given.filter.tags.length > 0);
  const rejudge = origin?.rejudge === undefined ? {} : { rejudge: origin.rejudge };
  const models = { ...(model === undefined ? {} : { model }), ...(judge === undefined ? {} : { judge }) };
  return {
    repeat,
    seed,
    ...models,
    ...rejudge,
    ...given,
    filter: chosen && given.filter ? given.filter : filter,
  };
}

/** Of a suite's runs, one for each dataset, the one that goes on with `plan`; the others are closed. */
export async function pickPrepared(prepared: readonly PreparedRun[], plan: RunPlan): Promise<PreparedRun> {
  const same = prepared.find(({ inputs }) => inputs.plan.dataset.path === plan.dataset.path);
  for (const run of prepared) if (run !== same) await run.close();
  if (same) return same;
  throw new UsageError(`the suite ${plan.suite} has no dataset ${plan.dataset.path} any more`, {
    remedy: 'Undo the change to go on with the run, or start a new one without --resume.',
  });
}

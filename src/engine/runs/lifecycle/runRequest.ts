import path from 'node:path';
import { defined } from '../../model/defined.ts';
import type { RunFilter, RunRecord, RunRequest } from '../../model/run.ts';
import { ensureEvaluation } from '../planChanges.ts';
import type { RunOverrides } from '../preparation/runOverrides.ts';

/** What of the overrides is kept with a run; what they leave to the suite is not. */
export function requestOf({ partOf, writes, ...asked }: RunOverrides, root: string): RunRequest {
  const { filter, recordings, ...rest } = asked;
  return {
    ...rest,
    ...(isChosen(filter) ? { filter } : {}),
    ...(recordings ? { recordings: { ...recordings, folder: path.relative(root, recordings.folder) } } : {}),
  };
}

/**
 * What a stored run was, so that it can be made ready once more: what it asked for, with what its plan settled of that.
 * Runs of older versions did not keep their request; all but the folder of their recordings stands in the plan.
 */
export function storedRequest({ plan }: Pick<RunRecord, 'plan'>): RunRequest {
  const { request, filter, repeat, seed, model, judge, origin, leftOut, targets, dataset } = plan;
  return {
    ...request,
    filter,
    repeat,
    seed,
    datasets: [dataset.path],
    ...defined({ model, judge }),
    ...(origin?.rejudge === undefined ? {} : { rejudge: origin.rejudge }),
    ...(leftOut?.targets ? { targets: targets.map(({ name }) => name) } : {}),
    ...(leftOut?.judge ? { withoutJudge: true } : {}),
  };
}

/** With what a stored run goes on: as it was asked for, unless the person says otherwise now. */
export function resumedOverrides(run: RunRecord, given: RunOverrides, root: string): RunOverrides {
  return withGiven(storedRequest(run), given, root);
}

/**
 * With what the same is asked for again; replies that were recorded once are not recorded anew. Throws ResumeError for a
 * comparison, whose sides are no targets of the suite.
 */
export function repeatedOverrides(run: RunRecord, given: RunOverrides, root: string): RunOverrides {
  ensureEvaluation(run.id, run.plan, 'repeated');
  const { recordings, ...stored } = storedRequest(run);
  return withGiven(recordings?.mode === 'replay' ? { ...stored, recordings } : stored, given, root);
}

function withGiven({ recordings, ...stored }: RunRequest, given: RunOverrides, root: string): RunOverrides {
  const { filter, ...said } = given;
  return {
    ...stored,
    ...(recordings ? { recordings: { ...recordings, folder: path.resolve(root, recordings.folder) } } : {}),
    ...said,
    ...(isChosen(filter) ? { filter } : {}),
  };
}

/** A filter that lets every case through says nothing. */
function isChosen(filter: RunFilter | undefined): filter is RunFilter {
  if (!filter) return false;
  return filter.names.length > 0 || filter.tags.length > 0 || (filter.ids?.length ?? 0) > 0;
}

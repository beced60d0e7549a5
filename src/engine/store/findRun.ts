import { ResumeError } from '../errors.ts';
import type { RunRecord } from '../model/run.ts';
import type { RunStore } from './runStore.ts';

/** So many runs are listed where a name may mean several. */
const MOST_CANDIDATES = 8;

/**
 * The run that a person means: by its id, by the beginning of it where no other begins so, by the name of a suite (its
 * newest evaluation), or `latest` (the newest evaluation of all). Throws ResumeError when there is none, or several.
 */
export function findRun(store: RunStore, wanted: string): RunRecord {
  const found = store.lookUp(wanted) ?? newest(store, wanted) ?? byBeginning(store, wanted);
  if (found) return found;
  if (wanted === 'latest')
    throw new ResumeError('no run is stored yet', { remedy: 'Make one with: touchstone eval' });
  throw new ResumeError(`there is no run ${wanted}`, {
    where: { path: store.file },
    remedy: 'List the stored runs with: touchstone show --runs',
  });
}

function newest(store: RunStore, wanted: string): RunRecord | undefined {
  const [run] = store.evaluations(1, wanted === 'latest' ? {} : { suite: wanted });
  return run;
}

function byBeginning(store: RunStore, beginning: string): RunRecord | undefined {
  const [id, ...others] = store.idsBeginningWith(beginning, MOST_CANDIDATES + 1);
  if (id === undefined) return undefined;
  if (others.length === 0) return store.getRun(id);

  const candidates = [id, ...others].slice(0, MOST_CANDIDATES).join(', ');
  const more = others.length >= MOST_CANDIDATES ? ' and more' : '';
  throw new ResumeError(`several runs begin with ${beginning}: ${candidates}${more}`, {
    where: { path: store.file },
    remedy: 'Write more of the id.',
  });
}

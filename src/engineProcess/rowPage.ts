import type { TrialResult } from '../engine/model/result.ts';
import { CurrentResults } from '../engine/store/currentResults.ts';
import type { RunStore } from '../engine/store/runStore.ts';
import type { EngineCalls } from '../protocol/calls.ts';
import { toRow } from './runFeed.ts';

type Page = EngineCalls['run/results']['result'];
type Wanted = Pick<EngineCalls['run/results']['params'], 'filter' | 'after' | 'limit'>;

/** Results looked at for one page: a filter that few of them meet must not keep its answer waiting for ever. */
const LOOKED_AT = 20_000;
/** Results looked at before other calls, and runs under way, get their turn. */
const AT_ONCE = 100;

/** A page of rows in stable order; shorter than asked for where the filter lets few through. */
export async function rowPage(
  store: RunStore,
  runId: string,
  { filter, after, limit }: Wanted,
  signal: AbortSignal,
): Promise<Page> {
  const { plan } = store.getRun(runId);
  const numbers = new Map(plan.targets.map(({ name }, index) => [name, index]));
  const matches = rowFilter(filter);
  const rows: Page['rows'] = [];
  let looked = 0;
  const current = new CurrentResults(store, runId);
  const results = after === null ? current.results() : current.resultsAfter(after);
  for (const result of results) {
    looked += 1;
    if (matches(result)) rows.push(toRow(result, runId, store));
    if (rows.length < limit && looked < LOOKED_AT) {
      if (looked % AT_ONCE === 0) await otherTurns(signal);
      continue;
    }
    const { target, caseIndex, trial } = result;
    return { rows, next: { target: numbers.get(target) ?? 0, caseIndex, trial } };
  }
  return { rows, next: null };
}

function rowFilter(filter: Wanted['filter']): (result: TrialResult) => boolean {
  const text = filter.text?.toLowerCase();
  return (result) =>
    allows(filter.statuses, result.status) &&
    allows(filter.targets, result.target) &&
    allows(filter.caseIds, result.caseId) &&
    (!filter.tags || filter.tags.length === 0 || result.tags.some((tag) => filter.tags?.includes(tag))) &&
    (!text || `${result.caseId}\n${result.reason}`.toLowerCase().includes(text));
}

/** No list, and an empty one, allow everything. */
function allows<T>(wanted: readonly T[] | undefined, value: T): boolean {
  return !wanted || wanted.length === 0 || wanted.includes(value);
}

async function otherTurns(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal.throwIfAborted();
}

import type { TrialResult } from '../model/result.ts';
import type { RunStore } from '../store/runStore.ts';
import { resultEntry } from './resultEntry.ts';

/** Which trial of a side is told of. */
interface SideTrial {
  target: string;
  trial: number;
}

/** A case's result on one side in full, as reports write it; null where it is not stored. */
export function sideEntry(store: RunStore, runId: string, caseId: string, side: SideTrial) {
  return entryOf(store, runId, store.resultsOfCase(runId, caseId), side);
}

/** As `sideEntry`, by the position of the case in the run's dataset: quick in a large run. */
export function sideEntryAt(store: RunStore, runId: string, caseIndex: number, side: SideTrial) {
  return entryOf(store, runId, store.resultsAt(runId, caseIndex), side);
}

function entryOf(store: RunStore, runId: string, results: readonly TrialResult[], side: SideTrial) {
  const found = results.find(({ target, trial }) => target === side.target && trial === side.trial);
  return found ? resultEntry(found, store.caseAt(runId, found.caseIndex)) : null;
}

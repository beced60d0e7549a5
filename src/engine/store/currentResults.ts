import type { TrialResult, TrialStatus } from '../model/result.ts';
import type { RunStore } from './runStore.ts';

interface ResultKey {
  target: number;
  caseIndex: number;
  trial: number;
}

/**
 * The results of a run as they stand now: where cases were run again as part of it, the newest result in place of the
 * first one. Stored results stay as they are. Whatever shows or judges a run reads it here; what resumes, compares or
 * bills it reads the store.
 */
export class CurrentResults {
  readonly #store: RunStore;
  readonly #runId: string;
  /** By target, case and trial; the newest of each. */
  readonly #again = new Map<string, { runId: string; result: TrialResult }>();

  constructor(store: RunStore, runId: string) {
    this.#store = store;
    this.#runId = runId;
    for (const part of store.partsOf(runId))
      for (const result of store.results(part)) this.#again.set(keyOf(result), { runId: part, result });
  }

  /** In stable order, those with one of `statuses` or all. */
  *results(statuses: readonly TrialStatus[] = []): IterableIterator<TrialResult> {
    if (this.#again.size === 0) return yield* this.#store.results(this.#runId, statuses);
    for (const stored of this.#store.results(this.#runId)) {
      const result = this.#current(stored);
      if (statuses.length === 0 || statuses.includes(result.status)) yield result;
    }
  }

  /** As `results`, but only those behind the one with this key. */
  *resultsAfter(key: ResultKey): IterableIterator<TrialResult> {
    for (const stored of this.#store.resultsAfter(this.#runId, key)) yield this.#current(stored);
  }

  resultsOfCase(caseId: string): TrialResult[] {
    return this.#store.resultsOfCase(this.#runId, caseId).map((stored) => this.#current(stored));
  }

  resultsAt(caseIndex: number): TrialResult[] {
    return this.#store.resultsAt(this.#runId, caseIndex).map((stored) => this.#current(stored));
  }

  counts(): { [status in TrialStatus]: number } {
    const counts = this.#store.counts(this.#runId);
    for (const { before, status } of this.#replaced()) {
      counts[before] -= 1;
      counts[status] += 1;
    }
    return counts;
  }

  /** How many results are of cases that were run again. */
  get reruns(): number {
    return this.#replaced().length;
  }

  #replaced(): { before: TrialStatus; status: TrialStatus }[] {
    return [...this.#again.values()].flatMap(({ result }) => {
      const stored = this.#store
        .resultsAt(this.#runId, result.caseIndex)
        .find((one) => keyOf(one) === keyOf(result));
      return stored ? [{ before: stored.status, status: result.status }] : [];
    });
  }

  #current(stored: TrialResult): TrialResult {
    const again = this.#again.get(keyOf(stored));
    return again ? { ...again.result, rerun: { runId: again.runId, before: stored.status } } : stored;
  }
}

function keyOf({ target, caseIndex, trial }: TrialResult): string {
  return JSON.stringify([target, caseIndex, trial]);
}

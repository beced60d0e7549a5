import type { TrialResult } from '../engine/model/result.ts';
import type { RunRecord } from '../engine/model/run.ts';
import { rowEntry } from '../engine/reports/rowEntry.ts';
import type { RunStore } from '../engine/store/runStore.ts';
import type { EngineEvents } from '../protocol/events.ts';
import type { ResultRow } from '../protocol/resultRow.ts';
import type { Session } from './session.ts';

/** Results are gathered for this long, so that a fast run does not flood the window; in milliseconds. */
const GATHER_MS = 50;

/** Tells the window how a run goes on, a batch of results at a time. */
export class RunFeed {
  readonly #session: Session;
  readonly #store: RunStore;
  readonly #run: RunRecord;
  readonly #counts: EngineEvents['run/results']['counts'];
  #rows: ResultRow[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(session: Session, store: RunStore, run: RunRecord) {
    this.#session = session;
    this.#store = store;
    this.#run = run;
    this.#counts = store.counts(run.id);
  }

  started(): void {
    const { id: runId, plan } = this.#run;
    this.#session.tell('run/started', {
      runId,
      ...this.#part,
      ...(plan.comparison ? { comparison: plan.comparison } : {}),
      suite: plan.suite,
      dataset: plan.dataset.path,
      targets: plan.targets.map(({ name }) => name),
      trials: plan.trials,
      repeat: plan.repeat,
      counts: { ...this.#counts },
    });
  }

  add(results: readonly TrialResult[]): void {
    for (const result of results) {
      this.#counts[result.status] += 1;
      this.#rows.push(toRow(this.#asShown(result), this.#run.id, this.#store));
    }
    this.#timer ??= setTimeout(() => this.flush(), GATHER_MS);
  }

  /** A result that stands in place of another one says so. */
  #asShown(result: TrialResult): TrialResult {
    const { partOf } = this.#run.plan;
    if (partOf === undefined) return result;
    const before = this.#store
      .resultsAt(partOf, result.caseIndex)
      .find(({ target, trial }) => target === result.target && trial === result.trial);
    return before ? { ...result, rerun: { runId: this.#run.id, before: before.status } } : result;
  }

  get #part(): { partOf?: string } {
    const { partOf } = this.#run.plan;
    return partOf === undefined ? {} : { partOf };
  }

  /** Sends what is gathered. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#rows.length === 0) return;
    this.#session.tell('run/results', {
      runId: this.#run.id,
      ...this.#part,
      rows: this.#rows,
      counts: { ...this.#counts },
    });
    this.#rows = [];
  }
}

/** A result as the window lists it. */
export function toRow(result: TrialResult, runId: string, store: RunStore): ResultRow {
  return rowEntry(result, store.caseAt(runId, result.caseIndex));
}

import type { ResultRow } from '../../protocol/resultRow.ts';

/** The trials of one case on one target, gathered until all are there. */
export class TrialTally {
  readonly rows: ResultRow[] = [];

  add(row: ResultRow): void {
    this.rows.push(row);
  }

  count(status: ResultRow['status']): number {
    return this.rows.filter((row) => row.status === status).length;
  }

  /** A case fails when any of its trials did; an error counts where nothing failed. */
  get verdict(): ResultRow['status'] {
    if (this.count('failed') > 0) return 'failed';
    return this.count('errored') > 0 ? 'errored' : 'passed';
  }

  get isFlaky(): boolean {
    return this.count('passed') > 0 && this.count('passed') < this.rows.length;
  }

  /** Of all trials, in milliseconds. */
  get durationMs(): number {
    return this.rows.reduce((sum, { latency_ms }) => sum + latency_ms, 0);
  }
}

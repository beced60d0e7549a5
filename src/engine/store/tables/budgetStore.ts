import type { BudgetRecord } from '../../model/budgetRecord.ts';
import type { Connection } from '../file/connection.ts';

/** Decisions on adaptive token budgets, kept beside the runs that they followed from. */
export class BudgetStore {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Keeps decisions on token budgets; one of the same run, target and class is replaced. */
  save(records: readonly BudgetRecord[]): void {
    this.#connection.transaction(() => {
      for (const record of records)
        this.#connection.run(
          'INSERT OR REPLACE INTO token_budgets (run_id, suite, target, complexity, decided_at, body) VALUES (?, ?, ?, ?, ?, ?)',
          record.runId,
          record.suite,
          record.target,
          record.complexity,
          record.decidedAt,
          JSON.stringify(record),
        );
    });
  }

  /** Decisions on token budgets after a run. */
  ofRun(runId: string): BudgetRecord[] {
    const rows = this.#connection.all(
      'SELECT body FROM token_budgets WHERE run_id = ? ORDER BY target, complexity',
      runId,
    );
    return rows.map((row) => JSON.parse(String(row.body)) as BudgetRecord);
  }

  /** Decisions on the token budgets of a suite, the oldest first. */
  ofSuite(suite: string): BudgetRecord[] {
    const rows = this.#connection.all(
      'SELECT body FROM token_budgets WHERE suite = ? ORDER BY decided_at, rowid',
      suite,
    );
    return rows.map((row) => JSON.parse(String(row.body)) as BudgetRecord);
  }
}

import type { RunVerdict } from '../../model/runVerdict.ts';
import type { Connection } from '../file/connection.ts';

/** What came of complete runs. */
export class VerdictTable {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Takes the place of an earlier one. Does nothing where there is no such run, or it is not complete. */
  save(runId: string, verdict: RunVerdict, decidedAt: number): void {
    this.#connection.run(
      'INSERT OR REPLACE INTO verdicts (run, passed, decided_at, body) SELECT number, ?, ?, ? FROM runs WHERE id = ? AND state = ?',
      verdict.passed ? 1 : 0,
      decidedAt,
      JSON.stringify(verdict),
      runId,
      'complete',
    );
  }

  /** It does not stand any more; nothing happens where there is none. */
  forget(runId: string): void {
    this.#connection.run('DELETE FROM verdicts WHERE run = (SELECT number FROM runs WHERE id = ?)', runId);
  }

  /** Undefined where none was stored, as in runs of earlier versions. */
  of(runId: string): RunVerdict | undefined {
    if (!this.#connection.hasTable('verdicts')) return undefined;
    const [row] = this.#connection.all(
      'SELECT body FROM verdicts JOIN runs ON runs.number = verdicts.run WHERE id = ?',
      runId,
    );
    return row === undefined ? undefined : (JSON.parse(String(row.body)) as RunVerdict);
  }
}

import type { LocatedCase } from '../../model/case.ts';
import type { PendingOutput, TrialResult, TrialStatus } from '../../model/result.ts';
import { RunTable } from './runTable.ts';

/** The stored results of runs, the cases that they answer, and the outputs whose evaluation is pending. */
export class ResultTable extends RunTable {
  /** Keys of all stored results, in no particular order. */
  *storedKeys(id: string): IterableIterator<{ target: number; caseIndex: number; trial: number }> {
    const { number } = this.numbers(id);
    const rows = this.connection.iterate(
      'SELECT target, case_index, trial FROM results WHERE run = ?',
      number,
    );
    for (const row of rows)
      yield { target: Number(row.target), caseIndex: Number(row.case_index), trial: Number(row.trial) };
  }

  /**
   * Results in stable order: target as the plan lists them, case as in the dataset, trial. One at a time.
   * With `statuses`, only those.
   */
  *results(id: string, statuses: readonly TrialStatus[] = []): IterableIterator<TrialResult> {
    const { number } = this.numbers(id);
    const only = statuses.length === 0 ? '' : `AND status IN (${statuses.map(() => '?').join(', ')})`;
    const rows = this.connection.iterate(
      `SELECT body FROM results WHERE run = ? ${only} ORDER BY target, case_index, trial`,
      number,
      ...statuses,
    );
    for (const row of rows) yield JSON.parse(String(row.body)) as TrialResult;
  }

  /** As `results`, but only those behind the one with this key. `target` counts as the plan lists them. */
  *resultsAfter(
    id: string,
    key: { target: number; caseIndex: number; trial: number },
  ): IterableIterator<TrialResult> {
    const { number } = this.numbers(id);
    const rows = this.connection.iterate(
      `SELECT body FROM results WHERE run = ? AND (target, case_index, trial) > (?, ?, ?)
       ORDER BY target, case_index, trial`,
      number,
      key.target,
      key.caseIndex,
      key.trial,
    );
    for (const row of rows) yield JSON.parse(String(row.body)) as TrialResult;
  }

  /** How many results of each verdict are stored. */
  counts(id: string): { [status in TrialResult['status']]: number } {
    const counts = { passed: 0, failed: 0, errored: 0 };
    const { number } = this.numbers(id);
    const rows = this.connection.all(
      'SELECT status, count(*) AS n FROM results WHERE run = ? GROUP BY status',
      number,
    );
    for (const row of rows) counts[String(row.status) as keyof typeof counts] = Number(row.n);
    return counts;
  }

  /**
   * What results that were begun at `since` or later cost, in US dollars: the calls of targets, those of judges,
   * and the dearest of these results, both together. Unknown costs are not in it.
   */
  spending(id: string, since: number): { targetsUsd: number; judgesUsd: number; dearestUsd: number } {
    const { number } = this.numbers(id);
    const [row] = this.connection.all(
      `WITH costs AS (
         SELECT coalesce(json_extract(body, '$.output.costUsd'), 0) AS target,
           (SELECT total(json_extract(value, '$.costUsd')) FROM json_each(body, '$.evaluations')) AS judges
         FROM results WHERE run = ? AND json_extract(body, '$.startedAt') >= ?)
       SELECT total(target) AS targets, total(judges) AS judges, max(target + judges) AS dearest FROM costs`,
      number,
      since,
    );
    return {
      targetsUsd: Number(row?.targets ?? 0),
      judgesUsd: Number(row?.judges ?? 0),
      dearestUsd: Number(row?.dearest ?? 0),
    };
  }

  /** All results of one case over targets and trials, in stable order. */
  resultsOfCase(id: string, caseId: string): TrialResult[] {
    const { number } = this.numbers(id);
    const rows = this.connection.all(
      `SELECT results.body FROM cases JOIN results USING (run, case_index)
       WHERE run = ? AND case_id = ? ORDER BY target, case_index, trial`,
      number,
      caseId,
    );
    return rows.map((row) => JSON.parse(String(row.body)) as TrialResult);
  }

  /** As `resultsOfCase`, by the position of the case in its dataset; quick in a large run. */
  resultsAt(id: string, caseIndex: number): TrialResult[] {
    const { number, targets } = this.numbers(id);
    return [...targets.values()].flatMap((target) =>
      this.connection
        .all(
          'SELECT body FROM results WHERE run = ? AND target = ? AND case_index = ? ORDER BY trial',
          number,
          target,
          caseIndex,
        )
        .map((row) => JSON.parse(String(row.body)) as TrialResult),
    );
  }

  /** Ids of the stored cases of a run, each with its position in the dataset. */
  *caseIndexes(id: string): IterableIterator<[caseId: string, caseIndex: number]> {
    const { number } = this.numbers(id);
    for (const row of this.connection.iterate('SELECT case_id, case_index FROM cases WHERE run = ?', number))
      yield [String(row.case_id), Number(row.case_index)];
  }

  /** Outputs of a case whose evaluation waits for other targets. */
  pendingOutputs(id: string, caseIndex: number): PendingOutput[] {
    const { number } = this.numbers(id);
    const rows = this.connection.all(
      'SELECT body FROM held_outputs WHERE run = ? AND case_index = ? ORDER BY target, trial',
      number,
      caseIndex,
    );
    return rows.map((row) => JSON.parse(String(row.body)) as PendingOutput);
  }

  /** A case as it was when the run asked it; undefined when no result of it is stored. */
  caseAt(id: string, caseIndex: number): LocatedCase | undefined {
    const { number } = this.numbers(id);
    const [row] = this.connection.all(
      'SELECT body FROM cases WHERE run = ? AND case_index = ?',
      number,
      caseIndex,
    );
    return row === undefined ? undefined : (JSON.parse(String(row.body)) as LocatedCase);
  }
}

import { ResumeError } from '../../errors.ts';
import type { LocatedCase } from '../../model/case.ts';
import type { PendingOutput, TrialResult, TrialStatus } from '../../model/result.ts';
import type { RunPlan, RunRecord } from '../../model/run.ts';
import type { LogRecord, SpanRecord } from '../../model/span.ts';
import type { Connection } from '../file/connection.ts';
import { type RunRow, toRunRecord } from './runRow.ts';
import { unpackSpans } from './spanCodec.ts';

/** What of a run is needed for each of its rows. */
export interface KnownRun {
  number: number;
  /** The number of each target by name. */
  targets: Map<string, number>;
  origin: RunPlan['origin'];
}

const IS_WHOLE = `json_extract(plan, '$.partOf') IS NULL`;
const IS_OF_ONE_SIDE = `json_extract(plan, '$.comparison') IS NULL`;

/** What is asked of stored runs. */
export class RunQueries {
  protected readonly connection: Connection;
  protected readonly known = new Map<string, KnownRun>();

  constructor(connection: Connection) {
    this.connection = connection;
  }

  /** Throws ResumeError when there is no such run. */
  getRun(id: string): RunRecord {
    return toRunRecord(this.row(id));
  }

  /** Undefined when there is no such run. */
  lookUp(id: string): RunRecord | undefined {
    const [row] = this.connection.all('SELECT * FROM runs WHERE id = ?', id);
    return row && toRunRecord(row as unknown as RunRow);
  }

  /** Everything that called anybody, the newest first: evaluations, their parts, and comparisons. */
  listRuns(limit = 50): RunRecord[] {
    return this.#list('', limit);
  }

  /** Runs by themselves, the newest first: neither parts of others nor comparisons, which hold two runs in one. */
  evaluations(limit = 50, { suite }: { suite?: string } = {}): RunRecord[] {
    const condition = `WHERE ${IS_WHOLE} AND ${IS_OF_ONE_SIDE}`;
    if (suite === undefined) return this.#list(condition, limit);
    return this.#list(`${condition} AND suite = ?`, limit, suite);
  }

  /** Ids of runs of any kind, the newest first. */
  idsBeginningWith(beginning: string, limit: number): string[] {
    const rows = this.connection.all(
      'SELECT id FROM runs WHERE substr(id, 1, length(?)) = ? ORDER BY created_at DESC, id DESC LIMIT ?',
      beginning,
      beginning,
      limit,
    );
    return rows.map((row) => String(row.id));
  }

  /** Runs that were made for comparisons, the newest first. */
  comparisons(limit = 50): RunRecord[] {
    return this.#list(`WHERE NOT (${IS_OF_ONE_SIDE})`, limit);
  }

  /** Ids of the runs that are part of this one, the oldest first. */
  partsOf(id: string): string[] {
    const rows = this.connection.all(
      `SELECT id FROM runs WHERE json_extract(plan, '$.partOf') = ? ORDER BY created_at, number`,
      id,
    );
    return rows.map((row) => String(row.id));
  }

  /** Ids of the runs that have parts. */
  runsWithParts(): Set<string> {
    const rows = this.connection.all(
      `SELECT DISTINCT json_extract(plan, '$.partOf') AS id FROM runs WHERE json_extract(plan, '$.partOf') IS NOT NULL`,
    );
    return new Set(rows.map((row) => String(row.id)));
  }

  /** The trace of the run itself, or undefined when there is no such run. */
  runTraceId(id: string): string | undefined {
    const [row] = this.connection.all('SELECT trace_id FROM runs WHERE id = ?', id);
    return row === undefined ? undefined : String(row.trace_id);
  }

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

  /** Spans of a trace in order of their start. */
  spans(traceId: string): SpanRecord[] {
    const rows = this.connection.all('SELECT body FROM spans WHERE trace_id = ? ORDER BY rowid', traceId);
    const spans = rows.flatMap((row) => unpackSpans({ traceId, body: String(row.body) }));
    return spans.sort((a, b) => a.startMs - b.startMs);
  }

  /** Log lines of a trace in order of time. */
  logs(traceId: string): LogRecord[] {
    const rows = this.connection.all('SELECT body FROM logs WHERE trace_id = ? ORDER BY rowid', traceId);
    return rows.flatMap((row) => JSON.parse(String(row.body)) as LogRecord[]);
  }

  #list(condition: string, limit: number, ...values: string[]): RunRecord[] {
    const rows = this.connection.all(
      `SELECT * FROM runs ${condition} ORDER BY created_at DESC, id DESC LIMIT ?`,
      ...values,
      limit,
    );
    return rows.map((row) => toRunRecord(row as unknown as RunRow));
  }

  /** The run's number, and the number of each of its targets by name. */
  protected numbers(id: string): KnownRun {
    let known = this.known.get(id);
    if (!known) {
      const row = this.row(id);
      const { plan } = toRunRecord(row);
      const targets = new Map(plan.targets.map(({ name }, index) => [name, index]));
      known = { number: row.number, targets, origin: plan.origin };
      this.known.set(id, known);
    }
    return known;
  }

  protected row(id: string): RunRow {
    const [row] = this.connection.all('SELECT * FROM runs WHERE id = ?', id);
    if (row) return row as unknown as RunRow;
    throw new ResumeError(`there is no run ${id}`, {
      where: { path: this.connection.file },
      remedy: 'List the stored runs with: touchstone show --runs',
    });
  }
}

import type { LocatedCase } from '../../model/case.ts';
import type { PendingOutput, TrialResult } from '../../model/result.ts';
import type { LogRecord } from '../../model/span.ts';
import type { Connection } from '../file/connection.ts';
import type { KnownRun } from './runTable.ts';
import type { PackedSpans } from './spanCodec.ts';
import type { SpendingLedger } from './spendingLedger.ts';

/** What is written together, in one transaction. */
export interface Batch {
  results: readonly TrialResult[];
  /** The cases of the results; one that is stored already is left as it is. */
  cases: readonly LocatedCase[];
  spans: readonly PackedSpans[];
  logs: readonly LogRecord[];
  /** Outputs whose evaluation waits for other targets; present in a run that holds outputs at all. */
  pending?: readonly PendingOutput[];
}

/** Writes the rows of a batch, within a transaction of the caller's; what is stored already is left as it is. */
export class BatchRows {
  readonly #connection: Connection;
  readonly #ledger: SpendingLedger;

  constructor(connection: Connection, ledger: SpendingLedger) {
    this.#connection = connection;
    this.#ledger = ledger;
  }

  write(run: KnownRun, batch: Batch): void {
    const { number } = run;
    for (const output of batch.pending ?? []) this.#keep(run, output);
    for (const result of batch.results) this.#appendResult(run, result);
    if (batch.pending) for (const result of batch.results) this.#settle(run, result);
    for (const located of batch.cases) this.#appendCase(number, located);
    for (const { traceId, body } of batch.spans)
      this.#connection.run('INSERT INTO spans (run, trace_id, body) VALUES (?, ?, ?)', number, traceId, body);
    for (const [traceId, logs] of byTrace(batch.logs))
      this.#connection.run(
        'INSERT INTO logs (run, trace_id, body) VALUES (?, ?, ?)',
        number,
        traceId,
        JSON.stringify(logs),
      );
  }

  #keep({ number, targets }: KnownRun, pending: PendingOutput): void {
    const target = targetNumber(targets, pending.target);
    this.#ledger.called(number, { target, caseIndex: pending.caseIndex, trial: pending.trial }, pending);
    // What judges have answered is added to an output that is there.
    const instead = pending.judged ? 'REPLACE' : 'IGNORE';
    this.#connection.run(
      `INSERT OR ${instead} INTO held_outputs (run, target, case_index, trial, body) VALUES (?, ?, ?, ?, ?)`,
      number,
      target,
      pending.caseIndex,
      pending.trial,
      JSON.stringify(pending),
    );
  }

  #settle({ number, targets }: KnownRun, { target, caseIndex, trial }: TrialResult): void {
    this.#connection.run(
      'DELETE FROM held_outputs WHERE run = ? AND target = ? AND case_index = ? AND trial = ?',
      number,
      targetNumber(targets, target),
      caseIndex,
      trial,
    );
  }

  #appendResult({ number, targets, origin }: KnownRun, result: TrialResult): void {
    const target = targetNumber(targets, result.target);
    const added = this.#connection.run(
      'INSERT OR IGNORE INTO results (run, target, case_index, trial, status, body) VALUES (?, ?, ?, ?, ?, ?)',
      number,
      target,
      result.caseIndex,
      result.trial,
      result.status,
      JSON.stringify(result),
    );
    const { caseIndex, trial } = result;
    if (added > 0) this.#ledger.settle(number, { target, caseIndex, trial }, result, origin);
  }

  #appendCase(run: number, located: LocatedCase): void {
    this.#connection.run(
      'INSERT OR IGNORE INTO cases (run, case_index, case_id, body) VALUES (?, ?, ?, ?)',
      run,
      located.index,
      located.case.id,
      JSON.stringify(located),
    );
  }
}

function targetNumber(targets: Map<string, number>, name: string): number {
  const number = targets.get(name);
  if (number === undefined) throw new Error(`the run has no target ${name}`);
  return number;
}

function byTrace<T extends { traceId: string }>(items: readonly T[]): Map<string, T[]> {
  return Map.groupBy(items, (item) => item.traceId);
}

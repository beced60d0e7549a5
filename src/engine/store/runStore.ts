import path from 'node:path';
import { LeaseLostError, ResumeError } from '../errors.ts';
import type { LocatedCase } from '../model/case.ts';
import type { HeldOutput, TrialResult, TrialStatus } from '../model/result.ts';
import type { RunPlan, RunRecord } from '../model/run.ts';
import type { LogRecord, SpanRecord } from '../model/span.ts';
import { BudgetStore } from './budgetStore.ts';
import { Connection, type StoreAccess } from './connection.ts';
import { MEMORY } from './database.ts';
import { FileListStore } from './fileListStore.ts';
import { LEASE_MS, type Lease, mayTake, type Owner } from './lease.ts';
import { type RunRow, toRunRecord } from './runRow.ts';
import { type PackedSpans, unpackSpans } from './spanCodec.ts';
import { SpendingLedger } from './spendingLedger.ts';
import { storeKey } from './storeKey.ts';

/** What is written together, in one transaction. */
export interface Batch {
  results: readonly TrialResult[];
  /** The cases of the results; one that is stored already is left as it is. */
  cases: readonly LocatedCase[];
  spans: readonly PackedSpans[];
  logs: readonly LogRecord[];
  /** Outputs whose evaluation waits for other targets; present in a run that holds outputs at all. */
  held?: readonly HeldOutput[];
}

export interface RunStoreOptions {
  /** Default `write`. */
  access?: StoreAccess;
  leaseMs?: number;
}

/** What of a run is needed for each of its rows. */
interface KnownRun {
  number: number;
  /** The number of each target by name. */
  targets: Map<string, number>;
  origin: RunPlan['origin'];
}

/** Runs, their results, spans and logs in one SQLite file; results are append-only. Throws StoreError. */
export class RunStore {
  readonly file: string;
  /** Decisions on token budgets. */
  readonly budgets: BudgetStore;
  /** What was spent, and what is reserved. */
  readonly ledger: SpendingLedger;
  /** What the workspace's files were when runs began. */
  readonly fileLists: FileListStore;
  readonly #connection: Connection;
  /** A process elsewhere that has not shown itself for this long has lost its run, in milliseconds. */
  readonly leaseMs: number;
  readonly #known = new Map<string, KnownRun>();
  /** Runs that could not be released, e.g. because the disk was full. */
  readonly #leftOver = new Set<string>();

  /** `file` may be `:memory:`. */
  constructor(file: string, { access = 'write', leaseMs = LEASE_MS }: RunStoreOptions = {}) {
    this.file = file;
    this.leaseMs = leaseMs;
    this.#connection = new Connection(file, access);
    this.budgets = new BudgetStore(this.#connection);
    this.ledger = new SpendingLedger(this.#connection);
    this.fileLists = new FileListStore(this.#connection);
  }

  createRun(run: { id: string; plan: RunPlan; createdAt: number; traceId: string }): void {
    this.#connection.run(
      `INSERT INTO runs (id, suite, state, plan, created_at, trace_id) VALUES (?, ?, 'interrupted', ?, ?, ?)`,
      run.id,
      run.plan.suite,
      JSON.stringify(run.plan),
      run.createdAt,
      run.traceId,
    );
  }

  /** Takes the run for this process. Throws ResumeError when another one works on it. */
  claim(id: string, owner: Owner, now: number): Lease {
    const lease = this.#connection.transaction(() => {
      const row = this.#row(id);
      this.#refuseHeld(row, owner, now);
      this.#connection.run(
        `UPDATE runs SET state = 'running', owner_pid = ?, owner_host = ?, owner_started = ?, heartbeat = ?,
           seen_at = ?, attempts = attempts + 1 WHERE id = ?`,
        owner.pid,
        owner.host,
        owner.started,
        now,
        now,
        id,
      );
      return { runId: id, number: row.number, attempt: row.attempts };
    });
    this.#leftOver.delete(id);
    // Known from now on, even if another process deletes the run.
    this.#numbers(id);
    return lease;
  }

  /**
   * Stores a batch durably: when this returns, its results survive a crash of process or machine. `run` is the
   * lease on it, or the id of a run that nobody works on. Throws LeaseLostError when another process took it over.
   */
  append(run: Lease | string, batch: Batch, beat: { now: number; elapsedMs: number }): void {
    const id = typeof run === 'string' ? run : run.runId;
    const { number, targets, origin } = this.#numbers(id);
    this.#connection.transaction(() => {
      if (typeof run === 'string') this.#ensureFree(id);
      else this.#renew(run, beat);
      for (const output of batch.held ?? []) this.#hold(number, targets, output);
      for (const result of batch.results) this.#appendResult(number, targets, result, origin);
      if (batch.held) for (const result of batch.results) this.#letGo(number, targets, result);
      for (const located of batch.cases) this.#appendCase(number, located);
      for (const { traceId, body } of batch.spans)
        this.#connection.run(
          'INSERT INTO spans (run, trace_id, body) VALUES (?, ?, ?)',
          number,
          traceId,
          body,
        );
      for (const [traceId, logs] of byTrace(batch.logs))
        this.#connection.run(
          'INSERT INTO logs (run, trace_id, body) VALUES (?, ?, ?)',
          number,
          traceId,
          JSON.stringify(logs),
        );
    });
  }

  /**
   * Gives the run up; `reason` says why the program itself ended it before all trials were run. Throws LeaseLostError when
   * another process took it over: it then stays that one's.
   */
  release(lease: Lease, state: 'complete' | 'interrupted', now: number, reason?: string): void {
    this.#leftOver.add(lease.runId);
    const changed = this.#connection.transaction(() =>
      this.#connection.run(
        `UPDATE runs SET state = ?, finished_at = ?, stop_reason = ?, seen_at = ?,
           owner_pid = NULL, owner_host = NULL, owner_started = NULL, heartbeat = NULL
         WHERE ${MINE}`,
        state,
        state === 'complete' ? now : null,
        reason ?? null,
        now,
        ...mine(lease),
      ),
    );
    this.#leftOver.delete(lease.runId);
    if (changed === 0) throw this.#lost(lease);
  }

  /** Throws ResumeError when there is no such run. */
  getRun(id: string): RunRecord {
    return toRunRecord(this.#row(id));
  }

  /** Newest first; without `parts`, only those that are runs by themselves. */
  listRuns(limit = 50, { parts = true } = {}): RunRecord[] {
    const only = parts ? '' : `WHERE json_extract(plan, '$.partOf') IS NULL`;
    const rows = this.#connection.all(
      `SELECT * FROM runs ${only} ORDER BY created_at DESC, id DESC LIMIT ?`,
      limit,
    );
    return rows.map((row) => toRunRecord(row as unknown as RunRow));
  }

  /** Ids of the runs that are part of this one, the oldest first. */
  partsOf(id: string): string[] {
    const rows = this.#connection.all(
      `SELECT id FROM runs WHERE json_extract(plan, '$.partOf') = ? ORDER BY created_at, number`,
      id,
    );
    return rows.map((row) => String(row.id));
  }

  /** Ids of the runs that have parts. */
  runsWithParts(): Set<string> {
    const rows = this.#connection.all(
      `SELECT DISTINCT json_extract(plan, '$.partOf') AS id FROM runs WHERE json_extract(plan, '$.partOf') IS NOT NULL`,
    );
    return new Set(rows.map((row) => String(row.id)));
  }

  /** The trace of the run itself, or undefined when there is no such run. */
  runTraceId(id: string): string | undefined {
    const [row] = this.#connection.all('SELECT trace_id FROM runs WHERE id = ?', id);
    return row === undefined ? undefined : String(row.trace_id);
  }

  /** Keys of all stored results, in no particular order. */
  *storedKeys(id: string): IterableIterator<{ target: number; caseIndex: number; trial: number }> {
    const { number } = this.#numbers(id);
    const rows = this.#connection.iterate(
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
    const { number } = this.#numbers(id);
    const only = statuses.length === 0 ? '' : `AND status IN (${statuses.map(() => '?').join(', ')})`;
    const rows = this.#connection.iterate(
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
    const { number } = this.#numbers(id);
    const rows = this.#connection.iterate(
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
    const { number } = this.#numbers(id);
    const rows = this.#connection.all(
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
    const { number } = this.#numbers(id);
    const [row] = this.#connection.all(
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

  /** Removes a run with its parts, results and traces. Throws ResumeError when a living process holds it, or there is none. */
  deleteRun(id: string, owner: Owner, now: number): void {
    for (const part of this.partsOf(id)) this.deleteRun(part, owner, now);
    this.#connection.transaction(() => {
      const row = this.#row(id);
      this.#refuseHeld(row, owner, now);
      for (const table of ['logs', 'spans', 'cases', 'held_outputs', 'results'])
        this.#connection.run(`DELETE FROM ${table} WHERE run = ?`, row.number);
      this.ledger.forgetRun(row.number);
      this.#connection.run('DELETE FROM runs WHERE id = ?', id);
      this.fileLists.sweep();
    });
    this.#known.delete(id);
  }

  /** All results of one case over targets and trials, in stable order. */
  resultsOfCase(id: string, caseId: string): TrialResult[] {
    const { number } = this.#numbers(id);
    const rows = this.#connection.all(
      `SELECT results.body FROM cases JOIN results USING (run, case_index)
       WHERE run = ? AND case_id = ? ORDER BY target, case_index, trial`,
      number,
      caseId,
    );
    return rows.map((row) => JSON.parse(String(row.body)) as TrialResult);
  }

  /** As `resultsOfCase`, by the position of the case in its dataset; quick in a large run. */
  resultsAt(id: string, caseIndex: number): TrialResult[] {
    const { number, targets } = this.#numbers(id);
    return [...targets.values()].flatMap((target) =>
      this.#connection
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
    const { number } = this.#numbers(id);
    for (const row of this.#connection.iterate('SELECT case_id, case_index FROM cases WHERE run = ?', number))
      yield [String(row.case_id), Number(row.case_index)];
  }

  /** Outputs of a case whose evaluation waits for other targets. */
  heldOutputs(id: string, caseIndex: number): HeldOutput[] {
    const { number } = this.#numbers(id);
    const rows = this.#connection.all(
      'SELECT body FROM held_outputs WHERE run = ? AND case_index = ? ORDER BY target, trial',
      number,
      caseIndex,
    );
    return rows.map((row) => JSON.parse(String(row.body)) as HeldOutput);
  }

  /** A case as it was when the run asked it; undefined when no result of it is stored. */
  caseAt(id: string, caseIndex: number): LocatedCase | undefined {
    const { number } = this.#numbers(id);
    const [row] = this.#connection.all(
      'SELECT body FROM cases WHERE run = ? AND case_index = ?',
      number,
      caseIndex,
    );
    return row === undefined ? undefined : (JSON.parse(String(row.body)) as LocatedCase);
  }

  /** Spans of a trace in order of their start. */
  spans(traceId: string): SpanRecord[] {
    const rows = this.#connection.all('SELECT body FROM spans WHERE trace_id = ? ORDER BY rowid', traceId);
    const spans = rows.flatMap((row) => unpackSpans({ traceId, body: String(row.body) }));
    return spans.sort((a, b) => a.startMs - b.startMs);
  }

  /** Log lines of a trace in order of time. */
  logs(traceId: string): LogRecord[] {
    const rows = this.#connection.all('SELECT body FROM logs WHERE trace_id = ? ORDER BY rowid', traceId);
    return rows.flatMap((row) => JSON.parse(String(row.body)) as LogRecord[]);
  }

  /** The key of digests that this store keeps, made with `make` where there is none yet. */
  key(make: () => string): string {
    return this.file === MEMORY ? make() : storeKey(path.dirname(this.file), make);
  }

  /** Its file was removed or replaced since it was opened. */
  get isRemoved(): boolean {
    return this.#connection.isRemoved;
  }

  close(): void {
    this.#connection.close();
  }

  #hold(run: number, targets: Map<string, number>, held: HeldOutput): void {
    const target = targetNumber(targets, held.target);
    this.ledger.hold(run, { target, caseIndex: held.caseIndex, trial: held.trial }, held);
    this.#connection.run(
      'INSERT OR IGNORE INTO held_outputs (run, target, case_index, trial, body) VALUES (?, ?, ?, ?, ?)',
      run,
      target,
      held.caseIndex,
      held.trial,
      JSON.stringify(held),
    );
  }

  #letGo(run: number, targets: Map<string, number>, { target, caseIndex, trial }: TrialResult): void {
    this.#connection.run(
      'DELETE FROM held_outputs WHERE run = ? AND target = ? AND case_index = ? AND trial = ?',
      run,
      targetNumber(targets, target),
      caseIndex,
      trial,
    );
  }

  #appendResult(
    run: number,
    targets: Map<string, number>,
    result: TrialResult,
    origin: RunPlan['origin'],
  ): void {
    const target = targetNumber(targets, result.target);
    const added = this.#connection.run(
      'INSERT OR IGNORE INTO results (run, target, case_index, trial, status, body) VALUES (?, ?, ?, ?, ?, ?)',
      run,
      target,
      result.caseIndex,
      result.trial,
      result.status,
      JSON.stringify(result),
    );
    const { caseIndex, trial } = result;
    if (added > 0) this.ledger.settle(run, { target, caseIndex, trial }, result, origin);
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

  /** The run's number, and the number of each of its targets by name. */
  #numbers(id: string): KnownRun {
    let known = this.#known.get(id);
    if (!known) {
      const row = this.#row(id);
      const { plan } = toRunRecord(row);
      const targets = new Map(plan.targets.map(({ name }, index) => [name, index]));
      known = { number: row.number, targets, origin: plan.origin };
      this.#known.set(id, known);
    }
    return known;
  }

  #refuseHeld(row: RunRow, owner: Owner, now: number): void {
    const { status } = toRunRecord(row);
    if (status.state !== 'running') return;
    const here = { owner, now, leaseMs: this.leaseMs, leftOver: this.#leftOver.has(row.id) };
    if (mayTake(status.owner, here)) return;
    throw new ResumeError(
      `run ${row.id} is being worked on by process ${row.owner_pid} on ${row.owner_host}`,
      { remedy: 'Wait until it ends, or stop that process first.' },
    );
  }

  /** Within a transaction: the first thing in it, and all of it is undone where the lease is lost. */
  #renew(lease: Lease, { now, elapsedMs }: { now: number; elapsedMs: number }): void {
    const changed = this.#connection.run(
      `UPDATE runs SET heartbeat = ?, seen_at = ?, elapsed_ms = elapsed_ms + ? WHERE ${MINE}`,
      now,
      now,
      elapsedMs,
      ...mine(lease),
    );
    if (changed === 0) throw this.#lost(lease);
  }

  #ensureFree(id: string): void {
    const { state, owner_pid: pid, owner_host: host } = this.#row(id);
    if (state === 'running') throw new LeaseLostError(`process ${pid} on ${host} works on run ${id}`);
  }

  #lost({ runId }: Lease): LeaseLostError {
    const [row] = this.#connection.all('SELECT state, owner_pid, owner_host FROM runs WHERE id = ?', runId);
    const remedy = `What was stored before is kept. See it with: touchstone show ${runId}`;
    if (!row) return new LeaseLostError(`run ${runId} was deleted while this process worked on it`);
    const by = row.state === 'running' ? `process ${row.owner_pid} on ${row.owner_host}` : 'another process';
    return new LeaseLostError(
      `run ${runId} was taken over by ${by} while this one did not respond, so this one has stopped`,
      { remedy },
    );
  }

  #row(id: string): RunRow {
    const [row] = this.#connection.all('SELECT * FROM runs WHERE id = ?', id);
    if (row) return row as unknown as RunRow;
    throw new ResumeError(`there is no run ${id}`, {
      where: { path: this.file },
      remedy: 'List the stored runs with: touchstone show --runs',
    });
  }
}

function targetNumber(targets: Map<string, number>, name: string): number {
  const number = targets.get(name);
  if (number === undefined) throw new Error(`the run has no target ${name}`);
  return number;
}

/** The run is still this process's own: each claim counts its attempts up. */
const MINE = `number = ? AND id = ? AND state = 'running' AND attempts = ?`;

function mine({ number, runId, attempt }: Lease): [number: number, id: string, attempts: number] {
  return [number, runId, attempt + 1];
}

function byTrace<T extends { traceId: string }>(items: readonly T[]): Map<string, T[]> {
  return Map.groupBy(items, (item) => item.traceId);
}

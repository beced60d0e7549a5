import path from 'node:path';
import type { RunPlan } from '../model/run.ts';
import { Connection, type StoreAccess } from './file/connection.ts';
import { MEMORY } from './file/database.ts';
import { storeKey } from './file/storeKey.ts';
import type { Upgrade } from './file/storeUpgrade.ts';
import { LEASE_MS, type Lease, type Owner } from './lease.ts';
import { RUN_STORE } from './runStoreFormat.ts';
import { type Batch, BatchRows } from './tables/batchRows.ts';
import { BudgetStore } from './tables/budgetStore.ts';
import { FileListStore } from './tables/fileListStore.ts';
import { HealthTable } from './tables/healthTable.ts';
import { PoolLedger } from './tables/poolLedger.ts';
import { ReplyTable } from './tables/replyTable.ts';
import { ResultTable } from './tables/resultTable.ts';
import { RunLeases } from './tables/runLeases.ts';
import type { RunRow } from './tables/runRow.ts';
import { SpendingLedger } from './tables/spendingLedger.ts';
import { TraceTable } from './tables/traceTable.ts';
import { VerdictTable } from './tables/verdictTable.ts';

export interface RunStoreOptions {
  /** Default `write`. */
  access?: StoreAccess;
  leaseMs?: number;
}

/** Runs, their results, spans and logs in one SQLite file; results are append-only. Throws StoreError. */
export class RunStore extends ResultTable {
  readonly file: string;
  /** Decisions on token budgets. */
  readonly budgets: BudgetStore;
  /** What was spent, and what is reserved. */
  readonly ledger: SpendingLedger;
  /** What the workspace's files were when runs began. */
  readonly fileLists: FileListStore;
  /** Replies of models that may be given again. */
  readonly replies: ReplyTable;
  /** How providers are doing, as processes that call them see it. */
  readonly health: HealthTable;
  /** Spans and log lines. */
  readonly traces: TraceTable;
  /** What came of complete runs. */
  readonly verdicts: VerdictTable;
  readonly #leases: RunLeases;
  readonly #rows: BatchRows;
  readonly #access: StoreAccess;
  #pools: PoolLedger | undefined;

  /** `file` may be `:memory:`. */
  constructor(file: string, { access = 'write', leaseMs = LEASE_MS }: RunStoreOptions = {}) {
    super(new Connection(file, RUN_STORE, access));
    this.file = file;
    this.#access = access;
    this.budgets = new BudgetStore(this.connection);
    this.ledger = new SpendingLedger(this.connection);
    this.fileLists = new FileListStore(this.connection);
    this.replies = new ReplyTable(this.connection);
    this.health = new HealthTable(this.connection);
    this.traces = new TraceTable(this.connection);
    this.verdicts = new VerdictTable(this.connection);
    this.#leases = new RunLeases(this.connection, leaseMs);
    this.#rows = new BatchRows(this.connection, this.ledger);
  }

  /** A process elsewhere that has not shown itself for this long has lost its run, in milliseconds. */
  get leaseMs(): number {
    return this.#leases.leaseMs;
  }

  /** What bulkheads use and reserve, in the name of this process. Closed with the store. */
  pools(owner: Owner): PoolLedger {
    if (this.#access === 'read' || this.file === ':memory:') return new PoolLedger(this.connection, owner);
    this.#pools ??= PoolLedger.open(this.file, owner);
    return this.#pools;
  }

  /** Stores a run that is not yet begun. False where another run has the id already; nothing is stored then. */
  createRun(run: { id: string; plan: RunPlan; createdAt: number; traceId: string }): boolean {
    const created = this.connection.run(
      `INSERT INTO runs (id, suite, state, plan, created_at, trace_id) VALUES (?, ?, 'interrupted', ?, ?, ?)
       ON CONFLICT (id) DO NOTHING`,
      run.id,
      run.plan.suite,
      JSON.stringify(run.plan),
      run.createdAt,
      run.traceId,
    );
    if (created === 0) return false;

    // Its results will stand in place of some of the whole's.
    if (run.plan.partOf !== undefined) this.verdicts.forget(run.plan.partOf);
    return true;
  }

  /** Takes the run for this process. Throws ResumeError when another one works on it. */
  claim(id: string, owner: Owner, now: number): Lease {
    const lease = this.#leases.claim(() => this.row(id), owner, now);
    // Known from now on, even if another process deletes the run.
    this.numbers(id);
    return lease;
  }

  /** Throws ResumeError when a living process works on the run, or there is none. */
  refuseHeld(id: string, owner: Owner, now: number): void {
    this.#leases.refuseHeld(this.row(id), owner, now);
  }

  /**
   * Stores a batch durably: when this returns, its results survive a crash of process or machine. `run` is the
   * lease on it, or the id of a run that nobody works on. Throws LeaseLostError when another process took it over.
   */
  append(run: Lease | string, batch: Batch, beat: { now: number; elapsedMs: number }): void {
    const known = this.numbers(typeof run === 'string' ? run : run.runId);
    this.connection.transaction(() => {
      if (typeof run === 'string') this.#leases.ensureFree(this.row(run));
      else this.#leases.renew(run, beat);
      this.#rows.write(known, batch);
    });
  }

  /**
   * Gives the run up; `reason` says why the program itself ended it before all trials were run. Throws LeaseLostError when
   * another process took it over: it then stays that one's.
   */
  release(lease: Lease, state: 'complete' | 'interrupted', now: number, reason?: string): void {
    this.#leases.release(lease, state, now, reason);
  }

  /** Removes a run with its parts, results and traces. Throws ResumeError when a living process holds it, or there is none. */
  deleteRun(id: string, owner: Owner, now: number): void {
    const ids = this.connection.transaction(() => {
      const rows = [id, ...this.partsOf(id)].map((one) => this.row(one));
      for (const row of rows) this.#leases.refuseHeld(row, owner, now);
      for (const row of rows) this.#deleteRows(row);
      this.fileLists.sweep();
      return rows.map((row) => row.id);
    });
    for (const deleted of ids) this.known.delete(deleted);
  }

  #deleteRows({ id, number }: RunRow): void {
    for (const table of ['logs', 'spans', 'cases', 'held_outputs', 'results'])
      this.connection.run(`DELETE FROM ${table} WHERE run = ?`, number);
    this.ledger.forgetRun(number);
    this.connection.run('DELETE FROM runs WHERE id = ?', id);
  }

  /** The key of digests that this store keeps, made with `make` where there is none yet. */
  key(make: () => string): string {
    return this.file === MEMORY ? make() : storeKey(path.dirname(this.file), make);
  }

  /** Where opening it has upgraded a store of an earlier version. */
  get upgrade(): Upgrade | undefined {
    return this.connection.upgrade;
  }

  /** There was no store yet when it was opened to be read. */
  get isStandIn(): boolean {
    return this.connection.isStandIn;
  }

  /** Its file was removed or replaced since it was opened. */
  get isRemoved(): boolean {
    return this.connection.isRemoved;
  }

  close(): void {
    this.#pools?.close();
    this.connection.close();
  }
}

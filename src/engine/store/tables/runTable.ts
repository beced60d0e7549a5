import { ResumeError } from '../../errors.ts';
import type { RunPlan, RunRecord } from '../../model/run.ts';
import type { Connection } from '../file/connection.ts';
import { type RunRow, toRunRecord } from './runRow.ts';

/** What of a run is needed for each of its rows. */
export interface KnownRun {
  number: number;
  /** The number of each target by name. */
  targets: Map<string, number>;
  origin: RunPlan['origin'];
}

const IS_WHOLE = `json_extract(plan, '$.partOf') IS NULL`;
const IS_OF_ONE_SIDE = `json_extract(plan, '$.comparison') IS NULL`;

/** The stored runs: what was asked, and what kind each is. */
export class RunTable {
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

  /** Ids of complete runs of any kind, the oldest first. Reads no plans, so that it may be asked often. */
  completeIds(): string[] {
    const rows = this.connection.all(`SELECT id FROM runs WHERE state = 'complete' ORDER BY created_at, id`);
    return rows.map((row) => String(row.id));
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

import type { Connection } from '../store/file/connection.ts';
import { RUN_TRACES } from './listedTables.ts';
import { type ListedTrace, tokensOf } from './traceSummary.ts';

/** A trace of a run, with the text that it is searched by. */
export interface RunTrace {
  trace: ListedTrace;
  words: string;
}

const OWN_SERVICE = 'touchstone';
const COLUMNS =
  'trace_id, run, start_ms, end_ms, errors, service, session, release, model, tokens, cost_usd, score, summary, words';

/** The columns of received traces, in a table that nobody else sees, and that goes with the connection. */
const TABLE = [
  `CREATE TABLE IF NOT EXISTS ${RUN_TRACES} (
    trace_id TEXT PRIMARY KEY, run TEXT NOT NULL, start_ms REAL NOT NULL, end_ms REAL NOT NULL, errors INTEGER NOT NULL,
    service TEXT NOT NULL, session TEXT, release TEXT, model TEXT, tokens INTEGER, cost_usd REAL, score REAL,
    summary TEXT NOT NULL, words TEXT NOT NULL
  ) STRICT, WITHOUT ROWID`,
  'CREATE INDEX IF NOT EXISTS temp.run_traces_by_start ON run_traces (start_ms DESC, trace_id)',
  'CREATE INDEX IF NOT EXISTS temp.run_traces_by_run ON run_traces (run)',
  `CREATE INDEX IF NOT EXISTS temp.run_traces_by_group ON run_traces
    (session, service, model, release, start_ms, end_ms, errors, tokens, cost_usd, score)`,
];

/** What lists show of the traces of runs, beside those that the same connection reads. */
export class RunTraceList {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
    for (const sql of TABLE) connection.run(sql);
  }

  /** The cases of a run stand in one session, that of the run. */
  put({ trace, words }: RunTrace): void {
    const { traceId, origin, startMs, endMs, errors, services, session, release, models } = trace;
    this.#connection.run(
      `INSERT OR REPLACE INTO ${RUN_TRACES} (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[
        traceId,
        origin?.runId ?? '',
        startMs,
        endMs,
        errors,
        serviceOf(services),
        origin?.runId ?? session,
        release,
      ],
      ...[models[0] ?? null, tokensOf(trace), trace.costUsd, trace.score, JSON.stringify(trace), words],
    );
  }

  has(traceId: string): boolean {
    return this.#connection.all(`SELECT 1 FROM ${RUN_TRACES} WHERE trace_id = ?`, traceId).length > 0;
  }

  /** Those of one run. */
  remove(runId: string): void {
    this.#connection.run(`DELETE FROM ${RUN_TRACES} WHERE run = ?`, runId);
  }

  clear(): void {
    this.#connection.run(`DELETE FROM ${RUN_TRACES}`);
  }

  get count(): number {
    return Number(this.#connection.all(`SELECT count(*) AS count FROM ${RUN_TRACES}`)[0]?.['count'] ?? 0);
  }

  *[Symbol.iterator](): IterableIterator<RunTrace> {
    for (const row of this.#connection.iterate(`SELECT summary, words FROM ${RUN_TRACES}`))
      yield { trace: JSON.parse(String(row['summary'])) as ListedTrace, words: String(row['words']) };
  }
}

/** The agent's own rather than ours, where it tells. */
function serviceOf(services: readonly string[]): string {
  return services.find((name) => name !== OWN_SERVICE) ?? OWN_SERVICE;
}

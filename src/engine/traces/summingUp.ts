import { UserError } from '../errors.ts';
import type { LiveEvaluation } from '../model/liveEvaluation.ts';
import type { LogRecord, SpanRecord } from '../model/span.ts';
import type { Connection } from '../store/file/connection.ts';
import { readFacts } from '../telemetry/dialects/readFacts.ts';
import { type PriceSpan, traceTree } from '../telemetry/dialects/traceTree.ts';
import { lowestScore, monitorEvaluations, spanEvaluations } from './spanEvaluations.ts';
import { summaryOf, type TraceSummary, tokensOf, wordsOf } from './traceSummary.ts';

export interface SummingOptions {
  /** In the order of their start. */
  logs(traceId: string): LogRecord[];
  /** What monitors said of a trace. */
  evaluations(traceId: string): LiveEvaluation[];
  price: PriceSpan;
  /** Hears, once for each, of a trace that cannot be summed up because of a bug. */
  onBug(error: unknown, traceId: string): void;
}

/** When the latest record of a trace arrived. */
const ARRIVED = `(SELECT max(arrived_ms) FROM (
  SELECT arrived_ms FROM spans WHERE trace_id = ?1 UNION ALL SELECT arrived_ms FROM log_lines WHERE trace_id = ?1))`;

/** What traces that are summed up together share. */
interface Batch {
  /** The last change of a trace. */
  change: number;
  /** Most have neither. */
  withLogs: ReadonlySet<string>;
  withEvaluations: ReadonlySet<string>;
}

/** Ids as a JSON list: one statement for all of them. */
const LISTED = '(SELECT value FROM json_each(?))';

/** Brings the list of traces up to the spans that have come. One trace that cannot be summed up keeps no other from it. */
export class SummingUp {
  readonly #connection: Connection;
  readonly #options: SummingOptions;

  constructor(connection: Connection, options: SummingOptions) {
    this.#connection = connection;
    this.#options = options;
  }

  /** Returns how many were looked at, and the summaries that changed. */
  sumUp(most: number, except: readonly string[]): { done: number; summaries: TraceSummary[] } {
    return this.#connection.derived(() => {
      const stale = this.#connection.all(
        `SELECT trace_id FROM stale WHERE trace_id NOT IN ${LISTED} LIMIT ?`,
        JSON.stringify(except),
        most,
      );
      const ids = stale.map((row) => String(row['trace_id']));
      if (ids.length === 0) return { done: 0, summaries: [] };

      const batch = this.#batchOf(ids);
      const summaries = ids.flatMap((id) => this.#summedOrSetAside(id, batch) ?? []);
      this.#connection.run(`UPDATE counters SET value = ? WHERE name = 'change'`, batch.change);
      const summed = JSON.stringify(summaries.map(({ traceId }) => traceId));
      this.#connection.run(`DELETE FROM aside WHERE trace_id IN ${LISTED}`, summed);
      this.#connection.run(`DELETE FROM stale WHERE trace_id IN ${LISTED}`, JSON.stringify(ids));
      return { done: ids.length, summaries };
    });
  }

  #batchOf(traceIds: readonly string[]): Batch {
    const ids = JSON.stringify(traceIds);
    const [counter] = this.#connection.all(`SELECT value FROM counters WHERE name = 'change'`);
    const having = (table: 'log_lines' | 'evaluations') => {
      const rows = this.#connection.all(`SELECT trace_id FROM ${table} WHERE trace_id IN ${LISTED}`, ids);
      return new Set(rows.map((row) => String(row['trace_id'])));
    };
    return {
      change: Number(counter?.['value'] ?? 0),
      withLogs: having('log_lines'),
      withEvaluations: having('evaluations'),
    };
  }

  #summedOrSetAside(traceId: string, batch: Batch): TraceSummary | undefined {
    try {
      const summary = this.#summed(traceId, batch);
      if (!summary) this.#setAside(traceId);
      return summary;
    } catch (error) {
      // What is wrong with the store is wrong with all of them.
      if (error instanceof UserError) throw error;
      if (this.#setAside(traceId)) this.#options.onBug(error, traceId);
      return undefined;
    }
  }

  /** Unless nothing of it is left. Returns whether it was not aside before. */
  #setAside(traceId: string): boolean {
    const before = this.#connection.run('DELETE FROM aside WHERE trace_id = ?', traceId);
    this.#connection.run(
      `INSERT INTO aside (trace_id, arrived_ms) SELECT ?1, ${ARRIVED} AS arrived WHERE arrived IS NOT NULL`,
      traceId,
    );
    return before === 0;
  }

  /** Undefined for log lines alone. */
  #summed(traceId: string, batch: Batch): TraceSummary | undefined {
    const { logs: readLogs, evaluations, price } = this.#options;
    const rows = this.#connection.all(
      'SELECT arrived_ms, body FROM spans WHERE trace_id = ? ORDER BY start_ms',
      traceId,
    );
    if (rows.length === 0) return undefined;

    const spans = rows.map(({ body }) => JSON.parse(String(body)) as SpanRecord);
    const logs = batch.withLogs.has(traceId) ? readLogs(traceId) : [];
    const monitors = batch.withEvaluations.has(traceId) ? evaluations(traceId) : [];
    const tree = traceTree(spans, { logs, price, read: readFacts });
    const said = [...spanEvaluations(spans, logs), ...monitorEvaluations(monitors)];
    const summary = { ...summaryOf(tree), score: lowestScore(said) };

    const arrivedMs = rows.reduce((latest, row) => Math.max(latest, Number(row['arrived_ms'])), 0);
    this.#connection.run(
      `INSERT OR REPLACE INTO traces (trace_id, changed, arrived_ms, start_ms, end_ms, errors, service, session,
         release, model, tokens, cost_usd, score, summary, words)
       VALUES (?1, ?2, ${logs.length > 0 ? `max(?3, ${ARRIVED})` : '?3'}, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[traceId, batch.change + 1, arrivedMs, summary.startMs, summary.endMs, summary.errors],
      ...[summary.services[0] ?? 'unknown', summary.session, summary.release, summary.models[0] ?? null],
      ...[tokensOf(summary), summary.costUsd, summary.score, JSON.stringify(summary), wordsOf(tree)],
    );
    batch.change += 1;
    return summary;
  }
}

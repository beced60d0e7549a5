import type { Connection } from '../store/file/connection.ts';
import { listedFrom } from './listedTables.ts';
import { RunTraceList } from './runTraceList.ts';
import { type GroupPage, type GroupQuery, traceGroups } from './traceGroups.ts';
import { conditionsOf, orderOf, type TraceCursor, type TraceQuery } from './traceQuery.ts';
import type { ListedTrace, TraceSummary } from './traceSummary.ts';

export interface TracePage {
  traces: ListedTrace[];
  /** Where the next page begins; null where there is none. */
  next: TraceCursor | null;
}

/** What there is to list: received traces, and those of runs that are put beside them. */
export class TraceListing {
  readonly #connection: Connection;
  #runs: RunTraceList | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Traces of runs: what is put into it is found by every query, beside what was received. */
  get runs(): RunTraceList {
    this.#runs ??= new RunTraceList(this.#connection);
    return this.#runs;
  }

  /** The newest first, or in the order that is asked for. */
  traces(query: TraceQuery): TracePage {
    const { where, values } = conditionsOf(query);
    const by = orderOf(query);
    const most = query.limit + 1;
    const lists = this.#lists(query.source).map(
      (list) =>
        `SELECT * FROM (SELECT trace_id, summary, ${by} AS value FROM ${list} AND ${where} ORDER BY ${by} DESC, trace_id LIMIT ?)`,
    );
    const rows = this.#connection.all(
      `${lists.join(' UNION ALL ')} ORDER BY value DESC, trace_id LIMIT ?`,
      ...lists.flatMap(() => [...values, most]),
      most,
    );
    const shown = rows.slice(0, query.limit);
    const last = shown.at(-1);
    const next =
      rows.length > query.limit && last
        ? { value: Number(last['value']), traceId: String(last['trace_id']) }
        : null;
    return { traces: shown.map(toSummary), next };
  }

  groups(query: GroupQuery): GroupPage {
    return traceGroups(this.#connection, this.#lists(query.source), query);
  }

  /** The traces of these ids, in no order; those that are not there are left out. */
  summaries(traceIds: readonly string[]): ListedTrace[] {
    const sql = this.#lists()
      .map((list) => `SELECT summary FROM ${list} AND trace_id = ?1`)
      .join(' UNION ALL ');
    return traceIds.flatMap((id) => this.#connection.all(sql, id).map(toSummary));
  }

  /** What there is to choose from, each most recent first. */
  values(column: 'service' | 'model' | 'release' | 'session', limit: number): string[] {
    const lists = this.#lists().map(
      (list) =>
        `SELECT ${column} AS value, max(start_ms) AS newest FROM ${list} AND ${column} IS NOT NULL GROUP BY 1`,
    );
    const rows = this.#connection.all(
      `SELECT value FROM (${lists.join(' UNION ALL ')}) GROUP BY 1 ORDER BY max(newest) DESC LIMIT ?`,
      limit,
    );
    return rows.map((row) => String(row['value']));
  }

  #lists(source?: TraceQuery['source']): string[] {
    return listedFrom({ source, runs: this.#runs !== undefined });
  }
}

export function toSummary(row: Record<string, unknown>): ListedTrace {
  return { origin: null, ...(JSON.parse(String(row['summary'])) as TraceSummary) };
}

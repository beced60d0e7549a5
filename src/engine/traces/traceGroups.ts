import type { Connection } from '../store/file/connection.ts';
import { filterConditions, type TraceFilter, type TraceGrouping } from './traceQuery.ts';

/** Traces that have something in common. */
export interface TraceGroup {
  /** The session, service, model or release; null for traces that have none. */
  key: string | null;
  /** By session, a trace without one stands for itself. */
  traceId: string | null;
  traces: number;
  /** Traces with errors. */
  failed: number;
  /** Milliseconds since the epoch, of the start of the newest. */
  newestMs: number;
  /** Null where it is unknown of one of them. */
  costUsd: number | null;
  tokens: number | null;
  /** The lowest. */
  score: number | null;
}

export interface GroupCursor {
  newestMs: number;
  id: string;
}

export interface GroupQuery extends TraceFilter {
  by: TraceGrouping;
  limit: number;
  after?: GroupCursor | undefined;
}

export interface GroupPage {
  groups: TraceGroup[];
  next: GroupCursor | null;
}

/** The group with the newest trace first. */
export function traceGroups(connection: Connection, lists: readonly string[], query: GroupQuery): GroupPage {
  const { where, values } = filterConditions(query);
  const { by, limit, after } = query;
  const alone = by === 'session' ? `'t' || trace_id` : `'n'`;
  const columns = `trace_id, ${by}, start_ms, errors, tokens, cost_usd, score`;
  const traces = lists.map((list) => `SELECT ${columns} FROM ${list} AND ${where}`);
  const rows = connection.all(
    `SELECT coalesce('k' || ${by}, ${alone}) AS id, ${by} AS key,
       ${by === 'session' ? `CASE WHEN session IS NULL THEN min(trace_id) END` : 'NULL'} AS trace_id,
       count(*) AS traces, sum(errors > 0) AS failed, max(start_ms) AS newest_ms,
       CASE WHEN count(cost_usd) = count(*) THEN sum(cost_usd) END AS cost_usd, sum(tokens) AS tokens, min(score) AS score
     FROM (${traces.join(' UNION ALL ')}) GROUP BY 1
     ${after ? 'HAVING newest_ms < ? OR (newest_ms = ? AND id > ?)' : ''}
     ORDER BY newest_ms DESC, id LIMIT ?`,
    ...lists.flatMap(() => values),
    ...(after ? [after.newestMs, after.newestMs, after.id] : []),
    limit + 1,
  );

  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const next =
    rows.length > limit && last ? { newestMs: Number(last['newest_ms']), id: String(last['id']) } : null;
  return { groups: shown.map(toGroup), next };
}

function toGroup(row: Record<string, unknown>): TraceGroup {
  return {
    key: textOf(row['key']),
    traceId: textOf(row['trace_id']),
    traces: Number(row['traces']),
    failed: Number(row['failed']),
    newestMs: Number(row['newest_ms']),
    costUsd: numberOf(row['cost_usd']),
    tokens: numberOf(row['tokens']),
    score: numberOf(row['score']),
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

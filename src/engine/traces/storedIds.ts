import type { Connection } from '../store/file/connection.ts';

/** Ids of stored traces that begin so, also of traces that are not listed yet; the newest first. */
export function idsLike(connection: Connection, prefix: string, limit: number): string[] {
  const rows = connection.all(
    `SELECT trace_id, min(start_ms) FROM (
       SELECT trace_id, start_ms FROM traces WHERE substr(trace_id, 1, ?1) = ?2
       UNION ALL
       SELECT trace_id, start_ms FROM stale JOIN spans USING (trace_id) WHERE substr(trace_id, 1, ?1) = ?2
     ) GROUP BY trace_id ORDER BY 2 DESC LIMIT ?3`,
    prefix.length,
    prefix,
    limit,
  );
  return rows.map((row) => String(row['trace_id']));
}

/** As `idsLike`, for the end of an id; in no order. */
export function idsEnding(connection: Connection, ending: string, limit: number): string[] {
  const rows = connection.all(
    `SELECT trace_id FROM (SELECT trace_id FROM traces UNION SELECT trace_id FROM stale)
     WHERE substr(trace_id, -(?1)) = ?2 LIMIT ?3`,
    ending.length,
    ending,
    limit,
  );
  return rows.map((row) => String(row['trace_id']));
}

import type { LogRecord, SpanRecord } from '../../model/span.ts';
import type { Connection } from '../file/connection.ts';
import { unpackSpans } from './spanCodec.ts';

/** The stored spans and log lines, by trace. */
export class TraceTable {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
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

  /** Ids that begin so, in order. `prefix` is in lower case. */
  idsLike(prefix: string, limit: number): string[] {
    // A character behind all hexadecimal digits: a range uses the index.
    const rows = this.#connection.all(
      'SELECT DISTINCT trace_id FROM spans WHERE trace_id >= ? AND trace_id < ? ORDER BY trace_id LIMIT ?',
      ...[prefix, `${prefix}g`, limit],
    );
    return rows.map((row) => String(row.trace_id));
  }

  /** Ids of traces whose spans contain all of these texts, in any case; those that were written last first. */
  idsContaining(texts: readonly string[], limit: number): string[] {
    const conditions = texts.map(() => 'AND instr(lower(s.body), ?) > 0').join(' ');
    const rows = this.#connection.all(
      `SELECT s.trace_id, max(s.rowid) AS last FROM spans s JOIN runs r ON r.number = s.run
       WHERE s.trace_id <> r.trace_id ${conditions} GROUP BY s.trace_id ORDER BY last DESC LIMIT ?`,
      ...texts.map((text) => text.toLowerCase()),
      limit,
    );
    return rows.map((row) => String(row.trace_id));
  }
}

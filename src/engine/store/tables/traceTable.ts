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
}

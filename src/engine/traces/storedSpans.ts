import type { LoggedSpan, SpanLog } from '../model/loggedSpan.ts';
import type { SpanRecord } from '../model/span.ts';
import type { Connection } from '../store/file/connection.ts';

/** Characters of stored spans that are read at once; a longer span is read alone. */
const MOST_READ = 16 * 1024 * 1024;

/** The log in the trace store. Throws StoreError. */
export class StoredSpans implements SpanLog {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  after(seq: number, limit: number): LoggedSpan[] {
    const spans: LoggedSpan[] = [];
    let length = 0;
    for (const row of this.#connection.iterate(this.#sql, seq, limit)) {
      const body = String(row['body']);
      length += body.length;
      if (length > MOST_READ && spans.length > 0) break;
      spans.push(toLogged(row));
    }
    return spans;
  }

  /** Those of the traces of which something arrived no later than `throughSeq`: most begin with what is read next. */
  begun(traceIds: readonly string[], throughSeq: number): string[] {
    if (traceIds.length === 0) return [];
    const rows = this.#connection.all(
      `SELECT value AS id FROM json_each(?)
       WHERE EXISTS (SELECT 1 FROM spans WHERE trace_id = value AND rowid <= ?)`,
      JSON.stringify(traceIds),
      throughSeq,
    );
    return rows.map(({ id }) => String(id));
  }

  /** Spans of a trace that arrived no later than `throughSeq`, by their ids, behind one of them. */
  ofTrace(
    traceId: string,
    { throughSeq, afterSpan, limit }: { throughSeq: number; afterSpan: string; limit: number },
  ): LoggedSpan[] {
    const rows = this.#connection.all(
      `SELECT ${this.#columns}, body FROM spans
       WHERE trace_id = ? AND span_id > ? AND rowid <= ? ORDER BY span_id LIMIT ?`,
      ...[traceId, afterSpan, throughSeq, limit],
    );
    return rows.map((row) => toLogged(row));
  }

  get lastSeq(): number {
    const sql = this.#isOld
      ? 'SELECT max(rowid) AS last FROM spans'
      : `SELECT seq AS last FROM sqlite_sequence WHERE name = 'spans'`;
    return Number(this.#connection.all(sql)[0]?.['last'] ?? 0);
  }

  get #sql(): string {
    return `SELECT ${this.#columns}, body FROM spans WHERE rowid > ? ORDER BY rowid LIMIT ?`;
  }

  get #columns(): string {
    return this.#isOld ? 'rowid AS seq, start_ms AS arrived_ms' : 'seq, arrived_ms';
  }

  /** One of the first version that is only read. */
  get #isOld(): boolean {
    return !this.#connection.hasTable('counters');
  }
}

function toLogged({ seq, arrived_ms: arrivedMs, body }: { [column: string]: unknown }): LoggedSpan {
  return {
    seq: Number(seq),
    arrivedMs: Number(arrivedMs),
    record: JSON.parse(String(body)) as SpanRecord,
  };
}

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
      const record = JSON.parse(body) as SpanRecord;
      spans.push({ seq: Number(row['seq']), arrivedMs: Number(row['arrived_ms']), record });
    }
    return spans;
  }

  get lastSeq(): number {
    const sql = this.#isOld
      ? 'SELECT max(rowid) AS last FROM spans'
      : `SELECT seq AS last FROM sqlite_sequence WHERE name = 'spans'`;
    return Number(this.#connection.all(sql)[0]?.['last'] ?? 0);
  }

  get #sql(): string {
    const columns = this.#isOld ? 'rowid AS seq, start_ms AS arrived_ms' : 'seq, arrived_ms';
    return `SELECT ${columns}, body FROM spans WHERE rowid > ? ORDER BY rowid LIMIT ?`;
  }

  /** One of the first version that is only read. */
  get #isOld(): boolean {
    return !this.#connection.hasTable('counters');
  }
}

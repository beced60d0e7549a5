import type { LogRecord, SpanRecord } from '../../model/span.ts';
import type { Connection } from '../file/connection.ts';
import { unpackSpans } from './spanCodec.ts';

/** Spans of a case, as a row of the store. */
export interface WrittenRow {
  row: number;
  traceId: string;
  runId: string;
}

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

  /** Ids of the runs by their numbers. */
  runs(): Map<number, string> {
    const rows = this.#connection.all('SELECT number, id FROM runs');
    return new Map(rows.map((row) => [Number(row.number), String(row.id)]));
  }

  /** Spans of cases that were written after a row, in their order. */
  writtenAfter(row: number, limit: number): WrittenRow[] {
    return this.#written('s.rowid > ? ORDER BY s.rowid', row, limit);
  }

  /** The same before a row, the latest first. */
  writtenBefore(row: number, limit: number): WrittenRow[] {
    return this.#written('s.rowid < ? ORDER BY s.rowid DESC', row, limit);
  }

  /** The last row; of these runs only, where they are given. */
  lastRow(runs?: readonly number[]): number {
    const which = runs ? 'WHERE run IN (SELECT value FROM json_each(?))' : '';
    const [row] = this.#connection.all(
      `SELECT rowid AS last FROM spans ${which} ORDER BY rowid DESC LIMIT 1`,
      ...(runs ? [JSON.stringify(runs)] : []),
    );
    return Number(row?.last ?? 0);
  }

  #written(where: string, row: number, limit: number): WrittenRow[] {
    const rows = this.#connection.all(
      `SELECT s.rowid AS row, s.trace_id, r.id FROM spans s JOIN runs r ON r.number = s.run
       WHERE s.trace_id <> r.trace_id AND ${where} LIMIT ?`,
      row,
      limit,
    );
    return rows.map((each) => ({
      row: Number(each.row),
      traceId: String(each.trace_id),
      runId: String(each.id),
    }));
  }
}

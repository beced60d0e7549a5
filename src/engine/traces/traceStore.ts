import { contentHash } from '../model/hash.ts';
import type { LogRecord, SpanRecord } from '../model/span.ts';
import { Connection, type StoreAccess } from '../store/file/connection.ts';
import { type PriceSpan, type TraceTree, traceTree } from '../telemetry/dialects/traceTree.ts';
import { DEFAULT_RETENTION, type Retention } from './retention.ts';
import { lowestScore, spanEvaluations } from './spanEvaluations.ts';
import { idsEnding, idsLike } from './storedIds.ts';
import { TraceListing, toSummary } from './traceListing.ts';
import { TRACE_STORE } from './traceStoreFormat.ts';
import { type ListedTrace, summaryOf, type TraceSummary, tokensOf, wordsOf } from './traceSummary.ts';

/** How much of what came was new. */
export interface Stored {
  spans: number;
  logs: number;
  /** Came before, and changed nothing. */
  duplicates: number;
}

export interface TraceStoreOptions {
  access?: StoreAccess;
  retention?: Retention;
  price?: PriceSpan;
}

/** Traces are summed up so many at a time, so that nothing waits long behind it. */
const SUMMED_AT_ONCE = 200;
/** Traces that are forgotten in one transaction. */
const FORGOTTEN_AT_ONCE = 100;
/** Pages that are given back to the disk in one go. */
const SHRUNK_AT_ONCE = 256;

/** The received traces of a workspace, in a file of their own. Throws StoreError. */
export class TraceStore extends TraceListing {
  readonly #connection: Connection;
  readonly #retention: Retention;
  readonly #price: PriceSpan;

  constructor(
    file: string,
    { access = 'write', retention = DEFAULT_RETENTION, price = () => null }: TraceStoreOptions = {},
  ) {
    const connection = new Connection(file, TRACE_STORE, access);
    super(connection);
    this.#connection = connection;
    this.#retention = retention;
    this.#price = price;
  }

  /** Durable when this returns. A span that is there already stays as it is. */
  append(spans: readonly SpanRecord[], logs: readonly LogRecord[]): Stored {
    return this.appendEach([{ spans, logs }])[0] ?? { spans: 0, logs: 0, duplicates: 0 };
  }

  /** All of the batches or none of them, in one transaction; what was new in each. */
  appendEach(batches: readonly { spans: readonly SpanRecord[]; logs: readonly LogRecord[] }[]): Stored[] {
    if (batches.every(({ spans, logs }) => spans.length + logs.length === 0))
      return batches.map(() => ({ spans: 0, logs: 0, duplicates: 0 }));

    return this.#connection.transaction(() => {
      const touched = new Set<string>();
      const stored = batches.map(({ spans, logs }) => {
        const newSpans = spans.filter((span) => this.#addSpan(span));
        const newLogs = logs.filter((line) => this.#addLine(line));
        for (const { traceId } of [...newSpans, ...newLogs]) touched.add(traceId);
        const duplicates = spans.length + logs.length - newSpans.length - newLogs.length;
        return { spans: newSpans.length, logs: newLogs.length, duplicates };
      });

      for (const traceId of touched)
        this.#connection.run('INSERT OR IGNORE INTO stale (trace_id) VALUES (?)', traceId);
      return stored;
    });
  }

  /** Grows with each change of a trace; null where the trace is not listed. */
  changeOf(traceId: string): number | null {
    const [row] = this.#connection.all('SELECT changed FROM traces WHERE trace_id = ?', traceId);
    return row === undefined ? null : Number(row['changed']);
  }

  /** Traces that changed after a change, in the order in which they did; `last` is the change to ask for next. */
  changedAfter(change: number, limit: number): { traces: ListedTrace[]; last: number; more: boolean } {
    const rows = this.#connection.all(
      'SELECT summary, changed FROM traces WHERE changed > ? ORDER BY changed LIMIT ?',
      change,
      limit + 1,
    );
    const shown = rows.slice(0, limit);
    return {
      traces: shown.map(toSummary),
      last: Number(shown.at(-1)?.['changed'] ?? change),
      more: rows.length > limit,
    };
  }

  get lastChange(): number {
    const [row] = this.#connection.all('SELECT max(changed) AS last FROM traces');
    return Number(row?.['last'] ?? 0);
  }

  /** Start of the oldest trace that is kept: what began before was forgotten. Null where none is kept. */
  get oldestMs(): number | null {
    const [row] = this.#connection.all('SELECT min(start_ms) AS oldest FROM traces');
    return typeof row?.['oldest'] === 'number' ? row['oldest'] : null;
  }

  /** Differs from before where another connection has written since. */
  get version(): number {
    const [row] = this.#connection.all('PRAGMA data_version');
    return Number(row?.['data_version'] ?? 0);
  }

  /** Undefined where nothing of it has come. */
  tree(traceId: string): TraceTree | undefined {
    const { spans, logs } = this.records(traceId);
    return spans.length === 0 ? undefined : traceTree(spans, { logs, price: this.#price });
  }

  /** In the order of their start. */
  records(traceId: string): { spans: SpanRecord[]; logs: LogRecord[] } {
    const spans = this.#connection.all(
      'SELECT body FROM spans WHERE trace_id = ? ORDER BY start_ms',
      traceId,
    );
    const logs = this.#connection.all(
      'SELECT body FROM log_lines WHERE trace_id = ? ORDER BY time_ms, rowid',
      traceId,
    );
    return {
      spans: spans.map(({ body }) => JSON.parse(String(body)) as SpanRecord),
      logs: logs.map(({ body }) => JSON.parse(String(body)) as LogRecord),
    };
  }

  /** Ids of traces that came and are not listed yet. */
  unlisted(limit: number): string[] {
    const rows = this.#connection.all('SELECT trace_id FROM stale LIMIT ?', limit);
    return rows.map((row) => String(row['trace_id']));
  }

  /** Ids that begin so, also of traces that are not listed yet; the newest first. */
  idsLike(prefix: string, limit: number): string[] {
    return idsLike(this.#connection, prefix, limit);
  }

  /** Ids that end so, also of traces that are not listed yet. */
  idsEnding(ending: string, limit: number): string[] {
    return idsEnding(this.#connection, ending, limit);
  }

  /**
   * Brings the list up to what has come, so many traces at a time, those in `except` left aside. Returns the summaries that
   * changed; empty where none is left to do.
   */
  sumUp(most = SUMMED_AT_ONCE, except: readonly string[] = []): TraceSummary[] {
    return this.#connection.transaction(() => {
      const stale = this.#connection.all(
        'SELECT trace_id FROM stale WHERE trace_id NOT IN (SELECT value FROM json_each(?)) LIMIT ?',
        JSON.stringify(except),
        most,
      );
      const summaries = stale.flatMap(({ trace_id: id }) => this.#summed(String(id)));
      for (const { trace_id: id } of stale)
        this.#connection.run('DELETE FROM stale WHERE trace_id = ?', String(id));
      return summaries;
    });
  }

  /** Forgets some of what is older or more than is kept. Returns how many traces that were; 0 where none is left to forget. */
  forgetSome(now: number): number {
    const ids = this.#tooOld(now);
    if (ids.length === 0) return 0;

    this.#connection.transaction(() => {
      for (const id of ids) this.#forget(id);
    });
    return ids.length;
  }

  /** Gives some of the space of what was forgotten back to the disk. Returns whether there is more to give. */
  shrinkSome(): boolean {
    const free = this.#freePages();
    if (free > 0) this.#connection.all(`PRAGMA incremental_vacuum(${SHRUNK_AT_ONCE})`);
    return this.#freePages() < free;
  }

  close(): void {
    this.#connection.close();
  }

  #addSpan(span: SpanRecord): boolean {
    const { traceId, spanId, startMs } = span;
    const added = this.#connection.run(
      'INSERT OR IGNORE INTO spans (trace_id, span_id, start_ms, body) VALUES (?, ?, ?, ?)',
      ...[traceId, spanId, startMs, JSON.stringify(span)],
    );
    return added > 0;
  }

  #addLine(line: LogRecord): boolean {
    const added = this.#connection.run(
      'INSERT OR IGNORE INTO log_lines (trace_id, digest, time_ms, body) VALUES (?, ?, ?, ?)',
      ...[line.traceId, contentHash(line), line.timeMs, JSON.stringify(line)],
    );
    return added > 0;
  }

  #summed(traceId: string): TraceSummary[] {
    const { spans, logs } = this.records(traceId);
    if (spans.length === 0) return [];

    const tree = traceTree(spans, { logs, price: this.#price });
    const summary = { ...summaryOf(tree), score: lowestScore(spanEvaluations(spans, logs)) };
    this.#connection.run(
      `INSERT OR REPLACE INTO traces (trace_id, changed, start_ms, end_ms, errors, service, session, release, model,
         tokens, cost_usd, score, summary, words)
       VALUES (?, (SELECT coalesce(max(changed), 0) + 1 FROM traces), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[traceId, summary.startMs, summary.endMs, summary.errors, summary.services[0] ?? 'unknown'],
      ...[summary.session, summary.release, summary.models[0] ?? null, tokensOf(summary), summary.costUsd],
      ...[summary.score, JSON.stringify(summary), wordsOf(tree)],
    );
    return [summary];
  }

  #tooOld(now: number): string[] {
    const { maxAgeMs, maxBytes } = this.#retention;
    const overfull = this.#bytes() > maxBytes;
    const rows = this.#connection.all(
      `SELECT trace_id FROM traces WHERE ${overfull ? 'true' : 'start_ms < ?'} ORDER BY start_ms LIMIT ?`,
      ...(overfull ? [] : [now - maxAgeMs]),
      FORGOTTEN_AT_ONCE,
    );
    return rows.map((row) => String(row['trace_id']));
  }

  /** Of the file, without what was given up in it and is used again. */
  #bytes(): number {
    const [row] = this.#connection.all(
      `SELECT (p.page_count - f.freelist_count) * s.page_size AS bytes
       FROM pragma_page_count p, pragma_freelist_count f, pragma_page_size s`,
    );
    return Number(row?.['bytes'] ?? 0);
  }

  #freePages(): number {
    return Number(this.#connection.all('PRAGMA freelist_count')[0]?.['freelist_count'] ?? 0);
  }

  #forget(traceId: string): void {
    for (const table of ['spans', 'log_lines', 'stale', 'traces'])
      this.#connection.run(`DELETE FROM ${table} WHERE trace_id = ?`, traceId);
  }
}

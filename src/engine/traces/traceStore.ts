import { contentHash } from '../model/hash.ts';
import type { LoggedSpan } from '../model/loggedSpan.ts';
import type { LogRecord, SpanRecord } from '../model/span.ts';
import { type Clock, systemClock } from '../ports.ts';
import { Connection, type StoreAccess } from '../store/file/connection.ts';
import type { Upgrade } from '../store/file/storeUpgrade.ts';
import { type PriceSpan, type TraceTree, traceTree } from '../telemetry/dialects/traceTree.ts';
import type { WrittenSpan } from '../telemetry/writtenSpans.ts';
import { EvaluationTable } from './evaluationTable.ts';
import { Forgetting } from './forgetting.ts';
import { DEFAULT_RETENTION, type Retention } from './retention.ts';
import { idsEnding, idsLike } from './storedIds.ts';
import { StoredSpans } from './storedSpans.ts';
import { SummingUp } from './summingUp.ts';
import { TraceListing, toSummary } from './traceListing.ts';
import { TRACE_STORE } from './traceStoreFormat.ts';
import type { ListedTrace, TraceSummary } from './traceSummary.ts';

/** How much of what came was new. */
export interface Stored {
  spans: number;
  logs: number;
  /** Came before, and changed nothing. */
  duplicates: number;
}

/** What is to be stored. Spans may be written as JSON already. */
export interface NewRecords {
  spans: readonly (SpanRecord | WrittenSpan)[];
  logs: readonly LogRecord[];
}

export interface TraceStoreOptions {
  access?: StoreAccess;
  retention?: Retention;
  price?: PriceSpan;
  /** Says when what is stored arrived. */
  clock?: Pick<Clock, 'now'>;
  /** Hears, once for each, of a trace that cannot be summed up because of a bug; the others are. */
  onBug?(error: unknown, traceId: string): void;
}

/** Traces are summed up so many at a time, so that nothing waits long behind it. */
const SUMMED_AT_ONCE = 200;

/** The received traces of a workspace, in a file of their own. Throws StoreError. */
export class TraceStore extends TraceListing {
  /** The spans in the order of their arrival. */
  readonly log: StoredSpans;
  /** What monitors said of them. */
  readonly evaluations: EvaluationTable;
  readonly #connection: Connection;
  readonly #forgetting: Forgetting;
  readonly #summing: SummingUp;
  readonly #price: PriceSpan;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(file: string, options: TraceStoreOptions = {}) {
    const { access = 'write', retention = DEFAULT_RETENTION, price = () => null } = options;
    const connection = new Connection(file, TRACE_STORE, access);
    super(connection);
    this.#connection = connection;
    this.log = new StoredSpans(connection);
    this.evaluations = new EvaluationTable(connection);
    this.#forgetting = new Forgetting(connection, retention);
    this.#price = price;
    this.#clock = options.clock ?? systemClock;
    this.#summing = new SummingUp(connection, {
      logs: (traceId) => this.#logs(traceId),
      evaluations: (traceId) => this.evaluations.ofTrace(traceId),
      ...{ price, onBug: options.onBug ?? (() => {}) },
    });
  }

  /** Where opening it has upgraded a store of an earlier version. */
  get upgrade(): Upgrade | undefined {
    return this.#connection.upgrade;
  }

  /** The file was removed or replaced: nothing can be stored, and what was is gone. */
  get isRemoved(): boolean {
    return this.#connection.isRemoved;
  }

  /** Durable when this returns. A span that is there already stays as it is. */
  append(spans: NewRecords['spans'], logs: NewRecords['logs']): Stored {
    return this.appendEach([{ spans, logs }])[0] ?? { spans: 0, logs: 0, duplicates: 0 };
  }

  /** All of the batches or none of them, in one transaction; what was new in each. */
  appendEach(batches: readonly NewRecords[]): Stored[] {
    if (batches.every(({ spans, logs }) => spans.length + logs.length === 0))
      return batches.map(() => ({ spans: 0, logs: 0, duplicates: 0 }));

    const arrivedMs = this.#clock.now();
    return this.#connection.transaction(() => {
      const touched = new Set<string>();
      const stored = batches.map(({ spans, logs }) => {
        const newSpans = spans.filter((span) => this.#addSpan(span, arrivedMs));
        const newLogs = logs.filter((line) => this.#addLine(line, arrivedMs));
        for (const { traceId } of [...newSpans, ...newLogs]) touched.add(traceId);
        const duplicates = spans.length + logs.length - newSpans.length - newLogs.length;
        return { spans: newSpans.length, logs: newLogs.length, duplicates };
      });

      this.#connection.run(
        'INSERT OR IGNORE INTO stale (trace_id) SELECT value FROM json_each(?)',
        JSON.stringify([...touched]),
      );
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

  /** How often traces changed, and how many were forgotten; neither ever goes back. */
  get counts(): { changed: number; forgotten: number } {
    // One of an earlier version that is only read: nothing is ever forgotten in it.
    if (!this.#connection.hasTable('counters')) {
      const [row] = this.#connection.all('SELECT max(changed) AS last FROM traces');
      return { changed: Number(row?.['last'] ?? 0), forgotten: 0 };
    }
    const rows = this.#connection.all('SELECT name, value FROM counters');
    const { change, forgotten } = Object.fromEntries(rows.map(({ name, value }) => [name, Number(value)]));
    return { changed: change ?? 0, forgotten: forgotten ?? 0 };
  }

  /** Spans behind that one in the order of their arrival, as `SpanLog` has them. */
  spansAfter(seq: number, limit: number): LoggedSpan[] {
    return this.log.after(seq, limit);
  }

  get lastSeq(): number {
    return this.log.lastSeq;
  }

  /** Nothing has come, or nothing of it is kept. */
  get isEmpty(): boolean {
    return this.#connection.all('SELECT 1 FROM traces UNION ALL SELECT 1 FROM stale LIMIT 1').length === 0;
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
    return {
      spans: spans.map(({ body }) => JSON.parse(String(body)) as SpanRecord),
      logs: this.#logs(traceId),
    };
  }

  /** Undefined where it has not come, or was forgotten. */
  span(traceId: string, spanId: string): SpanRecord | undefined {
    const [row] = this.#connection.all(
      'SELECT body FROM spans WHERE trace_id = ? AND span_id = ?',
      traceId,
      spanId,
    );
    return row && (JSON.parse(String(row['body'])) as SpanRecord);
  }

  /** How much of a trace has come; reads none of it. */
  sizeOf(traceId: string): { spans: number; logs: number } {
    const [row] = this.#connection.all(
      `SELECT (SELECT count(*) FROM spans WHERE trace_id = ?1) AS spans,
              (SELECT count(*) FROM log_lines WHERE trace_id = ?1) AS logs`,
      traceId,
    );
    return { spans: Number(row?.['spans'] ?? 0), logs: Number(row?.['logs'] ?? 0) };
  }

  /** What has come of a trace behind a span and a line, in the order of arrival; the last of both; how long it is as it is stored. */
  recordsSince(
    traceId: string,
    { lastSpan, lastLine }: { lastSpan: number; lastLine: number },
  ): { spans: SpanRecord[]; logs: LogRecord[]; lastSpan: number; lastLine: number; characters: number } {
    const since = (table: 'spans' | 'log_lines', seq: number) =>
      this.#connection
        .all(`SELECT seq, body FROM ${table} WHERE trace_id = ? AND seq > ? ORDER BY seq`, traceId, seq)
        .map((row) => ({ seq: Number(row['seq']), body: String(row['body']) }));
    const spans = since('spans', lastSpan);
    const logs = since('log_lines', lastLine);
    return {
      spans: spans.map(({ body }) => JSON.parse(body) as SpanRecord),
      logs: logs.map(({ body }) => JSON.parse(body) as LogRecord),
      lastSpan: spans.at(-1)?.seq ?? lastSpan,
      lastLine: logs.at(-1)?.seq ?? lastLine,
      characters: [...spans, ...logs].reduce((sum, { body }) => sum + body.length, 0),
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

  /** Brings the list up to some of what has come. Returns the summaries that changed; empty where none is left to do. */
  sumUp(): TraceSummary[] {
    for (;;) {
      const { done, summaries } = this.sumUpSome(SUMMED_AT_ONCE);
      if (done === 0 || summaries.length > 0) return summaries;
    }
  }

  /** The same, so many traces at a time, those in `except` left out; `done` is how many were looked at. */
  sumUpSome(most: number, except: readonly string[] = []): { done: number; summaries: TraceSummary[] } {
    return this.#summing.sumUp(most, except);
  }

  /** When something last arrived, by the clock of then; undefined where nothing has. */
  get latestArrivalMs(): number | undefined {
    const [row] = this.#connection.all('SELECT arrived_ms AS last FROM spans ORDER BY seq DESC LIMIT 1');
    return row === undefined ? undefined : Number(row['last']);
  }

  /** Forgets some of what is older or more than is kept. Returns how many traces that were; 0 where none is left to forget. */
  forgetSome(now: number): number {
    return this.#forgetting.forgetSome(now);
  }

  /** Gives some of the space of what was forgotten back to the disk. Returns whether there is more to give. */
  shrinkSome(): boolean {
    return this.#forgetting.shrinkSome();
  }

  close(): void {
    this.#connection.close();
  }

  #logs(traceId: string): LogRecord[] {
    const lines = this.#connection.all(
      'SELECT body FROM log_lines WHERE trace_id = ? ORDER BY time_ms, rowid',
      traceId,
    );
    return lines.map(({ body }) => JSON.parse(String(body)) as LogRecord);
  }

  #addSpan(span: SpanRecord | WrittenSpan, arrivedMs: number): boolean {
    const { traceId, spanId, startMs } = span;
    const added = this.#connection.run(
      'INSERT OR IGNORE INTO spans (arrived_ms, trace_id, span_id, start_ms, body) VALUES (?, ?, ?, ?, ?)',
      ...[arrivedMs, traceId, spanId, startMs, 'body' in span ? span.body : JSON.stringify(span)],
    );
    return added > 0;
  }

  #addLine(line: LogRecord, arrivedMs: number): boolean {
    const added = this.#connection.run(
      'INSERT OR IGNORE INTO log_lines (arrived_ms, trace_id, digest, time_ms, body) VALUES (?, ?, ?, ?, ?)',
      ...[arrivedMs, line.traceId, contentHash(line), line.timeMs, JSON.stringify(line)],
    );
    return added > 0;
  }
}

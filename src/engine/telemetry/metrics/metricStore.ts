import { LEVELS, type LevelRetention } from '../../model/levelRetention.ts';
import { type Clock, systemClock } from '../../ports.ts';
import { Connection, type StoreAccess } from '../../store/file/connection.ts';
import type { BucketRow } from './bucket.ts';
import { KeptLevels } from './keptLevels.ts';
import { bucketStart, LEVEL_MS } from './levels.ts';
import { type Dimension, MEASURE_RULES } from './measures.ts';
import type { MetricBatch, PendingBucket } from './metricBatch.ts';
import type { MetricQuery, MetricSeries, MetricSeriesAnswer } from './metricQuery.ts';
import { MetricReader } from './metricReader.ts';
import { levelId, METRIC_STORE } from './metricStoreFormat.ts';
import { SeriesTable } from './seriesTable.ts';

/** How far a log was read. */
export interface MetricCursor {
  seq: number;
  /** What the entry was. */
  mark: string;
}

export interface Commit {
  /** The consumer. */
  name: string;
  from: MetricCursor;
  to: MetricCursor;
}

export interface MetricStoreOptions {
  access?: StoreAccess;
  clock?: Clock;
  /** In place of what the file says. */
  retention?: LevelRetention;
  /** Distinct sets of labels; what comes beyond goes into one for each operation. */
  mostSeries?: number;
}

/** Before the first entry. */
export const NOWHERE: MetricCursor = { seq: 0, mark: '' };

/** The logs in the file of received traces that are measured. */
export const CURSORS = { spans: 'spans', evaluations: 'evaluations' } as const;

/** Another process has gone on with the same log meanwhile. */
export class CursorMoved extends Error {}

/** Beside the cursors of logs. */
const FORGOTTEN = 'forgotten';
const MOST_SERIES = 10_000;
/** Buckets that are forgotten in one transaction. */
const FORGOTTEN_AT_ONCE = 5_000;
/** Pages that are given back to the disk in one go. */
const SHRUNK_AT_ONCE = 256;

/** The aggregates of live quality of a workspace, in a file of their own. Throws StoreError. */
export class MetricStore {
  readonly #connection: Connection;
  readonly #reader: MetricReader;
  readonly #kept: KeptLevels;
  readonly #series: SeriesTable;

  constructor(
    file: string,
    { access = 'write', clock = systemClock, retention, mostSeries = MOST_SERIES }: MetricStoreOptions = {},
  ) {
    this.#connection = new Connection(file, METRIC_STORE, access);
    // A cursor is lost together with what was read up to it, and both are made again: no commit needs to wait for the disk.
    if (access === 'write') this.#connection.all('PRAGMA synchronous = NORMAL');
    this.#kept = new KeptLevels(this.#connection, retention);
    this.#series = new SeriesTable(this.#connection, mostSeries);
    this.#reader = new MetricReader(this.#connection, { clock, kept: this.#kept });
  }

  /** Points over time. */
  series(query: MetricQuery): MetricSeriesAnswer {
    return this.#reader.series(query);
  }

  /** One point for the whole range: its p95 is that of all values in it. A series without data is absent. */
  total(query: MetricQuery): MetricSeries[] {
    return this.#reader.total(query);
  }

  /** What there is to choose from, in alphabetical order. */
  values(dimension: Dimension): string[] {
    return this.#reader.values(dimension);
  }

  /** What could not be measured, by reason, over UTC days. */
  refused(range: { fromMs: number; toMs: number }): { reason: string; count: number }[] {
    return this.#reader.refused(range);
  }

  /** For how long each level is kept. */
  get retention(): LevelRetention {
    return this.#kept.retention;
  }

  /** Sets it, for whoever reads the file as well. */
  keep(retention: LevelRetention, nowMs: number): void {
    this.#kept.set(retention, nowMs);
  }

  /** Differs from before where another connection has written since. */
  get version(): number {
    return Number(this.#connection.all('PRAGMA data_version')[0]?.['data_version'] ?? 0);
  }

  cursor(name: string): MetricCursor {
    const [row] = this.#connection.all('SELECT seq, mark FROM cursors WHERE name = ?', name);
    return row ? { seq: Number(row['seq']), mark: String(row['mark']) } : NOWHERE;
  }

  /** Names of the logs that were read, of those that begin so. */
  logs(beginning: string): Set<string> {
    const rows = this.#connection.all(
      'SELECT name FROM cursors WHERE substr(name, 1, length(?1)) = ?1',
      beginning,
    );
    return new Set(rows.map((row) => String(row['name'])));
  }

  /** What was measured and how far was read for it, both or neither. Throws CursorMoved where it was read already. */
  commit(batch: MetricBatch, { name, from, to }: Commit, nowMs: number): void {
    this.#series.settle(() =>
      this.#connection.transaction(() => {
        const now = this.cursor(name);
        if (now.seq !== from.seq || now.mark !== from.mark) throw new CursorMoved(name);
        this.#setCursor(name, to);
        for (const pending of batch.buckets()) this.#write(pending);
        for (const [reason, count] of batch.refused) this.#refuse(reason, count, nowMs);
      }),
    );
  }

  /** The time that was believed when something was last forgotten; undefined before. */
  get forgottenAt(): number | undefined {
    return this.cursor(FORGOTTEN).seq || undefined;
  }

  /** Forgets some of the buckets that are older than their level is kept. Returns how many; 0 where none is left to forget. */
  forgetSome(nowMs: number): number {
    return this.#connection.transaction(() => {
      this.#setCursor(FORGOTTEN, { seq: Math.floor(nowMs), mark: '' });
      const { retention } = this;
      let forgotten = 0;
      for (const level of LEVELS) {
        const oldestMs = nowMs - retention[level];
        const left = FORGOTTEN_AT_ONCE - forgotten;
        if (left > 0 && Number.isFinite(oldestMs))
          forgotten += this.#forget(levelId(level), bucketStart(oldestMs, LEVEL_MS[level]) / 1_000, left);
      }
      return forgotten;
    });
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

  #setCursor(name: string, { seq, mark }: MetricCursor): void {
    this.#connection.run(
      'INSERT OR REPLACE INTO cursors (name, seq, mark) VALUES (?, ?, ?)',
      name,
      seq,
      mark,
    );
  }

  #write({ level, measure, startMs, labels, bucket }: PendingBucket): void {
    const key = [levelId(level), MEASURE_RULES[measure].id, startMs / 1_000, this.#series.idOf(labels)];
    const [row] = this.#connection.all(
      `SELECT count, sum, min, max, sketch FROM buckets
       WHERE level = ? AND measure = ? AND start_s = ? AND series = ?`,
      ...key,
    );
    if (row) bucket.mergeRow(row as unknown as BucketRow);

    const changed = bucket.toRow();
    if (changed) {
      const { count, sum, min, max, sketch } = changed;
      this.#connection.run(
        `INSERT OR REPLACE INTO buckets (level, measure, start_s, series, count, sum, min, max, sketch)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ...[...key, count, sum, min, max, sketch],
      );
    } else if (row) {
      this.#connection.run(
        'DELETE FROM buckets WHERE level = ? AND measure = ? AND start_s = ? AND series = ?',
        ...key,
      );
    }
  }

  #refuse(reason: string, count: number, nowMs: number): void {
    this.#connection.run(
      `INSERT INTO refused (start_s, reason, count) VALUES (?, ?, ?)
       ON CONFLICT (start_s, reason) DO UPDATE SET count = count + excluded.count`,
      ...[bucketStart(nowMs, LEVEL_MS['1d']) / 1_000, reason, count],
    );
  }

  /** Measure by measure, since that is how they lie; buckets of one start go together. */
  #forget(level: number, oldest: number, most: number): number {
    let forgotten = 0;
    for (const { id } of Object.values(MEASURE_RULES)) {
      if (forgotten >= most) break;
      const [cut] = this.#connection.all(
        `SELECT start_s FROM buckets WHERE level = ? AND measure = ? AND start_s < ?
         ORDER BY start_s LIMIT 1 OFFSET ?`,
        ...[level, id, oldest, most - forgotten - 1],
      );
      forgotten += this.#connection.run(
        'DELETE FROM buckets WHERE level = ? AND measure = ? AND start_s < ? AND start_s <= ?',
        ...[level, id, oldest, Number(cut?.['start_s'] ?? oldest)],
      );
    }
    return forgotten;
  }

  #freePages(): number {
    return Number(this.#connection.all('PRAGMA freelist_count')[0]?.['freelist_count'] ?? 0);
  }
}

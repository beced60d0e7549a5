import type { Clock } from '../../ports.ts';
import type { Connection } from '../../store/file/connection.ts';
import { Bucket, type BucketRow } from './bucket.ts';
import type { KeptLevels } from './keptLevels.ts';
import { bucketStart, LEVEL_MS } from './levels.ts';
import { labelText } from './measuredSpan.ts';
import { DIMENSIONS, type Dimension, MEASURE_RULES, type Measure, type StoredMeasure } from './measures.ts';
import {
  coveringRanges,
  type LevelRange,
  type MetricPoint,
  type MetricQuery,
  type MetricSeries,
  type MetricSeriesAnswer,
  stepOf,
} from './metricQuery.ts';
import { levelId } from './metricStoreFormat.ts';

/** Reads the aggregates: buckets of several series and times are merged into the points that are asked for. */
export class MetricReader {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #kept: Pick<KeptLevels, 'availableAt'>;

  constructor(
    connection: Connection,
    { clock, kept }: { clock: Clock; kept: Pick<KeptLevels, 'availableAt'> },
  ) {
    this.#connection = connection;
    this.#clock = clock;
    this.#kept = kept;
  }

  series(query: MetricQuery): MetricSeriesAnswer {
    const now = this.#clock.now();
    const { level, stepMs } = stepOf(query, this.#kept.availableAt(now), now);
    const range = { level, fromMs: bucketStart(query.fromMs, stepMs), toMs: query.toMs };
    return { level, stepMs, series: this.#merged(query, [range], (ms) => bucketStart(ms, stepMs)) };
  }

  total(query: MetricQuery): MetricSeries[] {
    const now = this.#clock.now();
    const ranges =
      query.level === 'auto'
        ? coveringRanges(query, this.#kept.availableAt(now), now)
        : [
            {
              level: query.level,
              fromMs: bucketStart(query.fromMs, LEVEL_MS[query.level]),
              toMs: query.toMs,
            },
          ];
    return this.#merged(query, ranges, () => query.fromMs);
  }

  values(dimension: Dimension): string[] {
    const rows = this.#connection.all(
      `SELECT DISTINCT ${dimension} AS value FROM series WHERE ${dimension} IS NOT NULL ORDER BY 1`,
    );
    return rows.map((row) => String(row['value']));
  }

  refused({ fromMs, toMs }: { fromMs: number; toMs: number }): { reason: string; count: number }[] {
    const rows = this.#connection.all(
      `SELECT reason, sum(count) AS count FROM refused WHERE start_s >= ? AND start_s < ?
       GROUP BY reason ORDER BY count DESC, reason`,
      ...[bucketStart(fromMs, LEVEL_MS['1d']) / 1_000, toMs / 1_000],
    );
    return rows.map((row) => ({ reason: String(row['reason']), count: Number(row['count']) }));
  }

  #merged(
    query: MetricQuery,
    ranges: readonly LevelRange[],
    pointOf: (startMs: number) => number,
  ): MetricSeries[] {
    const labels = this.#labels(query);
    const stored = storedAs(query.measure);
    const merged = new Map<string | null, Map<number, Bucket>>();

    for (const range of ranges) {
      for (const row of this.#rows(range, stored, labels)) {
        const label = labels.get(row.series) ?? null;
        const points = merged.get(label) ?? new Map<number, Bucket>();
        merged.set(label, points);
        const at = pointOf(row.start_s * 1_000);
        const bucket = points.get(at) ?? new Bucket();
        points.set(at, bucket);
        bucket.mergeRow(row);
      }
    }

    return [...merged]
      .map(([label, points]) => ({ label, points: toPoints(points, query.measure) }))
      .sort((a, b) => countOf(b) - countOf(a) || compare(a.label, b.label));
  }

  /** The label of each series that is asked for, by its id. */
  #labels({ where, by }: MetricQuery): Map<number, string | null> {
    const given = DIMENSIONS.filter((dimension) => where[dimension] !== undefined);
    const conditions = given.map((dimension) => `${dimension} = ?`);
    if (where.suite === undefined) conditions.push(`suite IS ${by === 'suite' ? 'NOT NULL' : 'NULL'}`);
    const rows = this.#connection.all(
      `SELECT id, ${by ?? 'NULL'} AS label FROM series WHERE ${['true', ...conditions].join(' AND ')}`,
      ...given.map((dimension) => labelText(where[dimension]) ?? ''),
    );
    return new Map(
      rows.map(({ id, label }) => [Number(id), typeof label === 'string' ? label : null] as const),
    );
  }

  #rows(
    { level, fromMs, toMs }: LevelRange,
    measure: StoredMeasure,
    series: ReadonlyMap<number, unknown>,
  ): StoredBucket[] {
    return this.#connection.all(
      `SELECT start_s, series, count, sum, min, max, sketch FROM buckets
       WHERE level = ? AND measure = ? AND start_s >= ? AND start_s < ?
         AND series IN (SELECT value FROM json_each(?))
       ORDER BY start_s`,
      ...[levelId(level), MEASURE_RULES[measure].id, fromMs / 1_000, toMs / 1_000],
      JSON.stringify([...series.keys()]),
    ) as unknown as StoredBucket[];
  }
}

interface StoredBucket extends BucketRow {
  start_s: number;
  series: number;
}

function storedAs(measure: Measure): StoredMeasure {
  return measure === 'calls' ? 'errors' : measure;
}

function toPoints(points: ReadonlyMap<number, Bucket>, measure: Measure): MetricPoint[] {
  return [...points]
    .sort(([a], [b]) => a - b)
    .map(([startMs, bucket]) =>
      measure === 'calls' ? callsPoint(startMs, bucket.count) : bucket.toPoint(startMs, measure),
    );
}

function callsPoint(startMs: number, count: number): MetricPoint {
  return { startMs, count, sum: count, min: 1, max: 1, mean: 1, p50: 1, p95: 1, p99: 1 };
}

function countOf({ points }: MetricSeries): number {
  return points.reduce((sum, { count }) => sum + count, 0);
}

function compare(a: string | null, b: string | null): number {
  if (a === b) return 0;
  return a === null || (b !== null && a > b) ? 1 : -1;
}

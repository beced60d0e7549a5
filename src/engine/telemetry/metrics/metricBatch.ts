import { LEVELS, type Level } from '../../model/levelRetention.ts';
import { Bucket } from './bucket.ts';
import { LEVEL_MS } from './levels.ts';
import {
  DIMENSIONS,
  MEASURE_RULES,
  MEASURES,
  type MetricLabels,
  type StoredMeasure,
  storedValue,
} from './measures.ts';

/** What is measured of one thing at one time, such as a call. */
export interface Measurement {
  labels: MetricLabels;
  timeMs: number;
  /** Those below are not kept so long as it is old. */
  finest: Level;
  /** Those that are unknown are absent or null. */
  values: { readonly [measure in StoredMeasure]?: number | null };
}

export interface PendingBucket {
  level: Level;
  measure: StoredMeasure;
  startMs: number;
  labels: MetricLabels;
  bucket: Bucket;
}

/** Measurements that go into the store together, summed up in memory: few buckets are touched by many of them. */
export class MetricBatch {
  readonly #levels: { readonly [level in Level]: Map<string, SeriesBuckets> } = {
    '1s': new Map(),
    '1min': new Map(),
    '1h': new Map(),
    '1d': new Map(),
  };
  readonly refused = new Map<string, number>();

  add(measurement: Measurement): void {
    this.#each(measurement, (bucket, value) => bucket.add(value));
  }

  /** Takes back what was added before, in this batch or in one that is stored. */
  remove(measurement: Measurement): void {
    this.#each(measurement, (bucket, value) => bucket.remove(value), false);
  }

  refuse(reason: string): void {
    this.refused.set(reason, (this.refused.get(reason) ?? 0) + 1);
  }

  /** The buckets that it changes, of all levels. */
  buckets(): PendingBucket[] {
    for (const [index, level] of LEVELS.entries()) {
      const coarser = LEVELS[index + 1];
      if (coarser === undefined) break;
      for (const { labels, buckets } of this.#levels[level].values()) {
        const above = this.#seriesOf(coarser, labels);
        for (const { measure, startMs, bucket } of buckets.values())
          bucketOf(above, { level: coarser, measure, timeMs: startMs }).merge(bucket);
      }
    }
    return LEVELS.flatMap((level) =>
      [...this.#levels[level].values()].flatMap(({ buckets }) => [...buckets.values()]),
    );
  }

  #each(
    { labels, timeMs, finest: level, values }: Measurement,
    change: (bucket: Bucket, value: number) => void,
    counts = true,
  ): void {
    const series = this.#seriesOf(level, labels);
    for (const measure of STORED) {
      const given = values[measure];
      if (given === undefined || given === null) continue;
      const value = storedValue(measure, given);
      if (typeof value === 'number') change(bucketOf(series, { level, measure, timeMs }), value);
      else if (counts) this.refuse(`${measure}: ${value}`);
    }
  }

  #seriesOf(level: Level, labels: MetricLabels): SeriesBuckets {
    const key = seriesKey(labels);
    const found = this.#levels[level].get(key);
    if (found) return found;
    const series = { labels, buckets: new Map() };
    this.#levels[level].set(key, series);
    return series;
  }
}

interface SeriesBuckets {
  labels: MetricLabels;
  /** By start and measure. */
  buckets: Map<number, PendingBucket>;
}

function bucketOf(
  { labels, buckets }: SeriesBuckets,
  { level, measure, timeMs }: { level: Level; measure: StoredMeasure; timeMs: number },
): Bucket {
  const number = Math.floor(timeMs / LEVEL_MS[level]);
  const key = number * MEASURES.length + MEASURE_RULES[measure].id;
  const found = buckets.get(key);
  if (found) return found.bucket;
  const bucket = new Bucket();
  buckets.set(key, { level, measure, startMs: number * LEVEL_MS[level], labels, bucket });
  return bucket;
}

const STORED = Object.keys(MEASURE_RULES) as StoredMeasure[];
const keys = new WeakMap<MetricLabels, string>();

/** The same for the same labels. */
export function seriesKey(labels: MetricLabels): string {
  const known = keys.get(labels);
  if (known !== undefined) return known;
  const key = JSON.stringify(DIMENSIONS.map((dimension) => labels[dimension] ?? null));
  keys.set(labels, key);
  return key;
}

import { Bucket } from './bucket.ts';
import { bucketStart, LEVEL_MS, LEVELS, type Level } from './levels.ts';
import { DIMENSIONS, MEASURE_RULES, type MetricLabels, type StoredMeasure, storedValue } from './measures.ts';

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
  readonly #levels: { readonly [level in Level]: Map<string, PendingBucket> } = {
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
      for (const { measure, startMs, labels, bucket } of this.#levels[level].values())
        this.#bucket(coarser, measure, { timeMs: startMs, labels }).merge(bucket);
    }
    return LEVELS.flatMap((level) => [...this.#levels[level].values()]);
  }

  #each(
    { labels, timeMs, finest, values }: Measurement,
    change: (bucket: Bucket, value: number) => void,
    counts = true,
  ): void {
    for (const measure of STORED) {
      const given = values[measure];
      if (given === undefined || given === null) continue;
      const value = storedValue(measure, given);
      if (typeof value === 'number') change(this.#bucket(finest, measure, { timeMs, labels }), value);
      else if (counts) this.refuse(`${measure}: ${value}`);
    }
  }

  #bucket(
    level: Level,
    measure: StoredMeasure,
    { timeMs, labels }: { timeMs: number; labels: MetricLabels },
  ): Bucket {
    const startMs = bucketStart(timeMs, LEVEL_MS[level]);
    const key = `${startMs} ${MEASURE_RULES[measure].id} ${seriesKey(labels)}`;
    const found = this.#levels[level].get(key);
    if (found) return found.bucket;
    const bucket = new Bucket();
    this.#levels[level].set(key, { level, measure, startMs, labels, bucket });
    return bucket;
  }
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

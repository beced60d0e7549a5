import { MEASURE_RULES, type StoredMeasure } from './measures.ts';
import type { MetricPoint } from './metricQuery.ts';
import { QuantileSketch } from './quantileSketch.ts';

/** As it lies in the store. */
export interface BucketRow {
  count: number;
  sum: number;
  min: number;
  max: number;
  sketch: Uint8Array;
}

const SHARES = [0.5, 0.95, 0.99];

/** What was measured of one series in one bucket of time, in whole multiples of the measure's smallest part. */
export class Bucket {
  #count = 0;
  #sum = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  /** What was taken back: the bounds may have been among it. */
  #removedMin = Number.POSITIVE_INFINITY;
  #removedMax = Number.NEGATIVE_INFINITY;
  readonly #sketch = new QuantileSketch();

  add(value: number): void {
    this.#count += 1;
    this.#sum += value;
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
    this.#sketch.add(value);
  }

  /** Takes back a value that was added before, here or in what is merged with it. */
  remove(value: number): void {
    this.#count -= 1;
    this.#sum -= value;
    this.#removedMin = Math.min(this.#removedMin, value);
    this.#removedMax = Math.max(this.#removedMax, value);
    this.#sketch.remove(value);
  }

  merge(other: Bucket): void {
    this.#count += other.#count;
    this.#sum += other.#sum;
    this.#min = Math.min(this.#min, other.#min);
    this.#max = Math.max(this.#max, other.#max);
    this.#removedMin = Math.min(this.#removedMin, other.#removedMin);
    this.#removedMax = Math.max(this.#removedMax, other.#removedMax);
    this.#sketch.merge(other.#sketch);
  }

  mergeRow({ count, sum, min, max, sketch }: BucketRow): void {
    this.#count += count;
    this.#sum += sum;
    this.#min = Math.min(this.#min, min);
    this.#max = Math.max(this.#max, max);
    this.#sketch.mergeBytes(sketch);
  }

  /** Undefined where nothing is left in it. Sums end at the greatest number that is exact. */
  toRow(): BucketRow | undefined {
    if (this.#count <= 0) return undefined;
    const [min, max] = this.#bounds();
    const sum = Math.max(0, Math.min(this.#sum, Number.MAX_SAFE_INTEGER));
    return { count: this.#count, sum, min, max, sketch: this.#sketch.toBytes() };
  }

  toPoint(startMs: number, measure: StoredMeasure): MetricPoint {
    const { scale } = MEASURE_RULES[measure];
    const quantile = (value = 0) => Math.min(Math.max(value, this.#min), this.#max) / scale;
    const [p50, p95, p99] = this.#sketch.quantiles(SHARES);
    return {
      startMs,
      count: this.#count,
      sum: this.#sum / scale,
      min: this.#min / scale,
      max: this.#max / scale,
      mean: this.#sum / this.#count / scale,
      p50: quantile(p50),
      p95: quantile(p95),
      p99: quantile(p99),
    };
  }

  get count(): number {
    return this.#count;
  }

  /** Where a bound was taken back, the next one is known by the sketch, within its error. */
  #bounds(): [min: number, max: number] {
    const [low = this.#min, high = this.#max] = this.#sketch.quantiles([0, 1]);
    return [
      this.#removedMin <= this.#min ? Math.round(low) : this.#min,
      this.#removedMax >= this.#max ? Math.round(high) : this.#max,
    ];
  }
}

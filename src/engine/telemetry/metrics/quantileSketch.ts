/** Most by which a quantile differs from the exact one, as a share of it. */
export const RELATIVE_ERROR = 0.01;

const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const LOG_GAMMA = Math.log(GAMMA);
/** Where zeros are counted: below every bucket of a whole number. */
const ZERO = -1;
/** Fewest buckets that are made room for beside one that is needed. */
const SPARE = 16;

/**
 * A distribution of whole numbers from 0 up, as counts of buckets whose bounds grow by a constant factor (DDSketch, Masson, Rim and
 * Lee 2019). Two of them merge exactly: the sum of the counts is the sketch of all values together, in whatever order.
 */
export class QuantileSketch {
  /** Of the buckets from the first one on: lists are added up faster than maps. */
  #counts = new Float64Array(0);
  #first = ZERO;

  add(value: number): void {
    this.#change(bucketOf(value), 1);
  }

  /** Takes back a value that was added before, here or in what is merged with it. */
  remove(value: number): void {
    this.#change(bucketOf(value), -1);
  }

  merge(other: QuantileSketch): void {
    for (const [at, count] of other.#counts.entries())
      if (count !== 0) this.#change(other.#first + at, count);
  }

  /** Adds the counts of a sketch as it was written by `toBytes`. */
  mergeBytes(bytes: Uint8Array): void {
    let at = 0;
    let bucket = ZERO;
    const next = (): number => {
      let value = 0;
      let factor = 1;
      for (;;) {
        const byte = bytes[at++] ?? 0;
        value += (byte & 0x7f) * factor;
        if (byte < 0x80) return value;
        factor *= 128;
      }
    };

    while (at < bytes.length) {
      bucket += next();
      this.#change(bucket, next());
    }
  }

  /** The same bytes for the same counts. What was taken back and never added is left out. */
  toBytes(): Uint8Array {
    const bytes: number[] = [];
    const write = (value: number): void => {
      let rest = value;
      for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
      bytes.push(rest);
    };

    let last = ZERO;
    for (const [at, count] of this.#counts.entries()) {
      if (count <= 0) continue;
      write(this.#first + at - last);
      write(count);
      last = this.#first + at;
    }
    return Uint8Array.from(bytes);
  }

  /** How many values are in it. */
  get count(): number {
    return this.#counts.reduce((sum, count) => sum + Math.max(0, count), 0);
  }

  /**
   * For each share from 0 to 1, in ascending order, a value that differs from the one of that rank (`floor(share × (n − 1))`,
   * counted from 0) by at most the relative error. Empty where there are no values.
   */
  quantiles(shares: readonly number[]): number[] {
    const total = this.count;
    const values: number[] = [];
    let at = -1;
    let passed = 0;

    for (const share of total === 0 ? [] : shares) {
      const rank = Math.floor(share * (total - 1));
      while (passed <= rank) passed += Math.max(0, this.#counts[++at] ?? total);
      values.push(middleOf(this.#first + at));
    }
    return values;
  }

  #change(bucket: number, by: number): void {
    if (bucket < this.#first || bucket >= this.#first + this.#counts.length) this.#reach(bucket);
    const at = bucket - this.#first;
    this.#counts[at] = (this.#counts[at] ?? 0) + by;
  }

  /** Makes room for a bucket, and for some beside it. */
  #reach(bucket: number): void {
    const { length } = this.#counts;
    // Growing by as much again, so that few copies are made.
    const spare = Math.max(SPARE, length);
    const low = bucket >= this.#first && length > 0 ? this.#first : Math.max(ZERO, bucket - spare);
    const first = length === 0 ? low : Math.min(this.#first, low);
    const end = Math.max(
      length === 0 ? 0 : this.#first + length,
      bucket < this.#first && length > 0 ? 0 : bucket + spare,
    );
    const counts = new Float64Array(end - first);
    if (length > 0) counts.set(this.#counts, this.#first - first);
    this.#counts = counts;
    this.#first = first;
  }
}

function bucketOf(value: number): number {
  return value < 1 ? ZERO : Math.ceil(Math.log(value) / LOG_GAMMA);
}

/** Equally far, by the relative error, from both bounds of the bucket. */
function middleOf(bucket: number): number {
  return bucket === ZERO ? 0 : (2 * GAMMA ** bucket) / (GAMMA + 1);
}

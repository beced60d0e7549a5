/** Most by which a quantile differs from the exact one, as a share of it. */
export const RELATIVE_ERROR = 0.01;

const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const LOG_GAMMA = Math.log(GAMMA);
/** Where zeros are counted: below every bucket of a whole number. */
const ZERO = -1;

/**
 * A distribution of whole numbers from 0 up, as counts of buckets whose bounds grow by a constant factor (DDSketch, Masson, Rim and
 * Lee 2019). Two of them merge exactly: the sum of the counts is the sketch of all values together, in whatever order.
 */
export class QuantileSketch {
  readonly #counts = new Map<number, number>();

  add(value: number): void {
    this.#change(bucketOf(value), 1);
  }

  /** Takes back a value that was added before, here or in what is merged with it. */
  remove(value: number): void {
    this.#change(bucketOf(value), -1);
  }

  merge(other: QuantileSketch): void {
    for (const [bucket, count] of other.#counts) this.#change(bucket, count);
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
    for (const [bucket, count] of this.#sorted()) {
      write(bucket - last);
      write(count);
      last = bucket;
    }
    return Uint8Array.from(bytes);
  }

  /** How many values are in it. */
  get count(): number {
    return this.#sorted().reduce((sum, [, count]) => sum + count, 0);
  }

  /**
   * For each share from 0 to 1, in ascending order, a value that differs from the one of that rank (`floor(share × (n − 1))`,
   * counted from 0) by at most the relative error. Empty where there are no values.
   */
  quantiles(shares: readonly number[]): number[] {
    const sorted = this.#sorted();
    const total = sorted.reduce((sum, [, count]) => sum + count, 0);
    const values: number[] = [];
    let at = 0;
    let passed = 0;

    for (const share of total === 0 ? [] : shares) {
      const rank = Math.floor(share * (total - 1));
      while (at < sorted.length - 1 && passed + (sorted[at]?.[1] ?? 0) <= rank)
        passed += sorted[at++]?.[1] ?? 0;
      values.push(middleOf(sorted[at]?.[0] ?? ZERO));
    }
    return values;
  }

  #change(bucket: number, by: number): void {
    const count = (this.#counts.get(bucket) ?? 0) + by;
    if (count === 0) this.#counts.delete(bucket);
    else this.#counts.set(bucket, count);
  }

  #sorted(): [bucket: number, count: number][] {
    return [...this.#counts].filter(([, count]) => count > 0).sort(([a], [b]) => a - b);
  }
}

function bucketOf(value: number): number {
  return value < 1 ? ZERO : Math.ceil(Math.log(value) / LOG_GAMMA);
}

/** Equally far, by the relative error, from both bounds of the bucket. */
function middleOf(bucket: number): number {
  return bucket === ZERO ? 0 : (2 * GAMMA ** bucket) / (GAMMA + 1);
}

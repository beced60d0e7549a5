const FIRST_SIZE = 64;

/**
 * Sums by a whole number, for many numbers that come in ascending order, over and over: the cases of one target after
 * the other. 20 bytes a number, where a map would take some hundred.
 */
export class OrderedSums {
  #keys = new Float64Array(FIRST_SIZE);
  #sums = new Float64Array(FIRST_SIZE);
  #counts = new Uint32Array(FIRST_SIZE);
  #size = 0;
  /** Where the next key is expected. */
  #at = 0;

  get size(): number {
    return this.#size;
  }

  add(key: number, value: number): void {
    if (this.#at > 0 && (this.#keys[this.#at - 1] ?? 0) >= key) this.#at = 0;
    while (this.#at < this.#size && (this.#keys[this.#at] ?? 0) < key) this.#at += 1;
    if (this.#at === this.#size || this.#keys[this.#at] !== key) this.#insert(key);
    this.#sums[this.#at] = (this.#sums[this.#at] ?? 0) + value;
    this.#counts[this.#at] = (this.#counts[this.#at] ?? 0) + 1;
    this.#at += 1;
  }

  *[Symbol.iterator](): Iterator<{ n: number; sum: number }> {
    for (let at = 0; at < this.#size; at += 1) yield { n: this.#counts[at] ?? 0, sum: this.#sums[at] ?? 0 };
  }

  /** Makes room at the expected place; only there where a target lacks a case is it not the end. */
  #insert(key: number): void {
    if (this.#size === this.#keys.length) this.#grow();
    for (const column of [this.#keys, this.#sums, this.#counts])
      column.copyWithin(this.#at + 1, this.#at, this.#size);
    this.#keys[this.#at] = key;
    this.#sums[this.#at] = 0;
    this.#counts[this.#at] = 0;
    this.#size += 1;
  }

  #grow(): void {
    const size = this.#keys.length * 2;
    const keys = new Float64Array(size);
    const sums = new Float64Array(size);
    const counts = new Uint32Array(size);
    keys.set(this.#keys);
    sums.set(this.#sums);
    counts.set(this.#counts);
    this.#keys = keys;
    this.#sums = sums;
    this.#counts = counts;
  }
}

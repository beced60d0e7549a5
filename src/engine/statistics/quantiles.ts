/** Values to be ranked; 8 bytes each. */
export class Sample {
  #values = new Float64Array(1024);
  #length = 0;
  #sorted = true;

  add(value: number): void {
    if (this.#length === this.#values.length) {
      const grown = new Float64Array(this.#length * 2);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#length] = value;
    this.#length += 1;
    this.#sorted = false;
  }

  get size(): number {
    return this.#length;
  }

  /**
   * Quantile by linear interpolation between closest ranks: definition 7 of Hyndman & Fan (1996),
   * Am. Stat. 50, 361–365, the default of R and NumPy. Null without values.
   */
  quantile(q: number): number | null {
    if (this.#length === 0) return null;
    if (!this.#sorted) {
      this.#values.subarray(0, this.#length).sort();
      this.#sorted = true;
    }
    const position = (this.#length - 1) * q;
    const below = this.#values[Math.floor(position)] ?? 0;
    const above = this.#values[Math.ceil(position)] ?? below;
    return below + (above - below) * (position - Math.floor(position));
  }
}

/** Places that several lanes share, beside the limit of each: they take turns. */
export class Places {
  #free: number;
  /** Lanes that found none, in the order in which they are woken. */
  readonly #waiting = new Set<() => void>();

  constructor(count: number) {
    this.#free = count;
  }

  /** False where none is free; `wake` is then called once as soon as that may have changed. */
  take(wake: () => void): boolean {
    if (this.#free <= 0) {
      this.#waiting.add(wake);
      return false;
    }
    this.#free -= 1;
    return true;
  }

  give(): void {
    this.#free += 1;
    const [next] = this.#waiting;
    if (next === undefined) return;
    this.#waiting.delete(next);
    next();
  }
}

/** The places of one run: it starts nothing while as many as its limit are taken, by whomever. */
export interface SharedPlaces {
  /** False if none is free; `wake` is then called once as soon as that may have changed. */
  take(wake: () => void): boolean;
  give(): void;
}

/** Places that several lanes share, beside the limit of each, whatever runs they belong to: they take turns. */
export class Places {
  #taken = 0;
  /** Lanes that found none, in the order in which they are woken. */
  readonly #waiting = new Set<() => void>();

  upTo(limit: number): SharedPlaces {
    return { take: (wake) => this.#take(wake, limit), give: () => this.#give() };
  }

  #take(wake: () => void, limit: number): boolean {
    if (this.#taken >= limit) {
      this.#waiting.add(wake);
      return false;
    }
    this.#taken += 1;
    return true;
  }

  #give(): void {
    this.#taken -= 1;
    const taken = this.#taken;
    // Whoever has a lower limit may not be able to use the place.
    for (const next of [...this.#waiting]) {
      this.#waiting.delete(next);
      next();
      if (this.#taken > taken) return;
    }
  }
}

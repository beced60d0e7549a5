/** Requests that are begun and neither offered nor given up; the oldest of more is taken for lost. */
const MOST_BEGUN = 1_000;

/** The places of pairs among the requests. */
export class PairPlaces {
  readonly #begun = new Map<string, number>();
  #next = 0;

  /** Behind all that are taken. */
  get next(): number {
    return this.#next;
  }

  /** Takes one for a request whose pair is to come. Returns the request that is given up for it, where there are too many. */
  begin(id: string): string | undefined {
    if (this.#begun.has(id)) return undefined;
    this.#begun.set(id, this.take());
    const [oldest] = this.#begun.keys();
    return this.#begun.size > MOST_BEGUN ? oldest : undefined;
  }

  /** That of the request, which is not begun any longer; undefined where it was not begun. */
  end(id: string): number | undefined {
    const position = this.#begun.get(id);
    this.#begun.delete(id);
    return position;
  }

  take(): number {
    this.#next += 1;
    return this.#next - 1;
  }
}

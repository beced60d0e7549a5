import { inTurn, type TurnWork } from './inTurn.ts';

/** Work of this process that a person can stop, by its id. */
interface Work {
  readonly id: string;
}

/**
 * What this process works on. Items that were started together go one after the other, and stop together; closing stops
 * all of them politely, so that what came in is stored.
 */
export class UnderWay<T extends Work> {
  readonly #items = new Map<string, { item: T; stop: AbortController }>();
  readonly #working = new Set<Promise<unknown>>();

  /** Begins; resolves with the ends of all of them. */
  start<End>(items: readonly T[], work: (signal: AbortSignal) => TurnWork<T, End>): Promise<End[]> {
    const stop = new AbortController();
    for (const item of items) this.#items.set(item.id, { item, stop });

    const { run, leave, goesOn } = work(stop.signal);
    const over = async (item: T, end: Promise<End>): Promise<End> => {
      try {
        return await end;
      } finally {
        this.#items.delete(item.id);
      }
    };

    const working = inTurn(
      items,
      { run: (item) => over(item, run(item)), leave: (item) => over(item, leave(item)), goesOn },
      stop.signal,
    ).finally(() => this.#working.delete(working));

    this.#working.add(working);

    return working;
  }

  /** The item that is worked on, or waits for its turn. */
  get(id: string): T | undefined {
    return this.#items.get(id)?.item;
  }

  find(matches: (item: T) => boolean): T | undefined {
    return [...this.#items.values()].find(({ item }) => matches(item))?.item;
  }

  /** With all that were started together with it. False when it is not worked on here. */
  cancel(id: string): boolean {
    const found = this.#items.get(id);
    found?.stop.abort(new DOMException('cancelled', 'AbortError'));
    return found !== undefined;
  }

  async close(): Promise<void> {
    for (const id of this.#items.keys()) this.cancel(id);
    await Promise.all(this.#working);
  }
}

/** Waiting items of several callers. Callers take turns; within one, first come, first served. */
export class Turns<T> {
  /** In the order of the next turn; no caller is without an item. */
  readonly #callers = new Map<string, Set<T>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Each item can wait once. */
  add(caller: string, item: T): void {
    const waiting = this.#callers.get(caller);
    if (waiting) waiting.add(item);
    else this.#callers.set(caller, new Set([item]));
    this.#size += 1;
  }

  /** The item whose turn is next. */
  peek(): T | undefined {
    for (const waiting of this.#callers.values()) for (const item of waiting) return item;
    return undefined;
  }

  /** Removes the item whose turn is next, and sends its caller to the end. */
  take(): T | undefined {
    for (const [caller, waiting] of this.#callers)
      for (const item of waiting) {
        this.delete(caller, item);
        this.#callers.delete(caller);
        if (waiting.size > 0) this.#callers.set(caller, waiting);
        return item;
      }

    return undefined;
  }

  /** Leaves the turns as they are. */
  delete(caller: string, item: T): void {
    const waiting = this.#callers.get(caller);
    if (!waiting?.delete(item)) return;
    this.#size -= 1;
    if (waiting.size === 0) this.#callers.delete(caller);
  }

  /** Sends a caller to the end, as if it had had its turn. */
  pass(caller: string): void {
    const waiting = this.#callers.get(caller);
    if (!waiting) return;
    this.#callers.delete(caller);
    this.#callers.set(caller, waiting);
  }

  /** All items in the order in which they would be taken. */
  *inOrder(): IterableIterator<T> {
    let left = [...this.#callers.values()].map((waiting) => waiting.values());
    while (left.length > 0) {
      const going: typeof left = [];
      for (const items of left) {
        const { done, value } = items.next();
        if (done) continue;
        yield value;
        going.push(items);
      }
      left = going;
    }
  }

  *[Symbol.iterator](): IterableIterator<T> {
    for (const waiting of this.#callers.values()) yield* waiting;
  }
}

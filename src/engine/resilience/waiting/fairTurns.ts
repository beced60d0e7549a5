/** The waiting items of one caller, by line, each with the number of its arrival. */
type Lines<T> = Map<string, Map<T, number>>;

/**
 * Waiting items of several callers. Callers take turns; within one, first come, first served. Items of one line keep their order
 * whatever happens, and those of another may overtake them where their line is not open.
 */
export class Turns<T> {
  /** In the order of the next turn; no caller is without a line, and no line without an item. */
  readonly #callers = new Map<string, Lines<T>>();
  /** How many items of each line wait. */
  readonly #lines = new Map<string, number>();
  #size = 0;
  #arrived = 0;

  get size(): number {
    return this.#size;
  }

  /** How many items of a line wait, over all callers. */
  sizeOf(line = ''): number {
    return this.#lines.get(line) ?? 0;
  }

  /** Each item can wait once. */
  add(caller: string, item: T, line = ''): void {
    const lines: Lines<T> = this.#callers.get(caller) ?? new Map();
    const items: Map<T, number> = lines.get(line) ?? new Map();
    this.#callers.set(caller, lines.set(line, items.set(item, this.#arrived++)));
    this.#lines.set(line, this.sizeOf(line) + 1);
    this.#size += 1;
  }

  /** The item whose turn is next, of those that are at the head of a line and `isOpen`. */
  first(isOpen: (head: T) => boolean = always): T | undefined {
    return this.#find(isOpen)?.item;
  }

  /** The first items of all lines. */
  *heads(): IterableIterator<T> {
    for (const lines of this.#callers.values())
      for (const items of lines.values())
        for (const item of items.keys()) {
          yield item;
          break;
        }
  }

  /** Removes the item whose turn is next, of those that are `isOpen`, and sends its caller to the end. */
  take(isOpen: (head: T) => boolean = always): T | undefined {
    const found = this.#find(isOpen);
    if (!found) return undefined;

    const { caller, lines, line, item } = found;
    this.delete(caller, item, line);
    this.#callers.delete(caller);
    if (lines.size > 0) this.#callers.set(caller, lines);
    return item;
  }

  /** Leaves the turns as they are. */
  delete(caller: string, item: T, line = ''): void {
    const lines = this.#callers.get(caller);
    const items = lines?.get(line);
    if (!lines || !items?.delete(item)) return;

    this.#size -= 1;
    const left = this.sizeOf(line) - 1;
    if (left > 0) this.#lines.set(line, left);
    else this.#lines.delete(line);
    if (items.size === 0) lines.delete(line);
    if (lines.size === 0) this.#callers.delete(caller);
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
    let left = [...this.#callers.values()].map((lines) => arrivals(lines).values());
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
    for (const lines of this.#callers.values()) for (const items of lines.values()) yield* items.keys();
  }

  #find(isOpen: (head: T) => boolean) {
    for (const [caller, lines] of this.#callers) {
      let found: { caller: string; lines: Lines<T>; line: string; item: T; arrived: number } | undefined;
      for (const [line, items] of lines)
        for (const [item, arrived] of items) {
          if (!(found && found.arrived < arrived) && isOpen(item))
            found = { caller, lines, line, item, arrived };
          break;
        }
      if (found) return found;
    }
    return undefined;
  }
}

const always = () => true;

/** The items of a caller, first come first. */
function arrivals<T>(lines: Lines<T>): T[] {
  const items = [...lines.values()].flatMap((line) => [...line]);
  return items.sort(([, one], [, other]) => one - other).map(([item]) => item);
}

/** Starts of pairs, the lowest rank first and the leftmost of equals: a binary heap. */
export class MergeQueue {
  /** `rank × 2³⁰ + start` in each place: exact in a double for ranks below 2²³. */
  #heap: Float64Array;
  #size = 0;

  constructor(capacity: number) {
    this.#heap = new Float64Array(Math.max(16, capacity));
  }

  push(rank: number, start: number): void {
    if (this.#size === this.#heap.length) {
      const grown = new Float64Array(this.#size * 2);
      grown.set(this.#heap);
      this.#heap = grown;
    }

    const heap = this.#heap;
    const key = rank * STARTS + start;
    let at = this.#size;
    this.#size += 1;

    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] ?? 0;
      if (above <= key) break;

      heap[at] = above;
      at = parent;
    }

    heap[at] = key;
  }

  pop(): { rank: number; start: number } | undefined {
    if (this.#size === 0) return undefined;

    const heap = this.#heap;
    const top = heap[0] ?? 0;
    this.#size -= 1;
    const moved = heap[this.#size] ?? 0;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#size) break;

      if (child + 1 < this.#size && (heap[child + 1] ?? 0) < (heap[child] ?? 0)) child += 1;
      const below = heap[child] ?? 0;
      if (below >= moved) break;

      heap[at] = below;
      at = child;
    }

    heap[at] = moved;
    const rank = Math.floor(top / STARTS);
    return { rank, start: top - rank * STARTS };
  }
}

const STARTS = 2 ** 30;

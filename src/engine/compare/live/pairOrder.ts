/** Requests after the first one of a cluster within which its others still count. */
export const CLUSTER_WINDOW = 32;

/** One pair as it counts: its place among the requests, and the source that it may share with others. */
export interface PlacedPair<T> {
  position: number;
  cluster: string | undefined;
  pair: T;
}

interface OpenCluster<T> {
  key: string;
  closesAt: number;
  pairs: T[];
}

/**
 * Which live pairs count, and in which order. Requests alone decide it, never how long a candidate took or what it answered: a
 * position is looked at when all before it are settled. What shares a source is one cluster, which is closed a fixed number of
 * requests after its first: it is then one bet of the sequential test, and later pairs of it, which depend on it, count no more.
 */
export class PairOrder<T> {
  readonly #onCluster: (pairs: readonly T[]) => void;
  /** Positions that are settled and have others before them that are not; undefined where no pair came. */
  readonly #ahead = new Map<number, PlacedPair<T> | undefined>();
  readonly #known = new Set<string>();
  /** In the order of their first pairs. */
  #open: OpenCluster<T>[] = [];
  #next = 0;
  #late = 0;

  /** `onCluster` hears of each cluster once, in order. */
  constructor(onCluster: (pairs: readonly T[]) => void) {
    this.#onCluster = onCluster;
  }

  /** Pairs that came when their cluster was closed already, and so do not count. */
  get late(): number {
    return this.#late;
  }

  add(placed: PlacedPair<T>): void {
    this.#settle(placed.position, placed);
  }

  /** No pair comes of this position. */
  skip(position: number): void {
    this.#settle(position, undefined);
  }

  /** Nothing more comes: what is open counts as it is. */
  end(): void {
    for (const position of [...this.#ahead.keys()].sort((a, b) => a - b)) this.#take(position);
    for (const { pairs } of this.#open.splice(0)) this.#onCluster(pairs);
  }

  #settle(position: number, placed: PlacedPair<T> | undefined): void {
    if (position < this.#next) return;
    this.#ahead.set(position, placed);
    while (this.#ahead.has(this.#next)) this.#take(this.#next);
  }

  #take(position: number): void {
    const placed = this.#ahead.get(position);
    this.#ahead.delete(position);
    this.#next = position + 1;
    this.#close(position);
    if (placed) this.#count(placed);
  }

  #close(position: number): void {
    const closed = this.#open.filter(({ closesAt }) => closesAt <= position);
    this.#open = this.#open.filter(({ closesAt }) => closesAt > position);
    for (const { pairs } of closed) this.#onCluster(pairs);
  }

  #count({ position, cluster: key, pair }: PlacedPair<T>): void {
    if (key === undefined) {
      this.#onCluster([pair]);
      return;
    }
    const open = this.#open.find((one) => one.key === key);
    if (open) open.pairs.push(pair);
    else if (this.#known.has(key)) this.#late += 1;
    else {
      this.#known.add(key);
      this.#open.push({ key, closesAt: position + CLUSTER_WINDOW, pairs: [pair] });
    }
  }
}

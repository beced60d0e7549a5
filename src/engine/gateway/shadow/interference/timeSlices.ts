import type { Clock, Random } from '../../../ports.ts';

/** A slice lasts so long at least, while traffic is dense; in milliseconds. */
const SHORTEST_MS = 5_000;
/** However long copies take. */
const LONGEST_PLAN_MS = 60_000;
/** With so many requests that count; less traffic makes slices longer, up to the limit. */
const MIN_REQUESTS = 8;
const LONGEST_MS = 10 * 60_000;
/** At the beginning of a slice, copies of the one before are still under way: this part of it does not count. */
const UNCOUNTED = 1 / 4;
/** How many lengths of a slice go by between two blocks, once copies are known to be harmless. */
const FREE_SLICES = 14;

/** Two slices of time, one with copies and one without, in an order that was drawn. */
export interface Block {
  /** Measured from monotonic time. */
  slices: [Slice, Slice];
}

export interface Slice {
  kind: 'on' | 'off';
  startedMs: number;
  lengthMs: number;
  /** Requests begun in it that count. */
  requests: number;
  isOver: boolean;
}

/** `slice` is null where a request does not count: at a slice's beginning, and between blocks. */
export interface Place {
  kind: 'on' | 'off';
  slice: Slice | null;
}

/** Divides time into blocks. What it decides depends on the time and on when requests begin, never on how long they take. */
export class TimeSlices {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #copyMs: () => number | null;
  readonly #isHarmless: () => boolean;
  readonly #onBlock: (block: Block) => void;
  #block: Block | undefined;
  #freeUntilMs = 0;
  #lastRequestMs = Number.NEGATIVE_INFINITY;

  /** `copyMs`: how long copies usually take. `onBlock` hears of each block when it begins. */
  constructor({
    clock,
    random,
    copyMs,
    isHarmless,
    onBlock,
  }: {
    clock: Clock;
    random: Random;
    copyMs: () => number | null;
    isHarmless: () => boolean;
    onBlock: (block: Block) => void;
  }) {
    this.#clock = clock;
    this.#random = random;
    this.#copyMs = copyMs;
    this.#isHarmless = isHarmless;
    this.#onBlock = onBlock;
  }

  /** A request begins. */
  place(): Place {
    const now = this.#clock.monotonic();
    this.#lastRequestMs = now;
    const slice = this.#sliceAt(now) ?? this.#begin(now);
    if (!slice) return { kind: 'on', slice: null };

    if (now - slice.startedMs < slice.lengthMs * UNCOUNTED) return { kind: slice.kind, slice: null };
    slice.requests += 1;
    return { kind: slice.kind, slice };
  }

  /** For how long no copy may be made, at most; 0 where copies may be, as when no request came for so long that none is disturbed. */
  get offMs(): number {
    const now = this.#clock.monotonic();
    const slice = this.#sliceAt(now);
    if (slice?.kind !== 'off') return 0;
    return Math.max(
      0,
      Math.min(slice.startedMs + longestOf(slice), this.#lastRequestMs + slice.lengthMs) - now,
    );
  }

  /** Undefined between blocks. */
  #sliceAt(now: number): Slice | undefined {
    for (;;) {
      const block = this.#block;
      const slice = block?.slices.find(({ isOver }) => !isOver);
      if (!block || !slice || !isOverAt(slice, now)) return slice;

      slice.isOver = true;
      const [first, second] = block.slices;
      if (slice === first) second.startedMs = now;
      else {
        this.#block = undefined;
        this.#freeUntilMs = this.#isHarmless() ? now + FREE_SLICES * slice.lengthMs : now;
      }
    }
  }

  /** A block begins with a request; undefined while time is free. */
  #begin(now: number): Slice | undefined {
    if (now < this.#freeUntilMs) return undefined;

    const lengthMs = Math.min(LONGEST_PLAN_MS, Math.max(SHORTEST_MS, 3 * (this.#copyMs() ?? 0)));
    const isOnFirst = this.#random.next() < 0.5;
    const slice = (kind: 'on' | 'off'): Slice => ({
      kind,
      startedMs: now,
      lengthMs,
      requests: 0,
      isOver: false,
    });
    const slices: [Slice, Slice] = isOnFirst ? [slice('on'), slice('off')] : [slice('off'), slice('on')];
    this.#block = { slices };
    this.#onBlock(this.#block);
    return slices[0];
  }
}

function isOverAt({ startedMs, lengthMs, requests }: Slice, now: number): boolean {
  const age = now - startedMs;
  return age >= LONGEST_MS || (age >= lengthMs && requests >= MIN_REQUESTS);
}

function longestOf({ lengthMs, requests }: Slice): number {
  return requests >= MIN_REQUESTS ? lengthMs : LONGEST_MS;
}

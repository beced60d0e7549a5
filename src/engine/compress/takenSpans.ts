import type { Span } from './spanSet.ts';

/** Stretches that are spoken for, in order; none overlaps or touches another. */
export class TakenSpans {
  readonly #spans: Span[] = [];

  /** Whether a stretch overlaps one of them or begins where one ends. */
  touches({ start, end }: Span): boolean {
    const found = this.#spans[this.#firstEndingAt(start)];
    return found !== undefined && found.start <= end;
  }

  add(span: Span): void {
    this.#spans.splice(this.#firstEndingAt(span.start), 0, span);
  }

  /** The first that ends at the offset or after it. */
  #firstEndingAt(offset: number): number {
    let low = 0;
    let high = this.#spans.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#spans[middle]?.end ?? 0) >= offset) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/** A stretch of a text in UTF-16 code units; the end is exclusive. */
export interface Span {
  start: number;
  end: number;
}

/** Stretches of one text in order; overlapping ones are one. */
export class SpanSet {
  readonly spans: readonly Span[];

  constructor(spans: Iterable<Span>) {
    const sorted = [...spans].filter(({ start, end }) => end > start).sort((a, b) => a.start - b.start);
    const merged: Span[] = [];
    for (const span of sorted) {
      const last = merged.at(-1);
      if (last && span.start < last.end) last.end = Math.max(last.end, span.end);
      else merged.push({ ...span });
    }
    this.spans = merged;
  }

  /** Whether any stretch shares a character with `span`; an empty span is touched only where it lies inside. */
  touches({ start, end }: Span): boolean {
    const at = this.#firstEndingAfter(start);
    const found = this.spans[at];
    return found !== undefined && (start === end ? found.start < start : found.start < end);
  }

  /** Whether one stretch holds all of `span`. */
  covers({ start, end }: Span): boolean {
    const found = this.spans[this.#firstEndingAfter(start)];
    return found !== undefined && found.start <= start && end <= found.end;
  }

  /** The stretches that share a character with `span`. */
  within({ start, end }: Span): Span[] {
    const found: Span[] = [];
    for (let at = this.#firstEndingAfter(start); at < this.spans.length; at += 1) {
      const span = this.spans[at];
      if (span === undefined || span.start >= end) break;
      found.push(span);
    }
    return found;
  }

  #firstEndingAfter(offset: number): number {
    let low = 0;
    let high = this.spans.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.spans[middle]?.end ?? 0) > offset) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

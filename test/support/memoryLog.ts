import type { LoggedSpan } from '../../src/engine/model/loggedSpan.ts';
import type { SpanRecord } from '../../src/engine/model/span.ts';

/** Received spans that are not stored anywhere. */
export class MemoryLog {
  readonly spans: LoggedSpan[] = [];
  #lastSeq = 0;

  push(record: SpanRecord, arrivedMs: number): void {
    this.#lastSeq += 1;
    this.spans.push({ seq: this.#lastSeq, arrivedMs, record });
  }

  after(seq: number, limit: number): LoggedSpan[] {
    const first = this.spans.findIndex((span) => span.seq > seq);
    return first < 0 ? [] : this.spans.slice(first, first + limit);
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  begun(traceIds: readonly string[], throughSeq: number): string[] {
    const earlier = this.spans.filter(({ seq }) => seq <= throughSeq).map(({ record }) => record.traceId);
    return traceIds.filter((id) => earlier.includes(id));
  }

  ofTrace(
    traceId: string,
    { throughSeq, afterSpan, limit }: { throughSeq: number; afterSpan: string; limit: number },
  ): LoggedSpan[] {
    return this.spans
      .filter(
        ({ seq, record }) => record.traceId === traceId && seq <= throughSeq && record.spanId > afterSpan,
      )
      .sort((a, b) => (a.record.spanId < b.record.spanId ? -1 : 1))
      .slice(0, limit);
  }
}

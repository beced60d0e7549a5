import type { LogRecord, SpanRecord } from '../../model/span.ts';
import { type PackedSpans, packSpans } from '../../store/tables/spanCodec.ts';
import type { Finished, TelemetrySink } from './sink.ts';

/** Keeps spans and log lines of a run until they are written in the transaction of the results they belong to. */
export class StoreSink implements TelemetrySink {
  readonly name = 'store';
  /** By trace id. */
  #spans = new Map<string, SpanRecord[]>();
  #packed: PackedSpans[] = [];
  #logs: LogRecord[] = [];

  take({ spans, logs }: Finished): void {
    for (const span of spans) {
      const trace = this.#spans.get(span.traceId);
      if (trace) trace.push(span);
      else this.#spans.set(span.traceId, [span]);
    }
    for (const log of logs) this.#logs.push(log);
  }

  /** For spans of a trace that are complete: as objects they would outlive the young generation of the heap. */
  pack(traceId: string): void {
    const spans = this.#spans.get(traceId);
    if (!spans) return;
    this.#packed.push(packSpans(traceId, spans));
    this.#spans.delete(traceId);
  }

  /** Everything taken since the last call. The caller owns it from then on. */
  drain(): { spans: PackedSpans[]; logs: LogRecord[] } {
    for (const traceId of [...this.#spans.keys()]) this.pack(traceId);
    const drained = { spans: this.#packed, logs: this.#logs };
    this.#packed = [];
    this.#logs = [];
    return drained;
  }

  flush(): void {}
}

import type { LoggedSpan, SpanLog } from '../../model/loggedSpan.ts';
import type { SpanRecord } from '../../model/span.ts';
import type { Clock } from '../../ports.ts';
import { CountedCalls } from './countedCalls.ts';
import { type MeasuredSpan, type MeasureOptions, measuredSpan } from './measuredSpan.ts';
import { type Measurement, MetricBatch } from './metricBatch.ts';
import { CURSORS, CursorMoved, type MetricCursor, type MetricStore, NOWHERE } from './metricStore.ts';

/** The received spans, as measuring them needs them. */
export interface MeasuredLog extends SpanLog {
  /** Those of the traces of which something arrived no later than `throughSeq`. */
  begun(traceIds: readonly string[], throughSeq: number): string[];
  /** Spans of a trace that arrived no later than `throughSeq`, by their ids, behind one of them. */
  ofTrace(traceId: string, page: { throughSeq: number; afterSpan: string; limit: number }): LoggedSpan[];
}

export interface MeasuredBatch {
  spans: readonly MeasuredSpan[];
  /** Tokens that came to count. */
  counted: readonly Measurement[];
  /** Tokens that were counted before, and turned out to be repeated from below. */
  uncounted: readonly Measurement[];
}

export interface MetricConsumerOptions extends Pick<MeasureOptions, 'price'> {
  log: MeasuredLog;
  store: MetricStore;
  clock: Clock;
  /** Hears of what was measured once it is stored. */
  onMeasured?(batch: MeasuredBatch): void;
  /** Spans whose traces are remembered, so that they need not be read again. */
  mostRemembered?: number;
}

const NAME = CURSORS.spans;
const FEWEST = 32;
const MOST = 1_000;
/** How long a batch should take, in milliseconds: the receiver waits meanwhile. */
const SLICE_MS = 20;
/** Spans of a trace that are read again in one go. */
const PAGE = 500;
const MOST_REMEMBERED = 200_000;

/**
 * Measures the received spans in the order of their arrival. What is measured is stored together with how far was read, so that nothing is
 * lost or counted twice, wherever the process ends.
 */
export class MetricConsumer {
  readonly #options: MetricConsumerOptions;
  readonly #calls: CountedCalls;
  #cursor: MetricCursor | undefined;
  #size = FEWEST;

  constructor(options: MetricConsumerOptions) {
    this.#options = options;
    this.#calls = new CountedCalls(options.mostRemembered ?? MOST_REMEMBERED);
  }

  /** Measures the next spans; false where there are none. Rejects with StoreError, and can be called again then. */
  async next(): Promise<boolean> {
    const { log, store, clock } = this.#options;
    this.#cursor ??= this.#whereToGoOn();
    const from = this.#cursor;
    const began = clock.monotonic();
    const spans = log.after(from.seq, this.#size);
    const last = spans.at(-1);
    if (!last) return false;

    try {
      await this.#recall(spans, from.seq);
      const to = cursorOf(last);
      const { batch, measured } = this.#measure(spans);
      store.commit(batch, { name: NAME, from, to }, clock.now());
      this.#cursor = to;
      this.#calls.shrink();
      this.#options.onMeasured?.(measured);
    } catch (error) {
      // What is in memory may be ahead of the store.
      this.#cursor = undefined;
      this.#calls.clear();
      if (!(error instanceof CursorMoved)) throw error;
    }
    this.#adapt(clock.monotonic() - began);
    return true;
  }

  /** Where another log has taken the place of the former one, at its beginning. */
  #whereToGoOn(): MetricCursor {
    const { log, store } = this.#options;
    const stored = store.cursor(NAME);
    if (stored.seq === 0) return stored;

    const [at] = log.after(stored.seq - 1, 1);
    const isOther = at?.seq === stored.seq && cursorOf(at).mark !== stored.mark;
    if (log.lastSeq >= stored.seq && !isOther) return stored;
    // The evaluations are in the same file.
    for (const name of [CURSORS.evaluations, NAME])
      store.commit(
        new MetricBatch(),
        { name, from: store.cursor(name), to: NOWHERE },
        this.#options.clock.now(),
      );
    return NOWHERE;
  }

  /** What is known of the traces that go on, after a restart or a long time. */
  async #recall(spans: readonly LoggedSpan[], throughSeq: number): Promise<void> {
    const { log, clock } = this.#options;
    const options = this.#measuring();
    const unknown = new Set(spans.map(({ record }) => record.traceId).filter((id) => !this.#calls.has(id)));
    for (const traceId of log.begun([...unknown], throughSeq)) {
      for (let afterSpan = ''; ; ) {
        const page = log.ofTrace(traceId, { throughSeq, afterSpan, limit: PAGE });
        for (const span of page) this.#tell(span.record, measuredSpan(span, options));
        afterSpan = page.at(-1)?.record.spanId ?? '';
        if (page.length < PAGE) break;
        await clock.sleep(0);
      }
    }
    // All of it is stored already.
    this.#calls.takeChanges();
  }

  #measure(spans: readonly LoggedSpan[]): { batch: MetricBatch; measured: MeasuredBatch } {
    const batch = new MetricBatch();
    const options = this.#measuring();
    const measured = spans.map((span) => {
      const one = measuredSpan(span, options);
      if (one.call) batch.add(one.call);
      if (one.refused !== null) batch.refuse(one.refused);
      this.#tell(span.record, one);
      return one;
    });

    const { counted, uncounted } = this.#calls.takeChanges();
    for (const use of counted) batch.add(use);
    for (const use of uncounted) batch.remove(use);
    return { batch, measured: { spans: measured, counted, uncounted } };
  }

  #measuring(): MeasureOptions {
    const { price, store } = this.#options;
    return { price, retention: store.retention };
  }

  #tell({ traceId, spanId, parentSpanId, startMs }: SpanRecord, { hasTokens, use }: MeasuredSpan): void {
    this.#calls.add({ traceId, spanId, parentSpanId, startMs, hasTokens, use });
  }

  #adapt(tookMs: number): void {
    if (tookMs > SLICE_MS) this.#size = Math.max(FEWEST, Math.floor(this.#size / 2));
    else if (tookMs < SLICE_MS / 2) this.#size = Math.min(MOST, this.#size * 2);
  }
}

function cursorOf({ seq, record }: LoggedSpan): MetricCursor {
  return { seq, mark: `${record.traceId} ${record.spanId}` };
}

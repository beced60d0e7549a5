import { StoreError } from '../errors.ts';
import type { LogRecord, SpanRecord } from '../model/span.ts';
import { Busy, type ReceivedRecords } from '../telemetry/receiver/otlpRoutes.ts';
import type { Stored, TraceStore } from './traceStore.ts';

interface Batch {
  spans: readonly SpanRecord[];
  logs: readonly LogRecord[];
}

interface Waiting {
  batch: Batch;
  resolve(): void;
  reject(error: unknown): void;
}

/** Seconds after which a sender may try again whose records could not be stored. */
const RETRY_AFTER_S = 5;
/** More spans than this do not wait for others to be stored with. */
const MOST_WAITING = 10_000;

/** Stores what the receiver decodes: requests that come at the same time share one transaction, and its wait for the disk. */
export class TraceIntake implements ReceivedRecords {
  readonly #store: TraceStore;
  #waiting: Waiting[] = [];
  #waitingSpans = 0;
  #next = Promise.withResolvers<void>();
  /** Of everything since it was made. */
  readonly counts: Stored = { spans: 0, logs: 0, duplicates: 0 };

  constructor(store: TraceStore) {
    this.#store = store;
  }

  /** Resolves once it is durable; rejects with Busy where it cannot be stored now. */
  keep(batch: Batch): Promise<void> {
    if (batch.spans.length === 0 && batch.logs.length === 0) return Promise.resolve();

    return new Promise((resolve, reject) => {
      // What else has come by then has been decoded, and waits here as well.
      if (this.#waiting.length === 0) setImmediate(() => this.#storeWaiting());
      this.#waiting.push({ batch, resolve, reject });
      this.#waitingSpans += batch.spans.length;
      if (this.#waitingSpans > MOST_WAITING) this.#storeWaiting();
    });
  }

  /** Records that were new. */
  get stored(): number {
    return this.counts.spans + this.counts.logs;
  }

  /** Resolves when something new is stored. */
  nextStored(): Promise<void> {
    return this.#next.promise;
  }

  #storeWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingSpans = 0;
    if (waiting.length === 0) return;

    try {
      this.#append(waiting.map(({ batch }) => batch));
      for (const { resolve } of waiting) resolve();
    } catch (error) {
      if (waiting.length === 1) waiting[0]?.reject(toBusy(error));
      else for (const one of waiting) this.#storeAlone(one);
    }
  }

  /** What one sender sent must not keep the others' from being stored. */
  #storeAlone({ batch, resolve, reject }: Waiting): void {
    try {
      this.#append([batch]);
      resolve();
    } catch (error) {
      reject(toBusy(error));
    }
  }

  #append(batches: readonly Batch[]): void {
    const [only] = batches;
    const together = only && batches.length === 1 ? only : join(batches);
    const stored = this.#store.append(together.spans, together.logs);
    this.counts.spans += stored.spans;
    this.counts.logs += stored.logs;
    this.counts.duplicates += stored.duplicates;
    if (stored.spans + stored.logs === 0) return;

    this.#next.resolve();
    this.#next = Promise.withResolvers();
  }
}

function join(batches: readonly Batch[]): Batch {
  return { spans: batches.flatMap(({ spans }) => spans), logs: batches.flatMap(({ logs }) => logs) };
}

function toBusy(error: unknown): unknown {
  return error instanceof StoreError ? new Busy(error.message, RETRY_AFTER_S) : error;
}

import type { NewRecords, Stored, TraceStore } from './traceStore.ts';

interface Waiting {
  batch: NewRecords;
  resolve(stored: Stored): void;
  reject(error: unknown): void;
}

/** More spans than this do not wait for others to be stored with. */
const MOST_WAITING = 10_000;

/** Stores what the receiver decodes: requests that come at the same time share one transaction, and its wait for the disk. */
export class TraceIntake {
  readonly #store: TraceStore;
  #waiting: Waiting[] = [];
  #waitingSpans = 0;
  #next = Promise.withResolvers<void>();
  /** Grows with each record that was new, and each touch. */
  stored = 0;

  constructor(store: TraceStore) {
    this.#store = store;
  }

  /** Resolves once it is durable, with what of it was new. Rejects with StoreError where it cannot be stored. */
  keep(batch: NewRecords): Promise<Stored> {
    return new Promise((resolve, reject) => {
      // What else has come by then has been decoded, and waits here as well.
      if (this.#waiting.length === 0) setImmediate(() => this.#storeWaiting());
      this.#waiting.push({ batch, resolve, reject });
      this.#waitingSpans += batch.spans.length;
      if (this.#waitingSpans > MOST_WAITING) this.#storeWaiting();
    });
  }

  /** Resolves when something new is stored. */
  nextStored(): Promise<void> {
    return this.#next.promise;
  }

  /** Something else was stored that the list of traces shows. */
  touch(): void {
    this.stored += 1;
    this.#next.resolve();
    this.#next = Promise.withResolvers();
  }

  #storeWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingSpans = 0;
    if (waiting.length === 0) return;

    try {
      const each = this.#store.appendEach(waiting.map(({ batch }) => batch));
      for (const [index, { resolve }] of waiting.entries()) resolve(each[index] ?? NOTHING);
      this.#tell(each);
    } catch (error) {
      if (waiting.length === 1) waiting[0]?.reject(error);
      else for (const one of waiting) this.#storeAlone(one);
    }
  }

  /** What one sender sent must not keep the others' from being stored. */
  #storeAlone({ batch, resolve, reject }: Waiting): void {
    try {
      const stored = this.#store.append(batch.spans, batch.logs);
      resolve(stored);
      this.#tell([stored]);
    } catch (error) {
      reject(error);
    }
  }

  #tell(each: readonly Stored[]): void {
    const added = each.reduce((sum, { spans, logs }) => sum + spans + logs, 0);
    if (added === 0) return;

    this.stored += added;
    this.#next.resolve();
    this.#next = Promise.withResolvers();
  }
}

const NOTHING: Stored = { spans: 0, logs: 0, duplicates: 0 };

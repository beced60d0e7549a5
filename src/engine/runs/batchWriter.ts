import type { LocatedCase } from '../model/case.ts';
import type { TrialResult } from '../model/result.ts';
import type { Clock } from '../ports.ts';
import type { RunStore } from '../store/runStore.ts';
import type { Tracing } from '../telemetry/tracing.ts';

/** A batch is written when it holds this many results … */
const BATCH_SIZE = 64;
/** … or when its first result has waited this long, in milliseconds. */
const BATCH_WAIT_MS = 20;

export interface BatchWriterOptions {
  store: RunStore;
  runId: string;
  tracing: Tracing;
  clock: Clock;
  /** Called after the results are durably stored, never before. */
  onStored(results: readonly TrialResult[]): void;
  /** Called when a batch could not be written. */
  onError(error: unknown): void;
}

/** Gathers results, spans and logs and writes them together. */
export class BatchWriter {
  readonly #options: BatchWriterOptions;
  #pending: TrialResult[] = [];
  #cases = new Map<number, LocatedCase>();
  #scheduled = false;
  #lastBeat: number;

  constructor(options: BatchWriterOptions) {
    this.#options = options;
    this.#lastBeat = options.clock.monotonic();
  }

  add(result: TrialResult, located: LocatedCase): void {
    this.#pending.push(result);
    this.#cases.set(located.index, located);
    if (this.#pending.length >= BATCH_SIZE) this.#flushSafely();
    else this.#schedule();
  }

  /** Writes what is there, even nothing: the store then knows that this process is alive. */
  flush(): void {
    const { store, runId, tracing, clock, onStored } = this.#options;
    const results = this.#pending;
    const cases = [...this.#cases.values()];
    this.#pending = [];
    this.#cases = new Map();
    const now = clock.monotonic();
    store.append(
      runId,
      { results, cases, ...tracing.collector.drain() },
      { now: clock.now(), elapsedMs: now - this.#lastBeat },
    );
    this.#lastBeat = now;
    if (results.length > 0) onStored(results);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#options.clock.sleep(BATCH_WAIT_MS).then(() => {
      this.#scheduled = false;
      if (this.#pending.length > 0) this.#flushSafely();
    }, this.#options.onError);
  }

  #flushSafely(): void {
    try {
      this.flush();
    } catch (error) {
      this.#options.onError(error);
    }
  }
}

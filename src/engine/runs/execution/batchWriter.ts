import type { LocatedCase } from '../../model/case.ts';
import { defined } from '../../model/defined.ts';
import type { PendingOutput, TrialResult } from '../../model/result.ts';
import type { Clock } from '../../ports.ts';
import type { Lease } from '../../store/lease.ts';
import type { RunStore } from '../../store/runStore.ts';
import type { StoreSink } from '../../telemetry/sinks/storeSink.ts';

/** A batch is written when it holds this many results … */
const BATCH_SIZE = 256;
/** … or when its first result has waited this long, in milliseconds. */
const BATCH_WAIT_MS = 20;

export interface BatchWriterOptions {
  store: RunStore;
  lease: Lease;
  /** Keeps spans and log lines until they are written. */
  telemetry: StoreSink;
  clock: Clock;
  /** Called after each batch is durably stored, also one of nothing but outputs that wait. */
  onWritten?(results: readonly TrialResult[]): void;
  /** Called after the results are durably stored, never before. */
  onStored(results: readonly TrialResult[]): void;
  /** Called when a batch could not be written. */
  onError(error: unknown): void;
}

/** Gathers results, spans and logs and writes them together. */
export class BatchWriter {
  readonly #options: BatchWriterOptions;
  #results: TrialResult[] = [];
  #cases = new Map<number, LocatedCase>();
  /** Undefined in a run in which no output waits. */
  #pending: PendingOutput[] | undefined;
  #scheduled = false;
  #lastBeat: number;
  /** By the wall clock, which goes on while the machine sleeps; in milliseconds. */
  #renewedAt: number;

  constructor(options: BatchWriterOptions) {
    this.#options = options;
    this.#lastBeat = options.clock.monotonic();
    this.#renewedAt = options.clock.now();
  }

  add(result: TrialResult, located: LocatedCase): void {
    this.#results.push(result);
    this.#cases.set(located.index, located);
    this.#options.telemetry.pack(result.traceId);
    if (this.#results.length >= BATCH_SIZE) this.#flushSafely();
    else this.#schedule();
  }

  /** Keeps an output whose evaluation waits for other targets, so that it is not paid for twice. */
  addPending(output: PendingOutput): void {
    this.#pending ??= [];
    this.#pending.push(output);
    this.#schedule();
  }

  /** From now on, a stored result takes the place of its pending output. */
  expectPending(): void {
    this.#pending ??= [];
  }

  /**
   * Makes sure that the run is still this process's own, where it has not been heard of for long. Throws
   * LeaseLostError.
   */
  renew(): void {
    const { clock, store } = this.#options;
    if (clock.now() - this.#renewedAt >= store.leaseMs / 2) this.flush();
  }

  /** Writes what is there, even nothing: the store then knows that this process is alive. */
  flush(): void {
    const { store, lease, telemetry, clock, onStored } = this.#options;
    const results = this.#results;
    const cases = [...this.#cases.values()];
    const pending = this.#pending;

    const { spans, logs } = telemetry.drain();
    this.#results = [];
    this.#cases = new Map();
    if (pending) this.#pending = [];

    const [now, wall] = [clock.monotonic(), clock.now()];
    store.append(
      lease,
      { results, cases, spans, logs, ...defined({ pending }) },
      { now: wall, elapsedMs: now - this.#lastBeat },
    );

    this.#lastBeat = now;
    this.#renewedAt = wall;
    this.#options.onWritten?.(results);
    if (results.length > 0) onStored(results);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#options.clock.sleep(BATCH_WAIT_MS).then(() => {
      this.#scheduled = false;
      if (this.#results.length > 0 || this.#pending?.length) this.#flushSafely();
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

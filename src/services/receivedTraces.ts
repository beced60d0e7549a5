import { UserError } from '../engine/errors.ts';
import type { LogRecord, SpanRecord } from '../engine/model/span.ts';
import type { Clock } from '../engine/ports.ts';
import { Busy, type ReceivedRecords } from '../engine/telemetry/receiver/otlpRoutes.ts';
import { TraceStore } from '../engine/traces/traceStore.ts';
import { traceStorePath } from '../engine/traces/traceStoreFormat.ts';
import type { ServicesStatus } from '../protocol/servicesCalls.ts';

/** How long what comes may wait until the list shows it, in milliseconds. */
const SUM_UP_MS = 100;
/** How often old traces are looked for, in milliseconds. */
const TIDY_MS = 5 * 60_000;
/** After which a sender tries again where nothing can be stored, in seconds. */
const RETRY_SECONDS = 5;
/** Of which spans are counted as recent, in seconds. */
const RECENT_SECONDS = 60;

/** Keeps what the receiver takes in the workspace's trace store, which is opened with the first of it. */
export class ReceivedTraces implements ReceivedRecords {
  readonly #root: string;
  readonly #clock: Clock;
  readonly #onChange: () => void;
  readonly #ended = new AbortController();
  readonly #counts = { spans: 0, logs: 0, duplicates: 0 };
  /** Spans by the second in which they came. */
  readonly #recent = new Map<number, number>();
  #lastAt: number | null = null;
  #problem: string | null = null;
  #store: TraceStore | undefined;
  #summing = false;
  #tidied = Number.NEGATIVE_INFINITY;

  constructor(root: string, clock: Clock, onChange: () => void) {
    this.#root = root;
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** Durable when it resolves. Throws Busy where it cannot be stored now. */
  async keep({ spans, logs }: { spans: readonly SpanRecord[]; logs: readonly LogRecord[] }): Promise<void> {
    if (spans.length === 0 && logs.length === 0) return;
    try {
      this.#count(this.#opened().append(spans, logs));
      this.#problem = null;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#failed(error);
      throw new Busy(error.message, RETRY_SECONDS);
    } finally {
      this.#onChange();
    }
    void this.#sumUp();
  }

  get received(): ServicesStatus['received'] {
    this.#forgetOld();
    const recentSpans = [...this.#recent.values()].reduce((sum, count) => sum + count, 0);
    return { ...this.#counts, recentSpans, lastAt: this.#lastAt };
  }

  get problem(): string | null {
    return this.#problem;
  }

  close(): void {
    this.#ended.abort('closed');
    this.#store?.close();
    this.#store = undefined;
  }

  #opened(): TraceStore {
    this.#store ??= new TraceStore(traceStorePath(this.#root));
    return this.#store;
  }

  #count({ spans, logs, duplicates }: { spans: number; logs: number; duplicates: number }): void {
    this.#lastAt = this.#clock.now();
    this.#counts.spans += spans;
    this.#counts.logs += logs;
    this.#counts.duplicates += duplicates;
    const second = this.#second();
    this.#recent.set(second, (this.#recent.get(second) ?? 0) + spans);
    this.#forgetOld();
  }

  #forgetOld(): void {
    const oldest = this.#second() - RECENT_SECONDS;
    for (const second of this.#recent.keys()) if (second <= oldest) this.#recent.delete(second);
  }

  #second(): number {
    return Math.floor(this.#clock.monotonic() / 1_000);
  }

  /** The file may be gone or broken: the next one is opened anew. */
  #failed(error: UserError): void {
    this.#problem = error.message;
    this.#store?.close();
    this.#store = undefined;
  }

  /** Brings the list up to what has come, and forgets what is too old. One at a time. */
  async #sumUp(): Promise<void> {
    if (this.#summing) return;
    this.#summing = true;
    const { signal } = this.#ended;
    try {
      await this.#clock.sleep(SUM_UP_MS, signal);
      while (this.#store && this.#store.sumUp().length > 0) await this.#clock.sleep(0, signal);
      if (this.#clock.monotonic() - this.#tidied < TIDY_MS) return;
      this.#tidied = this.#clock.monotonic();
      this.#store?.tidy(this.#clock.now());
    } catch (error) {
      if (error instanceof UserError) this.#failed(error);
      else if (!signal.aborted) throw error;
    } finally {
      this.#summing = false;
    }
  }
}

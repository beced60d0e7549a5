import type { EvaluationRecord } from '../../model/evaluationRecord.ts';
import type { LogRecord, SpanRecord } from '../../model/span.ts';
import type { Finished, TelemetrySink } from './sink.ts';

/** How many records of each kind a sink lost, and why it lost the last of them. */
export interface Loss {
  spans: number;
  logs: number;
  evaluations: number;
  reason: string;
}

export interface SinkQueueOptions {
  /** How many records wait for the sink at most. */
  capacity: number;
  /** Hears of the first loss, at once; of the others through `takeLoss`. */
  onFirstLoss(reason: string): void;
  signal: AbortSignal;
}

/** Stands before one sink: whatever that does, `offer` returns at once, never throws, and keeps a bounded amount. */
export class SinkQueue {
  readonly sink: TelemetrySink;
  readonly #options: SinkQueueOptions;
  #waiting = new Waiting();
  /** Settles when the sink has taken what it was given; undefined while it is idle. */
  #taking: Promise<void> | undefined;
  #loss: Loss | undefined;
  #hasLost = false;

  constructor(sink: TelemetrySink, options: SinkQueueOptions) {
    this.sink = sink;
    this.#options = options;
  }

  offer(finished: Finished): void {
    if (!this.#taking) {
      this.#give(finished);
      return;
    }

    const { capacity } = this.#options;
    const left = this.#waiting.add(finished, capacity);
    if (left) this.#lose(left, `it is too slow; no more than ${capacity} records wait for it`);
  }

  /** Resolves when everything that was offered before has been passed on or lost. */
  async flush(): Promise<void> {
    while (this.#taking) await this.#taking;

    try {
      await this.sink.flush(this.#options.signal);
    } catch (error) {
      this.#lose(NONE, reasonOf(error));
    }
  }

  /** What was lost since this was last asked; undefined where nothing was. */
  takeLoss(): Loss | undefined {
    const loss = this.#loss;
    this.#loss = undefined;
    return loss;
  }

  #give(finished: Finished): void {
    try {
      const taking = this.sink.take(finished, this.#options.signal);
      if (taking) this.#taking = this.#settle(taking, finished);
    } catch (error) {
      this.#lose(counted(finished), reasonOf(error));
    }
  }

  async #settle(taking: Promise<void>, finished: Finished): Promise<void> {
    try {
      await taking;
    } catch (error) {
      this.#lose(counted(finished), reasonOf(error));
    }

    this.#taking = undefined;
    const waiting = this.#waiting;
    if (waiting.size === 0) return;
    this.#waiting = new Waiting();
    this.#give(waiting);
  }

  #lose({ spans, logs, evaluations }: Counts, reason: string): void {
    const before = this.#loss ?? NONE;
    this.#loss = {
      spans: before.spans + spans,
      logs: before.logs + logs,
      evaluations: before.evaluations + evaluations,
      reason,
    };
    if (this.#hasLost) return;
    this.#hasLost = true;
    this.#options.onFirstLoss(reason);
  }
}

type Counts = Omit<Loss, 'reason'>;

const NONE: Counts = { spans: 0, logs: 0, evaluations: 0 };

class Waiting implements Finished {
  readonly spans: SpanRecord[] = [];
  readonly logs: LogRecord[] = [];
  readonly evaluations: EvaluationRecord[] = [];

  get size(): number {
    return this.spans.length + this.logs.length + this.evaluations.length;
  }

  /** Returns how many found no room; undefined where all did. */
  add(finished: Finished, capacity: number): Counts | undefined {
    const before = this.size;
    const left = {
      spans: this.#fill(this.spans, finished.spans, capacity),
      logs: this.#fill(this.logs, finished.logs, capacity),
      evaluations: this.#fill(this.evaluations, finished.evaluations, capacity),
    };
    const offered = finished.spans.length + finished.logs.length + finished.evaluations.length;
    return this.size - before === offered ? undefined : left;
  }

  #fill<T>(kept: T[], offered: readonly T[], capacity: number): number {
    const room = Math.max(0, capacity - this.size);
    for (const record of offered.slice(0, room)) kept.push(record);
    return Math.max(0, offered.length - room);
  }
}

function counted({ spans, logs, evaluations }: Finished): Counts {
  return { spans: spans.length, logs: logs.length, evaluations: evaluations.length };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}

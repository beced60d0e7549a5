import { counted } from '../../model/figures.ts';
import type { Clock, Log } from '../../ports.ts';
import type { Finished, TelemetrySink } from './sink.ts';
import { type Loss, SinkQueue } from './sinkQueue.ts';

/** Records that wait for one sink at most. */
const CAPACITY = 4096;
/** How long `flush` waits for all sinks together, in milliseconds. */
const FLUSH_MS = 5_000;

export interface SinkHubOptions {
  clock: Clock;
  /** Hears what sinks have lost. */
  log: Log;
  /** Default 4,096 records. */
  capacity?: number;
}

/** Gives all finished telemetry to every sink. One that throws, hangs or is slow harms neither others nor the giver. */
export class SinkHub implements TelemetrySink {
  readonly name = 'hub';
  readonly #queues: readonly SinkQueue[];
  readonly #closed = new AbortController();
  readonly #clock: Clock;
  readonly #log: Log;

  constructor(sinks: readonly TelemetrySink[], { clock, log, capacity = CAPACITY }: SinkHubOptions) {
    this.#clock = clock;
    this.#log = log;
    this.#queues = sinks.map(
      (sink) =>
        new SinkQueue(sink, {
          capacity,
          signal: this.#closed.signal,
          onFirstLoss: (reason) => this.#warn(sink, `is losing telemetry: ${reason}`),
        }),
    );
  }

  get isEmpty(): boolean {
    return this.#queues.length === 0;
  }

  take(finished: Finished): void {
    if (this.#closed.signal.aborted) return;
    for (const queue of this.#queues) queue.offer(finished);
  }

  /** Waits until the sinks have passed on what they have, for five seconds at most; then says what was lost. */
  async flush(): Promise<void> {
    if (this.isEmpty) return;
    await this.#flushed();

    for (const queue of this.#queues) {
      const loss = queue.takeLoss();
      const lost = loss && lossText(loss);
      if (lost) this.#warn(queue.sink, `lost ${lost}: ${loss.reason}`);
    }
  }

  /** Gives up whatever sinks are still busy with. Idempotent. */
  close(): void {
    this.#closed.abort();
  }

  async #flushed(): Promise<void> {
    const enough = new AbortController();
    const busy = new Set(this.#queues);
    const all = this.#queues.map(async (queue) => {
      await queue.flush();
      busy.delete(queue);
    });
    const tooLong = this.#clock.sleep(FLUSH_MS, enough.signal).catch(() => {});

    await Promise.race([Promise.all(all), tooLong]);
    enough.abort();
    for (const { sink } of busy) this.#warn(sink, `is still busy after ${FLUSH_MS / 1000} s`);
  }

  #warn({ name }: TelemetrySink, what: string): void {
    this.#log.write('warn', `telemetry sink ${JSON.stringify(name)} ${what}`);
  }
}

/** `2 spans, 1 log line`; empty where nothing was lost. */
function lossText({ spans, logs, evaluations }: Loss): string {
  return [
    ...(spans > 0 ? [counted(spans, 'span')] : []),
    ...(logs > 0 ? [counted(logs, 'log line')] : []),
    ...(evaluations > 0 ? [counted(evaluations, 'evaluation')] : []),
  ].join(', ');
}

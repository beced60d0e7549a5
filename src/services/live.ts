import { UserError } from '../engine/errors.ts';
import type { Clock } from '../engine/ports.ts';
import type { TraceIntake } from '../engine/traces/traceIntake.ts';
import type { TraceStore } from '../engine/traces/traceStore.ts';

/** The received spans: the log, and word of what is new in it. */
export interface LiveSource {
  traces: TraceStore;
  intake: TraceIntake;
}

/** Follows the received spans behind a cursor of its own, and goes on there whenever it is started. */
export interface LiveConsumer {
  /** For messages, e.g. `metrics`. */
  readonly name: string;
  /** Ends with its signal. Rejects with UserError where it cannot go on now. */
  run(source: LiveSource, signal: AbortSignal): Promise<void>;
}

export interface LiveOptions {
  consumers: readonly LiveConsumer[];
  clock: Clock;
  /** The problems have changed. */
  onChange(): void;
  onBug(error: unknown): void;
}

/** After which one that failed is started again, in milliseconds. */
const RETRY_MS = 10_000;

/** Runs what follows the received spans. One that fails is started again, and neither ends the receiver nor the others. */
export class Live {
  readonly #options: LiveOptions;
  readonly #problems = new Map<string, string>();

  constructor(options: LiveOptions) {
    this.#options = options;
  }

  /** Why some of them do not go on now. */
  get problems(): string[] {
    return [...this.#problems].map(([name, message]) => `${name}: ${message}`);
  }

  /** Until the signal is aborted. */
  start(source: LiveSource, signal: AbortSignal): void {
    for (const consumer of this.#options.consumers) void this.#keepRunning(consumer, source, signal);
  }

  async #keepRunning(consumer: LiveConsumer, source: LiveSource, signal: AbortSignal): Promise<void> {
    const { clock, onBug } = this.#options;
    while (!signal.aborted) {
      try {
        await consumer.run(source, signal);
      } catch (error) {
        // What it reads is closed beneath it.
        if (signal.aborted) return;
        if (!(error instanceof UserError)) onBug(error);
        this.#tell(consumer.name, error instanceof Error ? error.message : String(error));
        await clock.sleep(RETRY_MS, signal).catch(() => {});
        this.#tell(consumer.name, null);
      }
    }
  }

  #tell(name: string, problem: string | null): void {
    if (problem === null) this.#problems.delete(name);
    else this.#problems.set(name, problem);
    this.#options.onChange();
  }
}

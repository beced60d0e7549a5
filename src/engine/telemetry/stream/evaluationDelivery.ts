import type { LiveEvaluation } from '../../model/liveEvaluation.ts';
import type { Clock } from '../../ports.ts';
import type { EvaluationHub, EvaluationSubscription } from './evaluationHub.ts';

/** What became of a batch. `refused`: for what it is, so that it need not be sent again. */
export type Delivered =
  | { status: 'sent' }
  | { status: 'refused'; reason: string }
  | { status: 'failed'; reason: string; retryAfterMs?: number | undefined };

/** Where evaluations are sent. Rejects only with the reason of the signal. */
export interface EvaluationSink {
  /** For people, without anything secret. */
  readonly name: string;
  send(evaluations: readonly LiveEvaluation[], signal: AbortSignal): Promise<Delivered>;
}

const AT_ONCE = 100;
const ATTEMPTS = 5;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

/** Sends evaluations to one sink, a batch after the other. Meanwhile its queue fills, and what finds no room there is counted. */
export class EvaluationDelivery {
  readonly #sink: EvaluationSink;
  readonly #subscription: EvaluationSubscription;
  readonly #clock: Clock;
  readonly #ended = new AbortController();
  readonly #done: Promise<void>;
  /** Evaluations that the other side did not take. */
  failed = 0;
  /** Why the last ones were not taken; null where they were. */
  problem: string | null = null;

  constructor(sink: EvaluationSink, hub: EvaluationHub, clock: Clock) {
    this.#sink = sink;
    this.#clock = clock;
    this.#subscription = hub.subscribe(sink.name);
    this.#done = this.#deliver();
  }

  get name(): string {
    return this.#sink.name;
  }

  close(): Promise<void> {
    this.#ended.abort('closed');
    this.#subscription.close();
    return this.#done;
  }

  async #deliver(): Promise<void> {
    const { signal } = this.#ended;
    while (!signal.aborted) {
      const batch = await this.#subscription.take(AT_ONCE, signal);
      if (batch.length === 0) return;
      await this.#send(batch, signal).catch(() => {});
    }
  }

  async #send(batch: readonly LiveEvaluation[], signal: AbortSignal): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const delivered = await this.#sink.send(batch, signal);
      if (delivered.status === 'sent') {
        this.problem = null;
        return;
      }

      this.problem = delivered.reason;
      if (delivered.status === 'refused' || attempt === ATTEMPTS) {
        this.failed += batch.length;
        return;
      }
      const wait = Math.max(FIRST_WAIT_MS * 2 ** (attempt - 1), delivered.retryAfterMs ?? 0);
      await this.#clock.sleep(Math.min(wait, LONGEST_WAIT_MS), signal);
    }
  }
}

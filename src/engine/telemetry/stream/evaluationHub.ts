import type { LiveEvaluation } from '../../model/liveEvaluation.ts';

/** What a subscriber has not taken yet stays in its own queue, up to so many. */
const MOST_QUEUED = 1_000;

/** A subscriber, for whoever shows how the stream does. */
export interface SubscriberHealth {
  name: string;
  queued: number;
  /** Told and taken. */
  taken: number;
  /** Not told, since its queue was full. */
  dropped: number;
}

/**
 * Tells of evaluations once they are stored. Each subscriber has a bounded queue of its own and takes from it when it can: one that
 * is slow, hangs or throws changes nothing for anybody else, and what it misses is counted. Everything is in the table of
 * evaluations as well, by its `seq`.
 */
export class EvaluationHub {
  readonly #subscriptions = new Set<EvaluationSubscription>();

  /** Returns at once. */
  publish(evaluations: readonly LiveEvaluation[]): void {
    if (evaluations.length === 0) return;
    for (const subscription of this.#subscriptions) subscription.offer(evaluations);
  }

  /** From now on, until it is closed. `name` is for people: `sse`, `webhook https://…`. */
  subscribe(name: string, most = MOST_QUEUED): EvaluationSubscription {
    const subscription = new EvaluationSubscription(name, most, () =>
      this.#subscriptions.delete(subscription),
    );
    this.#subscriptions.add(subscription);
    return subscription;
  }

  get subscribers(): SubscriberHealth[] {
    return [...this.#subscriptions].map(({ health }) => health);
  }

  close(): void {
    for (const subscription of this.#subscriptions) subscription.close();
  }
}

/** The queue of one subscriber. */
export class EvaluationSubscription {
  readonly name: string;
  readonly #most: number;
  readonly #onClose: () => void;
  #queue: LiveEvaluation[] = [];
  #wake = Promise.withResolvers<void>();
  #isClosed = false;
  #taken = 0;
  #dropped = 0;

  constructor(name: string, most: number, onClose: () => void) {
    this.name = name;
    this.#most = most;
    this.#onClose = onClose;
  }

  /** For the hub. */
  offer(evaluations: readonly LiveEvaluation[]): void {
    if (this.#isClosed) return;
    const room = this.#most - this.#queue.length;
    this.#queue.push(...evaluations.slice(0, room));
    this.#dropped += Math.max(0, evaluations.length - room);
    this.#wake.resolve();
  }

  /** Waits until there is something, and takes up to so many. Empty once it is closed or the signal is aborted. */
  async take(most: number, signal: AbortSignal): Promise<LiveEvaluation[]> {
    const stop = (): void => this.#wake.resolve();
    signal.addEventListener('abort', stop, { once: true });
    try {
      while (this.#queue.length === 0 && !this.#isClosed && !signal.aborted) {
        this.#wake = Promise.withResolvers();
        await this.#wake.promise;
      }
    } finally {
      signal.removeEventListener('abort', stop);
    }

    if (this.#isClosed || signal.aborted) return [];
    const taken = this.#queue.splice(0, most);
    this.#taken += taken.length;
    return taken;
  }

  get health(): SubscriberHealth {
    return { name: this.name, queued: this.#queue.length, taken: this.#taken, dropped: this.#dropped };
  }

  /** Idempotent; what is queued is given up. */
  close(): void {
    this.#isClosed = true;
    this.#queue = [];
    this.#wake.resolve();
    this.#onClose();
  }
}

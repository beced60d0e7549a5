import type { ExportRequest, OtlpClient } from './otlpClient.ts';

/** What waits to be sent on, in bytes. More is dropped: the receiver never waits for the one behind it. */
const MOST_WAITING_BYTES = 32 * 1024 * 1024;

export interface Forwarded {
  sent: number;
  /** Requests that found no room, or that the other side did not take. */
  lost: number;
  /** Why the last one was lost; null where none was. */
  reason: string | null;
}

/** Sends on what a receiver takes, byte for byte and in its order, to another one. What is lost there is kept here all the same. */
export class RequestForwarder {
  readonly #client: Pick<OtlpClient, 'sendRequest'>;
  readonly #onLoss: (reason: string) => void;
  readonly #ended = new AbortController();
  readonly #waiting: ExportRequest[] = [];
  readonly #outcome: Forwarded = { sent: 0, lost: 0, reason: null };
  #waitingBytes = 0;
  #sending: Promise<void> | undefined;

  /** `onLoss` hears of the first loss of each kind. */
  constructor(client: Pick<OtlpClient, 'sendRequest'>, onLoss: (reason: string) => void) {
    this.#client = client;
    this.#onLoss = onLoss;
  }

  get outcome(): Forwarded {
    return { ...this.#outcome };
  }

  /** Returns at once, and never throws. */
  offer(request: ExportRequest): void {
    if (this.#ended.signal.aborted) return;
    if (this.#waitingBytes + request.body.length > MOST_WAITING_BYTES) {
      this.#lose('it is too slow; no more than 32 MiB wait for it');
      return;
    }

    this.#waiting.push(request);
    this.#waitingBytes += request.body.length;
    this.#sending ??= this.#sendAll();
  }

  /** Resolves when all that was offered is sent or lost. */
  async flush(): Promise<void> {
    while (this.#sending) await this.#sending;
  }

  close(): void {
    this.#ended.abort('closed');
  }

  async #sendAll(): Promise<void> {
    const { signal } = this.#ended;
    for (let next = this.#waiting.shift(); next && !signal.aborted; next = this.#waiting.shift()) {
      try {
        const delivery = await this.#client.sendRequest(next, signal);
        if (delivery.status === 'delivered') this.#outcome.sent += 1;
        else this.#lose(delivery.reason);
      } catch (error) {
        if (!signal.aborted) this.#lose(error instanceof Error ? error.message : String(error));
      }
      this.#waitingBytes -= next.body.length;
    }
    this.#sending = undefined;
  }

  #lose(reason: string): void {
    this.#outcome.lost += 1;
    if (this.#outcome.reason !== reason) this.#onLoss(reason);
    this.#outcome.reason = reason;
  }
}

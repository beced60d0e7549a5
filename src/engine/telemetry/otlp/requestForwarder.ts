import type { ExportRequest, OtlpClient } from './otlpClient.ts';

/** What waits to be sent on, in bytes. More is dropped: the receiver never waits for the one behind it. */
const MOST_WAITING_BYTES = 32 * 1024 * 1024;

/** What became of requests. */
export interface Forwarded {
  sent: number;
  /** The other side did not take them. */
  failed: number;
  /** Found no room, because the other side is too slow. */
  dropped: number;
  waiting: number;
  /** Why the last one was lost, or what of one was refused; null where all is well. */
  reason: string | null;
}

/** Sends on what a receiver takes, byte for byte and in its order, to another one. What is lost there is kept here all the same. */
export class RequestForwarder {
  readonly #client: Pick<OtlpClient, 'sendRequest'>;
  readonly #onLoss: (reason: string) => void;
  readonly #ended = new AbortController();
  readonly #waiting: ExportRequest[] = [];
  readonly #outcome = { sent: 0, failed: 0, dropped: 0, reason: null as string | null };
  #underWay = 0;
  #waitingBytes = 0;
  #sending: Promise<void> | undefined;

  /** `onLoss` hears of the first loss of each kind. */
  constructor(client: Pick<OtlpClient, 'sendRequest'>, onLoss: (reason: string) => void) {
    this.#client = client;
    this.#onLoss = onLoss;
  }

  get outcome(): Forwarded {
    return { ...this.#outcome, waiting: this.#waiting.length + this.#underWay };
  }

  /** Returns at once, and never throws. */
  offer(request: ExportRequest): void {
    if (this.#ended.signal.aborted) return;
    if (this.#waitingBytes + request.body.length > MOST_WAITING_BYTES) {
      this.#lose('dropped', 'it is too slow; no more than 32 MiB wait for it');
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
      this.#underWay = 1;
      try {
        const delivery = await this.#client.sendRequest(next, signal);
        if (delivery.status === 'failed') this.#lose('failed', delivery.reason);
        else this.#sent(delivery);
      } catch (error) {
        if (!signal.aborted) this.#lose('failed', error instanceof Error ? error.message : String(error));
      }
      this.#underWay = 0;
      this.#waitingBytes -= next.body.length;
    }
    this.#sending = undefined;
  }

  #sent({ rejected, message }: { rejected: number; message: string }): void {
    this.#outcome.sent += 1;
    if (rejected > 0)
      this.#say(`${rejected} of its records were refused${message === '' ? '' : `: ${message}`}`);
  }

  #lose(how: 'failed' | 'dropped', reason: string): void {
    this.#outcome[how] += 1;
    this.#say(reason);
  }

  #say(reason: string): void {
    if (this.#outcome.reason !== reason) this.#onLoss(reason);
    this.#outcome.reason = reason;
  }
}

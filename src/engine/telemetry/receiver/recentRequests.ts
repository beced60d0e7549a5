import { hash } from 'node:crypto';
import type { WholeReply } from '../../http/server/serverRequest.ts';
import type { Clock } from '../../ports.ts';

/** How long a request is known again, in milliseconds: exporters give up sooner. */
const KNOWN_MS = 120_000;
/** Requests that are known at once. */
const MOST_KNOWN = 4096;

const PENDING = Symbol('pending');

interface Answer {
  since: number;
  reply: Promise<WholeReply>;
  /** Where what came with it is kept. */
  storage: unknown;
}

/**
 * Knows requests again by their bytes. An exporter whose answer was lost sends the same bytes a second time; they need not be
 * decoded and stored again only to find that all of it is there. Whatever else comes twice is found by the store.
 */
export class RecentRequests {
  readonly #clock: Clock;
  readonly #storage: () => unknown;
  /** The oldest first. */
  readonly #answers = new Map<string, Answer>();

  /** `storage` is another one, or undefined, as soon as what was kept before is there no more: nothing is known again then. */
  constructor(clock: Clock, storage: () => unknown) {
    this.#clock = clock;
    this.#storage = storage;
  }

  /** The answer to the same request before, also where it is still being made; else that of `make`. */
  answer(kind: string, body: Uint8Array, make: () => Promise<WholeReply>): Promise<WholeReply> {
    this.#forgetOld();
    const key = `${kind} ${hash('sha256', body, 'base64')}`;
    const before = this.#answers.get(key);
    if (before && (before.storage === PENDING || before.storage === this.#storage())) return before.reply;

    const made: Answer = { since: this.#clock.monotonic(), reply: make(), storage: PENDING };
    this.#answers.delete(key);
    this.#answers.set(key, made);
    // What failed is tried again in earnest.
    made.reply.then(
      () => {
        made.storage = this.#storage();
      },
      () => this.#answers.delete(key),
    );
    return made.reply;
  }

  #forgetOld(): void {
    const eldest = this.#clock.monotonic() - KNOWN_MS;
    for (const [key, { since }] of this.#answers) {
      if (since > eldest && this.#answers.size < MOST_KNOWN) return;
      this.#answers.delete(key);
    }
  }
}

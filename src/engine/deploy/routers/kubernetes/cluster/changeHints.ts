import type { Clock } from '../../../../ports.ts';
import type { ClusterClient } from './clusterClient.ts';
import type { ClusterKind } from './clusterObject.ts';
import { watchChanges } from './watchChanges.ts';

interface Watched {
  kind: ClusterKind;
  concerns(name: string): boolean;
}

/** A watch on which nothing came for so long, not even a bookmark, counts as dead: the cluster sends one about every minute. */
const SILENCE_MS = 90_000;

/** That something may have changed. Whoever waits for it is never held up by a watch that has gone silent. */
export class ChangeHints {
  readonly #client: ClusterClient;
  readonly #clock: Clock;
  readonly #watched: readonly Watched[];
  readonly #closing = new AbortController();
  #isWatching = false;
  #hint = Promise.withResolvers<void>();

  constructor(client: ClusterClient, clock: Clock, watched: readonly Watched[]) {
    this.#hint.promise.catch(() => {});
    this.#client = client;
    this.#clock = clock;
    this.#watched = watched;
  }

  /** Resolves with the next change, and at the latest after `mostMs`. The watches begin with the first call. */
  async next(mostMs: number, signal: AbortSignal): Promise<void> {
    this.#watch();
    const over = new AbortController();
    const until = AbortSignal.any([signal, over.signal]);
    const rest = this.#clock.sleep(mostMs, until);
    rest.catch(() => {});
    try {
      await Promise.race([this.#hint.promise, rest]);
      signal.throwIfAborted();
    } finally {
      over.abort();
    }
  }

  close(): void {
    this.#closing.abort();
  }

  #watch(): void {
    if (this.#isWatching) return;
    this.#isWatching = true;
    const onHint = () => {
      this.#hint.resolve();
      this.#hint = Promise.withResolvers();
      // A bug of a watch is told to whoever waits, and to nobody where nobody does.
      this.#hint.promise.catch(() => {});
    };
    for (const { kind, concerns } of this.#watched) {
      const options = {
        client: this.#client,
        clock: this.#clock,
        kind,
        concerns,
        silenceMs: SILENCE_MS,
        onHint,
      };
      // What a watch cannot do is done by asking; a bug in it is told to whoever waits.
      watchChanges(options, this.#closing.signal).catch((error: unknown) => this.#hint.reject(error));
    }
  }
}

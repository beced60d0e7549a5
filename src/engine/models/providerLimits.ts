import { createLimiter, type Limiter } from './limiter.ts';

/**
 * How many calls each provider gets at once, whoever makes them: targets of both sides of a comparison, judges and
 * embeddings. Where one server is configured with several limits, as in two revisions, the smallest holds.
 */
export class ProviderLimits {
  readonly #limiters = new Map<string, Limiter>();

  /** `most` calls at once; unlimited where absent. */
  of(provider: string, baseUrl: string, most = Number.POSITIVE_INFINITY): Limiter {
    const server = `${provider} ${baseUrl}`;
    const known = this.#limiters.get(server);
    if (known) {
      known.lower(most);
      return known;
    }

    const limiter = createLimiter(most);
    this.#limiters.set(server, limiter);
    return limiter;
  }
}

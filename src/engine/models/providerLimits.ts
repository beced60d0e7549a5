import { type Limiter, SharedLimit } from './limiter.ts';

/**
 * How many calls each provider gets at once, whoever makes them: targets of both sides of a comparison, judges and
 * embeddings, and other runs of the same window. Where one server is configured with several limits, as in two
 * revisions, the smallest holds while calls under it run.
 */
export class ProviderLimits {
  readonly #servers = new Map<string, SharedLimit>();

  /** `most` calls at once; unlimited where absent. */
  of(provider: string, baseUrl: string, most = Number.POSITIVE_INFINITY): Limiter {
    const server = `${provider} ${baseUrl}`;
    const shared = this.#servers.get(server) ?? new SharedLimit();
    this.#servers.set(server, shared);
    return shared.limiter(most);
  }
}

import type { Connection } from '../http/httpConnection.ts';
import type { Clock, Random } from '../ports.ts';
import type { Limiter } from './limiter.ts';
import type { PriceTable } from './prices/prices.ts';

/** What every client of a provider is made with, for chats as for embeddings. */
export interface ClientOptions {
  provider: string;
  model: string;
  connection: Connection;
  clock: Clock;
  random: Random;
  /** Shared by the clients of one provider. */
  limiter: Limiter;
  prices?: PriceTable | undefined;
  /** Upper limit for every call of this provider, in milliseconds. */
  timeoutMs?: number | undefined;
}

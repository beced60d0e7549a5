import type { Connection } from '../http/httpConnection.ts';
import type { Clock } from '../ports.ts';
import type { Guard } from '../resilience/guard.ts';
import type { PriceTable } from './prices/prices.ts';

/** What every client of a provider is made with, for chats as for embeddings. */
export interface ClientOptions {
  provider: string;
  model: string;
  connection: Connection;
  clock: Clock;
  /** Shared by whoever asks the provider with the same key. */
  guard: Guard;
  prices?: PriceTable | undefined;
  /** Upper limit for every call of this provider, in milliseconds. */
  timeoutMs?: number | undefined;
}

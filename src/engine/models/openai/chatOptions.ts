import type { Connection } from '../../http/httpConnection.ts';
import type { Clock, Random } from '../../ports.ts';
import type { Limiter } from '../limiter.ts';
import type { PriceTable } from '../prices/prices.ts';
import type { Endpoint } from './endpoint.ts';

export interface ChatClientOptions extends Endpoint {
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
  /** Default true: the time to the first token is measured, and a cut reply is told from a whole one. */
  stream?: boolean | undefined;
}

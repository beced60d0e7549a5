import type { AskingOptions, AskingPorts } from './asking.ts';
import type { Client } from './client.ts';
import type { FinishedExchange } from './finishedExchange.ts';

/** Of the body of a request, and of its reply, in bytes. */
export const MOST_KEPT = 1024 * 1024;

export interface ExchangePorts extends AskingPorts {
  onBug(error: unknown): void;
}

export interface ExchangeOptions extends Omit<AskingOptions, 'signal' | 'deadline' | 'sent'> {
  id: string;
  /** Null beside the route's arms, and where none of them has a weight. */
  arm: string | null;
  client: Client;
  keepsBodies: boolean;
  /** The reply is kept for itself, too. */
  keepsReply: boolean;
  /** Ends it from outside; a client that leaves does so by itself. */
  signal?: AbortSignal | undefined;
  /** When it was admitted: since the epoch, and on the monotonic clock. */
  startedMs: number;
  started: number;
  /** Called once. */
  finished(exchange: FinishedExchange): void;
}

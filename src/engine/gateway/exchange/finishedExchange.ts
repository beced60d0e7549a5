import type { ApiName } from '../apis/apiName.ts';
import type { ReplySummary } from '../apis/replyTap.ts';

/**
 * How an exchange ended. `done`: the client has the whole reply, whatever its status. `left`: the client went. `cut`: the
 * upstream broke off after its first content. `failed`: no upstream answered. `refused`: one of our policies said no. `timeout`:
 * a limit of the route was reached. `empty`: a success without anything in it.
 */
export type ExchangeEnding = 'done' | 'left' | 'cut' | 'failed' | 'refused' | 'timeout' | 'empty';

/** One request and what became of it. Headers by their names in lower case, without credentials and hop-by-hop ones. */
export interface FinishedExchange {
  id: string;
  route: string;
  /** Of the route; `null` where it was asked beside the route's arms, as a shadow is, and where only fallbacks may answer. */
  arm: string | null;
  api: ApiName;
  /** Milliseconds since the epoch. */
  startedMs: number;
  /** Until the first content, and altogether; in milliseconds from admission. */
  firstContentMs: number | null;
  durationMs: number;
  ending: ExchangeEnding;
  /** Why, where it is not `done`; for people. */
  reason: string | null;
  /** Of the reply; null where none came. */
  status: number | null;
  request: ExchangeRequest;
  /** Null where none came, or bodies were not to be kept. */
  reply: { headers: { readonly [name: string]: string }; body: Buffer | null } | null;
  summary: ReplySummary | null;
  costUsd: number | null;
  source: 'upstream' | 'cache' | 'fallback';
  /** Of its span in the trace store. */
  traceId: string;
  spanId: string;
  /** By which the client stays with an arm; null where it has none. */
  stickyKey: string | null;
}

export interface ExchangeRequest {
  method: string;
  /** Path and query, as the client sent them. */
  target: string;
  headers: { readonly [name: string]: string };
  /** As the client sent it, unpacked; null where bodies were not to be kept, or it was too long. */
  body: Buffer | null;
}

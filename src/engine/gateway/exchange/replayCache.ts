import { hash } from 'node:crypto';
import { endingOf } from '../../models/wire/finishReasons.ts';
import type { Clock } from '../../ports.ts';
import type { ArmTarget } from '../../suites/gateway/gatewayConfig.ts';
import type { ReplySummary } from '../apis/replyTap.ts';
import type { ReplyHead } from './client.ts';
import type { FinishedExchange } from './finishedExchange.ts';
import type { Asked } from './upstreamRequest.ts';

/** A whole reply, to be given again. */
export interface KeptExchange {
  head: ReplyHead;
  body: Buffer;
  summary: ReplySummary | null;
}

interface Entry extends KeptExchange {
  keptAt: number;
}

/** Replies of all routes together, in bytes; what was not used for the longest time goes first. */
const MOST_BYTES = 64 * 1024 * 1024;
const EXPIRES_MS = 24 * 3600 * 1000;
/** Beside its body, an entry takes about so much. */
const ENTRY_BYTES = 2_048;

/** What says nothing about the answer, and differs from one request to the next. */
const BESIDE_THE_POINT =
  /^(?:user-agent|content-length|tracestate|baggage|date|idempotency-key|x-request-id|x-correlation-id|x-stainless-.*)$/;

/** Replies to requests that may come again exactly so, in memory. */
export class ReplayCache {
  readonly #clock: Pick<Clock, 'monotonic'>;
  /** In the order of their last use. */
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  find(key: string): KeptExchange | undefined {
    const found = this.#entries.get(key);
    if (!found) return undefined;

    this.#remove(key);
    if (this.#clock.monotonic() - found.keptAt >= EXPIRES_MS) return undefined;
    this.#add(key, found);
    return found;
  }

  put(key: string, kept: KeptExchange): void {
    this.#remove(key);
    this.#add(key, { ...kept, keptAt: this.#clock.monotonic() });
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= MOST_BYTES) break;
      this.#remove(oldest);
    }
  }

  #add(key: string, entry: Entry): void {
    this.#entries.set(key, entry);
    this.#bytes += entry.body.length + ENTRY_BYTES;
  }

  #remove(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    this.#bytes -= entry.body.length + ENTRY_BYTES;
  }
}

/**
 * What names a request: everything that may change its answer, byte for byte; `server` is where it is sent. Undefined for one that is
 * never answered from the cache: an agent may do something, and a list of models changes.
 */
export function replayKey(
  route: string,
  target: ArmTarget,
  server: string,
  asked: Asked,
): string | undefined {
  const { api, method, path, search, headers, body } = asked;
  if (target.kind === 'agent' || api === 'agent' || api === 'models' || method !== 'POST') return undefined;

  const said = Object.entries(headers).filter(([name]) => !BESIDE_THE_POINT.test(name));
  const named = JSON.stringify([
    route,
    target,
    server,
    path,
    search,
    said.sort(([a], [b]) => (a < b ? -1 : 1)),
  ]);
  return hash('sha256', Buffer.concat([Buffer.from(`${named}\n`), body]), 'hex');
}

/** Whether a reply is whole and ended by itself: a model that was cut off may say more another time. */
export function mayBeKept({ ending, status, source, summary, api }: FinishedExchange): boolean {
  if (ending !== 'done' || status !== 200 || source !== 'upstream' || !summary) return false;
  const { finishReasons } = summary;
  if (api === 'embeddings') return true;
  return finishReasons.length > 0 && finishReasons.every((reason) => BY_ITSELF.has(endingOf(reason)));
}

/** A call of a tool is an end, too: what follows is another request. */
const BY_ITSELF: ReadonlySet<string> = new Set(['natural', 'unfinished']);

/** The head of a reply that is given again, which says so. */
export function replayedHead({ status, statusText, rawHeaders }: ReplyHead, bytes: number): ReplyHead {
  const kept: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (!/^(?:content-length|transfer-encoding|connection|set-cookie)$/i.test(name))
      kept.push(name, rawHeaders[at + 1] ?? '');
  }
  const own = ['content-length', String(bytes), 'x-touchstone-source', 'cache'];
  return { status, statusText, rawHeaders: [...kept, ...own] };
}

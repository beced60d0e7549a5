import type { AskUpstream } from '../../../src/engine/gateway/exchange/exchangeListener.ts';
import type { FinishedExchange } from '../../../src/engine/gateway/exchange/finishedExchange.ts';
import type { PairSink, ShadowPair } from '../../../src/engine/gateway/shadow/shadowPair.ts';
import { type ShadowPorts, Shadows } from '../../../src/engine/gateway/shadow/shadows.ts';
import type { Random } from '../../../src/engine/ports.ts';
import type { RouteConfig, ShadowConfig } from '../../../src/engine/suites/gateway/gatewayConfig.ts';
import { ManualClock, settled } from '../manualClock.ts';

/** A request that a client made, and what it got; a chat with a plain answer where nothing else is said. */
export function exchange(parts: Partial<FinishedExchange> & { id: string }): FinishedExchange {
  return {
    route: 'support',
    arm: 'main',
    api: 'chat',
    startedMs: 0,
    firstContentMs: 40,
    durationMs: 100,
    ending: 'done',
    reason: null,
    status: 200,
    request: request({ model: 'm', messages: [{ role: 'user', content: 'hello' }] }),
    reply: json(chatReply('hi')),
    summary: null,
    costUsd: 0.01,
    source: 'upstream',
    traceId: `trace-${parts.id}`,
    spanId: `span-${parts.id}`,
    stickyKey: null,
    ...parts,
  };
}

export function request(body: unknown, target = '/v1/chat/completions'): FinishedExchange['request'] {
  return { method: 'POST', target, headers: {}, body: Buffer.from(JSON.stringify(body)) };
}

export function json(body: unknown): FinishedExchange['reply'] {
  return { headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(body)) };
}

/** Server-sent events, one for each object. */
export function events(...objects: object[]): FinishedExchange['reply'] {
  const lines = objects.map((event) => `data: ${JSON.stringify(event)}\n\n`);
  return { headers: { 'content-type': 'text/event-stream' }, body: Buffer.from(lines.join('')) };
}

export function chatReply(
  content: string | null,
  ...calls: [id: string, name: string, given: string][]
): object {
  const toolCalls = calls.map(([id, name, given]) => ({
    id,
    type: 'function',
    function: { name, arguments: given },
  }));
  const message = { role: 'assistant', content, ...(calls.length > 0 ? { tool_calls: toolCalls } : {}) };
  return { choices: [{ index: 0, message, finish_reason: calls.length > 0 ? 'tool_calls' : 'stop' }] };
}

export type Asked = Parameters<AskUpstream['ask']>[0];

/** A candidate that answers as it is told, and keeps what it was asked. */
export class ScriptedUpstream implements AskUpstream {
  readonly asked: Asked[] = [];
  readonly #answer: (asked: Asked, count: number) => Promise<FinishedExchange> | FinishedExchange;

  constructor(answer: (asked: Asked, count: number) => Promise<FinishedExchange> | FinishedExchange) {
    this.#answer = answer;
  }

  async ask(asked: Asked): Promise<FinishedExchange> {
    this.asked.push(asked);
    return await this.#answer(asked, this.asked.length - 1);
  }

  /** The body of a request, as its upstream gets it. */
  bodyOf(at: number): { [key: string]: unknown } {
    const asked = this.asked[at];
    return JSON.parse((asked?.body ?? asked?.like.request.body ?? '').toString());
  }
}

export class ListSink implements PairSink {
  readonly pairs: ShadowPair[] = [];
  readonly begun: string[] = [];
  readonly givenUp: string[] = [];
  judgeCostUsd = 0;
  isFull = false;
  readonly #waiting: { count: number; resolve(): void }[] = [];

  /** Resolves when so many copies have come to an end. */
  over(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ count, resolve });
      this.#tell();
    });
  }

  #tell(): void {
    const over = this.pairs.length + this.givenUp.length;
    for (const { count, resolve } of this.#waiting) if (over >= count) resolve();
  }

  begin(id: string): void {
    this.begun.push(id);
  }

  offer(pair: ShadowPair): boolean {
    if (this.isFull) this.givenUp.push(pair.primary.id);
    else this.pairs.push(pair);
    this.#tell();
    return !this.isFull;
  }

  giveUp(id: string): void {
    this.givenUp.push(id);
    this.#tell();
  }

  figures() {
    return { runId: null, verdict: null, judgeCostUsd: this.judgeCostUsd };
  }
}

export const ROUTE: RouteConfig = {
  name: 'support',
  match: { path: '/v1' },
  arms: [{ name: 'main', weight: 1, target: { kind: 'provider', provider: 'openai' } }],
  pool: 'gateway',
  limits: { firstTokenMs: 1_000, idleMs: 1_000, wholeMs: 10_000, pauseMs: 5_000, queueMs: 60_000 },
  fallbacks: [],
  cache: false,
  isSafeToMirror: false,
  keep: 'content',
};

export const SHADOW: ShadowConfig = {
  to: { kind: 'provider', provider: 'local', model: 'next' },
  share: 1,
  maxPairs: 1_000,
  workers: 2,
  queue: 10,
};

/** Draws slices with copies first, so that tests know when copies are made. */
export const onFirst: Random = { next: () => 0, hex: (bytes) => '0'.repeat(bytes * 2) };

/** Shadows of one route that was started by a person. */
export function mirroring(
  answer: ConstructorParameters<typeof ScriptedUpstream>[0],
  {
    route = {},
    shadow = {},
    ...ports
  }: { route?: Partial<RouteConfig>; shadow?: Partial<ShadowConfig> } & Partial<ShadowPorts> = {},
) {
  const upstream = new ScriptedUpstream(answer);
  const sink = new ListSink();
  const clock = new ManualClock();
  const bugs: unknown[] = [];
  const shadows = new Shadows({
    upstream,
    sinkFor: () => sink,
    clock,
    random: onFirst,
    onBug: (error) => void bugs.push(error),
    ...ports,
  });
  shadows.use([{ ...ROUTE, ...route }]);
  shadows.start('support', { ...SHADOW, ...shadow });

  /** Clients have their answers; then whatever can go on goes on. */
  const pass = async (...exchanges: FinishedExchange[]): Promise<void> => {
    for (const one of exchanges) {
      shadows.keeps({ id: one.id, route: one.route, arm: 'main', stickyKey: one.stickyKey });
      shadows.finished(one);
    }
    for (let turn = 0; turn < exchanges.length + 10; turn += 1) await settled();
  };
  return { shadows, upstream, sink, clock, bugs, pass, status: () => shadows.statusOf('support') };
}

import { type IncomingMessage, request as sendRequest } from 'node:http';
import { UserError } from '../../../src/engine/errors.ts';
import { TokenCounts } from '../../../src/engine/gateway/apis/tokenCounts.ts';
import type { ExchangeListener } from '../../../src/engine/gateway/exchange/exchangeListener.ts';
import type { FinishedExchange } from '../../../src/engine/gateway/exchange/finishedExchange.ts';
import { Gateway, type GatewaySettings } from '../../../src/engine/gateway/gateway.ts';
import type { LocalServer } from '../../../src/engine/http/server/serverShell.ts';
import type { SpanRecord } from '../../../src/engine/model/span.ts';
import type { ProviderConfig } from '../../../src/engine/models/modelProvider.ts';
import { fixedEnvironment, type Log, systemClock } from '../../../src/engine/ports.ts';
import { ProviderGuards } from '../../../src/engine/resilience/providerGuards.ts';
import { DEFAULT_RESILIENCE } from '../../../src/engine/resilience/resilienceConfig.ts';
import type {
  ArmTarget,
  GatewayConfig,
  RouteConfig,
} from '../../../src/engine/suites/gateway/gatewayConfig.ts';
import { readWrittenSpans } from '../../../src/engine/telemetry/writtenSpans.ts';
import { seededRandom } from '../seededRandom.ts';

export const TOKEN = 'gateway-token-0123456789';
export const KEY = 'sk-canary-7f3a9c';

/** Providers that are asked once, and never protected by a breaker: what a test expects is what it scripted. */
export function provider(baseUrl: string, more: Partial<ProviderConfig> = {}): ProviderConfig {
  return {
    baseUrl,
    apiKey: KEY,
    resilience: {
      ...DEFAULT_RESILIENCE,
      ...{ breaker: null, retry: null, limit: { adaptive: false, min: 1, max: 10_000 } },
    },
    ...more,
  };
}

export function route(more: Partial<RouteConfig> = {}): RouteConfig {
  return {
    name: 'main',
    match: { path: '/v1' },
    arms: [{ name: 'openai', weight: 1, target: { kind: 'provider', provider: 'openai' } as ArmTarget }],
    pool: 'gateway',
    limits: { firstTokenMs: 20_000, idleMs: 20_000, wholeMs: 60_000, pauseMs: 5_000, queueMs: 60_000 },
    fallbacks: [],
    cache: false,
    isSafeToMirror: true,
    keep: 'content',
    ...more,
  };
}

/** Shared by all tests of a process: it takes a while. */
let tokens: Promise<TokenCounts> | undefined;

export interface TestGateway {
  gateway: Gateway;
  server: LocalServer;
  guards: ProviderGuards;
  finished: FinishedExchange[];
  spans: SpanRecord[];
  bugs: unknown[];
  logged: string[];
  /** Resolves when so many exchanges have ended. */
  ended(count: number): Promise<FinishedExchange[]>;
  close(): Promise<void>;
}

export interface TestGatewayOptions extends Partial<Omit<GatewaySettings, 'config'>> {
  /** Null: touchstone.yaml has no such section. */
  config?: GatewayConfig | null | undefined;
  keeps?: boolean;
  intake?: ConstructorParameters<typeof Gateway>[0]['intake'];
  weights?: ConstructorParameters<typeof Gateway>[0]['weights'];
}

/** A gateway on a free port, with everything it tells. */
export async function startGateway({
  keeps = true,
  intake,
  weights,
  config = { routes: [route()] },
  providers = {},
  ...settings
}: TestGatewayOptions): Promise<TestGateway> {
  const finished: FinishedExchange[] = [];
  const spans: SpanRecord[] = [];
  const bugs: unknown[] = [];
  const logged: string[] = [];
  const waiting: { count: number; resolve(): void }[] = [];
  const log: Log = {
    write: (level, message, fields) => logged.push(`${level} ${message} ${JSON.stringify(fields)}`),
  };
  const next = seededRandom(1);
  const hex = (bytes: number) =>
    Array.from({ length: bytes }, () =>
      Math.floor(next() * 256)
        .toString(16)
        .padStart(2, '0'),
    ).join('');
  const random = { next, hex };
  const guards = new ProviderGuards({ clock: systemClock, random, log });
  const gateway = new Gateway({
    ...{ clock: systemClock, random, log, guards },
    environment: fixedEnvironment({ OPENAI_API_KEY: KEY }),
    intake: intake ?? {
      keep: async (written) => spans.push(...readWrittenSpans(written).map(({ body }) => JSON.parse(body))),
    },
    weights: weights ?? heldWeights(),
    loadTokens: () => {
      tokens ??= TokenCounts.load();
      return tokens;
    },
    onBug: (error) => bugs.push(error),
  });
  gateway.use({
    config: config ?? undefined,
    providers,
    applyRelease: () => {
      throw new UserError('there are no releases here');
    },
    problem: null,
    ...settings,
  });

  const listener: ExchangeListener = {
    keeps: () => keeps,
    finished: (exchange) => {
      finished.push(exchange);
      for (const { count, resolve } of waiting) if (finished.length >= count) resolve();
    },
  };
  gateway.listen(listener);
  const server = await gateway.serve({ port: 0, token: TOKEN });

  return {
    ...{ gateway, server, guards, finished, spans, bugs, logged },
    ended: (count) =>
      new Promise((resolve) => {
        if (finished.length >= count) resolve(finished);
        else waiting.push({ count, resolve: () => resolve(finished) });
      }),
    close: async () => {
      await server.close(0);
      await gateway.close();
    },
  };
}

/** Weights that are set, in memory. */
function heldWeights(): ConstructorParameters<typeof Gateway>[0]['weights'] {
  const held = new Map<string, { readonly [arm: string]: number }>();
  const armsOf = ({ name, arms }: RouteConfig) =>
    arms.map((arm) => ({ ...arm, weight: held.get(name)?.[arm.name] ?? arm.weight }));
  return {
    armsOf,
    isDeployed: () => false,
    overruled: () => null,
    setArms: () => {
      throw new Error('give a file of weights');
    },
    clear: (one) => {
      held.delete(one.name);
      return one.arms;
    },
    set: (one, weights) => {
      held.set(one.name, { ...held.get(one.name), ...weights });
      return armsOf(one);
    },
  };
}

export interface Got {
  status: number;
  headers: IncomingMessage['headers'];
  rawHeaders: string[];
  trailers: IncomingMessage['trailers'];
  body: Buffer;
  /** The connection broke before the reply was whole. */
  isCut: boolean;
  leave(): void;
}

export interface Sending {
  method?: string;
  path?: string;
  headers?: { [name: string]: string };
  body?: string | Buffer | object;
  /** Stops reading, and leaves, after so many bytes. */
  leaveAfter?: number;
  /** Does not leave then, but reads no more until `leave`. */
  pauses?: boolean;
  onBytes?(): void;
  signal?: AbortSignal;
}

/** One request to a gateway, over a connection of its own. Rejects where no head came. */
export function send(
  { server }: Pick<TestGateway, 'server'>,
  {
    method = 'POST',
    path = '/v1/chat/completions',
    headers = {},
    body,
    leaveAfter,
    pauses = false,
    onBytes,
    signal,
  }: Sending,
): Promise<Got> {
  return new Promise((resolve, reject) => {
    const outgoing = sendRequest(
      {
        ...{ host: '127.0.0.1', port: server.port, method, path, agent: false },
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', ...headers },
        ...(signal ? { signal } : {}),
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        let size = 0;
        const done = (isCut: boolean) =>
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            rawHeaders: incoming.rawHeaders,
            trailers: incoming.trailers,
            body: Buffer.concat(chunks),
            isCut,
            leave: () => outgoing.destroy(),
          });
        incoming.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          size += chunk.length;
          onBytes?.();
          if (leaveAfter === undefined || size < leaveAfter) return;
          if (!pauses) return void outgoing.destroy();
          incoming.pause();
          done(false);
        });
        incoming.on('error', () => done(true));
        incoming.on('end', () => done(false));
      },
    );
    outgoing.on('error', reject);
    outgoing.end(typeof body === 'object' && !Buffer.isBuffer(body) ? JSON.stringify(body) : body);
  });
}

export const CHAT = { model: 'gpt-5-mini', messages: [{ role: 'user', content: 'hello' }] };

/** A chat's event stream in the form of OpenAI. */
export function chatStream(...pieces: string[]): string {
  const event = (delta: object, finish: string | null = null) =>
    `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', model: 'gpt-5-mini', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
  return [
    event({ role: 'assistant', content: '' }),
    ...pieces.map((content) => event({ content })),
    event({}, 'stop'),
    'data: [DONE]\n\n',
  ].join('');
}

export function chatReply(
  content: string,
  usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
) {
  return JSON.stringify({
    id: 'c1',
    object: 'chat.completion',
    model: 'gpt-5-mini',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage,
  });
}

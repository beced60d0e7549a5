import { setTimeout as wait } from 'node:timers/promises';
import {
  type OpenAiServer,
  type RecordedRequest,
  type Script,
  type ScriptedReply,
  startOpenAiServer,
} from '../openaiServer.ts';
import { seededRandom } from '../seededRandom.ts';
import { type Latency, latency } from './latency.ts';
import { Allowances, type RateLimits } from './rateLimits.ts';
import { RETRY_AFTER_FORMS } from './retryAfterForms.ts';

/** What a request meets in place of a good answer. */
export type Fault =
  | { status: number; message?: string; code?: string; headers?: { [name: string]: string } }
  | 'hang'
  | 'destroy'
  /** The stream ends in the middle; the answer has tokens by then. */
  | 'cut'
  /** As JSON, it breaks off in the middle. */
  | 'malformed'
  /** The whole answer comes, but bit by bit with long gaps. */
  | 'drip';

export interface ProviderServerOptions {
  seed?: number;
  /** To the first byte of an answer. */
  latency?: Latency;
  limits?: RateLimits;
  /** The way in which the server tells its limits, with each answer. */
  headers?: 'openai' | 'anthropic' | 'none';
  /** The form in which a refused call is told how long to wait: a key of RETRY_AFTER_FORMS. */
  retryAfter?: string;
  /** Asked for each request that the limits admit. `elapsedMs` counts from the start of the server. */
  fault?: (call: { index: number; elapsedMs: number; request: RecordedRequest }) => Fault | undefined;
  /** Between two pieces of a dripping answer, in milliseconds. */
  dripMs?: number;
  reply?: (request: RecordedRequest) => ScriptedReply;
  /** What a call counts against the limit on tokens. */
  tokens?: (request: RecordedRequest) => number;
}

export interface ProviderServer extends OpenAiServer {
  /** Answers by status; 0 stands for those that hang, are cut, or are dropped. */
  readonly counts: ReadonlyMap<number, number>;
  /** The most calls that were answered at once. */
  readonly peak: number;
  /** Milliseconds from the start of the server to each admitted call. */
  readonly admittedAt: readonly number[];
}

/** A provider with latency, limits and faults, in OpenAI's API, over a real socket. */
export async function startProviderServer(options: ProviderServerOptions = {}): Promise<ProviderServer> {
  const random = seededRandom(options.seed ?? 1);
  const begun = performance.now();
  const allowances = new Allowances(options.limits ?? {}, begun);
  const counts = new Map<number, number>();
  const admittedAt: number[] = [];
  const count = (status: number) => counts.set(status, (counts.get(status) ?? 0) + 1);
  let index = 0;

  const limitHeaders = () => {
    const now = performance.now();
    if (options.headers === 'anthropic') return allowances.anthropicHeaders(now, Date.now());
    return options.headers === 'none' ? {} : allowances.openAiHeaders(now);
  };

  const server = await startOpenAiServer((request): Script => {
    const now = performance.now();
    const admission = allowances.enter(options.tokens?.(request) ?? 15, now);
    if (!admission.admitted) {
      count(429);
      const form = RETRY_AFTER_FORMS[options.retryAfter ?? 'seconds'];
      const asked = form?.(admission.waitMs, Date.now()) ?? {};
      const message = `Rate limit reached for ${admission.why}.`;
      return {
        status: 429,
        code: 'rate_limit_exceeded',
        message,
        headers: { ...limitHeaders(), ...asked },
      };
    }

    admittedAt.push(now - begun);
    const fault = options.fault?.({ index: index++, elapsedMs: now - begun, request });
    const ms = (options.latency ?? latency.fixed(0))(random);
    const after = ms > 0 ? wait(ms) : Promise.resolve();
    const script = scriptOf(fault, request, options);
    count('status' in script ? script.status : fault === undefined || fault === 'drip' ? 200 : 0);

    if (!('status' in script || 'hang' in script || 'destroy' in script || 'raw' in script)) {
      return { ...script, after, headers: limitHeaders, done: () => allowances.leave() };
    }
    allowances.leave();
    return 'status' in script ? { ...script, headers: { ...limitHeaders(), ...script.headers } } : script;
  });

  return Object.defineProperties(server, {
    counts: { value: counts },
    admittedAt: { value: admittedAt },
    peak: { get: () => allowances.peak },
  }) as ProviderServer;
}

function scriptOf(
  fault: Fault | undefined,
  request: RecordedRequest,
  options: ProviderServerOptions,
): Script {
  const reply = options.reply?.(request) ?? { text: 'The refund is on its way.' };
  if (fault === undefined) return reply;
  if (typeof fault === 'object') return fault;
  switch (fault) {
    case 'hang':
      return { hang: true };
    case 'destroy':
      return { destroy: true };
    case 'cut':
      return request.body.stream === true ? { ...reply, cut: 'socket' } : { destroy: true };
    case 'malformed':
      return { raw: '{"id":"chatcmpl-1","choices":[{"mess', contentType: 'application/json' };
    case 'drip':
      return { ...reply, between: () => wait(options.dripMs ?? 100) };
  }
}

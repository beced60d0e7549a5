import { UserError } from '../../errors.ts';
import { estimateCall, mostTokens } from '../../models/callEstimate.ts';
import { callCost } from '../../models/prices/prices.ts';
import type { Clock, Log, Span } from '../../ports.ts';
import { decide } from '../../resilience/classify.ts';
import { DeadlineReached } from '../../resilience/deadline.ts';
import type { Answered, CallRequest, Outcome } from '../../resilience/guard.ts';
import { type CallEstimate, Rejected } from '../../resilience/policy.ts';
import type { Connection } from '../../http/httpConnection.ts';
import type { ArmTarget, RouteConfig } from '../../suites/gateway/gatewayConfig.ts';
import type { ReplySummary } from '../apis/replyTap.ts';
import type { Client } from './client.ts';
import { attemptSpan, type ExchangeSpan, endAttempt, outputAttributes } from './exchangeSpan.ts';
import { type Failure, failureOf, mayFallBack, rejection } from './failure.ts';
import type { ExchangeEnding, FinishedExchange } from './finishedExchange.ts';
import { apiError, openTap } from './interim.ts';
import { KeptBytes } from './keptBytes.ts';
import { shownHeaders } from './passedHeaders.ts';
import { TimeLimit } from './timeLimit.ts';
import { type ApplyRelease, type Asked, targetName, type UpstreamRequest, upstreamRequest } from './upstreamRequest.ts';
import { UpstreamReply } from './upstreamReply.ts';
import type { Upstreams } from './upstreams.ts';

export interface ExchangePorts {
  clock: Clock;
  log: Log;
  connection: Connection;
  upstreams: Upstreams;
  applyRelease: ApplyRelease;
  onBug(error: unknown): void;
}

export interface ExchangeOptions {
  id: string;
  route: RouteConfig;
  /** Null beside the route's arms. */
  arm: string | null;
  /** Asked in this order until one answers. */
  targets: readonly ArmTarget[];
  asked: Asked;
  client: Client;
  stickyKey: string | null;
  pool: string;
  keepsBodies: boolean;
  span: ExchangeSpan;
  /** Ends it from outside; a client that leaves does so by itself. */
  signal?: AbortSignal | undefined;
  /** When it was admitted: since the epoch, and on the monotonic clock. */
  startedMs: number;
  started: number;
  /** Called once. */
  finished(exchange: FinishedExchange): void;
}

/** Tells a client that has left from other reasons to stop. */
const LEFT = new Error('the client has left');

/** Something of the upstream that is under way. */
interface UnderWay {
  request: UpstreamRequest;
  reply: UpstreamReply;
  span: Span;
  /** When it was sent. */
  since: number;
}

/**
 * One request of a client: asks the targets one after the other until one has content, hands that on byte for byte, and ends once.
 * Until the first content nothing is handed on; after it nobody else is asked.
 */
export class Exchange {
  readonly #ports: ExchangePorts;
  readonly #options: ExchangeOptions;
  readonly #stop = new AbortController();
  readonly #limit: TimeLimit;
  readonly #deadline: number;
  readonly #kept: KeptBytes | undefined;
  #underWay: UnderWay | undefined;
  #answered: Answered<UnderWay | Failure> | undefined;
  #summary: ReplySummary | null = null;
  #costUsd: number | null = null;
  #firstContent: number | undefined;
  #status: number | null = null;
  #headers: { readonly [name: string]: string } = {};
  #source: FinishedExchange['source'] = 'upstream';
  /** How it will end once the client has everything. */
  #ending: { ending: ExchangeEnding; reason: string | null } | undefined;
  #isOver = false;

  constructor(options: ExchangeOptions, ports: ExchangePorts) {
    const { route, started, keepsBodies, signal } = options;
    this.#options = options;
    this.#ports = ports;
    this.#deadline = started + route.limits.wholeMs;
    this.#kept = keepsBodies ? new KeptBytes() : undefined;
    this.#limit = new TimeLimit(
      ports.clock,
      () => this.#due(),
      () => this.#overdue(),
    );
    signal?.addEventListener('abort', this.#abort, { once: true });
    if (signal?.aborted) this.#abort();
  }

  /** Resolves when nothing more is to be asked; the client may not have everything yet. Rejects for bugs, once the client was cut. */
  async run(): Promise<void> {
    const { client } = this.#options;
    client.hear({
      drained: () => this.#underWay?.reply.resume(),
      sent: () => this.#sent(),
      left: () => this.#left(),
    });

    try {
      await this.#askAll();
    } catch (error) {
      this.#gaveUp(error);
    }
  }

  /** Gives a reply again that is kept. */
  replay({ head, body }: { head: Parameters<Client['begin']>[0]; body: Buffer }, summary: ReplySummary): void {
    const { client } = this.#options;
    client.hear({ drained: () => {}, sent: () => this.#sent(), left: () => this.#left() });
    this.#source = 'cache';
    this.#summary = summary;
    this.#costUsd = 0;
    this.#ending = { ending: 'done', reason: null };
    this.#firstContent = this.#ports.clock.monotonic();
    this.#begin(head);
    this.#kept?.add(body);
    client.write(body);
    client.end([]);
  }

  async #askAll(): Promise<void> {
    let first: Failure | undefined;
    for (const [at, target] of this.#options.targets.entries()) {
      const opened = await this.#ask(target);
      if (this.#isOver) return;
      if ('reply' in opened) {
        if (at > 0) this.#source = 'fallback';
        return this.#handOn(opened);
      }

      first ??= opened;
      if (!mayFallBack(opened)) break;
      if (at + 1 < this.#options.targets.length) this.#options.span.fellBack(opened.reason);
    }
    if (first) this.#refuse(first);
  }

  /** One target, asked as often as its guard allows. Rejects with the reason to stop, and with DeadlineReached. */
  async #ask(target: ArmTarget): Promise<UnderWay | Failure> {
    const { asked, route, span } = this.#options;
    const { upstreams, applyRelease } = this.#ports;
    const { signal } = this.#stop;
    let request: UpstreamRequest;
    try {
      const prepared = upstreamRequest(target, { asked, route, upstreams, applyRelease, signal });
      request = prepared instanceof Promise ? await prepared : prepared;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return notReady(error);
    }

    span.asks(request);
    const call = this.#callOf(request);
    try {
      const answered = await request.server.guard.open<UnderWay | Failure>(call, (context) =>
        this.#attempt(request, context.signal),
      );
      this.#answered = answered;
      const { value } = answered;
      if ('reply' in value) return value;
      if (answered.stop?.kind === 'rejected') return { ...value, reason: `${value.reason} (${answered.stop.rejection.message})` };
      return value;
    } catch (error) {
      if (error instanceof Rejected) return rejection(error);
      throw error;
    }
  }

  #callOf({ server, model, read }: UpstreamRequest): CallRequest {
    const { pool, stickyKey, asked, span } = this.#options;
    const leftMs = Math.max(1, this.#deadline - this.#ports.clock.monotonic());
    return {
      pool,
      caller: stickyKey ?? '',
      model,
      signal: this.#stop.signal,
      timeoutMs: Math.min(leftMs, server.timeoutMs),
      span: span.span,
      // A client is told at once, and may ask elsewhere.
      waits: false,
      estimate: (): CallEstimate => {
        if (model === undefined) return { tokens: mostTokens(asked.body.toString()), costUsd: null };
        const messages = [...read.messages()];
        const { maxOutputTokens: maxTokens } = read;
        const parameters = maxTokens === undefined ? {} : { maxTokens };
        if (messages.length > 0)
          return estimateCall({ messages, parameters, tools: [...read.tools()] }, model, server.prices);
        const text = { role: 'user' as const, content: asked.body.toString() };
        return estimateCall({ messages: [text], parameters: { maxTokens: maxTokens ?? 0 } }, model, server.prices);
      },
    };
  }

  async #attempt(request: UpstreamRequest, signal: AbortSignal) {
    const { asked, route, span } = this.#options;
    const { clock, connection } = this.#ports;
    const child = attemptSpan(span, request);
    const { api } = asked;
    const { read, dropsUsage } = request;
    const traced = child.traceparent === undefined ? {} : { traceparent: child.traceparent };
    const http = { ...request.http, headers: { ...request.http.headers, ...traced } };

    const reply = new UpstreamReply({
      connection,
      request: http,
      signal,
      monotonic: () => clock.monotonic(),
      mustHaveContent: api === 'chat' || api === 'responses' || api === 'messages',
      openTap: (incoming) =>
        openTap({
          ...{ api, status: incoming.statusCode ?? 0, headers: incoming.headers },
          ...{ stream: read.stream, dropsUsage, request: read },
        }),
    });
    const underWay: UnderWay = { request, reply, span: child, since: clock.monotonic() };
    this.#underWay = underWay;
    this.#limit.check();

    try {
      const opened = await reply.opened;
      const { firstTokenMs } = route.limits;
      const failed = failureOf(opened, reply, { target: request.target, clock, firstTokenMs });
      if (!failed) return { kind: 'begun' as const, value: underWay };

      const { failure, outcome } = failed;
      if (reply.head.status === 401) this.#ports.upstreams.forget(request.provider);
      this.#endAttempt(underWay, failure.reason, outcome.errorType);
      return { kind: 'ended' as const, value: failure, outcome };
    } catch (error) {
      this.#endAttempt(underWay, reasonOf(error), error === LEFT ? 'cancelled' : 'timeout');
      throw error;
    }
  }

  #endAttempt(underWay: UnderWay, reason: string | undefined, errorType: string | undefined): void {
    underWay.reply.close();
    if (this.#underWay === underWay) this.#underWay = undefined;
    endAttempt(underWay.span, { summary: null, reason, errorType });
  }

  /** From here on there is one upstream, and its bytes are the client's. */
  #handOn(underWay: UnderWay): void {
    const { client } = this.#options;
    const { reply, span, request } = underWay;
    this.#firstContent = this.#ports.clock.monotonic();
    this.#options.span.firstContent(span);
    try {
      this.#begin(withoutLength(reply.head, request.dropsUsage));
    } catch (error) {
      this.#endReply(underWay, { decision: { kind: 'transient' }, tokens: null, costUsd: null }, String(error));
      return this.#refuse({
        ending: 'failed',
        reason: `${request.target} answered with a head that cannot be passed on`,
        decision: { kind: 'transient' },
        answer: { status: 502, type: 'upstream_error' },
      });
    }
    this.#headers = shownHeaders(reply.incoming?.headers ?? {});

    reply.relay({
      bytes: (bytes) => {
        this.#kept?.add(bytes);
        if (!client.write(bytes)) reply.pause();
      },
      ended: () => this.#ended(underWay),
      broken: (reason) => this.#broken(underWay, reason),
    });
    this.#limit.check();
  }

  #ended(underWay: UnderWay): void {
    const { reply, request } = underWay;
    const { tap, incoming } = reply;
    const { api } = this.#options.asked;
    const isStream = /^text\/event-stream\b/i.test(incoming?.headers['content-type'] ?? '');
    const said = tap?.error;
    const isCut = isStream && api !== 'agent' && tap?.isWhole === false && reply.head.status < 300;

    this.#ending = { ending: 'done', reason: null };
    if (said) this.#ending = { ending: 'cut', reason: `${request.target} gave an error within its answer: ${wordsOf(said.message)}` };
    else if (isCut) this.#ending = { ending: 'cut', reason: `${request.target} ended its stream before the answer was whole` };
    else if (isEmpty(api, reply)) this.#ending = { ending: 'empty', reason: `${request.target} answered with nothing` };

    const now = this.#ports.clock.monotonic();
    const { status } = reply.head;
    const decision = said
      ? decide({ kind: 'error-event', said }, now)
      : isCut
        ? decide({ kind: 'cut' }, now)
        : status >= 400
          ? decide({ kind: 'status', status }, now)
          : ({ kind: 'done' } as const);
    this.#options.client.end(incoming?.rawTrailers ?? []);
    this.#endReply(underWay, { decision, ...this.#used(underWay) }, this.#ending.reason ?? undefined);
    this.#limit.check();
  }

  /** It broke off after its first content, or has to stop. */
  #broken(underWay: UnderWay, error: unknown): void {
    const { request } = underWay;
    underWay.reply.tap?.end();
    const used = this.#used(underWay);
    const isLeft = error === LEFT;
    const isTimeout = error instanceof DeadlineReached || error instanceof SilenceError;
    const isStopped = this.#stop.signal.aborted && !isTimeout;
    const reason = isLeft || isStopped ? reasonOf(error) : isTimeout ? error.message : `${request.target} broke off its answer: ${reasonOf(error)}`;

    this.#ending = { ending: isLeft || isStopped ? 'left' : isTimeout ? 'timeout' : 'cut', reason };
    const decision = isLeft || isStopped ? ({ kind: 'caller' } as const) : ({ kind: 'transient' } as const);
    this.#endReply(underWay, { decision, ...used, errorType: this.#ending.ending }, reason);
    this.#options.client.cut();
    this.#finish();
  }

  #endReply(underWay: UnderWay, outcome: Outcome, reason: string | undefined): void {
    const silentMs = underWay.reply.silentMs;
    underWay.reply.close();
    this.#answered?.settle({ ...outcome, silentMs });
    underWay.span.set(outputAttributes(this.#options.route, this.#summary));
    endAttempt(underWay.span, { summary: this.#summary, reason, errorType: outcome.errorType });
    this.#underWay = undefined;
  }

  #used({ request, reply }: UnderWay): { tokens: number | null; costUsd: number | null } {
    this.#summary = reply.tap?.summary() ?? null;
    const usage = this.#summary?.usage ?? null;
    const { prices } = request.server;
    this.#costUsd =
      callCost(usage, request.model ?? '', prices) ?? callCost(usage, this.#summary?.model ?? '', prices);
    return { tokens: usage && usage.inputTokens + usage.outputTokens, costUsd: this.#costUsd };
  }

  /** Nobody has answered: what the upstream said, or what we say of it. */
  #refuse(failure: Failure): void {
    const { client, asked } = this.#options;
    const { answer, ending, reason } = failure;
    this.#ending = { ending, reason: ending === 'done' ? null : reason };
    if ('head' in answer) {
      this.#headers = shownHeaders(answer.headers);
      this.#begin(answer.head);
      this.#kept?.add(answer.body);
      client.write(answer.body);
    } else {
      const said = apiError(asked.api, answer.status, reason, answer.type);
      const body = Buffer.from(said.body ?? '');
      const headers: { [name: string]: string } = { ...said.headers, 'content-length': String(body.length) };
      if (answer.refusedBy !== undefined) headers['x-touchstone-refused'] = answer.refusedBy;
      if (answer.until !== undefined) {
        const waitMs = Math.max(0, answer.until - this.#ports.clock.monotonic());
        headers['retry-after'] = String(Math.ceil(waitMs / 1000));
      }
      this.#begin({ status: answer.status, statusText: '', rawHeaders: Object.entries(headers).flat() });
      client.write(body);
    }
    client.end([]);
    this.#limit.check();
  }

  /** Before anything was handed on: the client has left, the time is over, or there is a bug. */
  #gaveUp(error: unknown): void {
    if (this.#isOver) return;
    if (error instanceof DeadlineReached)
      return this.#refuse({
        ending: 'timeout',
        reason: error.message,
        decision: { kind: 'transient' },
        answer: { status: 504, type: 'timeout_error' },
      });

    const isStopped = this.#stop.signal.aborted;
    this.#ending ??= { ending: isStopped ? 'left' : 'failed', reason: isStopped ? reasonOf(this.#stop.signal.reason) : 'something went wrong in the gateway' };
    if (!isStopped) this.#ports.onBug(error);
    this.#options.client.cut();
    this.#finish();
  }

  #begin(head: Parameters<Client['begin']>[0]): void {
    this.#options.client.begin(head);
    this.#status = head.status;
  }

  #sent(): void {
    this.#finish();
  }

  #left(): void {
    if (this.#isOver) return;
    if (!this.#underWay && this.#ending) {
      this.#ending = { ending: this.#ending.ending === 'done' ? 'left' : this.#ending.ending, reason: this.#ending.reason ?? LEFT.message };
      return this.#finish();
    }
    this.#stop.abort(LEFT);
  }

  readonly #abort = (): void => {
    this.#stop.abort(this.#options.signal?.reason);
  };

  /** The one place where it ends. */
  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#limit.end();
    this.#options.signal?.removeEventListener('abort', this.#abort);

    const finished = this.#record();
    this.#options.span.end(finished);
    // The client comes first.
    setImmediate(() => this.#options.finished(finished));
  }

  #record(): FinishedExchange {
    const { id, route, arm, asked, started, startedMs, span, stickyKey, keepsBodies } = this.#options;
    const { ending, reason } = this.#ending ?? { ending: 'failed', reason: null };
    const first = this.#firstContent;
    const body = keepsBodies && asked.body.length <= KeptBytes.most ? asked.body : null;
    return {
      ...{ id, route: route.name, arm, api: asked.api, startedMs },
      firstContentMs: first === undefined ? null : first - started,
      durationMs: this.#ports.clock.monotonic() - started,
      ...{ ending, reason, status: this.#status },
      request: { method: asked.method, target: `${asked.path}${asked.search}`, headers: asked.headers, body },
      reply: this.#kept && this.#status !== null ? { headers: this.#headers, body: this.#kept.bytes() } : null,
      ...{ summary: this.#summary, costUsd: this.#costUsd, source: this.#source },
      ...{ traceId: span.traceId, spanId: span.spanId, stickyKey },
    };
  }

  /** When something must have come: the first content, the next byte, or the end. */
  #due(): number | undefined {
    if (this.#isOver) return undefined;
    const { limits } = this.#options.route;
    const underWay = this.#underWay;
    if (!underWay) return this.#ending ? this.#deadline : undefined;
    if (this.#firstContent === undefined) return underWay.since + limits.firstTokenMs;
    const { lastAt } = underWay.reply;
    return Math.min(this.#deadline, lastAt === undefined ? this.#deadline : lastAt + limits.idleMs);
  }

  #overdue(): void {
    const { limits } = this.#options.route;
    const now = this.#ports.clock.monotonic();
    if (this.#underWay && now < this.#deadline) {
      const ms = this.#firstContent === undefined ? limits.firstTokenMs : limits.idleMs;
      this.#underWay.reply.timeOut(new SilenceError(`nothing came for ${ms / 1000} s`));
    } else if (this.#underWay) this.#underWay.reply.timeOut(new DeadlineReached(limits.wholeMs));
    else {
      // The client does not take what is there.
      this.#ending = { ending: 'timeout', reason: `the client had not taken the reply within ${limits.wholeMs / 1000} s` };
      this.#options.client.cut();
      this.#finish();
    }
  }
}

/** A target that cannot be asked: its key is missing, say, or its release. */
function notReady(error: UserError): Failure {
  return {
    ending: 'refused',
    reason: error.message,
    decision: { kind: 'spent' },
    answer: { status: 503, type: 'configuration_error', refusedBy: 'configuration' },
  };
}

class SilenceError extends Error {}

function isEmpty(api: Asked['api'], { tap, head }: UpstreamReply): boolean {
  const mayBe = api === 'chat' || api === 'responses' || api === 'messages';
  return mayBe && head.status === 200 && tap?.hasContent === false;
}

/** What we take out of a body is missing in its length. */
function withoutLength<Head extends { rawHeaders: readonly string[] }>(head: Head, isEdited: boolean): Head {
  if (!isEdited) return head;
  const { rawHeaders } = head;
  const kept = rawHeaders.filter((_, at) => rawHeaders[at - (at % 2)]?.toLowerCase() !== 'content-length');
  return { ...head, rawHeaders: kept };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function wordsOf(message: unknown): string {
  return typeof message === 'string' ? message : 'without words';
}

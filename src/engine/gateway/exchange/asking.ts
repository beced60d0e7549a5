import { UserError } from '../../errors.ts';
import type { Redactor } from '../../http/redactor.ts';
import type { Wires } from '../../http/wires.ts';
import { estimateCall, mostTokens } from '../../models/callEstimate.ts';
import type { Clock, Span } from '../../ports.ts';
import type { Answered, CallRequest } from '../../resilience/guard.ts';
import { type CallEstimate, Rejected } from '../../resilience/policy.ts';
import type { ArmTarget, RouteConfig } from '../../suites/gateway/gatewayConfig.ts';
import { openTap } from '../apis/openTap.ts';
import type { TokenCounts } from '../apis/tokenCounts.ts';
import { attemptSpan, type ExchangeSpan, endAttempt } from './exchangeSpan.ts';
import { type Failure, failureOf, mayFallBack, notReady, refusesUsage, rejection } from './failure.ts';
import { failureWithoutKeys } from './keyless.ts';
import { UpstreamReply } from './upstreamReply.ts';
import { type ApplyRelease, type Asked, type UpstreamRequest, upstreamRequest } from './upstreamRequest.ts';
import type { Upstreams } from './upstreams.ts';

export interface AskingPorts {
  clock: Clock;
  wires: Wires;
  upstreams: Upstreams;
  /** Of the keys that providers were given. */
  redactor: Redactor;
  applyRelease: ApplyRelease;
  /** Loaded before anything is asked. */
  tokens(): TokenCounts;
}

export interface AskingOptions {
  asked: Asked;
  route: RouteConfig;
  /** Asked in this order until one answers. */
  targets: readonly ArmTarget[];
  stickyKey: string | null;
  pool: string;
  /** For how long it waits before its client is told, where a provider asks for a pause; as long as it may last where absent. */
  patienceMs?: number;
  /** The same for a place. */
  queueMs?: number;
  span: ExchangeSpan;
  /** Ends it, with its reason. */
  signal: AbortSignal;
  /** On the monotonic clock, in milliseconds. */
  deadline: number;
  /** A request was sent. */
  sent(): void;
}

/** An upstream that was asked, and may be answering. */
export interface UnderWay {
  request: UpstreamRequest;
  reply: UpstreamReply;
  span: Span;
  /** When it was sent, on the monotonic clock. */
  since: number;
}

/** What begins to answer: an upstream with its first content, whose call is to be settled. */
export interface Begun {
  underWay: UnderWay;
  answered: Answered<unknown>;
  /** Whether it stands in for the targets of the route. */
  isFallback: boolean;
}

/** Asks the targets of an exchange until one has content. Until then nothing was handed on, and another one may be asked. */
export class Asking {
  readonly #options: AskingOptions;
  readonly #ports: AskingPorts;
  /** The request that is waited for; undefined while none is. */
  underWay: UnderWay | undefined;

  constructor(options: AskingOptions, ports: AskingPorts) {
    this.#options = options;
    this.#ports = ports;
  }

  /** What answers, or why the first target did not where none does. Rejects with the signal's reason, with DeadlineReached, and for bugs. */
  async ask(): Promise<Begun | Failure> {
    const { targets, span } = this.#options;
    let first: Failure | undefined;
    for (const [at, target] of targets.entries()) {
      const opened = await this.#askOne(target);
      if ('answered' in opened)
        return { ...opened, isFallback: this.#options.route.fallbacks.includes(target) };

      first ??= opened;
      if (!mayFallBack(opened)) break;
      if (at + 1 < targets.length) span.fellBack(opened.reason);
    }
    return first ? failureWithoutKeys(first, this.#ports.redactor) : NOBODY;
  }

  /** One target, asked as often as its guard allows. */
  async #askOne(target: ArmTarget): Promise<Omit<Begun, 'isFallback'> | Failure> {
    const { asked, route, span, signal } = this.#options;
    const { upstreams, applyRelease } = this.#ports;
    let request: UpstreamRequest;
    try {
      const prepared = upstreamRequest(target, { asked, route, upstreams, applyRelease, signal });
      request = prepared instanceof Promise ? await prepared : prepared;
    } catch (error) {
      if (error instanceof UserError) return notReady(error);
      throw error;
    }

    span.asks(request);
    try {
      const { guard } = request.server;
      const answered = await guard.open<UnderWay | Failure>(this.#callOf(request), ({ signal: limited }) =>
        this.#attempt(request, limited),
      );
      const { value, stop } = answered;
      if ('reply' in value) return { underWay: value, answered };
      // Its client has not asked for the usage, and would not have been refused.
      if (request.dropsUsage && refusesUsage(value)) {
        upstreams.declinesUsage(request.provider);
        return await this.#askOne(target);
      }
      if (stop?.kind !== 'rejected') return value;
      return { ...value, reason: `${value.reason} (${stop.rejection.message})` };
    } catch (error) {
      if (error instanceof Rejected) return rejection(error);
      throw error;
    }
  }

  #callOf({ server, model, read }: UpstreamRequest): CallRequest {
    const { pool, patienceMs, queueMs, stickyKey, asked, span, signal, deadline } = this.#options;
    const leftMs = Math.max(1, deadline - this.#ports.clock.monotonic());
    return {
      ...{ pool, caller: stickyKey ?? '', model, signal, span: span.span },
      timeoutMs: Math.min(Math.ceil(leftMs), server.timeoutMs),
      // A client is told at once, and may ask elsewhere.
      waits: false,
      ...{ patienceMs, queueMs },
      estimate: (): CallEstimate => {
        if (model === undefined) return { tokens: mostTokens(asked.body.toString()), costUsd: null };

        const messages = [...read.messages()];
        const text = { role: 'user' as const, content: asked.body.toString() };
        const maxTokens = read.maxOutputTokens ?? (messages.length > 0 ? undefined : 0);
        const parameters = maxTokens === undefined ? {} : { maxTokens };
        const sent = messages.length > 0 ? messages : [text];
        return estimateCall({ messages: sent, parameters, tools: [...read.tools()] }, model, server.prices);
      },
    };
  }

  async #attempt(request: UpstreamRequest, signal: AbortSignal) {
    const { asked, route, span } = this.#options;
    const { clock, wires, upstreams, tokens } = this.#ports;
    const { api } = asked;
    const { read, dropsUsage, target } = request;
    const child = attemptSpan(span, request);
    const traced = child.traceparent === undefined ? {} : { traceparent: child.traceparent };

    const reply = new UpstreamReply({
      wires,
      request: { ...request.http, headers: { ...request.http.headers, ...traced } },
      signal,
      monotonic: () => clock.monotonic(),
      mustHaveContent: api !== 'agent',
      openTap: ({ status, headers }) =>
        openTap({
          ...{ api, status, headers, dropsUsage, stream: read.stream },
          ...{ request: read, counts: tokens() },
        }),
    });
    const underWay: UnderWay = { request, reply, span: child, since: clock.monotonic() };
    this.underWay = underWay;
    this.#options.sent();

    try {
      const opened = await reply.opened;
      const { firstTokenMs } = route.limits;
      const failed = failureOf(opened, reply, { target, clock, firstTokenMs });
      if (!failed) return { kind: 'begun' as const, value: underWay };

      const { failure, outcome } = failed;
      if (reply.head.status === 401) upstreams.forget(request.provider);
      this.#end(underWay, failure.reason, outcome.errorType);
      return { kind: 'ended' as const, value: failure, outcome };
    } catch (error) {
      this.#end(underWay, error instanceof Error ? error.message : String(error), 'cancelled');
      throw error;
    }
  }

  #end(underWay: UnderWay, reason: string, errorType: string | undefined): void {
    underWay.reply.close();
    this.underWay = undefined;
    endAttempt(underWay.span, { summary: null, reason, errorType });
  }
}

const NOBODY: Failure = {
  ending: 'refused',
  reason: 'the route has no target',
  decision: { kind: 'caller' },
  answer: { status: 503, type: 'configuration_error', refusedBy: 'configuration' },
};

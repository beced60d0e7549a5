import type { OpenAI } from 'openai/client';
import { createRedactor } from '../http/redactor.ts';
import type { Clock, Random, Span } from '../ports.ts';
import { EVENT, GENERAL } from '../telemetry/attributes.ts';
import { createBoundFetch, type Endpoint } from './boundFetch.ts';
import { replyAttributes, requestAttributes } from './chatSpan.ts';
import { classifyError } from './classify.ts';
import { startDeadline } from './deadline.ts';
import type { Limiter } from './limiter.ts';
import {
  type CallOptions,
  type ModelClient,
  ModelError,
  type ModelReply,
  type ModelRequest,
  NO_OUTPUT,
} from './modelClient.ts';
import { callCost, type PriceTable } from './prices/prices.ts';
import { errorType, withRetry } from './retry.ts';
import { type MaxTokensField, toChatBody } from './wire/chatRequest.ts';
import { endingOf } from './wire/finishReasons.ts';
import {
  addChunk,
  addCompletion,
  emptyDraft,
  hasContent,
  isAnswer,
  type ReplyDraft,
  toolCallsOf,
} from './wire/replyDraft.ts';
import { measuredUsage } from './wire/replyUsage.ts';

interface OpenAiClientOptions extends Endpoint {
  provider: string;
  model: string;
  clock: Clock;
  random: Random;
  /** Shared by the clients of one provider. */
  limiter: Limiter;
  prices?: PriceTable;
  /** Upper limit for every call of this provider, in milliseconds. */
  timeoutMs?: number;
  /** Default true: the time to the first token is measured, and a cut reply is told from a whole one. */
  stream?: boolean;
}

/**
 * A model behind any server that speaks OpenAI's chat completions. Transient failures before the first token
 * are retried (see retry.ts). Once tokens have arrived nothing is: a stream that breaks or ends without a
 * finish reason is an `incomplete` reply, because its tokens are paid and a second try would hide the fault. A reply
 * that is not of the form it should be is an error, however much of it came.
 */
export function createOpenAiClient(options: OpenAiClientOptions): ModelClient {
  const redact = createRedactor([options.apiKey ?? '', ...Object.values(options.headers)]);
  let api: Promise<Api> | undefined;

  const attempt = async (request: ModelRequest, signal: AbortSignal, span: Span): Promise<ModelReply> => {
    api ??= connect(options);
    const { sdk, client } = await api;
    const begun = options.clock.monotonic();
    const call = { client, options, request, signal, headers: traceHeaders(span) };
    try {
      const { draft, firstTokenAt, fault } =
        options.stream === false ? await callWhole(call) : await callStreamed(call, span);
      signal.throwIfAborted();
      if (fault !== undefined && (isProtocolFault(fault) || !hasContent(draft))) throw fault;
      const reason =
        fault === undefined
          ? null
          : classifyError(fault, { sdk, baseUrl: options.baseUrl, nowMs: options.clock.now(), redact })
              .message;
      return toReply(draft, options, {
        latencyMs: options.clock.monotonic() - begun,
        firstTokenMs: firstTokenAt === null ? null : firstTokenAt - begun,
        reason: reason ?? (draft.fault === null ? null : redact(draft.fault)),
      });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw classifyError(error, { sdk, baseUrl: options.baseUrl, nowMs: options.clock.now(), redact });
    }
  };

  return {
    provider: options.provider,
    model: options.model,
    endpoint: options.baseUrl,
    complete: async (request, call) => {
      call.signal.throwIfAborted();
      const span = call.span.child(
        `chat ${options.model}`,
        requestAttributes(options.provider, options.model, options.baseUrl, request),
        'client',
      );
      const deadline = startDeadline(options.clock, limitOf(options, call), call.signal);
      const retry = {
        clock: options.clock,
        random: options.random,
        signal: deadline.signal,
        deadline: deadline.at,
        span,
      };
      try {
        const reply = await options.limiter.run(
          () => withRetry(() => attempt(request, deadline.signal, span), retry),
          deadline.signal,
        );
        span.set(replyAttributes(reply));
        span.end('reason' in reply ? reply.reason : undefined);
        return reply;
      } catch (error) {
        const failure = error instanceof ModelError ? error : undefined;
        span.set({
          [GENERAL.errorType]: failure ? errorType(failure) : call.signal.aborted ? 'cancelled' : '_OTHER',
        });
        span.end(failure?.message ?? (call.signal.aborted ? 'cancelled' : 'failed'));
        throw error;
      } finally {
        deadline.stop();
      }
    },
  };
}

export interface Api {
  sdk: typeof OpenAI;
  client: OpenAI;
}

interface Call {
  client: OpenAI;
  options: OpenAiClientOptions;
  request: ModelRequest;
  signal: AbortSignal;
  headers: { [name: string]: string };
}

interface Received {
  draft: ReplyDraft;
  /** On the monotonic clock. */
  firstTokenAt: number | null;
  /** What broke the stream before its finish reason. */
  fault?: unknown;
}

/** The library is loaded with the first call: it costs some 80 ms, which `touchstone validate` need not pay. */
export async function connect(endpoint: Endpoint): Promise<Api> {
  const { OpenAI: sdk } = await import('openai/client');
  const client = new sdk({
    baseURL: endpoint.baseUrl,
    // The library insists on a key; the real one is added by the bound fetch, which drops this.
    apiKey: 'added-on-the-way',
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    maxRetries: 0,
    // The call's deadline rules; the library's own timer must never come first. setTimeout's largest delay.
    timeout: 2 ** 31 - 1,
    logLevel: 'off',
    fetch: createBoundFetch(endpoint),
  });
  return { sdk, client };
}

async function callStreamed(call: Call, span: Span): Promise<Received> {
  const { clock } = call.options;
  const body = { ...bodyOf(call), stream: true as const, stream_options: { include_usage: true } };
  const { data, response } = await call.client.chat.completions
    .create(body, { signal: call.signal, headers: call.headers })
    .withResponse();
  const type = (response.headers.get('content-type') ?? '').toLowerCase();
  // Some compatible servers and proxies do not know streams and send the whole reply.
  if (/\bjson\b/.test(type)) return readWhole(await response.json());
  if (!type.includes('text/event-stream')) {
    data.controller.abort();
    throw new ModelError('protocol', 'the provider answered with something other than an event stream', {
      transient: false,
    });
  }
  const received: Received = { draft: emptyDraft(), firstTokenAt: null };
  try {
    for await (const chunk of data) {
      addChunk(received.draft, chunk);
      if (received.firstTokenAt === null && hasContent(received.draft)) {
        received.firstTokenAt = clock.monotonic();
        span.event(EVENT.firstToken);
      }
    }
  } catch (error) {
    received.fault = error;
  }
  if (received.draft.finishReason !== null) delete received.fault;
  else
    received.fault ??= new ModelError('network', 'the stream ended before the reply was complete', {
      transient: true,
    });
  return received;
}

/** A reply of the wrong form is no half of a right one. */
function isProtocolFault(fault: unknown): boolean {
  return fault instanceof ModelError && fault.code === 'protocol';
}

async function callWhole(call: Call): Promise<Received> {
  const completion = await call.client.chat.completions.create(bodyOf(call), {
    signal: call.signal,
    headers: call.headers,
  });
  return readWhole(completion);
}

function readWhole(completion: unknown): Received {
  const draft = emptyDraft();
  addCompletion(draft, completion);
  return { draft, firstTokenAt: null };
}

function bodyOf({ options, request }: Call) {
  return toChatBody(options.model, request, maxTokensField(options.baseUrl));
}

function maxTokensField(baseUrl: string): MaxTokensField {
  return /(^|\.)openai\.(com|azure\.com)$/.test(new URL(baseUrl).hostname)
    ? 'max_completion_tokens'
    : 'max_tokens';
}

/** `baggage` stays here: run and case ids are not the provider's business. */
function traceHeaders({ traceparent }: Span): { traceparent?: string } {
  return traceparent ? { traceparent } : {};
}

function limitOf(options: OpenAiClientOptions, call: CallOptions): number {
  return Math.min(call.timeoutMs, options.timeoutMs ?? Number.POSITIVE_INFINITY);
}

function toReply(
  draft: ReplyDraft,
  options: OpenAiClientOptions,
  measured: { latencyMs: number; firstTokenMs: number | null; reason: string | null },
): ModelReply {
  const usage = measuredUsage(draft.usage, isAnswer(draft));
  const base = {
    text: draft.refusal || (draft.text ?? ''),
    toolCalls: toolCallsOf(draft),
    usage,
    costUsd: callCost(usage, options.model, options.prices),
    model: draft.model ?? options.model,
    responseId: draft.responseId,
    latencyMs: measured.latencyMs,
    firstTokenMs: measured.firstTokenMs,
  };
  if (draft.finishReason === null) {
    const reason = measured.reason ?? 'the reply has no finish reason';
    return { ...base, status: 'incomplete', finishReason: null, reason };
  }
  const { finishReason } = draft;
  if (endingOf(finishReason) === 'broken') {
    const reason = measured.reason ?? `the provider failed on the way (finish reason ${finishReason})`;
    return { ...base, status: 'incomplete', finishReason: null, reason };
  }
  if (draft.refusal !== '') return { ...base, status: 'refused', finishReason };
  const nothing = emptiness(draft);
  if (nothing !== undefined) return { ...base, status: 'empty', finishReason, reason: nothing };
  return { ...base, status: 'complete', finishReason };
}

/**
 * Why a finished reply holds no answer; undefined where it does. An empty
 * text is an answer where the model ended by itself, unless it only follows reasoning.
 */
function emptiness(draft: ReplyDraft): string | undefined {
  if (isAnswer(draft)) return undefined;
  const ended = draft.finishReason === 'stop' ? '' : ` (finish reason ${draft.finishReason})`;
  if (draft.reasoning > 0) return `${NO_OUTPUT}: its reply holds reasoning only${ended}`;
  if (draft.text === null) return `${NO_OUTPUT}: its reply holds neither text nor tool calls${ended}`;
  switch (endingOf(draft.finishReason ?? '')) {
    case 'cut':
      return `${NO_OUTPUT}: it reached its limit of tokens before any`;
    case 'natural':
    case 'filtered':
      return undefined;
    default:
      return `${NO_OUTPUT}${ended}`;
  }
}

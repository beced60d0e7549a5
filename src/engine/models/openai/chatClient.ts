import { createRedactor } from '../../http/redactor.ts';
import type { Span } from '../../ports.ts';
import type { Answered, Outcome } from '../../resilience/guard.ts';
import { GENERAL } from '../../telemetry/attributes.ts';
import { estimateCall } from '../callEstimate.ts';
import { replyAttributes, requestAttributes } from '../chatSpan.ts';
import { streamingClient } from '../clientForms.ts';
import { callGuarded, callRequest, errorType, inModelWords } from '../guardedCall.ts';
import {
  type CallOptions,
  type ModelClient,
  ModelError,
  type ModelReply,
  type ModelRequest,
  type StreamPart,
} from '../modelClient.ts';
import { ChatAnswer } from './chatAnswer.ts';
import type { ChatClientOptions } from './chatOptions.ts';
import { secretsOf } from './endpoint.ts';

/**
 * A model behind any server that speaks OpenAI's chat completions. Transient failures before the first token
 * are retried (see resilience/guard.ts). Once tokens have arrived nothing is: a stream that breaks or ends without a
 * finish reason is an `incomplete` reply, because its tokens are paid and a second try would hide the fault. A reply
 * that is not of the form it should be is an error, however much of it came.
 */
export function createChatClient(options: ChatClientOptions): ModelClient {
  const { provider, model, baseUrl } = options;
  const redact = createRedactor(secretsOf(options));
  const identity = { provider, model, endpoint: baseUrl };
  return streamingClient(identity, (request, call) => streamChat({ ...options, redact }, request, call));
}

async function* streamChat(
  options: ChatClientOptions & { redact: (text: string) => string },
  request: ModelRequest,
  call: CallOptions,
): AsyncGenerator<StreamPart> {
  call.signal.throwIfAborted();

  const span = chatSpan(options, request, call);
  let answered: Answered<ChatAnswer> | undefined;
  let outcome: Outcome = LEFT;

  try {
    const estimate = () => estimateCall(request, options.model, options.prices);
    const wanted = callRequest(call, { pool: 'target', model: options.model, span: span.span, estimate });
    answered = await callGuarded(options, wanted, async ({ signal }) => {
      const answer = await ChatAnswer.begin(options, { request, signal, span: span.span });
      return { kind: 'begun', value: answer };
    });

    const answer = answered.value;
    yield* answer.parts();

    const reply = withAttempts(answer.reply(), answered.attempts);
    outcome = answer.outcome(reply);
    span.succeeded(reply);
    yield { type: 'end', reply };
  } catch (caught) {
    const error = inModelWords(caught);
    outcome = answered?.value.failure(error) ?? LEFT;
    span.failed(error, call.signal);
    throw error;
  } finally {
    answered?.value.close();
    answered?.settle(outcome);
    span.left();
  }
}

/** A reply that took several calls says so. */
function withAttempts(reply: ModelReply, attempts: number): ModelReply {
  return attempts > 1 ? { ...reply, attempts } : reply;
}

/** Whoever read the stream had enough of it, or a bug ended it; what was used by then is unknown. */
const LEFT: Outcome = { decision: { kind: 'caller' }, tokens: null, costUsd: null };

/** The span of a call, which is ended once, however the call ends. */
function chatSpan({ provider, model, baseUrl }: ChatClientOptions, request: ModelRequest, call: CallOptions) {
  const attributes = requestAttributes(provider, model, baseUrl, request);
  const span: Span = call.span.child(`chat ${model}`, attributes, 'client');
  let ended = false;
  const end = (error?: string) => {
    ended = true;
    span.end(error);
  };

  return {
    span,
    succeeded(reply: ModelReply) {
      span.set(replyAttributes(reply));
      end('reason' in reply ? reply.reason : undefined);
    },

    failed(error: unknown, signal: AbortSignal) {
      if (ended) return;

      const failure = error instanceof ModelError ? error : undefined;
      const type = failure ? errorType(failure) : signal.aborted ? 'cancelled' : '_OTHER';
      span.set({ [GENERAL.errorType]: type });
      end(failure?.message ?? (signal.aborted ? 'cancelled' : 'failed'));
    },

    /** Whoever read the stream had enough of it. */
    left() {
      if (ended) return;
      span.set({ [GENERAL.errorType]: 'cancelled' });
      end('cancelled');
    },
  };
}

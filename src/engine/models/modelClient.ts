import { defined } from '../model/defined.ts';
import type { Message, ModelParameters, ResponseFormat, ToolCall, ToolDefinition } from '../model/message.ts';
import type { Usage } from '../model/output.ts';
import type { ReplySource } from '../model/replySource.ts';
import type { Span } from '../ports.ts';
import type { Decision } from '../resilience/decision.ts';
import { type Allowance, Rejected } from '../resilience/policy.ts';
import type { ReplyPart } from './wire/replyPart.ts';

export interface ModelRequest {
  messages: Message[];
  parameters: ModelParameters;
  tools?: ToolDefinition[];
  responseFormat?: ResponseFormat;
  /** Parts that the caller drops when the server refuses them; recordings do not tell requests apart by these. */
  negotiable?: readonly ('seed' | 'temperature' | 'responseFormat')[];
}

interface ReplyBase {
  text: string;
  toolCalls: ToolCall[];
  usage: Usage | null;
  /** US dollars by the configured prices; null when a price or the usage is unknown. */
  costUsd: number | null;
  /** The model that answered, as the provider names it. */
  model: string;
  responseId: string | null;
  latencyMs: number;
  /** Milliseconds to the first token; null when the reply was not streamed. */
  firstTokenMs: number | null;
  /** The reply comes from a recording; nothing was called or paid. */
  replayed?: true;
  /** Calls that it took, where it took more than one. */
  attempts?: number;
  /** Where the reply comes from, where it is not a fresh one of the model that was asked. */
  source?: ReplySource;
}

/**
 * `incomplete`: the stream ended without a finish reason; the text is what arrived.
 * `refused`: the provider's own refusal field was set; `text` holds it.
 * `empty`: the reply is whole and says nothing, neither text nor tool calls nor refusal; there is nothing to score.
 */
export type ModelReply =
  | (ReplyBase & { status: 'complete'; finishReason: string })
  | (ReplyBase & { status: 'refused'; finishReason: string | null })
  | (ReplyBase & { status: 'empty'; finishReason: string; reason: string })
  | (ReplyBase & { status: 'incomplete'; finishReason: null; reason: string });

export type StreamPart = ReplyPart | { type: 'end'; reply: ModelReply };

/** How the reason of an `empty` reply begins. */
export const NO_OUTPUT = 'the model gave no output';

export type ModelErrorCode =
  | 'rate-limit'
  /** A quota or a credit of the account is used up. */
  | 'spent'
  | 'auth'
  | 'bad-request'
  | 'not-found'
  | 'server'
  | 'network'
  | 'timeout'
  | 'protocol'
  /** A policy of ours refused the call, see `decision`. */
  | 'rejected'
  /** A replay has no recording of the request. */
  | 'not-recorded';

/** A model call that brought no reply. Not the person's error and not a bug: it becomes an errored result. */
export class ModelError extends Error {
  readonly code: ModelErrorCode;
  /** Whose fault it was, and whether the same call may succeed later. */
  readonly decision: Decision;
  readonly status: number | undefined;
  /** What the provider asked us to wait, in milliseconds, where it did. */
  readonly retryAfterMs: number | undefined;
  /** What the provider said of its limits. */
  readonly allowance: Allowance | undefined;
  /** The request parameter that the provider objects to, where it names one, e.g. `temperature`. */
  readonly parameter: string | undefined;

  constructor(
    code: ModelErrorCode,
    message: string,
    options: ({ transient: boolean } | { decision: Decision }) & {
      status?: number;
      retryAfterMs?: number;
      parameter?: string;
      allowance?: Allowance;
      cause?: unknown;
    },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ModelError';
    this.code = code;
    this.decision = 'decision' in options ? options.decision : decisionOf(code, options.transient);
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
    this.parameter = options.parameter;
    this.allowance = options.allowance;
  }

  /** What refused the call, where one of our policies did. */
  get rejection(): Rejected | undefined {
    return this.cause instanceof Rejected ? this.cause : undefined;
  }

  /** The same call may succeed later. */
  get transient(): boolean {
    return this.decision.kind !== 'caller' && this.decision.kind !== 'spent';
  }
}

function decisionOf(code: ModelErrorCode, transient: boolean): Decision {
  if (!transient) return { kind: 'caller' };
  return code === 'rate-limit' ? { kind: 'rate-limited', until: undefined } : { kind: 'transient' };
}

export interface CallOptions {
  signal: AbortSignal;
  /** The client opens a child span `chat MODEL` under it. */
  span: Span;
  /** The bulkhead that it belongs to; `target` where absent, and `embedding` for an embedding. */
  pool?: string;
  /** Who asks, e.g. a run's id; callers that wait take turns. */
  caller?: string;
  /** Whether a short outage of the provider is waited for; default true. */
  waits?: boolean;
  /** Limit for the whole call, retries and waiting included, in milliseconds. */
  timeoutMs: number;
  /** Which trial the call belongs to, from 0; tells recordings of equal requests apart. */
  trial?: number;
  /** Which case it belongs to: equal requests of two cases may be answered differently. */
  caseId?: string;
}

/** One model of one provider. Throws ModelError; rejects with the signal's reason when aborted. */
export interface ModelClient {
  readonly provider: string;
  readonly model: string;
  /** The base URL that answers, without credentials; part of a run's identity. */
  readonly endpoint?: string;
  /** Models that may answer in its place and be paid for it, as `provider/model`. */
  readonly standIns?: readonly string[];
  /** The reply in parts as they come. The last part is the reply as a whole; whoever stops before it ends the call. */
  stream(request: ModelRequest, options: CallOptions): AsyncIterable<StreamPart>;
  /** The reply as a whole. */
  complete(request: ModelRequest, options: CallOptions): Promise<ModelReply>;
}

/** Finds models by reference, `provider/model` as in `openai/gpt-5-mini`. */
export interface ModelCatalog {
  /** Throws ConfigError when the provider is not configured or its key is missing. */
  client(reference: string): ModelClient;
}

/** The same error in other words. */
export function restate(error: ModelError, message: string): ModelError {
  return new ModelError(error.code, message, {
    decision: error.decision,
    cause: error.rejection,
    ...defined({
      status: error.status,
      retryAfterMs: error.retryAfterMs,
      parameter: error.parameter,
      allowance: error.allowance,
    }),
  });
}

import type { Reply } from '../../http/exchange.ts';
import type { Span } from '../../ports.ts';
import type { Outcome } from '../../resilience/guard.ts';
import { readAllowance } from '../../resilience/pace/readAllowance.ts';
import type { Allowance } from '../../resilience/policy.ts';
import { outcomeOf } from '../guardedCall.ts';
import { ModelError, type ModelReply, type ModelRequest } from '../modelClient.ts';
import { addPart, emptyDraft, hasContent } from '../wire/replyDraft.ts';
import type { ReplyPart } from '../wire/replyPart.ts';
import { type MaxTokensField, writeChatRequest } from '../wire/writeRequest.ts';
import type { ChatClientOptions } from './chatOptions.ts';
import { post } from './endpoint.ts';
import { statusError, toModelError } from './providerError.ts';
import { replyParts } from './replyParts.ts';
import { toReply } from './toReply.ts';

type Options = ChatClientOptions & { redact: (text: string) => string };

interface Attempt {
  request: ModelRequest;
  signal: AbortSignal;
  span: Span;
}

/** One answer of a provider, from its first content to its end. */
export class ChatAnswer {
  readonly #options: Options;
  readonly #attempt: Attempt;
  readonly #begun: number;
  readonly #draft = emptyDraft();
  /** What came before the first content: after it, nothing is asked for again. */
  readonly #first: ReplyPart[] = [];
  #reply: Reply | undefined;
  #rest: AsyncIterator<ReplyPart> | undefined;
  /** On the monotonic clock. */
  #firstTokenAt: number | null = null;
  /** What broke the stream before its finish reason. */
  #fault: unknown;
  /** Since when the next part is waited for, and the longest such time. */
  #waitingSince: number;
  #hasParts = false;
  #allowance: Allowance | undefined;
  #silentMs = 0;

  private constructor(options: Options, attempt: Attempt) {
    this.#options = options;
    this.#attempt = attempt;
    this.#begun = options.clock.monotonic();
    this.#waitingSince = this.#begun;
  }

  /** Asks, and waits for the first content. Rejects with ModelError, or with the signal's reason. */
  static async begin(options: Options, attempt: Attempt): Promise<ChatAnswer> {
    const answer = new ChatAnswer(options, attempt);
    try {
      await answer.#open();
      while (!hasContent(answer.#draft)) {
        const part = await answer.#next();
        if (!part) break;
        answer.#first.push(part);
      }
      return answer;
    } catch (error) {
      answer.close();
      if (attempt.signal.aborted) throw attempt.signal.reason;
      throw answer.#explained(error);
    }
  }

  /** All parts, once. A fault on the way ends them, and makes the reply `incomplete`; one of its form is thrown. */
  async *parts(): AsyncGenerator<ReplyPart> {
    yield* this.#first;
    try {
      for (;;) {
        const part = await this.#next();
        if (!part) return;
        yield part;
      }
    } catch (error) {
      if (this.#attempt.signal.aborted) throw this.#attempt.signal.reason;
      throw this.#explained(error);
    }
  }

  /** The reply as a whole, once all parts have come. */
  reply(): ModelReply {
    const { clock, model, prices, redact } = this.#options;
    const { fault } = this.#draft;
    const broken = this.#fault === undefined ? undefined : this.#explained(this.#fault);
    const reason = broken instanceof Error ? broken.message : fault === null ? null : redact(fault);
    return toReply(
      this.#draft,
      { model, prices },
      {
        latencyMs: clock.monotonic() - this.#begun,
        firstTokenMs: this.#firstTokenAt === null ? null : this.#firstTokenAt - this.#begun,
        reason,
      },
    );
  }

  /** What the answer says of the provider, once it is whole or cut. */
  outcome({ status, usage, costUsd }: ModelReply): Outcome {
    const fault = this.#fault === undefined ? undefined : this.#explained(this.#fault);
    const cut = fault instanceof ModelError ? fault.decision : ({ kind: 'transient' } as const);
    return {
      decision: status === 'incomplete' ? cut : { kind: 'done' },
      silentMs: this.#silentMs,
      tokens: usage && usage.inputTokens + usage.outputTokens,
      costUsd,
      allowance: this.#allowance,
    };
  }

  /** The same where the answer brought an error instead of its end. */
  failure(error: unknown): Outcome | undefined {
    if (!(error instanceof ModelError)) return undefined;
    return { ...outcomeOf(error), silentMs: this.#silentMs, allowance: this.#allowance };
  }

  close(): void {
    this.#reply?.close();
  }

  async #open(): Promise<void> {
    const { connection, model, baseUrl, clock, stream = true } = this.#options;
    const { request, signal, span } = this.#attempt;
    const body = writeChatRequest(request, { model, maxTokensField: maxTokensField(baseUrl), stream });
    const headers = traceHeaders(span);
    const reply = await post(this.#options, { connection, path: '/chat/completions', body, headers, signal });

    this.#reply = reply;
    this.#allowance = readAllowance(reply.headers, clock.now(), clock.monotonic());
    if (!reply.ok) throw await statusError(reply, clock);
    this.#rest = replyParts(reply, { streamed: stream });
  }

  async #next(): Promise<ReplyPart | undefined> {
    try {
      if (this.#hasParts) this.#waitingSince = this.#options.clock.monotonic();
      const next = await this.#rest?.next();
      this.#hasParts = true;
      this.#noteSilence();
      this.#attempt.signal.throwIfAborted();
      if (!next || next.done) return undefined;

      addPart(this.#draft, next.value);
      this.#noteFirstToken();

      return next.value;
    } catch (error) {
      this.#attempt.signal.throwIfAborted();
      // What comes behind the finish reason cannot spoil the reply.
      if (this.#draft.finishReason !== null) return undefined;
      if (isProtocolFault(error) || !hasContent(this.#draft)) throw error;

      this.#fault = error;
      return undefined;
    }
  }

  /** The time in which whoever reads does something else is not the provider's. */
  #noteSilence(): void {
    this.#silentMs = Math.max(this.#silentMs, this.#options.clock.monotonic() - this.#waitingSince);
  }

  #noteFirstToken(): void {
    if (this.#firstTokenAt !== null || !this.#reply?.isEventStream || !hasContent(this.#draft)) return;
    this.#firstTokenAt = this.#options.clock.monotonic();
    this.#attempt.span.event('first_token');
  }

  #explained(error: unknown): unknown {
    const { baseUrl, redact } = this.#options;
    const where = this.#reply ? 'the connection broke' : `no connection to ${baseUrl}`;
    return toModelError(error, { where, redact });
  }
}

/** A reply of the wrong form is no half of a right one. */
function isProtocolFault(fault: unknown): boolean {
  return fault instanceof ModelError && fault.code === 'protocol';
}

/** By the server’s host: an address that can be parsed. */
export function maxTokensField(baseUrl: string): MaxTokensField {
  return /(^|\.)openai\.(com|azure\.com)$/.test(new URL(baseUrl).hostname)
    ? 'max_completion_tokens'
    : 'max_tokens';
}

/** `baggage` stays here: run and case ids are not the provider's business. */
function traceHeaders({ traceparent }: Span): { [name: string]: string } {
  return traceparent ? { traceparent } : {};
}

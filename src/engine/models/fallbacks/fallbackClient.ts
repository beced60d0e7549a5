import { defined, nonEmpty } from '../../model/defined.ts';
import type { FallbackCause, SourceReason } from '../../model/replySource.ts';
import type { Clock } from '../../ports.ts';
import type { Decision } from '../../resilience/decision.ts';
import { CALLING, type FallbackChain, type FallbackState, nextFallback } from '../../resilience/fallback.ts';
import { EVENT, FALLBACK } from '../../telemetry/attributes.ts';
import {
  type CallOptions,
  type ModelClient,
  ModelError,
  type ModelReply,
  type ModelRequest,
  restate,
  type StreamPart,
} from '../modelClient.ts';
import { decisionOfError } from './decisionOfError.ts';
import type { ReplyFallback, ReplyKeeper } from './replyFallback.ts';
import { fromContent, wholeOnly } from './streamForms.ts';

interface FallbackClientOptions {
  client: ModelClient;
  chain: FallbackChain<ReplyFallback>;
  /** The models among its steps. */
  standIns: readonly string[];
  /** Asked before the model, which is only called for what it has no answer to. */
  first?: ReplyFallback | undefined;
  keepers: readonly ReplyKeeper[];
  clock: Clock;
  onFallback?: ((provider: string) => void) | undefined;
}

/**
 * A model with what answers in its place. Nothing stands in for a call once some of its content has been handed on, and all of
 * it together has the time of one call. Without an answer, the call ends as the model's own did, with what was tried.
 */
export function fallbackClient(options: FallbackClientOptions): ModelClient {
  const { provider, model, endpoint } = options.client;
  return {
    provider,
    model,
    ...defined({ endpoint, standIns: nonEmpty(options.standIns) }),
    stream: (request, call) => new FallbackCall(options, request, call).parts(fromContent),
    async complete(request, call) {
      for await (const part of new FallbackCall(options, request, call).parts(wholeOnly))
        if (part.type === 'end') return part.reply;
      throw new Error('the stream ended without its reply');
    },
  };
}

/** How much of a stream is held back until it may be handed on. */
type StreamForm = (parts: AsyncIterable<StreamPart>) => AsyncIterable<StreamPart>;

/** How the model's own call ended without a whole answer. */
type Failure = { error: unknown; decision: Decision } | { cut: ModelReply & { status: 'incomplete' } };

class FallbackCall {
  readonly #options: FallbackClientOptions;
  readonly #request: ModelRequest;
  readonly #call: CallOptions;
  /** On the monotonic clock. */
  readonly #begun: number;
  #failure: Failure | undefined;
  /** What steps said that had no answer. */
  readonly #tried: string[] = [];

  constructor(options: FallbackClientOptions, request: ModelRequest, call: CallOptions) {
    this.#options = options;
    this.#request = request;
    this.#call = call;
    this.#begun = options.clock.monotonic();
  }

  async *parts(form: StreamForm): AsyncGenerator<StreamPart> {
    this.#call.signal.throwIfAborted();
    const { first } = this.#options;
    if (first) {
      const found = await first.answer(this.#request, this.#left(), { kind: 'first' });
      if ('parts' in found) return yield* found.parts;
    }

    let state = yield* this.#own(form);
    while (state.state === 'trying') state = yield* this.#try(state, form);
    if (state.state === 'failed') yield* this.#giveUp();
  }

  /** Where a fallback answers for an outage, it is not waited for. */
  #first(): CallOptions {
    const { steps, on } = this.#options.chain;
    return steps.length > 0 && on.has('rejected') ? { ...this.#call, waits: false } : this.#call;
  }

  /** The model itself. */
  async *#own(form: StreamForm): AsyncGenerator<StreamPart, FallbackState> {
    const { client, chain, keepers } = this.#options;
    let handedOn = false;
    try {
      for await (const part of form(client.stream(this.#request, this.#first()))) {
        if (part.type === 'end' && part.reply.status === 'incomplete' && !handedOn) {
          this.#failure = { cut: part.reply };
          return nextFallback(chain, CALLING, failed({ kind: 'transient' }, false));
        }
        handedOn = true;
        if (part.type === 'end') for (const keeper of keepers) this.#keep(keeper, part.reply);
        yield part;
      }
      return nextFallback(chain, CALLING, { event: 'answered' });
    } catch (error) {
      const decision = decisionOfError(error);
      if (this.#call.signal.aborted || decision === undefined) throw error;

      this.#failure = { error, decision };
      return nextFallback(chain, CALLING, failed(decision, handedOn));
    }
  }

  async *#try(
    state: Extract<FallbackState, { state: 'trying' }>,
    form: StreamForm,
  ): AsyncGenerator<StreamPart, FallbackState> {
    const { chain } = this.#options;
    const step = chain.steps[state.step];
    const why = this.#why();
    if (!step || !why) return { state: 'failed', why: 'exhausted' };

    const left = this.#left();
    // As the model itself: where more steps follow, an outage is not waited for.
    const call = state.step + 1 < chain.steps.length ? { ...left, waits: false } : left;
    if (step.takesTime && call.timeoutMs <= 0) return this.#without(state, step, "the call's time is over");

    let handedOn = false;
    try {
      const answer = await step.answer(this.#request, call, why);
      if ('nothing' in answer) return this.#without(state, step, answer.nothing);

      for await (const part of form(answer.parts)) {
        if (part.type === 'end' && part.reply.status === 'incomplete' && !handedOn)
          return this.#without(state, step, part.reply.reason);
        if (!handedOn) this.#note(step, why);
        handedOn = true;
        yield part.type === 'end' ? { ...part, reply: this.#withCut(part.reply) } : part;
      }
      return nextFallback(chain, state, { event: 'answered' });
    } catch (error) {
      const decision = decisionOfError(error);
      if (this.#call.signal.aborted || decision === undefined || handedOn) throw error;

      this.#tried.push(`${step.name}: ${error instanceof Error ? error.message : String(error)}`);
      return nextFallback(chain, state, failed(decision, false));
    }
  }

  #without(state: FallbackState, step: ReplyFallback, reason: string): FallbackState {
    this.#tried.push(`${step.name}: ${reason}`);
    return nextFallback(this.#options.chain, state, { event: 'nothing' });
  }

  /** Ends as the model's own call did. */
  *#giveUp(): Generator<StreamPart> {
    const failure = this.#failure;
    if (!failure) throw new Error('a call without an ending has no fallback');
    const tried = this.#tried.length === 0 ? '' : ` (no fallback answered: ${this.#tried.join('; ')})`;
    if ('cut' in failure) {
      const { cut } = failure;
      yield { type: 'end', reply: { ...cut, reason: `${cut.reason}${tried}` } };
      return;
    }

    const { error } = failure;
    throw tried !== '' && error instanceof ModelError ? restate(error, `${error.message}${tried}`) : error;
  }

  #why(): Exclude<SourceReason, { kind: 'first' }> | undefined {
    const failure = this.#failure;
    if (!failure) return undefined;
    if ('cut' in failure) return { kind: 'transient', message: failure.cut.reason };

    const { error, decision } = failure;
    const message = error instanceof Error ? error.message : String(error);
    return isCause(decision.kind) ? { kind: decision.kind, message } : undefined;
  }

  /** What the half of an answer cost is paid, too. */
  #withCut(reply: ModelReply): ModelReply {
    const failure = this.#failure;
    if (!failure || !('cut' in failure)) return reply;
    const [before, after] = [failure.cut.costUsd, reply.costUsd];
    return { ...reply, costUsd: before === null || after === null ? null : before + after };
  }

  #left(): CallOptions {
    const { clock } = this.#options;
    return { ...this.#call, timeoutMs: this.#call.timeoutMs - (clock.monotonic() - this.#begun) };
  }

  #note(step: ReplyFallback, why: SourceReason): void {
    this.#options.onFallback?.(this.#options.client.provider);
    this.#call.span.event(EVENT.fallback, { [FALLBACK.step]: step.name, [FALLBACK.why]: why.kind });
  }

  /** Only what the model said itself, and all of it. */
  #keep(keeper: ReplyKeeper, reply: ModelReply): void {
    if (reply.status !== 'complete' || reply.replayed || reply.source) return;
    keeper.keep(this.#request, this.#call, reply);
  }
}

function failed(decision: Decision, handedOn: boolean) {
  return { event: 'failed', decision, handedOn } as const;
}

function isCause(kind: Decision['kind']): kind is FallbackCause {
  return kind !== 'done' && kind !== 'caller';
}

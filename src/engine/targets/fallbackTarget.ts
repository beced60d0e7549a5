import { emptyOutput, type Output } from '../model/output.ts';
import type { ReplySource, SourceReason } from '../model/replySource.ts';
import type { AgentFallbacks, AgentStep } from '../models/fallbacks/agentFallbacks.ts';
import { type CallOptions, type ModelClient, ModelError } from '../models/modelClient.ts';
import type { Clock } from '../ports.ts';
import type { Decision } from '../resilience/decision.ts';
import { CALLING, type FallbackState, nextFallback } from '../resilience/fallback.ts';
import { Rejected } from '../resilience/policy.ts';
import { EVENT, FALLBACK } from '../telemetry/attributes.ts';
import { agentRequest, inputText } from './agentRequest.ts';
import { modelOutput } from './prompt/modelOutput.ts';
import { caseMessage } from './prompt/promptMessage.ts';
import type { Target, TargetContext, TargetRequest } from './target.ts';

/**
 * An agent with what answers in its place where it does not: its earlier answer to the same request, a model that is asked
 * what the case asks, or a fixed answer. All of it together has the time of one call. Without an answer, the call ends as the
 * agent's own did, with what was tried.
 */
export function fallbackTarget(target: Target, fallbacks: AgentFallbacks, clock: Clock): Target {
  return {
    ...target,
    call: (request, context) => new AgentCall({ target, fallbacks, clock }, request, context).output(),
  };
}

interface AgentCallOptions {
  target: Target;
  fallbacks: AgentFallbacks;
  clock: Clock;
}

/** How the agent's own call ended: with an output that is an error, or refused by one of our policies. */
type Failure = { output: Output & { status: 'error' } } | { rejection: Rejected };

class AgentCall {
  readonly #options: AgentCallOptions;
  readonly #request: TargetRequest;
  readonly #context: TargetContext;
  /** On the monotonic clock. */
  readonly #begun: number;
  readonly #tried: string[] = [];

  constructor(options: AgentCallOptions, request: TargetRequest, context: TargetContext) {
    this.#options = options;
    this.#request = request;
    this.#context = context;
    this.#begun = options.clock.monotonic();
  }

  async output(): Promise<Output> {
    const { fallbacks } = this.#options;
    const { chain } = fallbacks;
    const own = await this.#own();
    if ('status' in own) return own;

    const decision = decisionOf(own);
    let state: FallbackState = nextFallback(chain, CALLING, { event: 'failed', decision, handedOn: false });
    while (state.state === 'trying') {
      const step = chain.steps[state.step];
      const isLast = state.step + 1 === chain.steps.length;
      const found = step && (await this.#try(step, reasonOf(own, decision), isLast));
      if (found) return found;
      state = nextFallback(chain, state, { event: 'nothing' });
    }

    return this.#giveUp(own);
  }

  async #own(): Promise<Output | Failure> {
    const { target, fallbacks } = this.#options;
    // Where something else answers for an outage, it is not waited for.
    const waits = !fallbacks.chain.on.has('rejected');
    try {
      const output = await target.call(this.#request, waits ? this.#context : { ...this.#context, waits });
      if (output.status === 'complete') fallbacks.keep(this.#asked, output);
      return output.status === 'error' ? { output } : output;
    } catch (error) {
      if (this.#context.signal.aborted || !(error instanceof Rejected)) throw error;
      return { rejection: error };
    }
  }

  async #try(step: AgentStep, why: SourceReason, isLast: boolean): Promise<Output | undefined> {
    const found = await this.#answer(step, why, isLast);
    if (typeof found === 'string') {
      this.#tried.push(found);
      return undefined;
    }
    this.#options.fallbacks.used(this.#options.target.name);
    this.#context.span.event(EVENT.fallback, {
      [FALLBACK.step]: found.source?.kind,
      [FALLBACK.why]: why.kind,
    });
    return found;
  }

  /** What a step has to say, or why it has nothing. */
  async #answer(step: AgentStep, why: SourceReason, isLast: boolean): Promise<Output | string> {
    switch (step.kind) {
      case 'fixed':
        return standIn({ text: step.answer }, { kind: 'fixed', why });
      case 'cache': {
        const kept = this.#options.fallbacks.find(this.#asked, why);
        return kept ?? 'cache: no answer to this request is stored';
      }
      case 'model':
        return this.#askModel(step.client, why, isLast);
    }
  }

  /** Where more steps follow, an outage of its provider is not waited for. */
  async #askModel(client: ModelClient, why: SourceReason, isLast: boolean): Promise<Output | string> {
    const name = `${client.provider}/${client.model}`;
    const { clock } = this.#options;
    const { messages, case_id: id } = agentRequest(this.#request);
    const sent = messages?.map((message) => caseMessage(message, id)) ?? [
      { role: 'user' as const, content: inputText(this.#request) },
    ];

    const { signal, span, pool, caller, timeoutMs } = this.#context;
    const call: CallOptions = { signal, span, timeoutMs: timeoutMs - (clock.monotonic() - this.#begun) };
    if (pool !== undefined) call.pool = pool;
    if (caller !== undefined) call.caller = caller;
    if (!isLast) call.waits = false;
    if (call.timeoutMs <= 0) return `${name}: the call's time is over`;

    try {
      const reply = await client.complete({ messages: sent, parameters: {} }, call);
      if (reply.status === 'incomplete' || reply.status === 'empty') return `${name}: ${reply.reason}`;
      return modelOutput({ ...reply, source: { kind: 'model', why, model: name } }, { text: reply.text });
    } catch (error) {
      if (signal.aborted || !(error instanceof ModelError)) throw error;
      return `${name}: ${error.message}`;
    }
  }

  /** Ends as the agent's own call did. */
  #giveUp(own: Failure): Output {
    if ('rejection' in own) throw own.rejection;
    if (this.#tried.length === 0) return own.output;
    const { error } = own.output;
    const message = `${error.message} (no fallback answered: ${this.#tried.join('; ')})`;
    return { ...own.output, error: { ...error, message } };
  }

  /** What tells one request to the agent from another; the seed of a run does not. */
  get #asked() {
    const { hash, environment = {} } = this.#options.target;
    const { seed: _drawn, ...request } = agentRequest(this.#request);
    return {
      agent: this.#options.target.name,
      parts: [hash, environment, request, this.#request.earlier ?? null],
    };
  }
}

/** A program that ended without an answer gave none, whatever it says of itself by its exit code. */
function decisionOf(own: Failure): Decision {
  if ('rejection' in own) return { kind: 'rejected', by: own.rejection.by, until: own.rejection.until };
  const { code, transient } = own.output.error;
  if (code === 'rate-limit') return { kind: 'rate-limited', until: undefined };
  return { kind: transient || code === 'exit' ? 'transient' : 'caller' };
}

function reasonOf(own: Failure, { kind }: Decision): Exclude<SourceReason, { kind: 'first' }> {
  const message = 'rejection' in own ? own.rejection.message : own.output.error.message;
  return { kind: kind === 'rejected' || kind === 'rate-limited' ? kind : 'transient', message };
}

function standIn({ text }: { text: string }, source: ReplySource): Output {
  return {
    ...emptyOutput(),
    status: 'complete',
    text,
    usage: { inputTokens: 0, outputTokens: 0 },
    costUsd: 0,
    finishReason: 'stop',
    source,
  };
}

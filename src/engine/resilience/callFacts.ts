import type { Deadline } from './deadline.ts';
import type { CallRequest, Guarding } from './guard.ts';
import { type CallEstimate, type CallFacts, TYPICAL_TOKENS } from './policy.ts';

/**
 * What policies know of a call. A class: V8 keeps what the getters of an object literal refer to, here all of the call, until it
 * collects the whole heap, and moves it around meanwhile.
 */
export class KnownFacts implements CallFacts {
  readonly pool: string;
  readonly caller: string;
  readonly model: string | undefined;
  readonly signal: AbortSignal;
  readonly deadline: number;
  readonly waits: boolean;
  readonly queueMs: number | undefined;
  readonly #call: CallRequest;
  readonly #patienceLeft: () => number | undefined;
  readonly #usual: (inputTokens: number) => CallEstimate;
  #estimate: CallEstimate | undefined;

  /** `patienceLeft` is asked whenever it counts. */
  constructor(
    call: CallRequest,
    { signal, at }: Deadline,
    patienceLeft: () => number | undefined,
    usual: Guarding['estimate'] = typical,
  ) {
    this.pool = call.pool;
    this.caller = call.caller;
    this.model = call.model;
    this.signal = signal;
    this.deadline = at;
    this.waits = call.waits ?? true;
    this.queueMs = call.queueMs;
    this.#call = call;
    this.#patienceLeft = patienceLeft;
    this.#usual = usual;
  }

  get patienceMs(): number | undefined {
    return this.#patienceLeft();
  }

  get estimate(): CallEstimate {
    const { estimate, inputTokens } = this.#call;
    this.#estimate ??= estimate?.() ?? this.#usual(inputTokens?.() ?? 0);
    return this.#estimate;
  }
}

function typical(inputTokens: number): CallEstimate {
  return { tokens: inputTokens + TYPICAL_TOKENS, costUsd: null };
}

import type { Deadline } from './deadline.ts';
import type { CallRequest, Guarding } from './guard.ts';
import { type CallEstimate, type CallFacts, TYPICAL_TOKENS } from './policy.ts';

/** What policies know of a call; `patienceLeft` is asked whenever it counts. */
export function factsOf(
  { pool, caller, model, queueMs, estimate, inputTokens = () => 0, waits = true }: CallRequest,
  { signal, at }: Deadline,
  patienceLeft: () => number | undefined,
  usual: Guarding['estimate'] = typical,
): CallFacts {
  let known: CallEstimate | undefined;
  return {
    pool,
    caller,
    model,
    signal,
    deadline: at,
    waits,
    queueMs,
    get patienceMs() {
      return patienceLeft();
    },
    get estimate() {
      known ??= estimate?.() ?? usual(inputTokens());
      return known;
    },
  };
}

function typical(inputTokens: number): CallEstimate {
  return { tokens: inputTokens + TYPICAL_TOKENS, costUsd: null };
}

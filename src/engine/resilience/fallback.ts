import type { Decision } from './decision.ts';

/** What answers in place of a call that failed: `steps` in their order, after an ending of one of the kinds in `on`. */
export interface FallbackChain<Step> {
  readonly steps: readonly Step[];
  readonly on: ReadonlySet<Decision['kind']>;
}

/** `step` counts from 0; `answered` without one: the call itself did. */
export type FallbackState =
  | { state: 'calling' }
  | { state: 'trying'; step: number }
  | { state: 'answered'; step: number | undefined }
  | { state: 'failed'; why: FallbackRefusal };

/**
 * `handed-on`: content has reached the caller, so another answer would be appended to it.
 * `not-asked`: the chain is not for calls that end like this.
 * `exhausted`: no step had an answer.
 */
export type FallbackRefusal = 'handed-on' | 'not-asked' | 'exhausted';

/** What came of the call, or of the step that is being tried. `handedOn`: some of its content has reached the caller. */
export type FallbackEvent =
  | { event: 'answered' }
  | { event: 'failed'; decision: Decision; handedOn: boolean }
  /** A step that has nothing to say, such as a cache without an entry. */
  | { event: 'nothing' };

export const CALLING: FallbackState = { state: 'calling' };

/**
 * What to do next. How a step failed does not matter: it is a stand-in, and the next one may do better, even where the
 * step's own model finds the request wrong.
 */
export function nextFallback<Step>(
  chain: FallbackChain<Step>,
  state: FallbackState,
  event: FallbackEvent,
): FallbackState {
  if (state.state === 'answered' || state.state === 'failed') return state;

  const step = state.state === 'trying' ? state.step : undefined;
  if (event.event === 'answered') return { state: 'answered', step };
  if (event.event === 'failed') {
    if (event.handedOn) return { state: 'failed', why: 'handed-on' };
    if (step === undefined && !chain.on.has(event.decision.kind))
      return { state: 'failed', why: 'not-asked' };
  }

  const next = (step ?? -1) + 1;
  return next < chain.steps.length ? { state: 'trying', step: next } : { state: 'failed', why: 'exhausted' };
}

import type { Clock } from '../ports.ts';
import { DeadlineReached } from '../resilience/deadline.ts';
import type { Answered, Attempt, CallRequest, Guard, Outcome } from '../resilience/guard.ts';
import { Rejected } from '../resilience/policy.ts';
import { stopWords, untilWords } from '../resilience/stopWords.ts';
import { type CallOptions, ModelError, restate } from './modelClient.ts';

interface Guarded {
  guard: Guard;
  clock: Clock;
  /** Upper limit of every call of the provider, in milliseconds. */
  timeoutMs?: number | undefined;
}

/**
 * Makes a call of a model under its provider's guard. An attempt says what went wrong by a ModelError. Rejects with the last
 * one where it is not repeated, with ModelError `rejected` where a policy refuses it, and with the caller's reason.
 */
export async function callGuarded<T>(
  { guard, clock, timeoutMs = Number.POSITIVE_INFINITY }: Guarded,
  call: CallRequest,
  attempt: Attempt<T>,
): Promise<Answered<T>> {
  const limited = { ...call, timeoutMs: Math.min(call.timeoutMs, timeoutMs) };
  const answered = await guard
    .open<T | ModelError>(limited, (context) => attempt(context).catch(failed))
    .catch((error: unknown) => {
      throw error instanceof Rejected ? rejected(error, clock) : inModelWords(error);
    });

  const { value, stop } = answered;
  if (!(value instanceof ModelError)) return { ...answered, value };
  if (stop?.kind === 'rejected') throw rejected(stop.rejection.after(value), clock);
  throw restate(value, `${value.message}${stopWords(answered, clock)}`);
}

/** What the caller of a model says of its call, for the guard. `pool`: its bulkhead where it names none. */
export function callRequest(
  { signal, timeoutMs, caller = '', waits, ...options }: CallOptions,
  { pool, ...own }: Pick<CallRequest, 'pool' | 'span' | 'estimate' | 'model'>,
): CallRequest {
  return { ...own, pool: options.pool ?? pool, caller, signal, timeoutMs, waits };
}

/** The time limit of a call, as callers of models hear of it. */
export function inModelWords(error: unknown): unknown {
  if (error instanceof DeadlineReached) return new ModelError('timeout', error.message, { transient: true });
  return error;
}

function rejected(rejection: Rejected, clock: Clock): ModelError {
  const { by, until } = rejection;
  const message = `${rejection.message}${by === 'pace' ? '' : untilWords(rejection, clock)}`;
  return new ModelError('rejected', message, { decision: { kind: 'rejected', by, until }, cause: rejection });
}

/** Low-cardinality `error.type`: the HTTP status where there is one, else the code. */
export function errorType(error: ModelError): string {
  return error.status === undefined ? error.code : String(error.status);
}

/** What a status turned away was not answered, and costs nothing; what a broken call cost is unknown. */
export function outcomeOf(error: ModelError): Outcome {
  const used = error.status === undefined ? null : 0;
  return {
    decision: error.decision,
    tokens: used,
    costUsd: used,
    errorType: errorType(error),
    allowance: error.allowance,
  };
}

function failed(error: unknown): { kind: 'ended'; value: ModelError; outcome: Outcome } {
  if (!(error instanceof ModelError)) throw error;
  return { kind: 'ended', value: error, outcome: outcomeOf(error) };
}

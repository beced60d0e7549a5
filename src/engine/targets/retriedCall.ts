import type { Output } from '../model/output.ts';
import { backoff, RETRY_ATTEMPTS } from '../models/retry.ts';
import type { Clock, Random, Span } from '../ports.ts';
import { EVENT, RETRY } from '../telemetry/attributes.ts';

/** One call of an agent. `retry` is set where it is known that the agent will answer later. */
export interface Attempt {
  output: Output;
  /** `afterMs`: what the agent asked to wait. */
  retry?: { afterMs?: number | undefined };
}

interface RetriedCallOptions {
  clock: Clock;
  random: Random;
  signal: AbortSignal;
  span: Span;
  /** Of all attempts and waits together, in milliseconds. */
  limitMs: number;
}

/**
 * Calls again what asked for it, up to four calls in all: after the time that the agent named, else after an
 * exponential back-off with jitter, as models are. A wait that would outlast the limit is not begun. The output is
 * that of the last call, with the number of calls and what all of them cost, as far as they said.
 */
export async function retriedCall(
  attempt: (leftMs: number) => Promise<Attempt>,
  { clock, random, signal, span, limitMs }: RetriedCallOptions,
): Promise<Output> {
  const begun = clock.monotonic();
  let spentUsd = 0;
  for (let made = 1; ; made += 1) {
    const leftMs = limitMs - (clock.monotonic() - begun);
    const { output, retry } = await attempt(leftMs);
    const final = withEarlier(output, made, spentUsd);
    if (!retry || made >= RETRY_ATTEMPTS) return final;

    const waitMs = retry.afterMs ?? backoff(made, random);
    if (clock.monotonic() - begun + waitMs >= limitMs) return tooLate(final, waitMs, limitMs);
    spentUsd += output.costUsd ?? 0;
    span.event(EVENT.retry, { [RETRY.attempt]: made, [RETRY.waitMs]: waitMs });
    await clock.sleep(waitMs, signal);
  }
}

function withEarlier(output: Output, made: number, spentUsd: number): Output {
  if (made === 1) return output;
  const costUsd = output.costUsd === null ? null : output.costUsd + spentUsd;
  const counted = { ...output, costUsd, attempts: made };
  if (counted.status !== 'error') return counted;
  return {
    ...counted,
    error: { ...counted.error, message: `${counted.error.message} (after ${made} calls)` },
  };
}

function tooLate(output: Output, waitMs: number, limitMs: number): Output {
  if (output.status !== 'error') return output;
  const why = `it may be asked again in ${seconds(waitMs)}, but a call may take ${seconds(limitMs)} in all`;
  return { ...output, error: { ...output.error, message: `${output.error.message} (${why})` } };
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}

import { defined } from '../model/defined.ts';
import type { Output } from '../model/output.ts';
import { whyCostUnknown } from '../model/unknownCost.ts';
import type { Clock } from '../ports.ts';
import { decide } from '../resilience/classify.ts';
import { DeadlineReached } from '../resilience/deadline.ts';
import type { Decision } from '../resilience/decision.ts';
import type { Guard, Outcome } from '../resilience/guard.ts';
import type { Allowance } from '../resilience/policy.ts';
import { stopWords } from '../resilience/stopWords.ts';
import { pricedOutput } from './pricedTarget.ts';
import { errorOutput } from './reply/agentReply.ts';
import type { TargetContext } from './target.ts';

/** How an agent is called. */
export interface AgentContext extends TargetContext {
  /** Tokens of what it is sent, at most; worked out only where a policy asks. */
  inputTokens?: () => number;
}

/** What came of one call of an agent. */
export interface AgentAttempt {
  output: Output;
  decision: Decision;
  /** It is not known that the agent did nothing: it is not called again. */
  final?: boolean;
  allowance?: Allowance | undefined;
}

/**
 * Calls an agent under its guard, and again where it is known that it will answer later. The output is that of the last
 * call, with the number of calls and what all of them cost, as far as they said. Rejects with Rejected where nothing was
 * sent, and with the caller's reason.
 */
export async function guardedOutput(
  { guard, clock }: { guard: Guard; clock: Clock },
  { signal, span, timeoutMs, pool = 'target', caller = '', waits, priceOf, inputTokens }: AgentContext,
  attempt: (signal: AbortSignal) => Promise<AgentAttempt>,
): Promise<Output> {
  let spentUsd = 0;
  try {
    const wanted = { pool, caller, signal, timeoutMs, span, ...defined({ inputTokens, waits }) };
    const answered = await guard.open(wanted, async (context) => {
      const { output: answer, decision, final = false, allowance } = await attempt(context.signal);
      const output = priceOf ? pricedOutput(answer, priceOf) : answer;
      const value = withEarlier(output, context.number, spentUsd);
      spentUsd += output.costUsd ?? 0;
      return {
        kind: 'ended',
        value,
        outcome: { ...outcomeOf(output, decision), decision, final, allowance },
      };
    });

    const { value, stop } = answered;
    if (stop?.kind === 'rejected' && value.status === 'error')
      throw stop.rejection.after(new Error(value.error.message));
    return withWords(value, stopWords(answered, clock));
  } catch (error) {
    if (!(error instanceof DeadlineReached)) throw error;
    return timedOut(error);
  }
}

/** Of an agent that answers for itself: whatever became of its program is not its provider's fault, unless it says so. */
export function statedAttempt(output: Output): AgentAttempt {
  if (output.status !== 'error') return { output, decision: { kind: 'done' } };

  const { code, transient } = output.error;
  // The system is short of processes: fewer calls at once may do.
  if (code === 'start' && transient) return { output, decision: { kind: 'rate-limited', until: undefined } };
  return {
    output,
    decision: decide(code === 'timeout' ? { kind: 'timeout' } : { kind: 'stated', transient }, 0),
  };
}

export function timedOut({ limitMs }: DeadlineReached, latencyMs = limitMs): Output {
  return errorOutput('timeout', `No complete reply within ${Math.round(limitMs)} ms.`, latencyMs, true);
}

function outcomeOf(output: Output, { kind }: Decision): Omit<Outcome, 'decision'> {
  const { usage, costUsd } = output;
  // What turned the call away did nothing for it.
  const turnedAway = kind === 'rate-limited' || kind === 'overloaded';
  const unknown = turnedAway ? 0 : null;
  return {
    tokens: usage ? usage.inputTokens + usage.outputTokens : unknown,
    costUsd: costUsd ?? unknown,
    unpriced: whyCostUnknown(output),
    errorType: output.status === 'error' ? output.error.code : undefined,
  };
}

function withEarlier(output: Output, made: number, spentUsd: number): Output {
  if (made === 1) return output;
  const costUsd = output.costUsd === null ? null : output.costUsd + spentUsd;
  return { ...output, costUsd, attempts: made };
}

function withWords(output: Output, words: string): Output {
  if (output.status !== 'error' || words === '') return output;
  return { ...output, error: { ...output.error, message: `${output.error.message}${words}` } };
}

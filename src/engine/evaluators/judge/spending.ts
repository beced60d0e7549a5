import type { Usage } from '../../model/output.ts';
import type { ReplySource } from '../../model/replySource.ts';

/** What one call of the judge used and cost; null where it is unknown. */
export interface Paid {
  usage: Usage | null;
  costUsd: number | null;
  /** In milliseconds. */
  latencyMs?: number;
  /** It was not made now: its recorded time counts. */
  replayed?: true;
  /** Where the answer comes from, where it is not a fresh one of the judge's own. */
  source?: ReplySource;
}

/**
 * The sum over the calls of one evaluation, ready to be spread into a Score; what is unknown of one call is unknown
 * of the sum. Time is only given for calls that were replayed: what happens now is measured.
 */
export function spendingOf(calls: readonly Paid[]): {
  usage?: Usage;
  costUsd?: number | null;
  calls?: number;
  latencyMs?: number;
  source?: ReplySource;
} {
  const [first, ...rest] = calls;
  if (first === undefined) return { calls: 0 };

  let { usage, costUsd } = first;
  for (const call of rest) {
    usage = usage && call.usage ? addUsage(usage, call.usage) : null;
    costUsd = costUsd === null || call.costUsd === null ? null : costUsd + call.costUsd;
  }

  const latencyMs = calls.reduce((sum, call) => sum + (call.latencyMs ?? 0), 0);
  const replayed = calls.some((call) => call.replayed);
  const source = calls.find((call) => call.source)?.source;

  return {
    ...(usage ? { usage } : {}),
    costUsd,
    ...(rest.length > 0 ? { calls: calls.length } : {}),
    ...(replayed ? { latencyMs } : {}),
    ...(source ? { source } : {}),
  };
}

function addUsage(sum: Usage, more: Usage): Usage {
  const cached = addKnown(sum.cachedInputTokens, more.cachedInputTokens);
  const written = addKnown(sum.cacheWriteTokens, more.cacheWriteTokens);
  const reasoning = addKnown(sum.reasoningTokens, more.reasoningTokens);
  return {
    inputTokens: sum.inputTokens + more.inputTokens,
    outputTokens: sum.outputTokens + more.outputTokens,
    ...(cached === undefined ? {} : { cachedInputTokens: cached }),
    ...(written === undefined ? {} : { cacheWriteTokens: written }),
    ...(reasoning === undefined ? {} : { reasoningTokens: reasoning }),
  };
}

/** These are parts of a whole that is known, so a part that is not reported adds nothing. */
function addKnown(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0);
}

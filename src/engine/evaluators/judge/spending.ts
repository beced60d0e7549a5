import type { Usage } from '../../model/output.ts';

/** What one call of the judge used and cost; null where it is unknown. */
export interface Paid {
  usage: Usage | null;
  costUsd: number | null;
}

/**
 * The sum over the calls of one evaluation, ready to be spread into a Score: nothing where there was no call;
 * what is unknown of one call is unknown of the sum.
 */
export function spendingOf(calls: readonly Paid[]): { usage?: Usage; costUsd?: number | null } {
  const [first, ...rest] = calls;
  if (first === undefined) return {};
  let { usage, costUsd } = first;
  for (const call of rest) {
    usage = usage && call.usage ? addUsage(usage, call.usage) : null;
    costUsd = costUsd === null || call.costUsd === null ? null : costUsd + call.costUsd;
  }
  return { ...(usage ? { usage } : {}), costUsd };
}

function addUsage(sum: Usage, more: Usage): Usage {
  const cached = (sum.cachedInputTokens ?? 0) + (more.cachedInputTokens ?? 0);
  const reasoning = (sum.reasoningTokens ?? 0) + (more.reasoningTokens ?? 0);
  return {
    inputTokens: sum.inputTokens + more.inputTokens,
    outputTokens: sum.outputTokens + more.outputTokens,
    ...(cached > 0 ? { cachedInputTokens: cached } : {}),
    ...(reasoning > 0 ? { reasoningTokens: reasoning } : {}),
  };
}

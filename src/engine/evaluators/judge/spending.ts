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
  const cached = addKnown(sum.cachedInputTokens, more.cachedInputTokens);
  const reasoning = addKnown(sum.reasoningTokens, more.reasoningTokens);
  return {
    inputTokens: sum.inputTokens + more.inputTokens,
    outputTokens: sum.outputTokens + more.outputTokens,
    ...(cached === undefined ? {} : { cachedInputTokens: cached }),
    ...(reasoning === undefined ? {} : { reasoningTokens: reasoning }),
  };
}

/** These are parts of a whole that is known, so a part that is not reported adds nothing. */
function addKnown(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0);
}

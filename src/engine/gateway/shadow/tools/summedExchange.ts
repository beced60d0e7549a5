import type { Usage } from '../../../model/output.ts';
import type { FinishedExchange } from '../../exchange/finishedExchange.ts';

/** The calls of a loop as one: the first request with the last reply; time, usage and cost of all. */
export function summedExchange(exchanges: readonly FinishedExchange[]): FinishedExchange {
  const [first, last] = [exchanges[0], exchanges.at(-1)];
  if (!first || !last) throw new RangeError('a loop has at least one call');
  if (first === last) return first;

  return {
    ...first,
    durationMs: exchanges.reduce((sum, { durationMs }) => sum + durationMs, 0),
    ending: last.ending,
    reason: last.reason,
    status: last.status,
    reply: last.reply,
    summary: last.summary && { ...last.summary, usage: sumUsage(exchanges) },
    costUsd: sum(exchanges.map(({ costUsd }) => costUsd)),
  };
}

/** Null where one of them is unknown. */
function sum(values: readonly (number | null)[]): number | null {
  return values.reduce((total, value) => (total === null || value === null ? null : total + value), 0);
}

function sumUsage(exchanges: readonly FinishedExchange[]): Usage | null {
  let total: Usage | null = null;
  for (const { summary } of exchanges) {
    const usage: Usage | null = summary?.usage ?? null;
    if (!usage) return null;
    total = total ? addUsage(total, usage) : usage;
  }
  return total;
}

function addUsage(a: Usage, b: Usage): Usage {
  const part = (key: 'cachedInputTokens' | 'cacheWriteTokens' | 'reasoningTokens') =>
    a[key] === undefined && b[key] === undefined ? {} : { [key]: (a[key] ?? 0) + (b[key] ?? 0) };
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    ...part('cachedInputTokens'),
    ...part('cacheWriteTokens'),
    ...part('reasoningTokens'),
    ...(a.counted || b.counted ? { counted: true } : {}),
  };
}

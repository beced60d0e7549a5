import type { PromptTokens } from '../../protocol/tokenCalls.ts';

/** The count and cost of a prompt as it is sent with typical values; `adds` null where no size of a value is known. */
export function withVariables(tokens: PromptTokens, adds: number | null): PromptTokens {
  if (adds === null || adds === 0) return tokens;
  const { total, costUsd } = tokens;
  const sum = {
    tokens: Math.max(0, total.tokens + adds),
    low: Math.max(0, total.low + adds),
    high: Math.max(0, total.high + adds),
    exact: false,
  };
  const cost = costUsd === null || total.tokens === 0 ? costUsd : (costUsd * sum.tokens) / total.tokens;
  return { ...tokens, total: sum, costUsd: cost };
}

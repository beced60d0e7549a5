import { defined } from './defined.ts';
import type { Usage } from './output.ts';

/** Token counts as reports, recordings and reply documents write them. */
export function usageEntry(usage: Usage) {
  return {
    input_tokens: usage.inputTokens,
    output_tokens: usage.outputTokens,
    ...defined({
      cached_input_tokens: usage.cachedInputTokens,
      cache_write_tokens: usage.cacheWriteTokens,
      reasoning_tokens: usage.reasoningTokens,
    }),
  };
}

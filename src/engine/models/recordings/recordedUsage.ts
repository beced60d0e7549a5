import { z } from 'zod';
import { defined } from '../../model/defined.ts';
import type { Usage } from '../../model/output.ts';

const count = z.number().int().nonnegative();

/** Token counts as recordings hold them. */
export const usageSchema = z.object({
  input_tokens: count,
  output_tokens: count,
  cached_input_tokens: count.optional(),
  cache_write_tokens: count.optional(),
  reasoning_tokens: count.optional(),
});

export function toUsage(entry: z.infer<typeof usageSchema>): Usage {
  return {
    inputTokens: entry.input_tokens,
    outputTokens: entry.output_tokens,
    ...defined({
      cachedInputTokens: entry.cached_input_tokens,
      cacheWriteTokens: entry.cache_write_tokens,
      reasoningTokens: entry.reasoning_tokens,
    }),
  };
}

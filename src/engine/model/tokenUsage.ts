import type { TokenUse } from './agentSpan.ts';
import { defined } from './defined.ts';
import type { Usage } from './output.ts';

/** The usage of a call whose span tells its tokens; null where those in or out are unknown. */
export function usageOf({ input, output, cached, cacheWrite, reasoning }: TokenUse): Usage | null {
  if (input === null || output === null) return null;
  return {
    inputTokens: input,
    outputTokens: output,
    ...defined({
      cachedInputTokens: cached ?? undefined,
      cacheWriteTokens: cacheWrite ?? undefined,
      reasoningTokens: reasoning ?? undefined,
    }),
  };
}

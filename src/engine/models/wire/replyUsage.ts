import { defined } from '../../model/defined.ts';
import { isJsonObject, type JsonValue } from '../../model/json.ts';
import type { Usage } from '../../model/output.ts';

/** No call takes more tokens: what is beyond it was not counted. */
const MAX_TOKENS = 1e9;

/**
 * Token counts as a provider reports them beside a chat completion; null where it reports none that can be used. Tokens
 * of the total beyond prompt and completion are output: Gemini's OpenAI form leaves reasoning out of the completion.
 * Names beside OpenAI's own are those of Anthropic's, DeepSeek's, OpenRouter's and LiteLLM's forms.
 */
export function readUsage(reported: unknown): Usage | null {
  const usage = fields(reported);
  const input = count(usage['prompt_tokens']);
  const completion = count(usage['completion_tokens']);
  if (input === undefined || completion === undefined) return null;

  const prompt = fields(usage['prompt_tokens_details']);
  const cached =
    count(prompt['cached_tokens']) ??
    count(usage['cache_read_input_tokens']) ??
    count(usage['prompt_cache_hit_tokens']);

  const written =
    count(prompt['cache_write_tokens']) ??
    count(prompt['cache_creation_tokens']) ??
    count(usage['cache_creation_input_tokens']);

  const reasoning = count(fields(usage['completion_tokens_details'])['reasoning_tokens']);
  const total = count(usage['total_tokens']) ?? 0;

  return {
    inputTokens: input,
    outputTokens: Math.max(completion, total - input),
    ...defined({ cachedInputTokens: cached, cacheWriteTokens: written, reasoningTokens: reasoning }),
  };
}

/** Servers that do not count report zeros: a question has tokens, and so has an answer that says something. */
export function measuredUsage(usage: Usage | null, answered: boolean): Usage | null {
  if (usage === null || usage.inputTokens === 0) return null;
  return answered && usage.outputTokens === 0 ? null : usage;
}

function fields(value: unknown): { readonly [key: string]: JsonValue } {
  return isJsonObject(value) ? value : {};
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_TOKENS
    ? value
    : undefined;
}

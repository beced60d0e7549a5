import { defined } from '../../../model/defined.ts';
import type { Usage } from '../../../model/output.ts';
import type { ApiRequest } from '../apiRequest.ts';
import type { TokenCounts } from '../tokenCounts.ts';
import type { ReplyNotes } from './replyNotes.ts';

/**
 * The usage that the provider told, or what the tokenizer counts in its place: of the output alone, where the provider told
 * the input at the beginning and the stream broke off. Null where nothing was said, since nothing may have been paid.
 */
export function usageOrCounted(notes: ReplyNotes, request: ApiRequest, counts: TokenCounts): Usage | null {
  const { usage } = notes;
  if (usage && !notes.isUsageRunning) return usage;
  const isAnswer = notes.hasSaid || notes.isFinished || request.api === 'embeddings';
  if (!usage && !isAnswer) return null;

  const model = request.model ?? notes.summary().model ?? '';
  const outputTokens = notes.hasSaid ? notes.outputTokens(counts, model) : 0;
  return {
    inputTokens: usage?.inputTokens ?? request.inputTokens(counts),
    outputTokens: Math.max(outputTokens, usage?.outputTokens ?? 0),
    ...defined({ cachedInputTokens: usage?.cachedInputTokens, cacheWriteTokens: usage?.cacheWriteTokens }),
    counted: true,
  };
}

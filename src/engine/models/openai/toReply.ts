import { type ModelReply, NO_OUTPUT } from '../modelClient.ts';
import { callCost, type PriceTable } from '../prices/prices.ts';
import { endingOf } from '../wire/finishReasons.ts';
import { isAnswer, type ReplyDraft, toolCallsOf } from '../wire/replyDraft.ts';
import { measuredUsage } from '../wire/replyUsage.ts';

/** What a provider's reply means, once nothing more comes of it. */
export function toReply(
  draft: ReplyDraft,
  { model, prices }: { model: string; prices: PriceTable | undefined },
  measured: { latencyMs: number; firstTokenMs: number | null; reason: string | null },
): ModelReply {
  const { finishReason } = draft;
  const usage = measuredUsage(draft.usage, isAnswer(draft));
  const base = {
    text: draft.refusal || (draft.text ?? ''),
    toolCalls: toolCallsOf(draft),
    usage,
    costUsd: callCost(usage, model, prices),
    model: draft.model ?? model,
    responseId: draft.id,
    latencyMs: measured.latencyMs,
    firstTokenMs: measured.firstTokenMs,
  };

  if (finishReason === null) {
    const reason = measured.reason ?? 'the reply has no finish reason';
    return { ...base, status: 'incomplete', finishReason: null, reason };
  }

  if (endingOf(finishReason) === 'broken') {
    const reason = measured.reason ?? `the provider failed on the way (finish reason ${finishReason})`;
    return { ...base, status: 'incomplete', finishReason: null, reason };
  }

  if (draft.refusal !== '') return { ...base, status: 'refused', finishReason };

  const nothing = emptiness(draft, finishReason);
  if (nothing !== undefined) return { ...base, status: 'empty', finishReason, reason: nothing };

  return { ...base, status: 'complete', finishReason };
}

/**
 * Why a finished reply holds no answer; undefined where it does. An empty
 * text is an answer where the model ended by itself, unless it only follows reasoning.
 */
function emptiness(draft: ReplyDraft, finishReason: string): string | undefined {
  if (isAnswer(draft)) return undefined;

  const ended = finishReason === 'stop' ? '' : ` (finish reason ${finishReason})`;
  if (draft.reasoning !== null) return `${NO_OUTPUT}: its reply holds reasoning only${ended}`;
  if (draft.text === null) return `${NO_OUTPUT}: its reply holds neither text nor tool calls${ended}`;
  switch (endingOf(finishReason)) {
    case 'cut':
      return `${NO_OUTPUT}: it reached its limit of tokens before any`;
    case 'natural':
    case 'filtered':
      return undefined;
    default:
      return `${NO_OUTPUT}${ended}`;
  }
}

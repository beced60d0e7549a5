import type { Redactor } from '../../http/redactor.ts';
import type { KeptReply } from '../../model/keptReply.ts';
import type { SourceReason } from '../../model/replySource.ts';
import type { ModelReply } from '../modelClient.ts';

/** What is kept of a model's own, whole reply. */
interface KeptAnswer {
  /** Who answered, as `provider/model` of the configuration. */
  answeredBy: string;
  /** SHA-256 of the request. */
  promptHash: string;
  reply: Pick<
    ModelReply & { status: 'complete' },
    'text' | 'toolCalls' | 'finishReason' | 'model' | 'responseId'
  >;
}

/** The body of an entry, without keys. */
export function writeAnswer(
  reply: ModelReply & { status: 'complete' },
  { answeredBy, promptHash }: Omit<KeptAnswer, 'reply'>,
  redactor: Redactor,
): string {
  const { text, toolCalls, finishReason, model, responseId } = reply;
  const clean = redactor.value({ text, toolCalls, finishReason, model, responseId });
  const kept: KeptAnswer = { answeredBy, promptHash, reply: clean };
  return JSON.stringify(kept);
}

/** The reply of an entry, given again: it uses no tokens and costs nothing, and took so long to find. */
export function readAnswer(
  { body, createdAt }: KeptReply,
  { now, latencyMs, why }: { now: number; latencyMs: number; why: SourceReason },
): { reply: ModelReply; stored: { why: SourceReason; model: string; ageMs: number; promptHash: string } } {
  const { answeredBy, promptHash, reply } = JSON.parse(body) as KeptAnswer;
  return {
    reply: {
      ...reply,
      status: 'complete',
      usage: { inputTokens: 0, outputTokens: 0 },
      costUsd: 0,
      latencyMs,
      firstTokenMs: null,
    },
    stored: { why, model: answeredBy, ageMs: Math.max(0, now - createdAt), promptHash },
  };
}

import type { SourceReason } from '../../model/replySource.ts';
import { partsOf } from '../clientForms.ts';
import type { CallOptions, ModelRequest } from '../modelClient.ts';
import type { FallbackAnswer, ReplyFallback } from './replyFallback.ts';

/** The answer that the configuration gives, whatever is asked. */
export class FixedAnswer implements ReplyFallback {
  readonly name = 'answer';
  readonly takesTime = false;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  async answer(_request: ModelRequest, _call: CallOptions, why: SourceReason): Promise<FallbackAnswer> {
    const reply = {
      status: 'complete',
      text: this.#text,
      toolCalls: [],
      usage: { inputTokens: 0, outputTokens: 0 },
      costUsd: 0,
      model: 'fixed-answer',
      responseId: null,
      latencyMs: 0,
      firstTokenMs: null,
      finishReason: 'stop',
      source: { kind: 'fixed', why },
    } as const;
    return { parts: partsOf({ ...reply, toolCalls: [] }) };
  }
}

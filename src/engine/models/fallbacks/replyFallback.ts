import type { SourceReason } from '../../model/replySource.ts';
import type { CallOptions, ModelReply, ModelRequest, StreamPart } from '../modelClient.ts';

/** One step of a chain: what may answer in place of a model. */
export interface ReplyFallback {
  /** As the configuration writes it: `cache`, `openai/gpt-5-mini`. */
  readonly name: string;
  /** It asks somebody, so it is left out once the call's time is over. */
  readonly takesTime: boolean;
  /**
   * `timeoutMs` of the call is what is left of its time. Throws ModelError (also among the parts); rejects with the signal's
   * reason when aborted. The replies name their source.
   */
  answer(request: ModelRequest, call: CallOptions, why: SourceReason): Promise<FallbackAnswer>;
}

/** `nothing`: why it has no answer, in words that follow its name. */
export type FallbackAnswer = { parts: AsyncIterable<StreamPart> } | { nothing: string };

/** Takes what a model answered itself, for another time. */
export interface ReplyKeeper {
  keep(request: ModelRequest, call: CallOptions, reply: ModelReply & { status: 'complete' }): void;
}

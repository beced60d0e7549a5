import type { ToolCall } from '../../model/message.ts';
import type { Usage } from '../../model/output.ts';
import type { ErrorWords } from '../../resilience/classify.ts';

/** Sees the bytes of one reply as they pass. Never throws, whatever they are. */
export interface ReplyTap {
  /**
   * Returns what the client gets of them: the same bytes, but for a usage event that only we had asked for. They may be kept,
   * so nobody writes over them.
   */
  push(bytes: Uint8Array): Uint8Array;
  /** Nothing more comes. Returns what was held back. */
  end(): Uint8Array;
  /** Whether something that a client shows has come: until then another upstream may still answer. */
  readonly hasContent: boolean;
  /** The end that the protocol itself has was seen (`[DONE]`, `message_stop`, a whole JSON body). */
  readonly isWhole: boolean;
  /** An error event, or an error in place of an answer in a reply of status 200: before content, or behind it. */
  readonly error: ErrorWords | undefined;
  /** May be asked at any time; whole after `end`. */
  summary(): ReplySummary;
}

/** What a reply said. Null where it did not. */
export interface ReplySummary {
  model: string | null;
  responseId: string | null;
  /** As the provider counted it, or `counted` where it did not. */
  usage: Usage | null;
  finishReasons: string[];
  /** Of the first choice; null where it was too long to keep. */
  text: string | null;
  /** It was longer than is kept: there is no text, and tool calls are not told. */
  isTooLong?: true;
  /** The text says why the model would not answer. */
  isRefusal?: true;
  toolCalls: ToolCall[];
  /** `system_fingerprint`, where the provider tells one. */
  fingerprint: string | null;
}

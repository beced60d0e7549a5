import type { JsonValue } from './json.ts';
import type { ToolCall } from './message.ts';
import type { ReplySource } from './replySource.ts';

/** Token counts as the provider reported them. */
export interface Usage {
  inputTokens: number;
  outputTokens: number;
  /** The part of `inputTokens` that the provider read from its cache. */
  cachedInputTokens?: number;
  /** The part of `inputTokens` that the provider wrote to its cache. */
  cacheWriteTokens?: number;
  /** The part of `outputTokens` spent on reasoning. */
  reasoningTokens?: number;
  /** Counted with the model's own tokenizer, because the provider reported nothing; message framing is not in it. */
  counted?: true;
}

/** One thing an agent did on its way to the answer, in order. */
export interface Step {
  type: 'tool' | 'model' | 'message';
  name?: string;
  arguments?: JsonValue;
  output?: JsonValue;
  latencyMs?: number;
}

/** What an output has from the spans of its agent, since the reply itself does not give it; as reports name it. */
export type FromTrace = 'steps' | 'tool_calls' | 'usage' | 'model' | 'cost_usd';

interface OutputBase {
  text: string;
  toolCalls: ToolCall[];
  steps: Step[];
  /** Null where the target did not report it. */
  usage: Usage | null;
  /** US dollars; null means unknown, never 0. */
  costUsd: number | null;
  /** The target reported no cost: `costUsd` is computed from its usage, by the price of its model. */
  costComputed?: true;
  /** What was taken from the agent's own spans, since its reply does not give it; absent where nothing was. */
  fromTrace?: FromTrace[];
  /** Wall time until the answer was whole, in milliseconds. */
  latencyMs: number;
  /** Of a program: wall time until it had ended, in milliseconds. */
  exitMs?: number;
  /** Calls that it took, where it took more than one. */
  attempts?: number;
  /** What a person should know about the call although it brought an answer. */
  warnings?: string[];
  finishReason: string | null;
  model?: string;
  /** Where the answer comes from, where it is not a fresh one of the target's own model. */
  source?: ReplySource;
  metadata?: { [key: string]: JsonValue };
}

/** What was sent and came back, before the case's own transform. */
export interface RawAnswer {
  /** The prompt, filled in; a chat is its JSON. */
  prompt?: string;
  output?: JsonValue;
  /** Who answered, as scripts are told: `{ id, label, config }`. */
  provider?: { [key: string]: JsonValue };
}

/** What a target returned. Only `complete` is ever scored. */
export type Output =
  | (OutputBase & {
      status: 'complete';
      /** Set when the target returned structured data; `text` is then its JSON. */
      json?: JsonValue;
      /** Kept only where an assertion of the case reads it. */
      raw?: RawAnswer;
    })
  | (OutputBase & { status: 'incomplete'; reason: string })
  | (OutputBase & { status: 'error'; error: OutputError });

export interface OutputError {
  /** e.g. `timeout`, `rate-limit`, `auth`, `bad-request`, `server`, `network`, `exit`, `protocol`, `no-output`, `cancelled`. */
  code: string;
  message: string;
  /** True when the same call may succeed later. */
  transient: boolean;
}

/** An output without anything in it, to spread the known parts over. */
export function emptyOutput(): OutputBase {
  return { text: '', toolCalls: [], steps: [], usage: null, costUsd: null, latencyMs: 0, finishReason: null };
}

import { formatEvent } from '../../http/eventStream.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Usage } from '../../model/output.ts';
import type { ReplyDraft } from './replyDraft.ts';
import type { ReplyPart } from './replyPart.ts';

/** What a reply is called. */
export interface ReplyHead {
  id: string;
  model: string;
  /** Seconds since the epoch. */
  created: number;
}

/** The body of a chat completion that is sent in one piece; the way back is `ReplyReader.completion`. */
export function writeCompletion(draft: ReplyDraft, head: ReplyHead): JsonObject {
  const message: JsonObject = { role: 'assistant', content: draft.text, refusal: draft.refusal || null };
  if (draft.reasoning !== null) message['reasoning_content'] = draft.reasoning;

  if (draft.calls.length > 0) {
    message['tool_calls'] = draft.calls.map(({ id, name, arguments: text }, index) => ({
      id: id ?? `call_${index}`,
      type: 'function',
      function: { name, arguments: text },
    }));
  }

  const choice: JsonObject = { index: 0, message, logprobs: null, finish_reason: draft.finishReason };
  if (draft.fault !== null) choice['error'] = { message: draft.fault };

  const { id, model, created } = head;
  const body: JsonObject = { id, object: 'chat.completion', created, model, choices: [choice] };
  if (draft.usage) body['usage'] = writeUsage(draft.usage);

  return body;
}

/**
 * Writes a reply as a stream of server-sent events, part by part; the way back is `ReplyReader.chunk`. Usage is sent
 * only to who asked for it (`stream_options.include_usage`), in a chunk of its own without choices, as OpenAI does.
 */
export class StreamWriter {
  readonly #head: ReplyHead;
  readonly #includeUsage: boolean;
  #usage: Usage | undefined;
  #begun = false;

  constructor(head: ReplyHead, { includeUsage }: { includeUsage: boolean }) {
    this.#head = head;
    this.#includeUsage = includeUsage;
  }

  /** The events of a part; empty where it has none, or its event comes at the end. */
  part(part: ReplyPart): string {
    switch (part.type) {
      case 'head':
        return '';
      case 'usage':
        this.#usage = part.usage;
        return '';
      case 'text':
        return this.#delta({ content: part.text });
      case 'refusal':
        return this.#delta({ refusal: part.text });
      case 'reasoning':
        return this.#delta({ reasoning_content: part.text });
      case 'tool-call':
        return this.#delta({ tool_calls: [writeFragment(part)] });
      case 'fault':
        return this.#choice({}, { error: { message: part.message } });
      case 'finish':
        return this.#choice({}, { finish_reason: part.reason });
    }
  }

  /** What comes behind the last part. */
  end(): string {
    const usage =
      this.#includeUsage && this.#usage ? this.#chunk({ choices: [], usage: writeUsage(this.#usage) }) : '';
    return `${usage}${formatEvent({ event: undefined, data: '[DONE]' })}`;
  }

  /** In place of the rest: the reply broke off. */
  error(error: JsonObject): string {
    return formatEvent({ event: undefined, data: JSON.stringify({ error }) });
  }

  #delta(delta: JsonObject): string {
    const first = !this.#begun;
    this.#begun = true;
    return this.#choice(first ? { role: 'assistant', ...delta } : delta, {});
  }

  #choice(delta: JsonObject, more: JsonObject): string {
    return this.#chunk({ choices: [{ index: 0, delta, logprobs: null, finish_reason: null, ...more }] });
  }

  #chunk(fields: JsonObject): string {
    const { id, model, created } = this.#head;
    const chunk = { id, object: 'chat.completion.chunk', created, model, ...fields };
    return formatEvent({ event: undefined, data: JSON.stringify(chunk) });
  }
}

/** The body of an answer with an error status. */
export function writeError(error: {
  message: string;
  type: string;
  code?: string | null;
  param?: string | null;
}): JsonObject {
  const { message, type, code = null, param = null } = error;
  return { error: { message, type, param, code } };
}

/** The first fragment of a call has its id, type and name. */
function writeFragment(part: Extract<ReplyPart, { type: 'tool-call' }>): JsonObject {
  const call: JsonObject = { arguments: part.arguments };
  if (part.name !== undefined) call['name'] = part.name;

  const fragment: JsonObject = { index: part.index, function: call };
  if (part.id !== undefined) fragment['id'] = part.id;
  if (part.name !== undefined) fragment['type'] = 'function';
  return fragment;
}

function writeUsage(usage: Usage): JsonObject {
  const prompt: JsonObject = {};
  if (usage.cachedInputTokens !== undefined) prompt['cached_tokens'] = usage.cachedInputTokens;
  if (usage.cacheWriteTokens !== undefined) prompt['cache_write_tokens'] = usage.cacheWriteTokens;

  const completion: JsonObject = {};
  if (usage.reasoningTokens !== undefined) completion['reasoning_tokens'] = usage.reasoningTokens;

  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    prompt_tokens_details: prompt,
    completion_tokens_details: completion,
  };
}

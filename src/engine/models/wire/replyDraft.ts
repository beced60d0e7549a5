import { parseUntrustedJson } from '../../files/formats/untrustedJson.ts';
import type { JsonValue } from '../../model/json.ts';
import type { ToolCall } from '../../model/message.ts';
import type { Usage } from '../../model/output.ts';
import type { ReplyPart } from './replyPart.ts';

/** A tool call as text; `arguments` should be JSON. */
export interface DraftCall {
  id: string | undefined;
  name: string;
  arguments: string;
}

/** What has come of a reply so far. */
export interface ReplyDraft {
  /** Null until there is a text, which may be empty. */
  text: string | null;
  refusal: string;
  /** Null where the model reasoned nothing that is known of. */
  reasoning: string | null;
  calls: DraftCall[];
  finishReason: string | null;
  /** What the provider says went wrong on the way. */
  fault: string | null;
  usage: Usage | null;
  model: string | null;
  id: string | null;
}

export function emptyDraft(): ReplyDraft {
  return {
    text: null,
    refusal: '',
    reasoning: null,
    calls: [],
    finishReason: null,
    fault: null,
    usage: null,
    model: null,
    id: null,
  };
}

export function addPart(draft: ReplyDraft, part: ReplyPart): void {
  switch (part.type) {
    case 'head':
      draft.model = part.model ?? draft.model;
      draft.id = part.id ?? draft.id;
      break;
    case 'text':
      draft.text = (draft.text ?? '') + part.text;
      break;
    case 'refusal':
      draft.refusal += part.text;
      break;
    case 'reasoning':
      draft.reasoning = (draft.reasoning ?? '') + part.text;
      break;
    case 'tool-call':
      addCall(draft, part);
      break;
    case 'usage':
      draft.usage = part.usage;
      break;
    case 'fault':
      draft.fault = part.message;
      break;
    case 'finish':
      draft.finishReason = part.reason;
  }
}

/** True once the model has said anything, be it reasoning. */
export function hasContent(draft: ReplyDraft): boolean {
  return isAnswer(draft) || draft.reasoning !== null;
}

/** True when there is something that a person would call an answer. */
export function isAnswer({ text, refusal, calls }: ReplyDraft): boolean {
  return (text ?? '') !== '' || refusal !== '' || calls.length > 0;
}

/** The tool calls with parsed arguments; no text means no arguments, unparsable text stays text. */
export function toolCallsOf(draft: ReplyDraft): ToolCall[] {
  return draft.calls.map(({ id, name, arguments: text }) => {
    const call = { name, arguments: parseArguments(text) };
    return id === undefined ? call : { id, ...call };
  });
}

/** The arguments of a tool call, from their text. */
export function parseArguments(text: string): JsonValue {
  if (text.trim() === '') return {};
  try {
    return parseUntrustedJson(text);
  } catch {
    return text;
  }
}

function addCall(draft: ReplyDraft, part: Extract<ReplyPart, { type: 'tool-call' }>): void {
  const call = draft.calls[part.index] ?? { id: undefined, name: '', arguments: '' };
  draft.calls[part.index] = call;
  call.id = part.id ?? call.id;
  call.name = part.name ?? call.name;
  call.arguments += part.arguments;
}

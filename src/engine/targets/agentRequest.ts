import type { CaseMessage } from '../model/case.ts';
import { defined } from '../model/defined.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../model/json.ts';
import type { TargetRequest } from './target.ts';

/**
 * What an agent receives for one call: as JSON on its standard input, or as the body of a POST.
 * Keys may be added within a version; an agent ignores what it does not know.
 */
export interface AgentRequest {
  version: 1;
  /** The case's text or its variables. For a conversation, the text of its last user message. */
  input: JsonValue;
  /** The conversation so far, oldest first; only for cases that hold one. */
  messages?: CaseMessage[];
  case_id: string;
  /** From 0. */
  trial: number;
  /** The same for the same run seed, case and trial. An agent that draws lots should use it. */
  seed: number;
  /** The case's own `metadata`. */
  metadata?: JsonObject;
}

export function agentRequest(request: TargetRequest): AgentRequest {
  const { case: golden, trial, seed } = request;
  const messages = golden.messages ?? messagesWithin(golden.input);
  return {
    version: 1,
    input: messages ? lastUserText(messages) : (golden.input ?? ''),
    ...defined({ messages }),
    case_id: golden.id,
    trial,
    seed,
    ...defined({ metadata: golden.metadata }),
  };
}

/** The request's input as one text: a text as it stands, variables as JSON. */
export function inputText(request: TargetRequest): string {
  const { input } = agentRequest(request);
  return typeof input === 'string' ? input : JSON.stringify(input);
}

/** `input: { messages: [...] }` is the same as `messages` beside it. */
function messagesWithin(input: JsonValue | undefined): CaseMessage[] | undefined {
  if (!isJsonObject(input) || !Array.isArray(input['messages'])) return undefined;
  const messages = input['messages'].filter(isJsonObject).flatMap(({ role, content, ...rest }) => {
    return typeof role === 'string' && content !== undefined ? [{ role, content, ...rest }] : [];
  });
  return messages.length === input['messages'].length ? messages : undefined;
}

function lastUserText(messages: CaseMessage[]): JsonValue {
  return messages.findLast((message) => message.role === 'user')?.content ?? '';
}

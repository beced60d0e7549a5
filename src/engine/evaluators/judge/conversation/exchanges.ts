import { isJsonObject, type JsonValue } from '../../../model/json.ts';
import type { EvaluationInput } from '../../evaluator.ts';
import { materialOf } from '../material.ts';
import { variableOf } from '../retrieval/retrievedContext.ts';

/** What a user said, and what the model answered. */
export interface Exchange {
  user: string;
  assistant: string;
}

/**
 * The conversation that an output belongs to: promptfoo's variable `_conversation` as it stands, else the case's
 * messages with the output as the last answer, else the prompt or the input with it. Undefined where nobody asked anything.
 */
export function exchangesOf(input: EvaluationInput): Exchange[] | undefined {
  const given = variableOf(input, '_conversation');
  if (Array.isArray(given) && given.length > 0) {
    return given.map((turn) => {
      const { input: user = '', output: assistant = '' } = isJsonObject(turn) ? turn : {};
      return { user: textOf(user), assistant: textOf(assistant) };
    });
  }

  const { messages } = input.case;
  if (messages !== undefined && messages.length > 0) return ofMessages(messages, input.output.text);

  const user = input.output.raw?.prompt ?? materialOf(input).get('input');
  return user === undefined || user === '' ? undefined : [{ user, assistant: input.output.text }];
}

/** Messages of one side in a row are one; what the system says is no part of the exchange. */
function ofMessages(messages: readonly { role: string; content: JsonValue }[], answer: string): Exchange[] {
  const exchanges: Exchange[] = [];
  let open: { user: string[]; assistant: string[] } = { user: [], assistant: [] };
  const close = (): void => {
    exchanges.push({ user: open.user.join('\n\n'), assistant: open.assistant.join('\n\n') });
    open = { user: [], assistant: [] };
  };

  for (const { role, content } of messages) {
    if (role === 'assistant') open.assistant.push(textOf(content));
    if (role !== 'user') continue;
    if (open.assistant.length > 0) close();
    open.user.push(textOf(content));
  }

  open.assistant.push(answer);
  close();

  return exchanges;
}

function textOf(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

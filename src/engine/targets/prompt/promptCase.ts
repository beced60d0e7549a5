import type { CaseMessage, GoldenCase } from '../../model/case.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { Message } from '../../model/message.ts';
import type { Prompt, RenderedPrompt } from '../../model/prompt.ts';
import { renderPrompt } from '../../prompts/renderPrompt.ts';
import { withUserInput } from '../../prompts/withUserInput.ts';
import { caseMessage, contentText } from './promptMessage.ts';

/**
 * Exactly what the model receives for a case.
 *
 * - A text goes to the variable `input`, else to the only required (or only) one. Where there is no such
 *   variable it is added as the last message, from the user.
 * - Variables go by name. When the prompt uses none of them, they are added as JSON, like a text.
 * - A conversation's last user message is treated like a text, and what came before it as its history. One that
 *   does not end with the user, or that no variable takes, follows the prompt as it stands.
 *
 * Throws PromptError for a missing variable, or a message with an unknown role.
 */
export function renderCase(prompt: Prompt, golden: GoldenCase): RenderedPrompt {
  const { input } = golden;
  const conversation = conversationOf(golden);
  if (conversation) {
    const { messages: _, ...variables } = isJsonObject(input) ? input : {};
    const messages = conversation.map((message) => caseMessage(message, golden.id));
    return renderConversation(prompt, messages, variables);
  }
  if (isJsonObject(input)) return renderVariables(prompt, input);
  return input === undefined || input === null ? renderPrompt(prompt, {}) : renderText(prompt, textOf(input));
}

/** The values that the variables of a prompt take for a case, as far as the case gives them. */
export function caseValues(prompt: Prompt, golden: GoldenCase): JsonObject {
  const { input } = golden;
  const variable = textVariable(prompt);
  const conversation = conversationOf(golden);
  if (!conversation && !isJsonObject(input))
    return variable === undefined || input === undefined ? {} : { [variable]: input };
  const { messages: _, ...values } = isJsonObject(input) ? input : {};
  const last = conversation?.at(-1);
  return last?.role === 'user' && variable !== undefined ? { ...values, [variable]: last.content } : values;
}

function renderText(prompt: Prompt, text: string): RenderedPrompt {
  const variable = textVariable(prompt);
  if (variable === undefined) return withUserInput(renderPrompt(prompt, {}), text);
  return renderPrompt(prompt, { [variable]: text });
}

function renderVariables(prompt: Prompt, variables: JsonObject): RenderedPrompt {
  const rendered = renderPrompt(prompt, variables);
  const names = Object.keys(variables);
  if (names.length === 0 || prompt.inputs.some(({ name }) => Object.hasOwn(variables, name))) return rendered;
  return withUserInput(rendered, JSON.stringify(variables, null, 2));
}

function renderConversation(prompt: Prompt, messages: Message[], variables: JsonObject): RenderedPrompt {
  const last = messages.at(-1);
  const variable = textVariable(prompt);
  if (last?.role === 'user' && typeof last.content === 'string' && variable !== undefined) {
    const values = { ...variables, [variable]: contentText(last.content) };
    return renderPrompt(prompt, values, { history: messages.slice(0, -1) });
  }
  if (placesHistory(prompt)) return renderPrompt(prompt, variables, { history: messages });
  const rendered = renderPrompt(prompt, variables);
  return { ...rendered, messages: [...rendered.messages, ...messages] };
}

function textVariable({ inputs }: Prompt): string | undefined {
  if (inputs.some(({ name }) => name === 'input')) return 'input';
  const required = inputs.filter((input) => input.required);
  if (required.length === 1) return required[0]?.name;
  return inputs.length === 1 ? inputs[0]?.name : undefined;
}

/** Dotprompt's own place for earlier turns. */
function placesHistory({ syntax, messages }: Prompt): boolean {
  return (
    syntax === 'handlebars' && messages.some(({ template }) => /\{\{~?\s*history\s*~?\}\}/.test(template))
  );
}

/** `messages`, `input: { messages }` or an `input` that is itself a list of messages. */
function conversationOf({ messages, input }: GoldenCase): CaseMessage[] | undefined {
  if (messages) return messages;
  if (isJsonObject(input)) return asMessages(input['messages']);
  return asMessages(input);
}

function asMessages(value: JsonValue | undefined): CaseMessage[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const messages = value.flatMap((item) => {
    if (!isJsonObject(item)) return [];
    const { role, content } = item;
    return typeof role === 'string' && content !== undefined ? [{ ...item, role, content }] : [];
  });
  return messages.length === value.length ? messages : undefined;
}

function textOf(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

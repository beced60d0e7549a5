import type { Pointer } from '../../files/formats/document.ts';
import { parseJson } from '../../files/formats/parseJson.ts';
import { defined, nonEmpty } from '../../model/defined.ts';
import { isJsonObject, type JsonValue } from '../../model/json.ts';
import type { ContentPart, ToolCall } from '../../model/message.ts';
import type { MessageTemplate, Prompt } from '../../model/prompt.ts';
import { Fields } from '../fields/fields.ts';
import { readRole } from '../fields/role.ts';
import { finishPrompt } from '../finishPrompt.ts';
import type { PromptSource } from '../promptSource.ts';
import { readPromptyTools } from '../prompty/promptyTools.ts';

/**
 * A JSON chat array, `[{ "role": …, "content": … }]`, alone or as a request with `messages`, `model` and `tools`, in
 * OpenAI's format. Variables are filled in inside the strings, so values need no escaping. Content parts may be one
 * text, plus images.
 */
export function parseChatJson(source: PromptSource): Prompt {
  const fields = new Fields(parseJson(source.text, source.path));
  const isRequest = isJsonObject(fields.document.value);
  const root: Pointer = isRequest ? ['messages'] : [];
  const list = fields.list(root);
  if (list === undefined) throw fields.mismatch(root, 'a list of messages');

  const id = isRequest ? fields.string(['model']) : undefined;
  return finishPrompt({
    path: source.path,
    includes: source.includes,
    format: 'chat-json',
    name: undefined,
    syntax: 'jinja',
    messages: list.map((_, index) => readMessage(fields, [...root, index])),
    model: { ...defined({ id }), parameters: {} },
    tools: isRequest ? readPromptyTools(fields) : [],
    body: fields.locate(root),
  });
}

/** Whether a JSON value is intended as a chat, even if something in it is wrong. */
export function isChat(value: JsonValue): boolean {
  const list = isJsonObject(value) ? value['messages'] : value;
  return Array.isArray(list) && list.some((item) => isJsonObject(item) && typeof item['role'] === 'string');
}

function readMessage(fields: Fields, at: Pointer): MessageTemplate {
  const role = readRole(fields, [...at, 'role']);
  const name = fields.string([...at, 'name']);
  const toolCalls = (fields.list([...at, 'tool_calls']) ?? []).map((_, index) =>
    readCall(fields, [...at, 'tool_calls', index]),
  );
  const toolCallId = fields.string([...at, 'tool_call_id']);
  const { textAt, before, after } = readParts(fields, [...at, 'content']);

  const beside = {
    ...defined({
      name,
      toolCalls: nonEmpty(toolCalls),
      toolCallId,
      before: nonEmpty(before),
      after: nonEmpty(after),
    }),
  };

  // A message of calls or images only has no text.
  const isBare = fields.get(textAt) === undefined && (toolCalls.length > 0 || before.length > 0);
  const message = isBare ? bareMessage(fields, at, role) : textMessage(fields, textAt, role);

  return Object.keys(beside).length > 0 ? { ...message, beside } : message;
}

/** The text of a message's content, and the images before and after it. */
function readParts(
  fields: Fields,
  at: Pointer,
): { textAt: Pointer; before: ContentPart[]; after: ContentPart[] } {
  const parts = fields.get(at);
  if (!Array.isArray(parts)) return { textAt: at, before: [], after: [] };

  const isText = (part: JsonValue) => isJsonObject(part) && part['type'] === 'text';
  const texts = parts.filter(isText).length;
  const text = parts.findIndex(isText);

  if (texts > 1 || parts.length === 0) {
    throw fields.fail(
      at,
      texts > 1 ? 'the message has several text parts' : 'the message has no parts',
      'Give each message one text, plus any images.',
    );
  }

  const images = parts.map((part, index) =>
    isText(part) ? undefined : readImage(fields, [...at, index], part),
  );
  const found = (from: number, to: number) => images.slice(from, to).filter((part) => part !== undefined);
  if (text < 0) return { textAt: [...at, -1], before: found(0, parts.length), after: [] };

  return { textAt: [...at, text, 'text'], before: found(0, text), after: found(text + 1, parts.length) };
}

function readImage(fields: Fields, at: Pointer, part: JsonValue): ContentPart {
  const { type, image_url: image, url } = isJsonObject(part) ? part : {};
  const address = isJsonObject(image) ? image['url'] : (image ?? url);
  if ((type === 'image_url' || type === 'image' || type === 'input_image') && typeof address === 'string')
    return { type: 'image', url: address };
  throw fields.fail(
    at,
    `content parts of type ${JSON.stringify(type ?? null)} cannot be sent`,
    'Write { "type": "text", "text": … } or { "type": "image_url", "image_url": { "url": … } }.',
  );
}

function readCall(fields: Fields, at: Pointer): ToolCall {
  const isNested = fields.map([...at, 'function']) !== undefined;
  const call = isNested ? [...at, 'function'] : at;
  const id = fields.string([...at, 'id']);
  const name = fields.string([...call, 'name']);
  if (name === undefined)
    throw fields.fail(at, 'the tool call has no function name', 'Add name: to its function.');
  return { ...defined({ id }), name, arguments: fields.get([...call, 'arguments']) ?? {} };
}

function textMessage(fields: Fields, at: Pointer, role: MessageTemplate['role']): MessageTemplate {
  const template = fields.string(at);
  if (template === undefined) throw fields.mismatch(at, 'a string');
  const range = fields.locate(at);
  // Without the quotes.
  return { role, template, range: { ...range, column: range.column + 1, endColumn: range.endColumn - 1 } };
}

function bareMessage(fields: Fields, at: Pointer, role: MessageTemplate['role']): MessageTemplate {
  const range = fields.locate(at);
  return { role, template: '', range: { ...range, endLine: range.line, endColumn: range.column } };
}

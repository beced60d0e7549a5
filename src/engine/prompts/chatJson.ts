import type { Pointer } from '../files/document.ts';
import { parseJson } from '../files/json.ts';
import { isJsonObject, type JsonValue } from '../model/json.ts';
import type { MessageTemplate, Prompt } from '../model/prompt.ts';
import { Fields } from './fields.ts';
import { finishPrompt } from './finishPrompt.ts';
import type { PromptSource } from './promptSource.ts';
import { readRole } from './role.ts';

/**
 * A JSON chat array, `[{ "role": …, "content": … }]`, alone or under `messages`. Variables are filled in
 * within the texts, so values need no escaping. Content in parts may hold text only.
 */
export function parseChatJson(source: PromptSource): Prompt {
  const fields = new Fields(parseJson(source.text, source.path));
  const root: Pointer = isJsonObject(fields.document.value) ? ['messages'] : [];
  const list = fields.list(root);
  if (list === undefined) throw fields.mismatch(root, 'a list of messages');
  return finishPrompt({
    path: source.path,
    format: 'chat-json',
    name: undefined,
    syntax: 'jinja',
    messages: list.map((_, index) => readMessage(fields, [...root, index])),
    body: fields.locate(root),
  });
}

/** Several parts would be several texts, and images are not kept: such a message is refused. */
function readMessage(fields: Fields, at: Pointer): MessageTemplate {
  const role = readRole(fields, [...at, 'role']);
  const content = [...at, 'content'];
  const parts = fields.get(content);
  if (!Array.isArray(parts)) return textMessage(fields, content, role);
  const [first] = parts;
  if (parts.length !== 1 || !isTextPart(first)) {
    throw fields.fail(
      content,
      'the message has parts that are not a single text',
      'Give each message its content as one text.',
    );
  }
  return textMessage(fields, [...content, 0, 'text'], role);
}

function isTextPart(part: JsonValue | undefined): boolean {
  return isJsonObject(part) && part['type'] === 'text';
}

function textMessage(fields: Fields, at: Pointer, role: MessageTemplate['role']): MessageTemplate {
  const template = fields.string(at);
  if (template === undefined) throw fields.mismatch(at, 'a text');
  const range = fields.locate(at);
  // Without the quotes.
  return { role, template, range: { ...range, column: range.column + 1, endColumn: range.endColumn - 1 } };
}

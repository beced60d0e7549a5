import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { ContentPart, Message, ResponseFormat } from '../../model/message.ts';
import type { Release } from '../../releases/release.ts';
import type { Application } from './application.ts';
import { isSystemRole } from './releasedChat.ts';
import { isSystem } from './releasedMessages.ts';
import { contentText, refuseSettings } from './releasedSettings.ts';
import { type RawJson, type RequestBody, rawJson, rawList, roleOf } from './requestBody.ts';

/** The release’s part of a request for a response. Messages of the system that come first are its instructions. */
export function releasedResponse(
  release: Release,
  body: RequestBody,
  messages: (which: 'all' | 'system') => Message[],
): Application {
  const { parameters, tools, responseFormat } = release;
  refuseSettings(release, ['stop', 'frequencyPenalty', 'presencePenalty'], 'the responses API');
  const set: Application = new Map();

  const own = ownItems(body);
  const ours = messages(own.length > 0 ? 'system' : 'all');
  const others = ours.findIndex((message) => !isSystem(message));
  const leading = others < 0 ? ours : ours.slice(0, others);
  if (leading.length > 0) set.set('instructions', rawJson(leading.map(contentText).join('\n\n')));
  const items = ours.slice(leading.length).flatMap(itemsOf).map(rawJson);
  set.set('input', rawList([...items, ...own]));

  const { temperature, topP, maxTokens, reasoningEffort } = parameters;
  const settings: [key: string, value: JsonValue | undefined][] = [
    ['temperature', temperature],
    ['top_p', topP],
    ['max_output_tokens', maxTokens],
    [
      'tools',
      tools.length === 0
        ? undefined
        : tools.map(({ name, description, parameters: schema, strict }) =>
            plain({ type: 'function', name, description, parameters: schema ?? {}, strict: strict ?? false }),
          ),
    ],
  ];
  for (const [key, value] of settings)
    if (value !== undefined && !body.has(key)) set.set(key, rawJson(value));
  if (reasoningEffort !== undefined) addTo(set, body, 'reasoning', 'effort', reasoningEffort);
  const format = formatOf(responseFormat);
  if (format) addTo(set, body, 'text', 'format', format);
  return set;
}

/** A text alone is a message of the user. */
function ownItems(body: RequestBody): RawJson[] {
  const input = body.raw('input');
  if (input?.startsWith('"')) {
    const text = body.value('input') ?? '';
    return text === '' ? [] : [rawJson({ role: 'user', content: text })];
  }
  return (body.items('input') ?? []).filter((item) => !isSystemRole(roleOf(item)));
}

/** Sets a member of an object of the client's, whose other members stay. */
function addTo(set: Application, body: RequestBody, key: string, inner: string, value: JsonValue): void {
  const own = body.value(key);
  const given = isJsonObject(own) ? own : {};
  if (given[inner] === undefined || given[inner] === null)
    set.set(key, rawJson({ ...given, [inner]: value }));
}

function formatOf(format: ResponseFormat | undefined): JsonObject | undefined {
  if (format === undefined || format.type === 'text') return undefined;
  return plain({ ...format });
}

function itemsOf({ role, content, toolCalls = [], toolCallId = '' }: Message): JsonObject[] {
  if (role === 'tool')
    return [{ type: 'function_call_output', call_id: toolCallId, output: contentText({ content }) }];

  const calls = toolCalls.map(
    ({ id, name, arguments: given }, index): JsonObject => ({
      type: 'function_call',
      call_id: id ?? `call_${index}`,
      name,
      arguments: typeof given === 'string' ? given : JSON.stringify(given),
    }),
  );
  const isEmpty = content === '' && calls.length > 0;
  return [...(isEmpty ? [] : [{ role, content: contentOf(content) }]), ...calls];
}

function contentOf(content: string | ContentPart[]): JsonValue {
  if (typeof content === 'string') return content;
  return content.map((part) =>
    part.type === 'text'
      ? { type: 'input_text', text: part.text }
      : { type: 'input_image', image_url: part.url },
  );
}

function plain(fields: { [name: string]: JsonValue | undefined }): JsonObject {
  const entries = Object.entries(fields).filter(
    (entry): entry is [string, JsonValue] => entry[1] !== undefined,
  );
  return Object.fromEntries(entries);
}

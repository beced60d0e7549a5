import { defined } from '../../model/defined.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { ContentPart, Message } from '../../model/message.ts';
import type { Release } from '../../releases/release.ts';
import type { Application } from './application.ts';
import { isSystemRole } from './releasedChat.ts';
import { isSystem } from './releasedMessages.ts';
import { contentText, refuseSettings } from './releasedSettings.ts';
import { type RequestBody, rawJson, rawList, roleOf } from './requestBody.ts';
import { RequestRefusal } from './requestRefusal.ts';

/** The release’s part of a request to Anthropic's messages API, which has the messages of the system apart. */
export function releasedAnthropic(
  release: Release,
  body: RequestBody,
  messages: (which: 'all' | 'system') => Message[],
): Application {
  const { name, parameters, tools, responseFormat } = release;
  refuseSettings(release, ['frequencyPenalty', 'presencePenalty', 'reasoningEffort'], 'the messages API');
  if (responseFormat && responseFormat.type !== 'text')
    throw new RequestRefusal(
      `release/${name} sets a response format, which the messages API does not have; use another API`,
    );
  const set: Application = new Map();

  const own = (body.items('messages') ?? []).filter((item) => !isSystemRole(roleOf(item)));
  const ours = messages(own.length > 0 ? 'system' : 'all');
  const conversation = [
    ...ours.filter((message) => !isSystem(message)).map((message) => rawJson(messageOf(message))),
    ...own,
  ];
  if (conversation.length === 0)
    throw new RequestRefusal(`release/${name} has no message of the user; send some in "messages"`);
  set.set('messages', rawList(conversation));
  const system = ours.filter(isSystem).map(contentText).join('\n\n');
  if (system !== '') set.set('system', rawJson(system));

  const { temperature, topP, maxTokens, stop } = parameters;
  const settings: [key: string, value: JsonValue | undefined][] = [
    ['temperature', temperature],
    ['top_p', topP],
    ['max_tokens', maxTokens],
    ['stop_sequences', stop],
    [
      'tools',
      tools.length === 0
        ? undefined
        : tools.map(({ name: tool, description, parameters: schema }) => ({
            name: tool,
            ...defined({ description }),
            input_schema: schema ?? { type: 'object' },
          })),
    ],
  ];
  for (const [key, value] of settings)
    if (value !== undefined && !body.has(key)) set.set(key, rawJson(value));
  return set;
}

function messageOf({ role, content, toolCalls = [], toolCallId = '' }: Message): JsonObject {
  if (role === 'tool')
    return {
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: toolCallId, content: contentText({ content }) }],
    };
  if (toolCalls.length === 0)
    return { role, content: typeof content === 'string' ? content : content.map(blockOf) };

  const blocks = (typeof content === 'string' ? [{ type: 'text' as const, text: content }] : content).filter(
    (part) => part.type !== 'text' || part.text !== '',
  );
  const calls = toolCalls.map(({ id, name, arguments: given }, index) => ({
    type: 'tool_use',
    id: id ?? `call_${index}`,
    name,
    input: isJsonObject(given) ? given : {},
  }));
  return { role, content: [...blocks.map(blockOf), ...calls] };
}

function blockOf(part: ContentPart): JsonObject {
  if (part.type === 'text') return { type: 'text', text: part.text };
  const [, media_type, data] = /^data:([^;,]+);base64,(.*)$/s.exec(part.url) ?? [];
  const source: JsonObject =
    media_type === undefined || data === undefined
      ? { type: 'url', url: part.url }
      : { type: 'base64', media_type, data };
  return { type: 'image', source };
}

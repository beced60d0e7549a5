import type { Message } from '../../model/message.ts';
import {
  type MaxTokensField,
  writeFormat,
  writeMessage,
  writeParameters,
  writeTool,
} from '../../models/wire/writeRequest.ts';
import type { Release } from '../../releases/release.ts';
import type { Application } from './application.ts';
import { type RequestBody, rawJson, rawList, roleOf } from './requestBody.ts';

/** The release’s part of a request for a chat completion. */
export function releasedChat(
  { parameters, tools, responseFormat }: Release,
  body: RequestBody,
  messages: (which: 'all' | 'system') => Message[],
  maxTokensField: MaxTokensField,
): Application {
  const set: Application = new Map();
  const own = (body.items('messages') ?? []).filter((item) => !isSystemRole(roleOf(item)));
  const ours = messages(own.length > 0 ? 'system' : 'all').map((message) => rawJson(writeMessage(message)));
  set.set('messages', rawList([...ours, ...own]));

  const hasLimit = body.has('max_tokens') || body.has('max_completion_tokens');
  for (const [key, value] of Object.entries(writeParameters(parameters, maxTokensField)))
    if (!body.has(key) && !(hasLimit && key === maxTokensField)) set.set(key, rawJson(value));

  if (tools.length > 0 && !body.has('tools') && !body.has('functions'))
    set.set('tools', rawJson(tools.map(writeTool)));
  const format = writeFormat(responseFormat);
  if (format && !body.has('response_format')) set.set('response_format', rawJson(format));
  return set;
}

/** However it is written: servers that read `System` as `system` must not get the client's. */
export function isSystemRole(role: string | undefined): boolean {
  const plain = role?.trim().toLowerCase();
  return plain === 'system' || plain === 'developer';
}

import { isJsonObject, type JsonObject } from '../../model/json.ts';
import type { Message } from '../../model/message.ts';
import type { MaxTokensField } from '../../models/wire/writeRequest.ts';
import { promptOf, type Release } from '../../releases/release.ts';
import type { ApiName } from '../apis/apiName.ts';
import type { Application } from './application.ts';
import { releasedAnthropic } from './releasedAnthropic.ts';
import { releasedChat } from './releasedChat.ts';
import { releasedMessages } from './releasedMessages.ts';
import { releasedResponse } from './releasedResponse.ts';
import { RequestBody, rawJson } from './requestBody.ts';
import { RequestRefusal } from './requestRefusal.ts';

/** Where the release stands in place of the client's own; `variables` is for us. */
const DROPPED: readonly string[] = ['variables', 'instructions', 'system', 'prompt'];

/** What settings of a release that are passed through must not replace. */
const OURS: ReadonlySet<string> = new Set([
  ...DROPPED,
  ...['model', 'messages', 'input', 'stream', 'stream_options', 'tools', 'response_format', 'text'],
]);

/**
 * A client's request as a request for what a release holds. The release decides the model and what the system says; it gives the prompt,
 * filled in with `variables`, where the client brings no conversation; and it fills in the settings that the client does not
 * make. docs/releases.md says who wins, and why. All else of the body stays, byte for byte. Throws RequestRefusal.
 */
export function applyRelease(
  release: Release,
  api: ApiName,
  body: Buffer,
  options: { maxTokensField?: MaxTokensField } = {},
): { provider: string; body: Buffer } {
  const request = new RequestBody(body);
  const variables = variablesOf(request);
  const prompt = promptOf(release);
  const messages = (which: 'all' | 'system') => releasedMessages(release.name, prompt, variables, which);

  const set = partFor(release, api, request, messages, options.maxTokensField ?? 'max_completion_tokens');
  for (const [key, value] of Object.entries(release.parameters.extra ?? {}))
    if (!OURS.has(key) && !set.has(key) && !request.has(key)) set.set(key, rawJson(value));

  const slash = release.model.indexOf('/');
  set.set('model', rawJson(release.model.slice(slash + 1)));
  return { provider: release.model.slice(0, slash), body: request.with(set, DROPPED) };
}

function partFor(
  release: Release,
  api: ApiName,
  request: RequestBody,
  messages: (which: 'all' | 'system') => Message[],
  maxTokensField: MaxTokensField,
): Application {
  switch (api) {
    case 'chat':
      return releasedChat(release, request, messages, maxTokensField);
    case 'responses':
      return releasedResponse(release, request, messages);
    case 'messages':
      return releasedAnthropic(release, request, messages);
    case 'embeddings':
    case 'models':
    case 'agent':
      throw new RequestRefusal(
        `release/${release.name} answers the chat, responses and messages APIs, and this request is for another`,
      );
  }
}

function variablesOf(request: RequestBody): JsonObject {
  if (!request.has('variables')) return {};
  const variables = request.value('variables');
  if (isJsonObject(variables)) return variables;
  throw new RequestRefusal('"variables" is not an object of names and values');
}

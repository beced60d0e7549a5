import { hash } from 'node:crypto';
import { canonicalJson, isJsonObject, type JsonObject, type JsonValue } from '../../../model/json.ts';
import type { ApiName } from '../../apis/apiName.ts';
import { objectsIn, textIn } from './bodyJson.ts';

/** The APIs whose answers may ask for tools. */
export type ToolApi = 'chat' | 'responses' | 'messages';

export function isToolApi(api: ApiName): api is ToolApi {
  return api === 'chat' || api === 'responses' || api === 'messages';
}

/** Messages and other items of a request, as its API has them. */
export function itemsOf(api: ToolApi, request: JsonObject): JsonValue[] {
  if (api !== 'responses') return Array.isArray(request['messages']) ? request['messages'] : [];
  const { input } = request;
  return Array.isArray(input) ? input : typeof input === 'string' ? [{ role: 'user', content: input }] : [];
}

/** The request with more items at its end. */
export function extended(api: ToolApi, request: JsonObject, items: readonly JsonValue[]): JsonObject {
  return { ...request, [api === 'responses' ? 'input' : 'messages']: [...itemsOf(api, request), ...items] };
}

/** Results of tools among items, by the id of their call. */
export function resultsIn(api: ToolApi, items: readonly JsonValue[]): Map<string, JsonObject> {
  const results = new Map<string, JsonObject>();
  for (const item of objectsIn([...items])) {
    for (const result of resultsOf(api, item)) {
      const id = textIn(result[CALL_ID[api]]);
      if (id !== '') results.set(id, result);
    }
  }
  return results;
}

/** A recorded result, given to a call of another id. */
export function asResultOf(api: ToolApi, result: JsonObject, callId: string): JsonObject {
  // `id` is that of the item itself, and unknown to whom it is sent now.
  const { id: _id, cache_control: _mark, ...rest } = result;
  return { ...rest, [CALL_ID[api]]: callId };
}

/** As items of the API: Anthropic's has the results of one turn in one message. */
export function resultItems(api: ToolApi, results: readonly JsonObject[]): JsonValue[] {
  return api === 'messages' ? [{ role: 'user', content: [...results] }] : [...results];
}

/** Whether somebody says something among them, beside results of tools. */
export function hasUserTurn(api: ToolApi, items: readonly JsonValue[]): boolean {
  return objectsIn([...items]).some((item) => item['role'] === 'user' && resultsOf(api, item).length === 0);
}

/** The results of tools that a request ends in, as one does that goes on with a loop. */
export function lastResults(api: ToolApi, items: readonly JsonValue[]): readonly JsonValue[] {
  const before = items.findLastIndex((item) => !isJsonObject(item) || resultsOf(api, item).length === 0);
  return items.slice(before + 1);
}

/** Equal for equal beginnings of a conversation; what changes from call to call without meaning anything is left out. */
export function conversationKey(api: ToolApi, items: readonly JsonValue[]): string {
  const said = objectsIn([...items]).filter(({ role }) => role !== 'system' && role !== 'developer');
  return hash('sha256', canonicalJson(said.map((item) => plain(api, item))), 'hex');
}

const CALL_ID: { readonly [api in ToolApi]: string } = {
  chat: 'tool_call_id',
  responses: 'call_id',
  messages: 'tool_use_id',
};

function resultsOf(api: ToolApi, item: JsonObject): JsonObject[] {
  switch (api) {
    case 'chat':
      return item['role'] === 'tool' ? [item] : [];
    case 'responses':
      return textIn(item['type']).endsWith('_output') ? [item] : [];
    case 'messages':
      return objectsIn(item['content']).filter(({ type }) => type === 'tool_result');
  }
}

/** Marks of caches wander from message to message, and a text may stand by itself or as a part. */
function plain(api: ToolApi, item: JsonObject): JsonValue {
  const { cache_control: _mark, ...rest } = item;
  const { content } = rest;
  if (typeof content === 'string') return { ...rest, content: [{ type: 'text', text: content }] };
  return Array.isArray(content)
    ? { ...rest, content: content.map((part) => (isJsonObject(part) ? plain(api, part) : part)) }
    : rest;
}

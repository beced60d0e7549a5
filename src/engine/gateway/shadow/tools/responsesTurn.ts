import { isJsonObject, type JsonObject } from '../../../model/json.ts';
import type { AssistantTurn, TurnCall } from './assistantTurn.ts';
import { objectsIn, textIn } from './bodyJson.ts';
import { comparedCall } from './callKey.ts';

/** Calls of tools that the provider itself answers. */
const HOSTED = [
  'web_search_call',
  'file_search_call',
  'code_interpreter_call',
  'image_generation_call',
  'mcp_call',
];

/** From a whole reply of OpenAI's responses API, or the events of a streamed one, the last of which has it whole. */
export function readResponsesTurn(said: JsonObject | JsonObject[]): AssistantTurn | undefined {
  const reply = Array.isArray(said)
    ? said.findLast(({ response }) => isJsonObject(response))?.['response']
    : said;
  if (!isJsonObject(reply) || !Array.isArray(reply['output'])) return undefined;

  const output = objectsIn(reply['output']);
  return {
    // Thoughts of a reply that was not stored are known to nobody, unless they are there themselves.
    items: output.filter(
      (item) => item['type'] !== 'reasoning' || reply['store'] !== false || item['encrypted_content'] != null,
    ),
    calls: output.flatMap((item) => callOf(item) ?? []),
  };
}

function callOf(item: JsonObject): TurnCall | undefined {
  const type = textIn(item['type']);
  const id = textIn(item['call_id']) || textIn(item['id']);
  const name = textIn(item['name']);
  if (type === 'function_call') return { id, ...comparedCall(name, textIn(item['arguments'])) };
  if (type === 'custom_tool_call')
    return { id, ...comparedCall(name, JSON.stringify(textIn(item['input']))) };
  if (HOSTED.includes(type) || !(type.endsWith('_call') || type === 'mcp_approval_request')) return undefined;
  return { id, ...comparedCall(type, JSON.stringify(item['action'] ?? item['operation'] ?? {})) };
}

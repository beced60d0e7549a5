import { isJsonObject, type JsonObject } from '../../../model/json.ts';
import type { AssistantTurn } from './assistantTurn.ts';
import { objectsIn, textIn } from './bodyJson.ts';
import { comparedCall } from './callKey.ts';

/** What goes back beside content and calls: some servers want the thoughts that led to a call. */
const THOUGHTS = ['reasoning_content', 'reasoning_details', 'thinking_blocks'];

/** From a whole reply of OpenAI's chat API, or the events of a streamed one. */
export function readChatTurn(said: JsonObject | JsonObject[]): AssistantTurn | undefined {
  const message = Array.isArray(said) ? assembled(said) : firstChoice(said)?.['message'];
  if (!isJsonObject(message)) return undefined;

  const calls = objectsIn(message['tool_calls']).map((call, at) => ({ ...call, id: idOf(call, at) }));
  const thoughts = THOUGHTS.flatMap((key) => (message[key] == null ? [] : [[key, message[key]] as const]));
  const item: JsonObject = {
    role: 'assistant',
    content: message['content'] ?? null,
    ...Object.fromEntries(thoughts),
  };
  return {
    items: [calls.length === 0 ? item : { ...item, tool_calls: calls }],
    calls: calls.map((call) => ({ id: call.id, ...called(call) })),
  };
}

/** A custom tool takes a text. */
function called(call: JsonObject) {
  const { function: named, custom } = call;
  if (isJsonObject(named)) return comparedCall(textIn(named['name']), argumentsOf(named['arguments']));
  return isJsonObject(custom)
    ? comparedCall(textIn(custom['name']), JSON.stringify(textIn(custom['input'])))
    : comparedCall('', '');
}

/** A string of JSON; some servers send the object itself. */
function argumentsOf(given: JsonObject[string] | undefined): string {
  return typeof given === 'string' ? given : given === undefined ? '' : JSON.stringify(given);
}

function firstChoice(said: JsonObject): JsonObject | undefined {
  return objectsIn(said['choices']).find(({ index }) => index === 0 || index === undefined);
}

function assembled(events: readonly JsonObject[]): JsonObject | undefined {
  const message: JsonObject = {};
  const calls: JsonObject[] = [];
  let isSeen = false;
  for (const event of events) {
    const delta = firstChoice(event)?.['delta'];
    if (!isJsonObject(delta)) continue;

    isSeen = true;
    for (const key of ['content', 'reasoning_content']) {
      const piece = delta[key];
      if (typeof piece === 'string') message[key] = textIn(message[key]) + piece;
    }
    for (const piece of objectsIn(delta['tool_calls'])) addPiece(calls, piece);
  }

  return isSeen ? { ...message, tool_calls: calls.filter(isJsonObject) } : undefined;
}

/** The arguments come in pieces, the rest once. A server without indexes sends each call whole. */
function addPiece(calls: JsonObject[], piece: JsonObject): void {
  const { index, function: named, ...rest } = piece;
  const at = typeof index === 'number' && index >= 0 && index < 1_000 ? index : calls.length;
  const call = calls[at] ?? {};
  const before = isJsonObject(call['function']) ? call['function'] : {};
  const now = isJsonObject(named) ? named : {};
  const given = textIn(before['arguments']) + argumentsOf(now['arguments']);
  const name = textIn(before['name']) || textIn(now['name']);
  calls[at] = {
    ...call,
    ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value != null && value !== '')),
    ...(isJsonObject(named) || 'function' in call
      ? { function: { ...before, ...now, name, arguments: given } }
      : {}),
  };
}

function idOf(call: JsonObject, at: number): string {
  return textIn(call['id']) || `call_${at}`;
}

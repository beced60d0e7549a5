import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { ToolCall } from '../../model/message.ts';

/** Something in a reply that is not understood; the message names the key and the accepted forms. */
export class ReplyProblem extends Error {}

/** Where a framework puts the name and the arguments of a call, beside the document's own form. */
const NAME_KEYS = ['name', 'toolName', 'tool_name'] as const;
const ARGUMENT_KEYS = ['arguments', 'args', 'input', 'parameters'] as const;
/** Objects that hold the call itself: OpenAI's, and Mastra's. */
const WRAPPERS = ['function', 'payload'] as const;
const ID_KEYS = ['id', 'toolCallId', 'tool_call_id', 'call_id', 'callId'] as const;

/** What may stand in a call and says nothing about its arguments. */
const SILENT = new Set<string>([
  ...NAME_KEYS,
  ...WRAPPERS,
  ...ID_KEYS,
  ...['type', 'index', 'status', 'dynamic', 'providerExecuted', 'providerMetadata', 'runId', 'from'],
  ...['output', 'result', 'error', 'latency_ms', 'metadata', 'title', 'caller'],
]);

const FORMS =
  'Accepted are { name, arguments }, { function: { name, arguments } } (OpenAI), { toolName, input } or { toolName, args } (AI SDK), { name, args } (LangChain) and { name, input } (Anthropic).';

/** A list of calls in any of the accepted forms; `at` is where it stands. Throws ReplyProblem. */
export function readToolCalls(value: JsonValue, at: string): ToolCall[] {
  if (!Array.isArray(value)) throw new ReplyProblem(`"${at}" must be a list of calls. ${FORMS}`);
  return value.map((item, index) => readToolCall(item, `${at}.${index}`));
}

function readToolCall(value: JsonValue, at: string): ToolCall {
  if (!isJsonObject(value)) throw new ReplyProblem(`"${at}" must be an object. ${FORMS}`);
  const wrapper = WRAPPERS.find((key) => isJsonObject(value[key]));
  const inner = wrapper === undefined ? value : value[wrapper];
  if (!isJsonObject(inner)) throw new ReplyProblem(`"${at}" must be an object. ${FORMS}`);
  const place = wrapper === undefined ? at : `${at}.${wrapper}`;

  const name = readToolName(inner);
  if (name === undefined) throw new ReplyProblem(`"${place}.name" must be the name of a tool. ${FORMS}`);
  const id = first(value, ID_KEYS) ?? first(inner, ID_KEYS);
  return {
    ...(typeof id === 'string' ? { id } : {}),
    name,
    arguments: readArguments(inner, place) ?? {},
  };
}

/** The name in a call or step; undefined where there is none. */
export function readToolName(call: JsonObject): string | undefined {
  const name = first(call, NAME_KEYS);
  return typeof name === 'string' && name !== '' ? name : undefined;
}

/**
 * The arguments of a call or step, under whatever name they have; undefined where there are none. Throws ReplyProblem
 * for a key that may well hold them and is not known, so that they are never lost silently.
 */
export function readArguments(call: JsonObject, at: string): JsonValue | undefined {
  const given = first(call, ARGUMENT_KEYS);
  if (given !== undefined) return given;
  if (ARGUMENT_KEYS.some((key) => Object.hasOwn(call, key))) return undefined;

  const unknown = Object.keys(call).find((key) => !SILENT.has(key));
  if (unknown === undefined) return undefined;
  throw new ReplyProblem(`"${at}.${unknown}" is not understood: the arguments are missing. ${FORMS}`);
}

/** Null means "not reported". */
function first(value: JsonObject, keys: readonly string[]): JsonValue | undefined {
  const key = keys.find((candidate) => Object.hasOwn(value, candidate) && value[candidate] !== null);
  return key === undefined ? undefined : value[key];
}

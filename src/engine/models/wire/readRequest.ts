import { z } from 'zod';
import type { JsonObject, JsonValue } from '../../model/json.ts';
import type {
  ContentPart,
  Message,
  ModelParameters,
  ResponseFormat,
  ToolDefinition,
} from '../../model/message.ts';
import type { ModelRequest } from '../modelClient.ts';
import { PARAMETERS } from './parameterNames.ts';
import { parseArguments } from './replyDraft.ts';

/** A request for a chat completion, as a server has received it. */
export interface ChatRequest {
  model: string;
  request: ModelRequest;
  stream: boolean;
  /** The stream is to say its usage. */
  includeUsage: boolean;
  /** Fields that would lead the request elsewhere or hold a key; they are left out of it. */
  ignored: string[];
}

/** A request that is not of the form that it should be: whoever sent it can mend it. */
export class RequestProblem extends Error {
  /** Where the fault lies, e.g. `messages[0].role`. */
  readonly param: string;

  constructor(message: string, param: string) {
    super(message);
    this.name = 'RequestProblem';
    this.param = param;
  }
}

/**
 * Where a request goes, and with which key, is never for the request to say: names under which LiteLLM and the clients
 * of other proxies do so.
 */
const STEERING: ReadonlySet<string> = new Set([
  'api_base',
  'api_key',
  'api_type',
  'api_version',
  'base_url',
  'custom_llm_provider',
  'default_headers',
  'extra_body',
  'extra_headers',
  'extra_query',
  'fallbacks',
  'headers',
  'organization',
]);

/** Reads the body of POST /chat/completions; the way back is `writeChatRequest`. Throws RequestProblem. */
export function readChatRequest(body: unknown): ChatRequest {
  const parsed = requestSchema.safeParse(body);
  if (!parsed.success) throw toProblem(parsed.error);

  const { model, messages, tools, response_format, stream, stream_options, ...settings } = parsed.data;
  const ignored = Object.keys(settings).filter((name) => STEERING.has(name));
  const request: ModelRequest = { messages: messages.map(readMessage), parameters: readParameters(settings) };
  if (tools?.length) request.tools = tools.map(readTool);
  if (response_format) request.responseFormat = readFormat(response_format);

  return {
    model,
    request,
    stream: stream ?? false,
    includeUsage: stream_options?.include_usage ?? false,
    ignored,
  };
}

const json = z.custom<JsonValue>((value) => value !== undefined);
const object = z.custom<JsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'must be an object',
);

/** Images are those of a user; a part of another kind (audio, files) is refused rather than lost. */
const contentPart = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('image_url'), image_url: z.object({ url: z.string() }) }),
]);
const content = z.union([z.string(), z.array(contentPart)]);
const functionCall = z.object({
  id: z.string().optional(),
  type: z.literal('function').optional(),
  function: z.object({ name: z.string(), arguments: z.string() }),
});

const message = z.object({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
  content: content.nullish(),
  name: z.string().optional(),
  tool_calls: z.array(functionCall).nullish(),
  tool_call_id: z.string().optional(),
});

const tool = z.object({
  type: z.literal('function'),
  function: z.object({
    name: z.string(),
    description: z.string().nullish(),
    parameters: object.nullish(),
    strict: z.boolean().nullish(),
  }),
});

const format = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({ type: z.literal('json_object') }),
  z.object({
    type: z.literal('json_schema'),
    json_schema: z.object({ name: z.string(), schema: object, strict: z.boolean().nullish() }),
  }),
]);

const settings = z.object({
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  max_tokens: z.number().int().positive().nullish(),
  max_completion_tokens: z.number().int().positive().nullish(),
  seed: z.number().int().nullish(),
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
  frequency_penalty: z.number().nullish(),
  presence_penalty: z.number().nullish(),
  reasoning_effort: z.string().nullish(),
});

const requestSchema = settings
  .extend({
    model: z.string().min(1),
    messages: z.array(message).min(1),
    tools: z.array(tool).nullish(),
    response_format: format.nullish(),
    stream: z.boolean().nullish(),
    stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  })
  .catchall(json);

type Settings = z.infer<typeof settings> & { [name: string]: unknown };

function readMessage(given: z.infer<typeof message>): Message {
  const read: Message = { role: given.role, content: readContent(given.content) };
  if (given.name !== undefined) read.name = given.name;
  if (given.tool_call_id !== undefined) read.toolCallId = given.tool_call_id;
  if (given.tool_calls?.length) {
    read.toolCalls = given.tool_calls.map(({ id, function: { name, arguments: text } }) => {
      const call = { name, arguments: parseArguments(text) };
      return id === undefined ? call : { id, ...call };
    });
  }
  return read;
}

function readContent(given: z.infer<typeof content> | null | undefined): string | ContentPart[] {
  if (typeof given === 'string') return given;
  return given
    ? given.map((part) => (part.type === 'text' ? part : { type: 'image', url: part.image_url.url }))
    : '';
}

function readTool({ function: given }: z.infer<typeof tool>): ToolDefinition {
  const read: ToolDefinition = { name: given.name };
  if (typeof given.description === 'string') read.description = given.description;
  if (given.parameters) read.parameters = given.parameters;
  if (typeof given.strict === 'boolean') read.strict = given.strict;
  return read;
}

function readFormat(given: z.infer<typeof format>): ResponseFormat {
  if (given.type !== 'json_schema') return { type: given.type };
  const { name, schema, strict } = given.json_schema;
  const read = { type: given.type, name, schema };
  return typeof strict === 'boolean' ? { ...read, strict } : read;
}

/** Null is the provider's default, as is what is not there. */
function readParameters(given: Settings): ModelParameters {
  const { max_completion_tokens, stop } = given;
  const known: { [name: string]: unknown } = {
    ...given,
    max_tokens: max_completion_tokens ?? given.max_tokens,
    stop: typeof stop === 'string' ? [stop] : stop,
  };
  const read = Object.fromEntries(
    PARAMETERS.map(([ours, theirs]) => [ours, known[theirs]]).filter(([, value]) => value != null),
  );
  const extra = readExtra(given);
  return Object.keys(extra).length === 0 ? read : { ...read, extra };
}

const KNOWN: ReadonlySet<string> = new Set([
  ...PARAMETERS.map(([, theirs]) => theirs),
  'max_completion_tokens',
]);

function readExtra(given: Settings): JsonObject {
  const entries = Object.entries(given).filter(([name]) => !KNOWN.has(name) && !STEERING.has(name));
  return Object.fromEntries(entries) as JsonObject;
}

function toProblem(error: z.ZodError): RequestProblem {
  const issue = error.issues[0];
  const param = (issue?.path ?? []).reduce<string>(
    (path, key) => (typeof key === 'number' ? `${path}[${key}]` : `${path}${path && '.'}${String(key)}`),
    '',
  );
  return new RequestProblem(`${param || 'the request'}: ${issue?.message ?? 'is not valid'}`, param);
}

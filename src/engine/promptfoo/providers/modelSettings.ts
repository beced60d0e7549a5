import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { ModelParameters, ResponseFormat, ToolDefinition } from '../../model/message.ts';

/** Settings that are not sent to a model. */
const OWN_KEYS: ReadonlySet<string> = new Set([
  'apiKey',
  'apiKeyEnvar',
  'apiKeyRequired',
  'apiBaseUrl',
  'apiHost',
  'organization',
  'headers',
  'cost',
  'inputCost',
  'outputCost',
  'audioCost',
  'basePath',
  'tools',
  'functions',
  'function_call',
  'response_format',
  'passthrough',
  'functionToolCallbacks',
  'omitDefaults',
  'showThinking',
  'maxRetries',
  'mcp',
  'temperature',
  'top_p',
  'max_tokens',
  'max_completion_tokens',
  'seed',
  'stop',
  'frequency_penalty',
  'presence_penalty',
  'reasoning_effort',
]);

/** OpenAI's reasoning models take neither a temperature nor max_tokens. */
const REASONING = /(?:^|\/)(?:o\d|gpt-5)/;
const DEFAULT_MAX_TOKENS = 1024;

/** Sampling settings with promptfoo's defaults: temperature 0 and at most 1,024 tokens. */
export function toParameters(config: JsonObject, model: string): ModelParameters {
  const reasons = REASONING.test(model) || config['omitDefaults'] === true;
  const temperature = config['temperature'] ?? (reasons ? undefined : 0);
  const maxTokens =
    config['max_completion_tokens'] ?? config['max_tokens'] ?? (reasons ? undefined : DEFAULT_MAX_TOKENS);

  const extra = {
    ...Object.fromEntries(Object.entries(config).filter(([key]) => !OWN_KEYS.has(key))),
    ...toolChoice(config['function_call']),
    ...(isJsonObject(config['passthrough']) ? config['passthrough'] : {}),
  };

  const stop = config['stop'];
  return {
    ...numeric('temperature', temperature),
    ...numeric('topP', config['top_p']),
    ...numeric('maxTokens', maxTokens),
    ...numeric('seed', config['seed']),
    ...numeric('frequencyPenalty', config['frequency_penalty']),
    ...numeric('presencePenalty', config['presence_penalty']),
    ...(typeof stop === 'string' ? { stop: [stop] } : {}),
    ...(Array.isArray(stop) ? { stop: stop.map(String) } : {}),
    ...(typeof config['reasoning_effort'] === 'string'
      ? { reasoningEffort: config['reasoning_effort'] }
      : {}),
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  };
}

/** `function_call`, the older way to choose among `functions`, as the choice among tools that it is now. */
function toolChoice(choice: JsonValue | undefined): JsonObject {
  if (typeof choice === 'string') return { tool_choice: choice };
  if (!isJsonObject(choice) || typeof choice['name'] !== 'string') return {};
  return { tool_choice: { type: 'function', function: { name: choice['name'] } } };
}

/** Tools, or what came before them, `functions`. */
export function toTools(tools: JsonValue | undefined): ToolDefinition[] {
  if (!Array.isArray(tools)) return [];
  return tools.flatMap((tool) => {
    const inner = isJsonObject(tool) && isJsonObject(tool['function']) ? tool['function'] : tool;
    if (!isJsonObject(inner) || typeof inner['name'] !== 'string') return [];
    const { name, description, parameters, strict } = inner;
    return [
      {
        name,
        ...(typeof description === 'string' ? { description } : {}),
        ...(isJsonObject(parameters) ? { parameters } : {}),
        ...(typeof strict === 'boolean' ? { strict } : {}),
      },
    ];
  });
}

export function toResponseFormat(format: JsonValue | undefined): ResponseFormat | undefined {
  if (!isJsonObject(format)) return undefined;
  if (format['type'] === 'json_object') return { type: 'json_object' };
  const inner = format['json_schema'];
  if (format['type'] !== 'json_schema' || !isJsonObject(inner) || !isJsonObject(inner['schema'])) {
    return undefined;
  }
  return {
    type: 'json_schema',
    name: typeof inner['name'] === 'string' ? inner['name'] : 'response',
    schema: inner['schema'],
    ...(typeof inner['strict'] === 'boolean' ? { strict: inner['strict'] } : {}),
  };
}

function numeric<Key extends string>(key: Key, value: JsonValue | undefined): { [K in Key]?: number } {
  const found: { [K in Key]?: number } = {};
  if (typeof value === 'number') found[key] = value;
  return found;
}

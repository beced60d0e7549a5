import { isJsonObject, type JsonValue } from '../model/json.ts';
import type { Span } from './spanSet.ts';

const JSON_FENCE =
  /^[ \t]*(`{3,}|~{3,})[ \t]*json[a-z-]*[ \t]*\r?\n(?<body>[\s\S]*?)\r?\n[ \t]*\1[`~]*[ \t]*$/i;

/**
 * The two fences round a JSON Schema or a tool definition: what is between them is data that describes other
 * data, which nobody is meant to imitate, so its layout means nothing. Undefined for any other block, such as
 * an example of JSON that an answer should look like.
 */
export function schemaFences(text: string, block: Span): [Span, Span] | undefined {
  const match = JSON_FENCE.exec(text.slice(block.start, block.end));
  const body = match?.groups?.['body'];
  if (body === undefined || !describesData(parsed(body))) return undefined;
  return [
    { start: block.start, end: text.indexOf('\n', block.start) },
    { start: text.lastIndexOf('\n', block.end - 1) + 1, end: block.end },
  ];
}

/** Keys under which tool definitions of the known providers hold a schema. */
const SCHEMA_KEYS = ['function', 'parameters', 'input_schema', 'inputSchema'];

function describesData(value: JsonValue | undefined): boolean {
  if (Array.isArray(value)) return value.length > 0 && value.every(describesData);
  if (!isJsonObject(value)) return false;
  if (typeof value['$schema'] === 'string') return true;
  if (value['type'] === 'object' && isJsonObject(value['properties'])) return true;
  return SCHEMA_KEYS.some((key) => describesData(value[key]));
}

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

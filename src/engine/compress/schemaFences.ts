import { isJsonObject, type JsonObject, type JsonValue } from '../model/json.ts';
import type { Span } from './spanSet.ts';

const JSON_FENCE =
  /^[ \t]*(`{3,}|~{3,})[ \t]*json[a-z-]*[ \t]*\r?\n(?<body>[\s\S]*?)\r?\n[ \t]*\1[`~]*[ \t]*$/i;

/**
 * The two fences round a JSON Schema or a tool definition: what is between them is data that describes other
 * data, which nobody is meant to imitate, so its layout means nothing. Undefined for any other block, such as
 * an example of JSON that an answer should look like, or a file that is to be written.
 */
export function schemaFences(text: string, block: Span): [Span, Span] | undefined {
  const match = JSON_FENCE.exec(text.slice(block.start, block.end));
  const body = match?.groups?.['body'];
  if (body === undefined || !isSchemaToRead(text, block.start, body)) return undefined;
  return [
    { start: block.start, end: text.indexOf('\n', block.start) },
    { start: text.lastIndexOf('\n', block.end - 1) + 1, end: block.end },
  ];
}

/**
 * Whether JSON that begins at the offset is a JSON Schema or tool definitions, and is introduced as such by the
 * line above it, as in "Answer by this schema:" and `<tools>`, or outside a fence by the heading above it. A schema
 * that is shown to be written is not.
 */
export function isSchemaToRead(text: string, start: number, json: string): boolean {
  if (!describesData(parsed(json))) return false;
  const above = text.slice(0, start).trimEnd();
  const line = above.slice(above.lastIndexOf('\n') + 1);
  const heading = headingAbove(above);
  const isFenced = /^[ \t]*[`~]/.test(text.slice(start, start + 100));
  const isIntroduced = READ.test(line) || (!isFenced && READ.test(heading));
  return isIntroduced && !WRITTEN.test(line) && !WRITTEN.test(heading);
}

function headingAbove(text: string): string {
  for (let at = text.lastIndexOf('\n#'); at >= 0; at = at === 0 ? -1 : text.lastIndexOf('\n#', at - 1)) {
    const end = text.indexOf('\n', at + 1);
    const line = text.slice(at + 1, end < 0 ? text.length : end);
    if (/^#{1,6} /.test(line)) return line;
  }
  return /^#{1,6} .*/.exec(text)?.[0] ?? '';
}

const READ = /\bschemas?\b|\btools?\b|\bfunctions?\b/i;
const WRITTEN =
  /\b(?:examples?|samples?|templates?|files?|creat\w*|writ\w*|sav\w*|add\w*|generat\w*|produc\w*|draft\w*|design\w*|defin\w*|declar\w*|updat\w*|extend\w*|copy|paste|such as|like|e\.g|format\w*|look\w*)\b|\.json\b/i;

function describesData(value: JsonValue | undefined): boolean {
  if (Array.isArray(value)) return value.length > 0 && value.every(isTool);
  return isJsonObject(value) && (isTool(value) || isObjectSchema(value));
}

/** Keys under which tool definitions of the known providers hold a schema. */
const SCHEMA_KEYS = ['parameters', 'input_schema', 'inputSchema'];

function isTool(value: JsonValue): boolean {
  if (!isJsonObject(value)) return false;
  const inner = value['function'];
  if (value['type'] === 'function' && inner !== undefined) return isTool(inner);
  return typeof value['name'] === 'string' && SCHEMA_KEYS.some((key) => isObjectSchema(value[key]));
}

/** Keywords of JSON Schema from draft 4 to 2020-12 that stand beside `properties`. */
const KEYWORDS = new Set(
  '$schema $id $ref $defs $comment $anchor id definitions type properties required additionalProperties patternProperties propertyNames minProperties maxProperties title description default examples allOf anyOf oneOf not if then else dependentRequired dependentSchemas unevaluatedProperties strict nullable'.split(
    ' ',
  ),
);
/** What makes the schema of a property one. */
const KINDS = ['type', '$ref', 'enum', 'const', 'anyOf', 'oneOf', 'allOf', 'properties', 'items'];

function isObjectSchema(value: JsonValue | undefined): boolean {
  if (!isJsonObject(value) || !isJsonObject(value['properties'])) return false;
  return (
    (value['type'] === undefined || value['type'] === 'object') &&
    Object.keys(value).every((key) => KEYWORDS.has(key)) &&
    Object.values(value['properties']).every((property) => isPropertySchema(property))
  );
}

function isPropertySchema(value: JsonValue): boolean {
  if (typeof value === 'boolean') return true;
  return isJsonObject(value) && KINDS.some((key) => key in value) && hasKnownType(value);
}

const TYPES = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'];

function hasKnownType({ type }: JsonObject): boolean {
  return type === undefined || [type].flat().every((name) => TYPES.includes(String(name).toLowerCase()));
}

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

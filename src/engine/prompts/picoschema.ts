import type { Pointer } from '../files/document.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../model/json.ts';
import type { Fields } from './fields.ts';

const SCALARS = new Set(['string', 'boolean', 'null', 'number', 'integer', 'any']);

/**
 * The JSON Schema of a Dotprompt schema: JSON Schema as it stands, or Picoschema, where a line reads
 * `name?(array, description): string, description` (https://google.github.io/dotprompt/reference/picoschema/).
 * Throws PromptError at the line that is neither.
 */
export function readSchema(fields: Fields, pointer: Pointer): JsonObject | undefined {
  const value = fields.get(pointer);
  if (value === undefined) return undefined;
  if (isJsonObject(value)) {
    const { type, properties } = value;
    if (typeof type === 'string' && (SCALARS.has(type) || type === 'object' || type === 'array'))
      return value;
    if (isJsonObject(properties)) return { type: 'object', ...value };
  }
  return readPico(fields, pointer, value);
}

function readPico(fields: Fields, pointer: Pointer, value: JsonValue): JsonObject {
  if (typeof value === 'string') return readScalar(fields, pointer, value);
  if (isJsonObject(value)) return readObject(fields, pointer, value);
  throw fields.mismatch(pointer, 'a type such as string, or a map of fields');
}

function readScalar(fields: Fields, pointer: Pointer, text: string): JsonObject {
  const [type, description] = splitDescription(text);
  if (!SCALARS.has(type)) {
    const remedy =
      'Write string, number, integer, boolean, null or any. Named schemas live in code and are not known here.';
    throw fields.fail(pointer, `'${type}' is not a type of this schema`, remedy);
  }
  return { ...(type === 'any' ? {} : { type }), ...(description === undefined ? {} : { description }) };
}

function readObject(fields: Fields, pointer: Pointer, value: JsonObject): JsonObject {
  const properties: [string, JsonObject][] = [];
  const required: string[] = [];
  let additional: JsonValue = false;
  for (const [key, item] of Object.entries(value)) {
    const at = [...pointer, key];
    if (key === '(*)') {
      additional = readPico(fields, at, item);
      continue;
    }
    const { name, optional, type, description } = parseKey(key);
    if (!optional) required.push(name);
    const schema = readProperty(fields, at, item, type);
    const described = description === undefined ? schema : { ...schema, description };
    properties.push([name, optional ? nullable(described) : described]);
  }
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: additional,
  };
}

function readProperty(fields: Fields, at: Pointer, item: JsonValue, type: string | undefined): JsonObject {
  if (type === undefined || type === 'object') return readPico(fields, at, item);
  if (type === 'array') return { type: 'array', items: readPico(fields, at, item) };
  if (type === 'enum') return { enum: fields.list(at) ?? [] };
  throw fields.fail(at, `'(${type})' is not known`, 'Write (array), (object) or (enum) after the name.');
}

/** `name?(type, description)` */
function parseKey(key: string): { name: string; optional: boolean; type?: string; description?: string } {
  const open = key.indexOf('(');
  const head = (open < 0 ? key : key.slice(0, open)).trim();
  const optional = head.endsWith('?');
  const name = optional ? head.slice(0, -1) : head;
  if (open < 0) return { name, optional };
  const [type, description] = splitDescription(key.slice(open + 1).replace(/\)\s*$/, ''));
  return { name, optional, type, ...(description === undefined ? {} : { description }) };
}

function splitDescription(text: string): [type: string, description: string | undefined] {
  const comma = text.indexOf(',');
  return comma < 0 ? [text.trim(), undefined] : [text.slice(0, comma).trim(), text.slice(comma + 1).trim()];
}

/** Optional fields may also be null, as Dotprompt has it. */
function nullable(schema: JsonObject): JsonObject {
  if (Array.isArray(schema['enum'])) return { ...schema, enum: [...new Set([...schema['enum'], null])] };
  return typeof schema['type'] === 'string' ? { ...schema, type: [schema['type'], 'null'] } : schema;
}

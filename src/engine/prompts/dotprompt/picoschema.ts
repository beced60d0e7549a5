import type { Pointer } from '../../files/formats/document.ts';
import { defined, nonEmpty } from '../../model/defined.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { Fields } from '../fields/fields.ts';

const SCALARS = new Set(['string', 'boolean', 'null', 'number', 'integer', 'any']);

/** Called with the name and location of a schema that is defined in code; here it accepts anything. */
export type OnNamedSchema = (name: string, at: Pointer) => void;

/**
 * The JSON Schema of a Dotprompt schema: either JSON Schema itself, or Picoschema, in which a line reads `name?(array,
 * description): string, description` (https://google.github.io/dotprompt/reference/picoschema/). Throws PromptError at
 * a line that is neither.
 */
export function readSchema(fields: Fields, pointer: Pointer, onNamed: OnNamedSchema): JsonObject | undefined {
  const value = fields.get(pointer);
  if (value === undefined) return undefined;
  if (isJsonObject(value)) {
    const { type, properties } = value;
    if (typeof type === 'string' && (SCALARS.has(type) || type === 'object' || type === 'array'))
      return value;
    if (isJsonObject(properties)) return { type: 'object', ...value };
  }
  return new PicoReader(fields, onNamed).read(pointer, value);
}

class PicoReader {
  readonly #fields: Fields;
  readonly #onNamed: OnNamedSchema;

  constructor(fields: Fields, onNamed: OnNamedSchema) {
    this.#fields = fields;
    this.#onNamed = onNamed;
  }

  read(pointer: Pointer, value: JsonValue): JsonObject {
    if (typeof value === 'string') return this.#readScalar(pointer, value);
    if (isJsonObject(value)) return this.#readObject(pointer, value);
    throw this.#fields.mismatch(pointer, 'a type such as string, or a map of fields');
  }

  #readScalar(pointer: Pointer, text: string): JsonObject {
    const [type, description] = splitDescription(text);
    const described = description === undefined ? {} : { description };
    if (SCALARS.has(type)) return { ...(type === 'any' ? {} : { type }), ...described };
    if (/^[A-Z][\w.-]*$/.test(type)) {
      this.#onNamed(type, pointer);
      return described;
    }
    const remedy = type.endsWith('[]')
      ? `Write a list as name(array): ${type.slice(0, -2) || 'string'}`
      : 'Use string, number, integer, boolean, null or any. Names of schemas defined in code start with a capital letter.';
    throw this.#fields.fail(pointer, `'${type}' is not a known type`, remedy);
  }

  #readObject(pointer: Pointer, value: JsonObject): JsonObject {
    const properties: [string, JsonObject][] = [];
    const required: string[] = [];
    let additional: JsonValue = false;

    for (const [key, item] of Object.entries(value)) {
      const at = [...pointer, key];
      if (key === '(*)') {
        additional = this.read(at, item);
        continue;
      }
      const { name, optional, type, description } = parseKey(key);
      if (!optional) required.push(name);
      const schema = this.#readProperty(at, item, type);
      const described = description === undefined ? schema : { ...schema, description };
      properties.push([name, optional ? nullable(described) : described]);
    }

    return {
      type: 'object',
      properties: Object.fromEntries(properties),
      ...defined({ required: nonEmpty(required) }),
      additionalProperties: additional,
    };
  }

  #readProperty(at: Pointer, item: JsonValue, type: string | undefined): JsonObject {
    if (type === undefined || type === 'object') return this.read(at, item);
    if (type === 'array') return { type: 'array', items: this.read(at, item) };
    if (type === 'enum') return { enum: this.#fields.list(at) ?? [] };
    throw this.#fields.fail(
      at,
      `'(${type})' is not known`,
      'Use (array), (object) or (enum) after the name.',
    );
  }
}

/** `name?(type, description)` */
function parseKey(key: string): { name: string; optional: boolean; type?: string; description?: string } {
  const open = key.indexOf('(');
  const head = (open < 0 ? key : key.slice(0, open)).trim();
  const optional = head.endsWith('?');
  const name = optional ? head.slice(0, -1) : head;
  if (open < 0) return { name, optional };
  const [type, description] = splitDescription(key.slice(open + 1).replace(/\)\s*$/, ''));
  return { name, optional, type, ...defined({ description }) };
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

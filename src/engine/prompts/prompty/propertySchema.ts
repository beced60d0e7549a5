import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';

/** Prompty's kinds of values, as JSON Schema types; kinds without one (image, thread) stay open. */
const TYPES: { [kind: string]: string } = {
  string: 'string',
  integer: 'integer',
  number: 'number',
  float: 'number',
  boolean: 'boolean',
  array: 'array',
  object: 'object',
};

/** One entry of `inputs`, `outputs` or a tool's `parameters`, with its key or index. */
export interface Property {
  name: string;
  key: string | number;
  definition: JsonValue;
}

/**
 * Prompty's three ways to write properties: a map by name, a list with `name`, and either of them under
 * `properties`. Entries without a name are left out.
 */
export function listProperties(value: JsonValue | undefined): { prefix: string[]; properties: Property[] } {
  const inner = isJsonObject(value) ? value['properties'] : undefined;
  const nested = isJsonObject(inner) || Array.isArray(inner);
  const source = nested ? inner : value;
  const prefix = nested ? ['properties'] : [];

  if (Array.isArray(source)) {
    const properties = source.flatMap((definition, key): Property[] => {
      const name = isJsonObject(definition) ? definition['name'] : undefined;
      return typeof name === 'string' ? [{ name, key, definition }] : [];
    });
    return { prefix, properties };
  }

  if (!isJsonObject(source)) return { prefix, properties: [] };
  return {
    prefix,
    properties: Object.entries(source).map(([name, definition]) => ({ name, key: name, definition })),
  };
}

/** The JSON Schema of an object with these properties. Without `required`, a property is demanded. */
export function objectSchema(value: JsonValue | undefined): JsonObject {
  if (isJsonObject(value) && value['type'] === 'object') return value;
  const { properties } = listProperties(value);
  return {
    type: 'object',
    properties: Object.fromEntries(properties.map(({ name, definition }) => [name, valueSchema(definition)])),
    required: properties.filter(({ definition }) => !isOptional(definition)).map(({ name }) => name),
    additionalProperties: false,
  };
}

function isOptional(definition: JsonValue): boolean {
  return isJsonObject(definition) && definition['required'] === false;
}

function valueSchema(definition: JsonValue | undefined): JsonObject {
  if (typeof definition === 'string') return valueSchema({ kind: definition });
  if (!isJsonObject(definition)) return {};

  const kind = definition['kind'] ?? definition['type'];
  const type = typeof kind === 'string' && Object.hasOwn(TYPES, kind) ? TYPES[kind] : undefined;
  const { description, enumValues, items, properties } = definition;
  const choices = enumValues ?? definition['enum'];

  return {
    ...(type === 'object' ? objectSchema(properties ?? {}) : type === undefined ? {} : { type }),
    ...(typeof description === 'string' ? { description } : {}),
    ...(Array.isArray(choices) ? { enum: choices } : {}),
    ...(type === 'array' && items !== undefined ? { items: valueSchema(items) } : {}),
  };
}

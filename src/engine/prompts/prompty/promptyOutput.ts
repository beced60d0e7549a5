import type { Pointer } from '../../files/formats/document.ts';
import { isJsonObject, type JsonObject } from '../../model/json.ts';
import type { ResponseFormat } from '../../model/message.ts';
import type { Fields } from '../fields/fields.ts';
import { listProperties, objectSchema } from './propertySchema.ts';

/**
 * The response format: version 1's `response_format` among the parameters, or version 2's `outputs`, whose
 * properties make the schema. Version 1's `outputs` only document, so they do not count there.
 */
export function readPromptyOutput(fields: Fields): ResponseFormat | undefined {
  for (const key of ['parameters', 'options']) {
    const at: Pointer = ['model', key, 'response_format'];
    const found = fields.get(['model', key]);
    if (isJsonObject(found) && found['response_format'] !== undefined) return readFormat(fields, at);
  }
  if (fields.get(['model', 'parameters']) !== undefined || fields.get(['sample']) !== undefined)
    return undefined;
  const outputs = fields.get(['outputs']);
  if (listProperties(outputs).properties.length === 0) return undefined;
  return { type: 'json_schema', name: schemaName(fields), schema: objectSchema(outputs) };
}

function readFormat(fields: Fields, at: Pointer): ResponseFormat {
  const value = fields.get(at);
  const type = isJsonObject(value) ? fields.string([...at, 'type']) : fields.string(at);
  if (type === 'text' || type === 'json_object') return { type };

  if (type !== 'json_schema') {
    throw fields.fail(at, 'unknown response format', 'Use type: text, json_object or json_schema.');
  }

  const definition = readSchemaDefinition(fields, [...at, 'json_schema']);
  const { name, schema, strict } = definition;

  return {
    type,
    name: typeof name === 'string' ? name : schemaName(fields),
    schema: isJsonObject(schema) ? schema : definition,
    ...(typeof strict === 'boolean' ? { strict } : {}),
  };
}

function readSchemaDefinition(fields: Fields, at: Pointer): JsonObject {
  const definition = fields.map(at);
  if (definition === undefined) throw fields.mismatch(at, 'a JSON schema');
  return definition;
}

/** Providers take letters, digits, `_` and `-` only. */
function schemaName(fields: Fields): string {
  const name = (fields.string(['name']) ?? '').replace(/[^A-Za-z0-9_-]+/g, '_').slice(0, 64);
  return name === '' ? 'output' : name;
}

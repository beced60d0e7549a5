import type { Pointer } from '../../files/formats/document.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { ToolDefinition } from '../../model/message.ts';
import type { Fields } from '../fields/fields.ts';
import { objectSchema } from './propertySchema.ts';

/**
 * The function tools of a prompty: version 2's `tools` as a list or a map by name, and version 1's
 * `parameters.tools` in OpenAI's form. Other kinds (mcp, openapi, prompty) name servers, whose definitions
 * are not in the file: they are left out.
 */
export function readPromptyTools(fields: Fields): ToolDefinition[] {
  return [['tools'], ['model', 'parameters', 'tools'], ['model', 'options', 'tools']].flatMap((at) => {
    const value = fields.get(at);
    if (value === undefined) return [];
    if (Array.isArray(value))
      return value.flatMap((tool, index) => readTool(fields, [...at, index], tool, undefined));
    if (isJsonObject(value)) {
      return Object.entries(value).flatMap(([name, tool]) => readTool(fields, [...at, name], tool, name));
    }
    throw fields.mismatch(at, 'a list of tools');
  });
}

function readTool(fields: Fields, at: Pointer, tool: JsonValue, key: string | undefined): ToolDefinition[] {
  if (!isJsonObject(tool)) throw fields.mismatch(at, 'a map');
  if ((tool['kind'] ?? tool['type'] ?? 'function') !== 'function') return [];

  const definition: JsonObject = isJsonObject(tool['function']) ? tool['function'] : tool;
  const { description, parameters, strict } = definition;
  const name = definition['name'] ?? key;
  if (typeof name !== 'string') throw fields.fail(at, 'the tool has no name', 'Add name: to it.');

  return [
    {
      name,
      ...(typeof description === 'string' ? { description } : {}),
      ...(parameters === undefined || parameters === null ? {} : { parameters: objectSchema(parameters) }),
      ...(typeof strict === 'boolean' ? { strict } : {}),
    },
  ];
}

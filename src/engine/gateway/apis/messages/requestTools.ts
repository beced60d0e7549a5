import { defined } from '../../../model/defined.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../model/json.ts';
import type { ToolDefinition } from '../../../model/message.ts';
import { objectsOf, stringOf } from './contentParts.ts';

/** The functions that a model may call, in the form of any of the APIs; tools that the provider itself has are left out. */
export function readTools(tools: JsonValue | undefined): ToolDefinition[] {
  return objectsOf(tools).flatMap((tool) => {
    const given = isJsonObject(tool['function']) ? tool['function'] : tool;
    return readTool(given) ?? [];
  });
}

function readTool(given: JsonObject): ToolDefinition | undefined {
  const name = stringOf(given['name']);
  if (name === undefined || name === '') return undefined;

  const parameters = given['parameters'] ?? given['input_schema'];
  return {
    name,
    ...defined({
      description: stringOf(given['description']),
      parameters: isJsonObject(parameters) ? parameters : undefined,
      strict: typeof given['strict'] === 'boolean' ? given['strict'] : undefined,
    }),
  };
}

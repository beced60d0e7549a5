import type { Pointer } from '../../files/formats/document.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { Prompt, PromptInput } from '../../model/prompt.ts';
import type { Fields } from '../fields/fields.ts';
import { listProperties, type Property } from './propertySchema.ts';

interface DeclaredInput {
  input: PromptInput;
  /** `sample` (version 1) or `example` (version 2). */
  sample: JsonValue | undefined;
  at: Pointer;
}

/**
 * The declared inputs. `name: value` sets a default. An input without a default is required, unless it has `required:
 * false`: then it is empty.
 */
export function readPromptyInputs(fields: Fields): PromptInput[] {
  return readDeclared(fields).map(({ input }) => input);
}

/** One row of test data: `sample`, and the samples of the inputs. */
export function readPromptySamples(fields: Fields): Prompt['testData'] {
  const declared = readDeclared(fields).filter(({ sample }) => sample !== undefined);
  const own = fields.get(['sample']);
  const values: JsonObject = {
    ...Object.fromEntries(declared.map(({ input, sample }) => [input.name, sample ?? null])),
    ...(isJsonObject(own) ? own : {}),
  };
  if (Object.keys(values).length === 0) return [];
  const { path, line, column } = fields.locate(own === undefined ? (declared[0]?.at ?? []) : ['sample']);
  return [{ values, location: { path, line, column } }];
}

function readDeclared(fields: Fields): DeclaredInput[] {
  const value = fields.get(['inputs']);
  if (value !== undefined && typeof value !== 'object') throw fields.mismatch(['inputs'], 'a map of inputs');
  const { prefix, properties } = listProperties(value);
  return properties.map((property) => readInput(fields, ['inputs', ...prefix, property.key], property));
}

function readInput(fields: Fields, at: Pointer, { name, definition }: Property): DeclaredInput {
  const { path, line, column } = fields.locateKey(at);
  const location = { path, line, column };
  if (!isDefinition(definition)) {
    return { input: { name, default: definition, required: false, location }, sample: undefined, at };
  }

  const { description, default: preset, required } = definition;
  const input: PromptInput = {
    name,
    ...(typeof description === 'string' ? { description } : {}),
    ...(preset === undefined || preset === null ? {} : { default: preset }),
    required: (preset === undefined || preset === null) && required !== false,
    location,
  };

  return { input, sample: definition['sample'] ?? definition['example'], at };
}

/** A map that describes an input, rather than being its default. */
function isDefinition(definition: JsonValue): definition is JsonObject {
  const keys = [
    'kind',
    'type',
    'default',
    'sample',
    'example',
    'description',
    'required',
    'name',
    'is_required',
  ];

  return isJsonObject(definition) && keys.some((key) => Object.hasOwn(definition, key));
}

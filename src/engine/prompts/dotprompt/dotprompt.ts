import type { Pointer } from '../../files/formats/document.ts';
import { defined } from '../../model/defined.ts';
import { isJsonObject, type JsonObject } from '../../model/json.ts';
import type { ResponseFormat } from '../../model/message.ts';
import type { Problem } from '../../model/problem.ts';
import type { MessageTemplate, Prompt, PromptInput } from '../../model/prompt.ts';
import type { Fields } from '../fields/fields.ts';
import { readFrontMatter } from '../fields/frontMatter.ts';
import { readParameters } from '../fields/parameters.ts';
import { finishPrompt } from '../finishPrompt.ts';
import type { PromptSource } from '../promptSource.ts';
import { splitHandlebarsRoles } from './dotpromptRoles.ts';
import { type OnNamedSchema, readSchema } from './picoschema.ts';

/**
 * A Dotprompt file, `.prompt`: Handlebars with `{{role "system"}}` between messages; text before the first
 * is the user's. Its `tools` name tools that live in code, so none are sent.
 */
export function parseDotprompt(source: PromptSource): Prompt {
  const { fields, body } = readFrontMatter(source);
  const unresolved: Problem[] = [];
  const named = (part: 'input' | 'output') => (name: string, at: Pointer) => {
    unresolved.push(namedSchema(fields, part, name, at));
  };
  const inputs = readInputs(fields, named('input'));
  const messages: MessageTemplate[] = splitHandlebarsRoles(source, body, 'user');

  const id = fields.string(['model']);
  return finishPrompt({
    path: source.path,
    format: 'dotprompt',
    name: fields.string(['name']),
    description: fields.string(['description']),
    syntax: 'handlebars',
    messages,
    inputs,
    model: { ...defined({ id }), parameters: readParameters(fields, ['config']) },
    responseFormat: readOutput(fields, named('output')),
    unresolved,
    body: source.range(source.trim(body)),
  });
}

function readInputs(fields: Fields, onNamed: OnNamedSchema): PromptInput[] {
  const schema = readSchema(fields, ['input', 'schema'], onNamed);
  const defaults = fields.map(['input', 'default']) ?? {};
  const properties = isJsonObject(schema?.['properties']) ? schema['properties'] : {};
  const required = Array.isArray(schema?.['required']) ? schema['required'] : [];
  const names = new Set([...Object.keys(properties), ...Object.keys(defaults)]);

  return [...names].map((name) => {
    const property = properties[name];
    const description = isJsonObject(property) ? property['description'] : undefined;
    const preset = Object.hasOwn(defaults, name) ? defaults[name] : undefined;
    return {
      name,
      ...(typeof description === 'string' ? { description } : {}),
      ...defined({ default: preset }),
      required: preset === undefined && required.includes(name),
      location: locateInput(fields, name),
    };
  });
}

/** The key in the schema, which Picoschema may have extended, or else in the defaults. */
function locateInput(fields: Fields, name: string): { path: string; line: number; column: number } {
  const written = fields.get(['input', 'schema']);
  const schema = isJsonObject(written) ? written : {};
  const nested = isJsonObject(schema['properties']) ? ['properties'] : [];
  const keys: JsonObject = isJsonObject(schema['properties']) ? schema['properties'] : schema;

  const key = Object.keys(keys).find(
    (written) =>
      written
        .replace(/\(.*$/s, '')
        .replace(/\?\s*$/, '')
        .trim() === name,
  );

  const at = key === undefined ? ['input', 'default', name] : ['input', 'schema', ...nested, key];
  const { path, line, column } = fields.locateKey(at);
  return { path, line, column };
}

function readOutput(fields: Fields, onNamed: OnNamedSchema): ResponseFormat | undefined {
  const format = fields.string(['output', 'format']);
  const schema = readSchema(fields, ['output', 'schema'], onNamed);
  if (format === 'text') return { type: 'text' };
  if (schema) return { type: 'json_schema', name: 'output', schema };
  return format === 'json' ? { type: 'json_object' } : undefined;
}

/** Code has it: what the model is to answer is unknown here, what it is given need not be known. */
function namedSchema(fields: Fields, part: 'input' | 'output', name: string, at: Pointer): Problem {
  const { path, line, column } = fields.locate(at);
  return {
    severity: 'warning',
    code: `named-${part}-schema`,
    message: `the schema ${name} is defined in code and is not available here`,
    location: { path, line, column },
    remedy:
      part === 'input'
        ? 'Variables are read from the template only.'
        : 'Counting tokens and compressing work without it. To run the prompt, write the schema inline.',
  };
}

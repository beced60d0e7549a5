import { PromptError } from '../../errors.ts';
import type { Pointer } from '../../files/formats/document.ts';
import { parseJson } from '../../files/formats/parseJson.ts';
import { parseYaml } from '../../files/formats/parseYaml.ts';
import { defined } from '../../model/defined.ts';
import { isJsonObject, type JsonObject } from '../../model/json.ts';
import type { SourceRange } from '../../model/location.ts';
import type { ResponseFormat } from '../../model/message.ts';
import type { MessageTemplate, Prompt } from '../../model/prompt.ts';
import { Fields } from '../fields/fields.ts';
import { readParameters } from '../fields/parameters.ts';
import { readRole } from '../fields/role.ts';
import { finishPrompt } from '../finishPrompt.ts';
import type { PromptSource } from '../promptSource.ts';
import { readGithubEvaluators } from './githubEvaluators.ts';

/** A GitHub Models prompt, `.prompt.yml`: messages, test data and evaluators in one YAML file. */
export function parseGithubPrompt(source: PromptSource): Prompt {
  const fields = new Fields(parseYaml(source.text, source.path));
  fields.map([]);
  const list = fields.list(['messages']);

  if (list === undefined) {
    throw fields.fail(
      ['messages'],
      'the prompt has no messages',
      'Add messages: with a role and content for each.',
    );
  }

  const id = fields.string(['model']);
  return finishPrompt({
    path: source.path,
    includes: source.includes,
    format: 'github-prompt',
    name: fields.string(['name']),
    description: fields.string(['description']),
    syntax: 'jinja',
    messages: list.map((_, index) => readMessage(source, fields, ['messages', index])),
    model: { ...defined({ id }), parameters: readParameters(fields, ['modelParameters']) },
    responseFormat: readResponseFormat(fields),
    testData: readTestData(fields),
    evaluators: readGithubEvaluators(fields),
    body: fields.locate(['messages']),
  });
}

function readMessage(source: PromptSource, fields: Fields, at: Pointer): MessageTemplate {
  const role = readRole(fields, [...at, 'role']);
  const template = fields.string([...at, 'content']);
  if (template === undefined) throw fields.mismatch([...at, 'content'], 'a string');
  return { role, template, range: textRange(source, fields.locate([...at, 'content'])) };
}

/** Where the content starts: after the `|` line of a block, or inside the quotes of a quoted string. */
function textRange(source: PromptSource, range: SourceRange): SourceRange {
  const lines = source.text.split('\n');
  const mark = lines[range.line - 1]?.[range.column - 1];
  if (mark === '"' || mark === "'")
    return { ...range, column: range.column + 1, endColumn: range.endColumn - 1 };
  if (mark !== '|' && mark !== '>') return range;
  const first = lines.findIndex((line, index) => index >= range.line && line.trim() !== '');
  if (first < 0 || first + 1 > range.endLine) return range;
  return { ...range, line: range.line + 1, column: (lines[first] ?? '').search(/\S/) + 1 };
}

function readResponseFormat(fields: Fields): ResponseFormat | undefined {
  const type = fields.string(['responseFormat']);
  if (type === undefined) return undefined;
  if (type === 'text' || type === 'json_object') return { type };

  if (type !== 'json_schema') {
    throw fields.fail(
      ['responseFormat'],
      `'${type}' is not a response format`,
      'Use text, json_object or json_schema.',
    );
  }

  const schema = readJsonSchema(fields);
  const inner = isJsonObject(schema['schema']) ? schema['schema'] : schema;
  const name = typeof schema['name'] === 'string' && inner !== schema ? schema['name'] : 'response';
  const strict =
    inner !== schema && typeof schema['strict'] === 'boolean' ? { strict: schema['strict'] } : {};

  return { type, name, schema: inner, ...strict };
}

/** A map, or the same as JSON text. */
function readJsonSchema(fields: Fields): JsonObject {
  const value = fields.get(['jsonSchema']);
  if (isJsonObject(value)) return value;
  if (typeof value !== 'string') throw fields.mismatch(['jsonSchema'], 'a JSON schema');
  const { path, line, column } = fields.locate(['jsonSchema']);
  const schema = parseEmbedded(value, { path, line, column });
  if (isJsonObject(schema)) return schema;
  throw fields.fail(['jsonSchema'], 'the JSON schema is not an object');
}

function parseEmbedded(text: string, where: { path: string; line: number; column: number }): unknown {
  try {
    return parseJson(text, where.path).value;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new PromptError(`invalid JSON schema: ${why}`, { where, cause: error });
  }
}

function readTestData(fields: Fields): Prompt['testData'] {
  return (fields.list(['testData']) ?? []).map((_, index) => {
    const at = ['testData', index];
    const { path, line, column } = fields.locate(at);
    return { values: fields.map(at) ?? {}, location: { path, line, column } };
  });
}

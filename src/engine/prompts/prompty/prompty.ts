import type { Pointer } from '../../files/formats/document.ts';
import { defined } from '../../model/defined.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { Prompt, TemplateSyntax } from '../../model/prompt.ts';
import { Fields } from '../fields/fields.ts';
import { readFrontMatter } from '../fields/frontMatter.ts';
import { readParameters } from '../fields/parameters.ts';
import { finishPrompt } from '../finishPrompt.ts';
import type { PromptSource } from '../promptSource.ts';
import { type ReferenceScope, resolveReferences, UnsetVariable } from '../references/resolveReferences.ts';
import { readPromptyInputs, readPromptySamples } from './promptyInputs.ts';
import { readPromptyOutput } from './promptyOutput.ts';
import { splitPromptyRoles } from './promptyRoles.ts';
import { readPromptyTools } from './promptyTools.ts';

/** Keys of the front matter whose references are followed; connections and their keys are never read. */
const READ = ['name', 'displayName', 'description', 'inputs', 'outputs', 'tools', 'sample', 'template'];

/** A Prompty file, version 1 or 2. */
export function parsePrompty(source: PromptSource, scope: ReferenceScope): Prompt {
  const { fields: raw, body } = readFrontMatter(source);
  const fields = resolveFields(raw, scope);
  const parameters = raw.get(['model', 'parameters']) === undefined ? 'options' : 'parameters';

  return finishPrompt({
    path: source.path,
    includes: source.includes,
    format: 'prompty',
    name: fields.string(['name']),
    description: fields.string(['description']),
    syntax: readSyntax(fields),
    messages: splitPromptyRoles(source, body),
    inputs: readPromptyInputs(fields),
    model: {
      ...readModel(raw, scope),
      parameters: isJsonObject(raw.get(['model']))
        ? readParameters(fields, ['model', parameters], ['response_format', 'tools', 'tool_choice'])
        : {},
    },
    tools: readPromptyTools(fields),
    responseFormat: readPromptyOutput(fields),
    testData: readPromptySamples(fields),
    body: source.range(source.trim(body)),
  });
}

/** The settings that are read here, with `${env:…}` and `${file:…}` filled in; places stay those of the file. */
function resolveFields(raw: Fields, scope: ReferenceScope): Fields {
  const value: JsonObject = {};
  const resolve = (pointer: Pointer) => {
    const found = raw.get(pointer);
    return found === undefined ? undefined : resolveAt(raw, pointer, found, scope);
  };

  for (const key of READ) {
    const resolved = resolve([key]);
    if (resolved !== undefined) value[key] = resolved;
  }

  const model: JsonObject = {};
  for (const key of ['api', 'parameters', 'options']) {
    const resolved = resolve(['model', key]);
    if (resolved !== undefined) model[key] = resolved;
  }

  return new Fields({ ...raw.document, value: { ...value, model } });
}

/** Descends to each text, so that an unset variable is reported at its own line. */
function resolveAt(raw: Fields, pointer: Pointer, value: JsonValue, scope: ReferenceScope): JsonValue {
  if (Array.isArray(value))
    return value.map((item, index) => resolveAt(raw, [...pointer, index], item, scope));
  if (isJsonObject(value)) {
    const entries = Object.entries(value).map(([key, item]) => [
      key,
      resolveAt(raw, [...pointer, key], item, scope),
    ]);
    return Object.fromEntries(entries);
  }
  const { path, line, column } = raw.locate(pointer);
  return resolveReferences(value, { path, line, column }, scope);
}

/** Version 2 has `id` and `provider`, version 1 a `configuration`; a text alone is the id. */
function readModel(raw: Fields, scope: ReferenceScope): { id?: string; provider?: string } {
  const model = raw.get(['model']);
  if (typeof model === 'string') return { id: model };
  const configuration: Pointer = ['model', 'configuration'];
  const id =
    readName(raw, ['model', 'id'], scope) ??
    readName(raw, [...configuration, 'azure_deployment'], scope) ??
    readName(raw, [...configuration, 'name'], scope) ??
    readName(raw, [...configuration, 'model'], scope);
  const provider =
    readName(raw, ['model', 'provider'], scope) ?? readName(raw, [...configuration, 'type'], scope);
  return { ...defined({ id, provider }) };
}

/** A model named by an environment variable that is not set is unknown here: a suite names one instead. */
function readName(raw: Fields, pointer: Pointer, scope: ReferenceScope): string | undefined {
  const value = raw.string(pointer);
  if (value === undefined) return undefined;
  try {
    const resolved = resolveAt(raw, pointer, value, scope);
    return typeof resolved === 'string' && resolved !== '' ? resolved : undefined;
  } catch (error) {
    if (error instanceof UnsetVariable) return undefined;
    throw error;
  }
}

/** `template: nunjucks`, `template: { format: nunjucks }`, `template: { format: { kind: nunjucks } }`, or version 1's `type`. */
function readSyntax(fields: Fields): TemplateSyntax {
  const template = fields.get(['template']);
  const pointer: Pointer = isJsonObject(template) ? ['template', 'format'] : ['template'];
  const format = isJsonObject(template) ? (template['format'] ?? template['type']) : template;
  const kind = isJsonObject(format) ? format['kind'] : format;
  if (kind === undefined || kind === null) return 'jinja';

  const name = typeof kind === 'string' ? kind.toLowerCase() : '';
  const syntax = Object.hasOwn(SYNTAXES, name) ? SYNTAXES[name] : undefined;
  if (syntax !== undefined) return syntax;
  throw fields.fail(
    pointer,
    `unknown template format ${JSON.stringify(kind)}`,
    'Use jinja2, nunjucks or mustache.',
  );
}

/** Prompty's runtimes take nunjucks and jinja2 for the same subset, and `*` for their default. */
const SYNTAXES: { [kind: string]: TemplateSyntax } = {
  '*': 'jinja',
  jinja: 'jinja',
  jinja2: 'jinja',
  nunjucks: 'jinja',
  mustache: 'handlebars',
  handlebars: 'handlebars',
};

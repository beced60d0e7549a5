import { releaseNames } from '../files/releaseNames.ts';
import { isJsonObject, type JsonValue } from '../model/json.ts';
import { RELEASE_PREFIX } from '../model/releaseFile.ts';
import { priceRows } from '../models/prices/priceTable.ts';
import { BUILT_IN_PROVIDER } from '../suites/config/builtInProvider.ts';
import { poolNames } from '../suites/config/bulkheadConfig.ts';
import { discoverWorkspace } from '../suites/discovery/discoverWorkspace.ts';
import { cursorText } from './cursor/cursorText.ts';
import { jsonlCursor } from './cursor/jsonlCursor.ts';
import { type YamlCursor, yamlCursor } from './cursor/yamlCursor.ts';
import type { LanguageFile } from './languageFile.ts';
import type { FileSchemas } from './schema/fileSchema.ts';
import type { SchemaNode } from './schema/schemaNode.ts';

export interface Completion {
  label: string;
  kind: 'key' | 'value' | 'file' | 'model';
  /** Plain text. */
  documentation?: string;
  insert: string;
  /** Columns from 1 in the cursor's line; the end is exclusive. */
  column: number;
  endColumn: number;
}

export interface CompletionOptions {
  schemas: FileSchemas;
  /** False where another extension completes from the schemas: only files, models and tags are then offered. */
  fromSchema: boolean;
  signal: AbortSignal;
}

type Proposal = Omit<Completion, 'column' | 'endColumn'>;

/**
 * Completions at a position (line and column from 1) of a YAML configuration or dataset, or of a JSONL dataset: keys
 * and values of the schema, datasets and prompts of the workspace, models, tags of other cases.
 */
export async function completionsAt(
  file: LanguageFile,
  at: { line: number; column: number },
  options: CompletionOptions,
): Promise<Completion[]> {
  const schema = options.schemas.of(file);
  const text = schema && file.format !== 'json' ? cursorText(file, at) : undefined;
  if (!schema || !text) return [];

  const isJson = file.format === 'jsonl';
  const cursor = isJson ? jsonlCursor(text) : yamlCursor(text);
  if (!cursor) return [];

  const written = (value: string) => (isJson ? JSON.stringify(value) : value);
  const proposals = [
    ...(options.fromSchema ? ofSchema(schema.at(cursor.pointer).ofType(cursor.type), cursor, isJson) : []),
    ...(await ofWorkspace(file, cursor, written, options.signal)),
  ];

  return proposals.map((proposal) => ({ ...proposal, column: cursor.start + 1, endColumn: cursor.end + 1 }));
}

function ofSchema(node: SchemaNode, { role, siblings, hasColon }: YamlCursor, isJson: boolean): Proposal[] {
  const values = role === 'value' || siblings.length === 0 ? node.values : [];
  const proposals = values.map((value): Proposal => {
    const text = isJson ? JSON.stringify(value) : plain(value);
    return { label: plain(value), kind: 'value', insert: text, ...documented(keyNamed(node, value) ?? node) };
  });
  if (role === 'value' && (isJson || !node.takes.map)) return proposals;

  const keys = node.keys.filter(({ name }) => !siblings.includes(name));
  const keyed = keys.map(({ name, node: inner }): Proposal => {
    const key = isJson ? JSON.stringify(name) : name;
    return { label: name, kind: 'key', insert: hasColon ? key : `${key}: `, ...documented(inner) };
  });

  return role === 'value' ? [...proposals, ...keyed] : [...keyed, ...proposals];
}

/** An evaluator may be a string or a key; both mean the same. */
function keyNamed(node: SchemaNode, value: JsonValue): SchemaNode | undefined {
  return node.keys.find(({ name }) => name === value)?.node;
}

function plain(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function documented(node: SchemaNode): { documentation?: string } {
  const { description, fallback } = node;
  const shown = fallback === undefined || isJsonObject(fallback) ? '' : `Default: ${plain(fallback)}.`;
  const text = [description, description?.includes('Default:') ? '' : shown].filter(Boolean).join(' ');
  return text === '' ? {} : { documentation: text };
}

async function ofWorkspace(
  file: LanguageFile,
  { pointer, role, siblings, hasColon }: YamlCursor,
  written: (value: string) => string,
  signal: AbortSignal,
): Promise<Proposal[]> {
  const [owner, last] = [pointer.at(-2), pointer.at(-1)];
  const key = typeof last === 'number' ? owner : last;
  const isAlone = role === 'value' || typeof last === 'number';
  if (file.kind === 'config' && pointer[0] === 'fallbacks') {
    if (typeof last === 'number' && pointer.at(-2) !== 'on') return models(file);
    return pointer.length === 1 ? fallbackNames(file, siblings, hasColon) : [];
  }
  if (!isAlone) return [];
  if (file.kind === 'config' && pointer[0] === 'gateway') return ofGateway(file, String(key));
  if (file.kind === 'config' && pointer[0] === 'deployments') return ofDeployment(file, String(key));
  if (file.kind === 'dataset') return key === 'tags' ? tagsOf(file, written) : [];

  switch (key) {
    case 'dataset':
      return files((await discoverWorkspace(file.root, signal)).datasets);
    case 'prompt':
    case 'echo':
      return files((await discoverWorkspace(file.root, signal)).prompts);
    case 'model':
    case 'judge':
    case 'embeddings':
      return models(file);
    case 'bulkhead':
      return named(poolNames(keysOf(file, 'bulkheads')));
    default:
      return [];
  }
}

/** What routes may name: models, providers and releases; a suite; a bulkhead. */
function ofGateway(file: LanguageFile, key: string): Proposal[] {
  switch (key) {
    case 'to':
    case 'target':
    case 'fallbacks':
      return [
        ...named(releaseNames(file.root).map((name) => RELEASE_PREFIX + name)),
        ...named([...new Set([...keysOf(file, 'providers'), BUILT_IN_PROVIDER])]),
        ...models(file),
      ];
    case 'model':
      return models(file);
    case 'suite':
      return named(keysOf(file, 'suites'));
    case 'bulkhead':
      return named(poolNames(keysOf(file, 'bulkheads')));
    default:
      return [];
  }
}

/** What deployments may name. */
function ofDeployment(file: LanguageFile, key: string): Proposal[] {
  if (key === 'suite') return named(keysOf(file, 'suites'));
  if (key !== 'route') return [];
  const value = file.document?.value;
  const gateway = isJsonObject(value) ? value['gateway'] : undefined;
  const routes = isJsonObject(gateway) ? gateway['routes'] : undefined;
  return named(isJsonObject(routes) ? Object.keys(routes) : []);
}

function named(names: readonly string[]): Proposal[] {
  return names.map((name) => ({ label: name, kind: 'value', insert: name }));
}

/** What can have fallbacks: targets, providers and models of the file. */
function fallbackNames(file: LanguageFile, siblings: readonly string[], hasColon: boolean): Proposal[] {
  const value = file.document?.value;
  const suites = isJsonObject(value) && isJsonObject(value['suites']) ? Object.values(value['suites']) : [];
  const targets = suites.flatMap((suite) =>
    isJsonObject(suite) && Array.isArray(suite['targets']) ? suite['targets'] : [],
  );
  const named = targets.flatMap((target) =>
    isJsonObject(target) ? [target['name'], target['model']].filter((name) => typeof name === 'string') : [],
  );

  const names = new Set([...named, ...keysOf(file, 'providers'), BUILT_IN_PROVIDER]);
  return [...names]
    .filter((name) => !siblings.includes(name))
    .map((name) => ({ label: name, kind: 'key', insert: hasColon ? name : `${name}: ` }));
}

function keysOf({ document }: LanguageFile, key: string): string[] {
  const value = document?.value;
  const map = isJsonObject(value) ? value[key] : undefined;
  return isJsonObject(map) ? Object.keys(map) : [];
}

function files(found: readonly { path: string }[]): Proposal[] {
  return found.map(({ path }) => ({ label: path, kind: 'file', insert: path }));
}

function tagsOf(file: LanguageFile, written: (value: string) => string): Proposal[] {
  const tags = new Set(file.cases.flatMap((place) => place.tags));
  return [...tags].sort().map((tag) => ({ label: tag, kind: 'value', insert: written(tag) }));
}

/** The models that have a price, of the providers that the file configures, and OpenAI's own. */
function models({ document, text }: LanguageFile): Proposal[] {
  const value = document?.value;
  const providers = isJsonObject(value) && isJsonObject(value['providers']) ? value['providers'] : {};

  const own = Object.entries(providers).flatMap(([name, provider]) => {
    const prices = isJsonObject(provider) && isJsonObject(provider['prices']) ? provider['prices'] : {};
    return Object.keys(prices).map((model) => `${name}/${model}`);
  });

  const known = priceRows().filter(({ vendor }) => vendor === 'OpenAI');
  // While the text cannot be parsed, at least the names that it uses elsewhere.
  const used = [...text.matchAll(/\b(?:model|judge|embeddings):\s*["']?([\w.-]+\/[\w./:@-]+)/g)].map(
    (match) => match[1] ?? '',
  );

  const names = new Set([...own, ...used, ...known.map(({ model }) => `openai/${model}`)]);
  return [...names].map((name) => ({ label: name, kind: 'model', insert: name }));
}

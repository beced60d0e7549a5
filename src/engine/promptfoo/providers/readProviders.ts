import { FileError } from '../../errors.ts';
import type { Pointer } from '../../files/formats/document.ts';
import { defined } from '../../model/defined.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { SourceLocation } from '../../model/location.ts';
import { placeOf, reportAt } from '../../suites/config/configReader.ts';
import { programEnvironment, renderId, withEnvironment } from '../config/environmentTemplates.ts';
import { type PromptfooReader, parseReferenced, readReference, warn } from '../config/promptfooReader.ts';
import { moduleExpression, scriptExpression } from '../scripts/scriptCode.ts';
import type { ModelProviders } from './modelProviders.ts';
import { toParameters, toResponseFormat, toTools } from './modelSettings.ts';
import { programCall } from './programCall.ts';
import type { PromptfooCall, PromptfooProvider } from './promptfooProvider.ts';

/** The providers of the file (`providers` or `targets`). Those that are not supported are kept, with the reason. */
export function readProviders(
  reader: PromptfooReader,
  value: JsonValue | undefined,
  at: Pointer,
  models: ModelProviders,
): PromptfooProvider[] {
  const items = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
  const found = items.flatMap((item, index) => {
    const pointer = Array.isArray(value) ? [...at, index] : at;
    const location = placeOf(reader, pointer);
    return entriesOf(reader, item, location).map((entry) => readProvider(reader, entry, location, models));
  });
  if (found.length === 0) {
    reportAt(reader, at, {
      code: 'no-providers',
      message: 'the file names no provider, so there is nothing to test',
      remedy: 'Add providers, e.g. providers: [echo] or providers: [openai:gpt-5-mini].',
    });
  }
  return found;
}

/** One provider by itself, e.g. that of a test. */
export function readProvider(
  reader: PromptfooReader,
  entry: JsonObject,
  location: SourceLocation,
  models: ModelProviders,
): PromptfooProvider {
  const id = renderId(String(entry['id'] ?? ''), reader);
  const filled = withEnvironment(entry['config'] ?? {}, { ...reader.env, ...texts(entry['env']) });
  const config = loadFiles(reader, isJsonObject(filled) ? filled : {}, location);
  const call =
    callOf(reader, id, config, location, models) ?? programCall(reader, id, entry, config, location);
  if (call.kind === 'unsupported') {
    warn(reader, location, {
      code: 'unsupported-provider',
      message: call.reason,
      remedy: 'Its cases are reported as errors, never as passed.',
    });
  }

  const { label, prompts, transform, delay } = entry;
  return {
    id,
    ...(typeof label === 'string' ? { label } : {}),
    ...harmless(config),
    call,
    ...(Array.isArray(prompts) ? { prompts: prompts.map(String) } : {}),
    ...(typeof transform === 'string' ? { transform: transformCode(reader, transform, location) } : {}),
    delayMs: typeof delay === 'number' ? delay : 0,
    fileEnv: reader.env,
    ...defined({ tools: config['tools'], functions: config['functions'] }),
    location,
  };
}

/** The settings that scripts may know: what may hold a key is not among them. */
function harmless(config: JsonObject): { config?: JsonObject } {
  const { apiKey: _key, headers: _headers, auth: _auth, ...rest } = config;
  return Object.keys(rest).length === 0 ? {} : { config: rest };
}

/** The JavaScript of a `transform`, inline or from a file. Throws FileError when the file cannot be read. */
export function transformCode(reader: PromptfooReader, transform: string, location: SourceLocation): string {
  if (!transform.startsWith('file://')) return scriptExpression(transform);
  const [, file = '', name] = /^(.*?\.[cm]?js)(?::([\w$]+))?$/.exec(transform) ?? [];
  if (file === '')
    return `(() => { throw new Error(${JSON.stringify(`${transform} is not JavaScript`)}); })()`;
  return moduleExpression(readReference(reader, file, location).text, name);
}

/** A text, `{ id, config }`, `{ 'openai:gpt-4o': { config } }`, or a file with any of these. */
export function entriesOf(reader: PromptfooReader, item: JsonValue, location: SourceLocation): JsonObject[] {
  if (typeof item === 'string') {
    if (!/^file:\/\/.*\.(?:ya?ml|json)$/.test(item)) return [{ id: item }];
    const value = readData(reader, item, location);
    return (Array.isArray(value) ? value : [value]).flatMap((inner) =>
      inner === undefined ? [] : entriesOf(reader, inner, location),
    );
  }
  if (!isJsonObject(item)) return [{ id: JSON.stringify(item) }];
  if (typeof item['id'] === 'string') return [item];
  const [key] = Object.keys(item);
  const options = key === undefined ? undefined : item[key];
  return [{ id: key ?? '', ...(isJsonObject(options) ? options : {}) }];
}

function callOf(
  reader: PromptfooReader,
  id: string,
  config: JsonObject,
  location: SourceLocation,
  models: ModelProviders,
): PromptfooCall | undefined {
  if (id === 'echo') return { kind: 'echo' };
  if (/^https?(?::|$)/.test(id)) return httpCall(id, config);
  if (id.startsWith('exec:')) return execCall(reader, id.slice(5), config);
  const model = models.reference(id, config, location);
  if (model === undefined) return undefined;
  const responseFormat = toResponseFormat(config['response_format']);
  return {
    kind: 'model',
    model,
    parameters: toParameters(config, model.slice(model.indexOf('/') + 1)),
    tools: [...toTools(config['tools']), ...toTools(config['functions'])],
    ...(Array.isArray(config['functions']) ? { functions: true as const } : {}),
    ...defined({ responseFormat }),
  };
}

/** Settings of HTTP providers that change what is sent or read, and have no counterpart here. */
const UNSUPPORTED_HTTP = [
  'request',
  'multipart',
  'auth',
  'signatureAuth',
  'session',
  'transformRequest',
  'tls',
];

function httpCall(id: string, config: JsonObject): PromptfooCall {
  const unsupported = UNSUPPORTED_HTTP.find((key) => config[key] !== undefined);
  if (unsupported) {
    return { kind: 'unsupported', reason: `"${unsupported}" of an HTTP provider is not supported` };
  }

  const url = typeof config['url'] === 'string' ? config['url'] : id;
  if (!/^https?:\/\/|^\$\{env:|^\{\{/.test(url)) {
    return { kind: 'unsupported', reason: `the HTTP provider "${id}" has no url` };
  }

  const transform = config['transformResponse'] ?? config['responseParser'];
  if (transform !== undefined && (typeof transform !== 'string' || transform.startsWith('file://'))) {
    return { kind: 'unsupported', reason: 'a transformResponse from a file is not supported' };
  }

  const method = typeof config['method'] === 'string' ? config['method'] : undefined;
  return {
    kind: 'http',
    url,
    method: (method ?? (config['body'] === undefined ? 'GET' : 'POST')).toUpperCase(),
    headers: texts(config['headers']),
    query: texts(config['queryParams']),
    ...defined({ body: config['body'], transformResponse: transform }),
  };
}

function execCall(reader: PromptfooReader, command: string, config: JsonObject): PromptfooCall {
  const words = [...command.matchAll(/"([^"]*)"|'([^']*)'|[^\s"']+/g)].map(
    (match) => match[1] ?? match[2] ?? match[0],
  );
  if (words.length === 0) return { kind: 'unsupported', reason: 'the exec provider names no program' };
  return {
    kind: 'exec',
    command: words,
    cwd: reader.base,
    options: Object.keys(config).length === 0 ? {} : { config },
    env: programEnvironment(reader.env),
  };
}

/** `tools`, `functions`, `response_format` and `body` may be files. */
function loadFiles(reader: PromptfooReader, config: JsonObject, location: SourceLocation): JsonObject {
  const loaded: JsonObject = { ...config };
  for (const key of ['tools', 'functions', 'response_format', 'body']) {
    const value = config[key];
    if (typeof value !== 'string' || !value.startsWith('file://')) continue;
    const data = readData(reader, value, location);
    if (data !== undefined) loaded[key] = data;
  }
  return loaded;
}

/** What a file of data holds; undefined for one that cannot be read, which is reported. */
function readData(
  reader: PromptfooReader,
  reference: string,
  location: SourceLocation,
): JsonValue | undefined {
  try {
    return parseReferenced(readReference(reader, reference, location)).value;
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    const { message, remedy } = error;
    const rest = remedy === undefined ? {} : { remedy };
    reader.problems.push({ severity: 'error', code: 'missing-file', message, location, ...rest });
    return undefined;
  }
}

function texts(value: JsonValue | undefined): Record<string, string> {
  if (!isJsonObject(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, String(item)]));
}

import { ConfigError, type ErrorPlace, MissingKeyError } from '../errors.ts';
import { readAddress } from '../http/address.ts';
import { Connection } from '../http/httpConnection.ts';
import type { SourceLocation } from '../model/location.ts';
import { replaceReferences, variableReferences } from '../model/variableReference.ts';
import {
  type Clock,
  type Environment,
  fixedEnvironment,
  type Log,
  type Random,
  type Secrets,
} from '../ports.ts';
import { createEditorClient, EDITOR_PROVIDER, type EditorModels } from './editorClient.ts';
import {
  createEmbedder,
  type Embedder,
  type EmbeddingCatalog,
  type SendTexts,
} from './embeddings/embeddings.ts';
import { sendToOpenAi } from './embeddings/embeddingsClient.ts';
import { createKeyedClient, type KeyedClient } from './keyedClient.ts';
import type { ModelCatalog, ModelClient } from './modelClient.ts';
import { createChatClient } from './openai/chatClient.ts';
import type { Endpoint } from './openai/endpoint.ts';
import type { PriceTable } from './prices/prices.ts';
import { providerPrices } from './prices/priceTable.ts';
import { ProviderLimits } from './providerLimits.ts';

/** One server that speaks OpenAI's API, as the configuration describes it. */
export interface ProviderConfig {
  baseUrl: string;
  /** May hold `${env:NAME}`, which is read when a model of the provider is first asked for. */
  apiKey?: string;
  /** Values may hold `${env:NAME}` too. */
  headers?: { [name: string]: string };
  prices?: PriceTable;
  /** Calls at once, over all models of the provider; unlimited by default. */
  maxConcurrency?: number;
  /** Upper limit of every call in milliseconds. */
  timeoutMs?: number;
  /** False for a server that cannot stream. */
  stream?: boolean;
  /** Where the provider stands in the configuration, for messages. */
  location?: SourceLocation;
}

export interface CatalogPorts {
  environment: Environment;
  clock: Clock;
  random: Random;
  log: Log;
  /** Where keys come from instead of the environment: in the editor, each is bound to an origin. */
  secrets?: Secrets;
  /** Only inside the editor. */
  editorModels?: EditorModels;
  /** Stands between an embedding model and its server, e.g. to record. */
  wrapEmbeddings?: (reference: string, send: SendTexts) => SendTexts;
  /** Shared with other catalogs that ask the same servers; the catalog's own where absent. */
  limits?: ProviderLimits;
}

export interface KeyedCatalog extends ModelCatalog, EmbeddingCatalog {
  /**
   * Fetches the keys of the clients made so far, or of those in `only`, by their references. Throws ConfigError when one
   * is missing.
   */
  ready(signal: AbortSignal, only?: ReadonlySet<string>): Promise<void>;
}

/**
 * Models by `provider/model`, split at the first slash. One client for each reference, however often it is
 * asked for. A key or header is sent only to the origin of its own provider's base URL.
 */
export function createModelCatalog(
  providers: { readonly [name: string]: ProviderConfig },
  ports: CatalogPorts,
): KeyedCatalog {
  const clients = new Map<string, ModelClient>();
  const embedders = new Map<string, Embedder>();
  const keyed = new Map<string, KeyedClient>();
  const { limits = new ProviderLimits() } = ports;
  // Idle connections end by themselves, and keep nothing alive.
  const connection = new Connection();

  const create = (reference: string): ModelClient => {
    const { name, model } = splitReference(reference, providers);
    const config = Object.hasOwn(providers, name) ? providers[name] : undefined;
    if (config === undefined && name === EDITOR_PROVIDER) return editorClient(model, ports);
    if (config === undefined) throw unknownProvider(reference, name, providers);

    const baseUrl = checkedBaseUrl(name, config);
    const limiter = limits.of(name, baseUrl, config.maxConcurrency);
    ports.log.write('debug', 'model client created', { provider: name, model, endpoint: baseUrl });

    const open = (environment: Environment): ModelClient =>
      createChatClient({
        provider: name,
        model,
        baseUrl,
        connection,
        ...secretsOf(name, config, environment),
        clock: ports.clock,
        random: ports.random,
        limiter,
        prices: providerPrices(config),
        timeoutMs: config.timeoutMs,
        stream: config.stream,
      });

    const variables = variablesOf(config);
    const { secrets } = ports;
    if (secrets === undefined || variables.length === 0) return open(ports.environment);

    const client = createKeyedClient({
      provider: name,
      model,
      endpoint: baseUrl,
      open: async (signal) => open(await fetchSecrets(name, baseUrl, variables, secrets, signal)),
    });

    keyed.set(reference, client);
    return client;
  };

  const createEmbeddings = (reference: string): Embedder => {
    const { name, model } = splitReference(reference, providers);
    const config = Object.hasOwn(providers, name) ? providers[name] : undefined;
    if (config === undefined) throw unknownProvider(reference, name, providers);

    const baseUrl = checkedBaseUrl(name, config);
    const send = sendToOpenAi({
      provider: name,
      model,
      endpoint: endpointOf(name, baseUrl, config, ports),
      connection,
      clock: ports.clock,
      random: ports.random,
      limiter: limits.of(name, baseUrl, config.maxConcurrency),
      prices: providerPrices(config),
      timeoutMs: config.timeoutMs,
    });

    return createEmbedder({ provider: name, model }, ports.wrapEmbeddings?.(reference, send) ?? send);
  };

  return {
    client: (reference) => {
      const client = clients.get(reference) ?? create(reference);
      clients.set(reference, client);
      return client;
    },

    embedder: (reference) => {
      const embedder = embedders.get(reference) ?? createEmbeddings(reference);
      embedders.set(reference, embedder);
      return embedder;
    },

    ready: async (signal, only) => {
      for (const [reference, client] of keyed) if (only?.has(reference) ?? true) await client.ready(signal);
    },
  };
}

function editorClient(model: string, { editorModels, clock }: CatalogPorts): ModelClient {
  if (editorModels) return createEditorClient({ model, models: editorModels, clock });
  throw new ConfigError(`the model “${EDITOR_PROVIDER}/${model}” is reached only inside VS Code`, {
    remedy: 'Run it from the editor, or choose a model of another provider.',
  });
}

/** A missing variable is said at once; a key of the editor is fetched with the first request. */
function endpointOf(
  name: string,
  baseUrl: string,
  config: ProviderConfig,
  { environment, secrets }: CatalogPorts,
): (signal: AbortSignal) => Promise<Endpoint> | Endpoint {
  const variables = variablesOf(config);
  if (secrets === undefined || variables.length === 0) {
    const endpoint = { baseUrl, ...secretsOf(name, config, environment) };
    return () => endpoint;
  }
  return async (signal) => {
    const fetched = await fetchSecrets(name, baseUrl, variables, secrets, signal);
    return { baseUrl, ...secretsOf(name, config, fetched) };
  };
}

function secretsOf(name: string, config: ProviderConfig, environment: Environment) {
  const fill = (text: string): string => expand(text, name, config, environment).trim();
  const apiKey = config.apiKey === undefined ? '' : fill(config.apiKey);
  return {
    apiKey: apiKey === '' ? undefined : apiKey,
    headers: mapValues(config.headers ?? {}, fill),
  };
}

/** Names of the variables that a provider's key and headers are made of. */
function variablesOf({ apiKey, headers }: ProviderConfig): string[] {
  const texts = [...(apiKey === undefined ? [] : [apiKey]), ...Object.values(headers ?? {})];
  return [...new Set(texts.flatMap(variableReferences).map(({ name }) => name))];
}

/** Asks for each variable once. */
async function fetchSecrets(
  provider: string,
  baseUrl: string,
  variables: readonly string[],
  secrets: Secrets,
  signal: AbortSignal,
): Promise<Environment> {
  const { origin } = new URL(baseUrl);
  const values: { [name: string]: string } = {};
  for (const variable of variables) {
    const value = await secrets.get({ provider, origin, variable }, signal);
    if (value !== null && value !== '') values[variable] = value;
    else
      throw new MissingKeyError(`there is no key for the provider “${provider}” at ${origin}`, {
        remedy: `Store one with the command “Touchstone: Set API Key…”, or set ${variable} in the environment of the editor.`,
      });
  }
  return fixedEnvironment(values);
}

function splitReference(reference: string, providers: { readonly [name: string]: ProviderConfig }) {
  const slash = reference.indexOf('/');
  const name = reference.slice(0, slash);
  const model = reference.slice(slash + 1);
  if (slash < 1 || model === '') {
    throw new ConfigError(`“${reference}” names no provider: a model is written provider/model`, {
      remedy: `Write e.g. ${Object.keys(providers)[0] ?? 'openai'}/${model || 'gpt-5-mini'}.`,
    });
  }
  return { name, model };
}

function unknownProvider(
  reference: string,
  name: string,
  providers: { readonly [name: string]: ProviderConfig },
): ConfigError {
  const known = Object.keys(providers);
  return new ConfigError(
    `the model “${reference}” belongs to the provider “${name}”, which is not configured`,
    {
      remedy:
        known.length === 0
          ? 'No provider is configured: add one under providers in touchstone.yaml.'
          : `Configured providers: ${known.join(', ')}. Add “${name}” under providers, or use one of these.`,
    },
  );
}

function checkedBaseUrl(name: string, config: ProviderConfig): string {
  if (readAddress(config.baseUrl) instanceof URL) {
    return config.baseUrl.replace(/(?<!\/)\/+$/, '');
  }
  throw new ConfigError(`the base_url of the provider “${name}” is not a plain http or https address`, {
    ...place(config),
    remedy: 'Write e.g. https://api.openai.com/v1, without a user name or password in it.',
  });
}

function expand(text: string, name: string, config: ProviderConfig, environment: Environment): string {
  return replaceReferences(text, ({ name: variable, fallback }) => {
    const value = environment.get(variable);
    if (value !== undefined && value.trim() !== '') return value;
    if (fallback !== undefined) return fallback;
    throw new ConfigError(
      `the environment variable ${variable}, which the provider “${name}” needs, is not set`,
      { ...place(config), remedy: remedyFor(variable, config) },
    );
  });
}

/** A provider without a place is the one that is there without configuration. */
function remedyFor(variable: string, config: ProviderConfig): string {
  if (config.location !== undefined) return `Set ${variable} and start again.`;
  return `Set ${variable}, or OPENAI_BASE_URL for a server that needs no key, and start again.`;
}

function place(config: ProviderConfig): { where?: ErrorPlace } {
  return config.location === undefined ? {} : { where: config.location };
}

function mapValues(values: { [name: string]: string }, change: (value: string) => string) {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]));
}

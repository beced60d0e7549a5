import { ConfigError } from '../errors.ts';
import { readAddress } from '../http/address.ts';
import { Connection } from '../http/httpConnection.ts';
import type { Clock, Environment, Log, Random, Secrets } from '../ports.ts';
import type { Guard } from '../resilience/guard.ts';
import { ProviderGuards } from '../resilience/providerGuards.ts';
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
import type { ProviderConfig } from './modelProvider.ts';
import { createChatClient } from './openai/chatClient.ts';
import { credentialOf, type Endpoint } from './openai/endpoint.ts';
import { providerPrices } from './prices/priceTable.ts';
import { endpointOf, fetchSecrets, secretsOf, variablesOf } from './providerSecrets.ts';

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
  guards?: ProviderGuards | undefined;
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
  const scope: Scope = {
    providers,
    ports,
    guards: ports.guards ?? new ProviderGuards(ports),
    // Idle connections end by themselves, and keep nothing alive.
    connection: new Connection(),
  };

  const clients = new Map<string, ModelClient>();
  const embedders = new Map<string, Embedder>();
  const keyed = new Map<string, KeyedClient>();

  return {
    client: (reference) => {
      const known = clients.get(reference);
      if (known) return known;

      const client = createClient(reference, scope, keyed);
      clients.set(reference, client);

      return client;
    },

    embedder: (reference) => {
      const embedder = embedders.get(reference) ?? createEmbeddings(reference, scope);
      embedders.set(reference, embedder);
      return embedder;
    },

    ready: async (signal, only) => {
      for (const [reference, client] of keyed) if (only?.has(reference) ?? true) await client.ready(signal);
    },
  };
}

/** What the clients of one catalog share. */
interface Scope {
  providers: { readonly [name: string]: ProviderConfig };
  ports: CatalogPorts;
  guards: ProviderGuards;
  connection: Connection;
}

/** A client whose key is fetched with its first request is added to `keyed`. */
function createClient(reference: string, scope: Scope, keyed: Map<string, KeyedClient>): ModelClient {
  const { providers, ports, connection } = scope;
  const { name, model } = splitReference(reference, providers);
  const config = Object.hasOwn(providers, name) ? providers[name] : undefined;
  if (config === undefined && name === EDITOR_PROVIDER) return editorClient(model, scope);
  if (config === undefined) throw unknownProvider(reference, name, providers);

  const baseUrl = checkedBaseUrl(name, config);
  ports.log.write('debug', 'model client created', { provider: name, model, endpoint: baseUrl });

  const open = (environment: Environment): ModelClient => {
    const endpoint = { baseUrl, ...secretsOf(name, config, environment) };
    return createChatClient({
      provider: name,
      model,
      connection,
      ...endpoint,
      clock: ports.clock,
      guard: guardOf(name, config, endpoint, scope),
      prices: providerPrices(config),
      timeoutMs: config.timeoutMs,
      stream: config.stream,
    });
  };

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
}

/** Of the server, asked with this key. */
function guardOf(provider: string, config: ProviderConfig, endpoint: Endpoint, { guards }: Scope): Guard {
  return guards.of({
    provider,
    origin: new URL(endpoint.baseUrl).origin,
    credential: credentialOf(endpoint),
    resilience: config.resilience,
    maxConcurrency: config.maxConcurrency,
  });
}

function createEmbeddings(reference: string, scope: Scope): Embedder {
  const { providers, ports, connection } = scope;
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
    guardOf: (endpoint) => guardOf(name, config, endpoint, scope),
    prices: providerPrices(config),
    timeoutMs: config.timeoutMs,
  });

  return createEmbedder({ provider: name, model }, ports.wrapEmbeddings?.(reference, send) ?? send);
}

function editorClient(model: string, { ports: { editorModels, clock }, guards }: Scope): ModelClient {
  if (editorModels) {
    const [vendor = ''] = model.split('/');
    const guard = guards.of({
      provider: EDITOR_PROVIDER,
      origin: `${EDITOR_PROVIDER}/${vendor}`,
      credential: [],
    });
    return createEditorClient({ model, models: editorModels, clock, guard });
  }
  throw new ConfigError(`the model '${EDITOR_PROVIDER}/${model}' is reached only inside VS Code`, {
    remedy: 'Run it from the editor, or choose a model of another provider.',
  });
}

function splitReference(reference: string, providers: { readonly [name: string]: ProviderConfig }) {
  const slash = reference.indexOf('/');
  const name = reference.slice(0, slash);
  const model = reference.slice(slash + 1);
  if (slash < 1 || model === '') {
    throw new ConfigError(`'${reference}' names no provider: a model is written provider/model`, {
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
    `the model '${reference}' belongs to the provider '${name}', which is not configured`,
    {
      remedy:
        known.length === 0
          ? 'No provider is configured: add one under providers in touchstone.yaml.'
          : `Configured providers: ${known.join(', ')}. Add '${name}' under providers, or use one of these.`,
    },
  );
}

function checkedBaseUrl(name: string, config: ProviderConfig): string {
  if (readAddress(config.baseUrl) instanceof URL) {
    return config.baseUrl.replace(/(?<!\/)\/+$/, '');
  }
  throw new ConfigError(`the base_url of the provider '${name}' is not a plain http or https address`, {
    where: config.location,
    remedy: 'Write e.g. https://api.openai.com/v1, without a user name or password in it.',
  });
}

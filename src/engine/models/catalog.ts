import { ConfigError, type ErrorPlace } from '../errors.ts';
import type { SourceLocation } from '../model/location.ts';
import type { Clock, Environment, Log, Random } from '../ports.ts';
import { createLimiter, type Limiter } from './limiter.ts';
import type { ModelCatalog, ModelClient } from './modelClient.ts';
import { createOpenAiClient } from './openaiClient.ts';
import type { PriceTable } from './prices.ts';

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

interface CatalogPorts {
  environment: Environment;
  clock: Clock;
  random: Random;
  log: Log;
}

/**
 * Models by `provider/model`, split at the first slash. One client for each reference, however often it is
 * asked for. A key or header is sent only to the origin of its own provider's base URL.
 */
export function createModelCatalog(
  providers: { readonly [name: string]: ProviderConfig },
  ports: CatalogPorts,
): ModelCatalog {
  const clients = new Map<string, ModelClient>();
  const limiters = new Map<string, Limiter>();

  const create = (reference: string): ModelClient => {
    const { name, model } = splitReference(reference, providers);
    const config = Object.hasOwn(providers, name) ? providers[name] : undefined;
    if (config === undefined) throw unknownProvider(reference, name, providers);
    const limiter = limiters.get(name) ?? createLimiter(config.maxConcurrency ?? Number.POSITIVE_INFINITY);
    limiters.set(name, limiter);
    const baseUrl = checkedBaseUrl(name, config);
    const apiKey =
      config.apiKey === undefined ? undefined : expand(config.apiKey, name, config, ports).trim();
    ports.log.write('debug', 'model client created', { provider: name, model, endpoint: baseUrl });
    return createOpenAiClient({
      provider: name,
      model,
      baseUrl,
      apiKey: apiKey === '' ? undefined : apiKey,
      headers: mapValues(config.headers ?? {}, (value) => expand(value, name, config, ports).trim()),
      clock: ports.clock,
      random: ports.random,
      limiter,
      ...(config.prices ? { prices: config.prices } : {}),
      ...(config.timeoutMs === undefined ? {} : { timeoutMs: config.timeoutMs }),
      ...(config.stream === undefined ? {} : { stream: config.stream }),
    });
  };

  return {
    client: (reference) => {
      const client = clients.get(reference) ?? create(reference);
      clients.set(reference, client);
      return client;
    },
  };
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
  const url = URL.parse(config.baseUrl);
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') {
    return config.baseUrl.replace(/\/+$/, '');
  }
  throw new ConfigError(`the base_url of the provider “${name}” is not a plain http or https address`, {
    ...place(config),
    remedy: 'Write e.g. https://api.openai.com/v1, without a user name or password in it.',
  });
}

function expand(text: string, name: string, config: ProviderConfig, { environment }: CatalogPorts): string {
  return text.replace(/\$\{env:([^}]*)\}/g, (_, variable: string) => {
    const value = environment.get(variable.trim());
    if (value !== undefined && value.trim() !== '') return value;
    throw new ConfigError(
      `the environment variable ${variable.trim()}, which the provider “${name}” needs, is not set`,
      { ...place(config), remedy: `Set ${variable.trim()} and start again.` },
    );
  });
}

function place(config: ProviderConfig): { where?: ErrorPlace } {
  return config.location === undefined ? {} : { where: config.location };
}

function mapValues(values: { [name: string]: string }, change: (value: string) => string) {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]));
}

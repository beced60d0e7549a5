import { ConfigError, UserError } from '../../errors.ts';
import { readAddress } from '../../http/address.ts';
import type { Redactor } from '../../http/redactor.ts';
import { variableReferences } from '../../model/variableReference.ts';
import type { ProviderConfig } from '../../models/modelProvider.ts';
import { credentialOf, type Endpoint } from '../../models/openai/endpoint.ts';
import type { PriceTable } from '../../models/prices/prices.ts';
import { providerPrices } from '../../models/prices/priceTable.ts';
import { endpointOf } from '../../models/providerSecrets.ts';
import type { Environment, Secrets } from '../../ports.ts';
import type { Guard } from '../../resilience/guard.ts';
import type { ProviderGuards } from '../../resilience/providerGuards.ts';
import { keyValue } from '../../targets/secrets/secretValue.ts';

export interface UpstreamPorts {
  environment: Environment;
  /** Where keys come from instead of the environment: each is bound to an origin. */
  secrets?: Secrets | undefined;
  guards: ProviderGuards;
  /** Hears of the keys that are fetched: whatever comes back may quote them. */
  redactor: Pick<Redactor, 'learn'>;
}

/** A server that may be asked, with what it is asked with. */
export interface Server {
  /** Without a slash at its end. */
  baseUrl: string;
  /** By their names in lower case, for a path of that API. Secrets. */
  authorization(isAnthropic: boolean): { [name: string]: string };
  guard: Guard;
  prices: PriceTable | undefined;
  /** Of each call, in milliseconds. */
  timeoutMs: number;
}

/** The servers of a configuration. A key is sent to the origin of its own provider's base URL, and nowhere else. */
export class Upstreams {
  readonly #providers: { readonly [name: string]: ProviderConfig };
  readonly #ports: UpstreamPorts;
  readonly #known = new Map<string, Server>();
  readonly #agents = new Map<string, Server>();
  readonly #withoutUsage = new Set<string>();

  constructor(providers: { readonly [name: string]: ProviderConfig }, ports: UpstreamPorts) {
    this.#providers = providers;
    this.#ports = ports;
  }

  has(provider: string): boolean {
    return Object.hasOwn(this.#providers, provider);
  }

  /** Whoever is asked for the first time needs its key; at once for all that follow. Throws ConfigError. */
  provider(name: string, signal: AbortSignal): Server | Promise<Server> {
    const known = this.#known.get(name);
    if (known) return known;

    const config = this.has(name) ? this.#providers[name] : undefined;
    if (!config)
      throw new ConfigError(`the provider '${name}' is not configured`, {
        remedy: `Add it under providers in touchstone.yaml, or ask for a model of ${Object.keys(this.#providers).join(', ')}.`,
      });
    if (!(readAddress(config.baseUrl) instanceof URL))
      throw new ConfigError(`the base_url of the provider '${name}' is not a plain http or https address`, {
        where: config.location,
        remedy: 'Write e.g. https://api.openai.com/v1.',
      });

    const baseUrl = config.baseUrl.replace(/\/+$/, '');
    const endpoint = endpointOf(name, baseUrl, config, this.#ports)(signal);
    if (endpoint instanceof Promise) return endpoint.then((one) => this.#keep(name, config, one));
    return this.#keep(name, config, endpoint);
  }

  /** An agent is asked without any credential. */
  agent(url: string): Server {
    const known = this.#agents.get(url);
    if (known) return known;

    const address = readAddress(url);
    if (!(address instanceof URL))
      throw new ConfigError(`the agent's url is not a plain http or https address`);
    const { origin } = address;
    const server: Server = {
      baseUrl: url.replace(/\/+$/, ''),
      authorization: () => ({}),
      guard: this.#ports.guards.of({ provider: address.host, origin, credential: [] }),
      prices: undefined,
      timeoutMs: Number.POSITIVE_INFINITY,
    };
    this.#agents.set(url, server);
    return server;
  }

  /** Its key was not accepted: it is fetched anew by whoever comes next. */
  forget(provider: string): void {
    if (this.#ports.secrets) this.#known.delete(provider);
  }

  /** Whether a provider is asked for the usage of streams whose clients have not asked. */
  asksUsage(provider: string): boolean {
    return !this.#withoutUsage.has(provider);
  }

  /** It refuses requests that ask for it. */
  declinesUsage(provider: string): void {
    this.#withoutUsage.add(provider);
  }

  #keep(name: string, config: ProviderConfig, endpoint: Endpoint): Server {
    const { origin, hostname } = new URL(endpoint.baseUrl);
    this.#ports.redactor.learn(keysIn(config, endpoint));
    const isOfAnthropic = /(?:^|\.)anthropic\.com$/.test(hostname);
    const guard = this.#ports.guards.of({
      provider: name,
      origin,
      credential: credentialOf(endpoint),
      resilience: config.resilience,
      maxConcurrency: config.maxConcurrency,
    });
    const server: Server = {
      baseUrl: endpoint.baseUrl,
      authorization: (isAnthropic) => authorization(endpoint, isAnthropic, isOfAnthropic),
      guard,
      prices: providerPrices(config),
      timeoutMs: config.timeoutMs ?? Number.POSITIVE_INFINITY,
    };
    this.#known.set(name, server);
    return server;
  }
}

/** The key, and headers that come from variables: what else is written there is no secret. */
function keysIn(config: ProviderConfig, { apiKey, headers }: Endpoint): string[] {
  const fromVariables = Object.entries(headers).filter(
    ([name]) => variableReferences(config.headers?.[name] ?? '').length > 0,
  );
  return [apiKey, ...fromVariables.map(([, value]) => value)].flatMap(keyValue);
}

/** Anthropic takes its key from `x-api-key`; servers of others that speak like it may look in either place. */
function authorization(
  { apiKey, headers }: Endpoint,
  isAnthropic: boolean,
  isOfAnthropic: boolean,
): { [name: string]: string } {
  const all: { [name: string]: string } = {};
  if (apiKey !== undefined && isAnthropic) all['x-api-key'] = apiKey;
  if (apiKey !== undefined && !(isAnthropic && isOfAnthropic)) all['authorization'] = `Bearer ${apiKey}`;
  for (const [name, value] of Object.entries(headers)) all[name.toLowerCase()] = value;
  return all;
}

/**
 * What is below an address, and nothing beside it. Throws UserError for a path that would leave it: `..` is followed before a
 * request is sent.
 */
export function below(baseUrl: string, rest: string): URL {
  const key = `${baseUrl}\0${rest}`;
  const known = addresses.get(key);
  if (known) return known;

  const url = checkedAddress(baseUrl, rest);
  if (addresses.size >= MOST_ADDRESSES) addresses.clear();
  addresses.set(key, url);
  return url;
}

/** Most clients ask at few paths. */
const MOST_ADDRESSES = 200;
const addresses = new Map<string, URL>();

function checkedAddress(baseUrl: string, rest: string): URL {
  const base = new URL(baseUrl);
  const url = URL.parse(`${baseUrl}${rest}`);
  const root = base.pathname.replace(/\/+$/, '');
  const isBelow =
    url?.origin === base.origin && (url.pathname === root || url.pathname.startsWith(`${root}/`));
  if (!url || !isBelow || /(?:^|\/)(?:\.|%2e){1,2}(?=[/?#]|$)|\\/i.test(rest.split('?')[0] ?? ''))
    throw new UserError('the path does not stay below the address that it is for');
  return url;
}

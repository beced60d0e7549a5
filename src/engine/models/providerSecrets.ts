import { ConfigError, MissingKeyError } from '../errors.ts';
import { replaceReferences, variableReferences } from '../model/variableReference.ts';
import { type Environment, fixedEnvironment, type Secrets } from '../ports.ts';
import type { ProviderConfig } from './modelProvider.ts';
import type { Endpoint } from './openai/endpoint.ts';

/** A missing variable is reported at once; a key stored in the editor is fetched with the first request. */
export function endpointOf(
  name: string,
  baseUrl: string,
  config: ProviderConfig,
  { environment, secrets }: { environment: Environment; secrets?: Secrets | undefined },
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

export function secretsOf(name: string, config: ProviderConfig, environment: Environment) {
  const fill = (text: string): string => expand(text, name, config, environment).trim();
  const apiKey = config.apiKey === undefined ? '' : fill(config.apiKey);
  return {
    apiKey: apiKey === '' ? undefined : apiKey,
    headers: mapValues(config.headers ?? {}, fill),
  };
}

/** Names of the variables that a provider's key and headers are made of. */
export function variablesOf({ apiKey, headers }: ProviderConfig): string[] {
  const texts = [...(apiKey === undefined ? [] : [apiKey]), ...Object.values(headers ?? {})];
  return [...new Set(texts.flatMap(variableReferences).map(({ name }) => name))];
}

/** Asks for each variable once. */
export async function fetchSecrets(
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
      throw new MissingKeyError(`there is no API key for the provider '${provider}' at ${origin}`, {
        remedy: `Store one with the command 'Touchstone: Set API Key…', or set ${variable} in the environment of the editor.`,
      });
  }
  return fixedEnvironment(values);
}

function expand(text: string, name: string, config: ProviderConfig, environment: Environment): string {
  return replaceReferences(text, ({ name: variable, fallback }) => {
    const value = environment.get(variable);
    if (value !== undefined && value.trim() !== '') return value;
    if (fallback !== undefined) return fallback;
    throw new ConfigError(
      `the environment variable ${variable}, which the provider '${name}' needs, is not set`,
      { where: config.location, remedy: remedyFor(variable, config) },
    );
  });
}

/** A provider without a place is the one that is there without configuration. */
function remedyFor(variable: string, config: ProviderConfig): string {
  if (config.location !== undefined) return `Set ${variable} and start again.`;
  return `Set ${variable}, or OPENAI_BASE_URL for a server that needs no key, and start again.`;
}

function mapValues(values: { [name: string]: string }, change: (value: string) => string) {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]));
}

import type { ProviderConfig } from '../../models/modelProvider.ts';
import type { Environment } from '../../ports.ts';
import { keyValue } from '../../targets/secrets/secretValue.ts';
import {
  secretsOf,
  secretValues,
  type TargetSecrets,
  variablesIn,
} from '../../targets/secrets/targetSecrets.ts';

/** The keys that a run is configured with: of its providers, its targets and its judges. */
export function configuredSecrets(
  providers: Readonly<Record<string, ProviderConfig>>,
  secrets: readonly TargetSecrets[],
  environment: Environment,
): string[] {
  return [
    ...Object.values(providers).flatMap((provider) => providerSecrets(provider, environment)),
    ...secrets.flatMap((own) => secretValues(own, environment)),
  ];
}

/** What a provider is given is a key, whatever its variable is called. */
function providerSecrets({ apiKey = '', headers = {} }: ProviderConfig, environment: Environment): string[] {
  const named = { api_key: apiKey, ...headers };
  return [
    ...variablesIn(named).flatMap(({ name }) => keyValue(environment.get(name))),
    ...secretsOf({ named, destination: null }).written,
  ];
}

import { variablesOf } from '../engine/models/providerSecrets.ts';
import type { Environment } from '../engine/ports.ts';
import { BUILT_IN_PROVIDER, builtInProvider } from '../engine/suites/config/builtInProvider.ts';
import type { WorkspaceConfig } from '../engine/suites/config/workspaceConfig.ts';
import type { ArmTarget, RouteConfig } from '../engine/suites/gateway/gatewayConfig.ts';
import type { Workspace } from '../engine/suites/loadWorkspace.ts';
import type { WantedKey } from '../protocol/gatewayEntries.ts';

/** What is there without a touchstone.yaml. */
export function withoutFile(root: string, environment: Environment): Workspace {
  const providers = { [BUILT_IN_PROVIDER]: builtInProvider(environment) };
  return { root, configPath: null, config: { providers, suites: [] }, warnings: [] };
}

/** Whether something answers requests of Anthropic's API: its clients are told of the gateway only then. */
export function answersAnthropic({ providers, gateway }: WorkspaceConfig): boolean {
  const isMessages = ({ match: { path, models } }: RouteConfig): boolean =>
    path === '/v1/messages' ||
    (['/', '/v1'].includes(path) && (!models || models.some((model) => /^(claude|\*)/.test(model))));
  return Object.hasOwn(providers, 'anthropic') || (gateway?.routes ?? []).some(isMessages);
}

/** The keys of the providers that the routes name. Those of others are asked for by the first request that needs them. */
export function keysOf({ providers, gateway }: WorkspaceConfig): WantedKey[] {
  const routes = gateway?.routes ?? [];
  const targets = routes.flatMap(({ arms, fallbacks, shadow }): ArmTarget[] => [
    ...arms.map(({ target }) => target),
    ...fallbacks,
    ...(shadow ? [shadow.to] : []),
  ]);
  const named = new Set(targets.flatMap((target) => (target.kind === 'provider' ? [target.provider] : [])));

  return [...named].flatMap((provider) => {
    const config = Object.hasOwn(providers, provider) ? providers[provider] : undefined;
    const origin = config && URL.parse(config.baseUrl)?.origin;
    return config && origin ? variablesOf(config).map((variable) => ({ provider, origin, variable })) : [];
  });
}

import { readAddress } from '../../http/address.ts';
import { isReleaseName, RELEASE_PREFIX, releaseIn } from '../../model/releaseFile.ts';
import type { ProviderConfig } from '../../models/modelProvider.ts';
import { BUILT_IN_PROVIDER } from '../../suites/config/builtInProvider.ts';
import type { ArmTarget, RouteConfig } from '../../suites/gateway/gatewayConfig.ts';
import { GATEWAY_DEFAULTS } from '../../suites/gateway/gatewayFile.ts';
import { toLimits } from '../../suites/gateway/readGateway.ts';
import { isBelow, MODELS_PATH } from '../../suites/gateway/routePath.ts';
import type { RoutedRequest } from './routedRequest.ts';

/** Paths whose requests name their model, or need none. */
const KNOWN_PATHS: ReadonlySet<string> = new Set([
  '/v1/chat/completions',
  '/v1/responses',
  '/v1/embeddings',
  '/v1/models',
]);

const MESSAGES_PATH = '/v1/messages';

type Providers = { readonly [name: string]: ProviderConfig };

/**
 * The routes that are there without configuration: `release/NAME`, `provider/model` for each configured provider, and for other models
 * Anthropic below `/v1/messages`, else `openai`. Their names have a slash, so that no route of a person's is called so.
 */
export function builtInRoute(providers: Providers, { path, model }: RoutedRequest): RouteConfig | undefined {
  if (!isBelow(path, MODELS_PATH)) return undefined;

  const release = model === undefined ? undefined : releaseIn(model);
  if (release !== undefined)
    return isReleaseName(release)
      ? routeTo(RELEASE_PREFIX + release, { kind: 'release', release }, [RELEASE_PREFIX + release])
      : undefined;

  const named = model?.includes('/') ? model.slice(0, model.indexOf('/')) : undefined;
  if (named !== undefined && Object.hasOwn(providers, named)) return routeToProvider(named, true);

  const other = otherProvider(providers, path, model);
  return other === undefined ? undefined : routeToProvider(other, false);
}

/** Whom a request is for that names no provider. */
function otherProvider(providers: Providers, path: string, model: string | undefined): string | undefined {
  if (isBelow(path, MESSAGES_PATH)) return anthropicAmong(providers);
  // A path that nothing is known of goes to the only provider there is: with several, nobody knows whose it is.
  const isCertain = model !== undefined || isKnown(path) || Object.keys(providers).length === 1;
  return isCertain && Object.hasOwn(providers, BUILT_IN_PROVIDER) ? BUILT_IN_PROVIDER : undefined;
}

function isKnown(path: string): boolean {
  return [...KNOWN_PATHS].some((known) => isBelow(path, known));
}

/** By its name, else by its host. */
function anthropicAmong(providers: Providers): string | undefined {
  if (Object.hasOwn(providers, 'anthropic')) return 'anthropic';
  return Object.keys(providers).find((name) => isOfAnthropic(providers[name]?.baseUrl ?? ''));
}

function isOfAnthropic(baseUrl: string): boolean {
  const address = readAddress(baseUrl);
  return typeof address === 'object' && /(?:^|\.)anthropic\.com$/.test(address.hostname);
}

function routeToProvider(provider: string, isNamed: boolean): RouteConfig {
  return routeTo(
    `provider/${provider}`,
    { kind: 'provider', provider },
    isNamed ? [`${provider}/*`] : undefined,
  );
}

function routeTo(name: string, target: ArmTarget, models: string[] | undefined): RouteConfig {
  return {
    name,
    match: models === undefined ? { path: MODELS_PATH } : { path: MODELS_PATH, models },
    arms: [{ name, weight: 1, target }],
    pool: GATEWAY_DEFAULTS.pool,
    limits: toLimits(undefined),
    fallbacks: [],
    cache: false,
    isSafeToMirror: false,
    keep: GATEWAY_DEFAULTS.keep,
  };
}

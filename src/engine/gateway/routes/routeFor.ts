import type { ProviderConfig } from '../../models/modelProvider.ts';
import type { GatewayConfig, RouteConfig, RouteMatch } from '../../suites/gateway/gatewayConfig.ts';
import { matchesModel } from '../../suites/gateway/modelPattern.ts';
import { isBelow } from '../../suites/gateway/routePath.ts';
import { builtInRoute } from './builtInRoute.ts';
import type { RoutedRequest } from './routedRequest.ts';

/** What routes follow from. */
export interface RoutedConfig {
  gateway?: GatewayConfig | undefined;
  providers: { readonly [name: string]: ProviderConfig };
}

/** Models have names; longer ones fit nothing. */
const LONGEST_MODEL = 512;

/**
 * The route that answers a request: the first of the configuration that fits, else one that is there without configuration. Undefined
 * where nothing does, and for a path that would lead elsewhere once it is resolved.
 */
export function routeFor(config: RoutedConfig, request: RoutedRequest): RouteConfig | undefined {
  if (isAstray(request.path) || (request.model?.length ?? 0) > LONGEST_MODEL) return undefined;
  const own = config.gateway?.routes.find(({ match }) => fits(match, request));
  return own ?? builtInRoute(config.providers, request);
}

function fits(match: RouteMatch, { path, model }: RoutedRequest): boolean {
  if (!isBelow(path, match.path)) return false;
  const { models } = match;
  return (
    models === undefined || (model !== undefined && models.some((pattern) => matchesModel(model, pattern)))
  );
}

/** A path with `..` or `.`, in any spelling, backslashes, or what ends a path. */
export function isAstray(path: string): boolean {
  if (!path.startsWith('/') || /[\\?#\0]|%5c|%00/i.test(path)) return true;
  return /(?:\/|%2f)(?:\.|%2e){1,2}(?:\/|%2f|$)/i.test(path);
}

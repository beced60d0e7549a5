import type { ArmConfig, RouteConfig } from '../../suites/gateway/gatewayConfig.ts';
import { isBelow } from '../../suites/gateway/routePath.ts';
import { isAstray } from './routeFor.ts';

/** Asks one arm of a route, past its weights: `support/newer`. Never passed on. */
export const ARM_HEADER = 'x-touchstone-arm';

/**
 * A route to a single arm, for smoke tests and golden cases. It has a name of its own, `support/newer`: what it is asked is no traffic of the
 * route, neither for its counts nor for its split, its shadow or the evidence of a deployment. Undefined where there is no such arm.
 */
export function routeToArm(
  routes: readonly RouteConfig[],
  named: string,
  path: string,
  armsOf: (route: RouteConfig) => readonly ArmConfig[],
): RouteConfig | undefined {
  const [name = ''] = named.split('/', 1);
  const route = routes.find((one) => one.name === name);
  if (!route || isAstray(path) || !isBelow(path, route.match.path)) return undefined;

  const arm = armsOf(route).find((one) => `${name}/${one.name}` === named);
  if (!arm) return undefined;
  const { sticky: _sticky, shadow: _shadow, ...rest } = route;
  return { ...rest, name: named, arms: [{ ...arm, weight: 1 }], fallbacks: [], cache: false };
}

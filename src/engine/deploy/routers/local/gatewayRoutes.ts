import { UserError } from '../../../errors.ts';
import type { RouteArms } from '../../../gateway/routes/routeArms.ts';
import type { ArmConfig } from '../../../suites/gateway/gatewayConfig.ts';
import { RouterError } from '../routerError.ts';
import type { RouteControl, RouteNow } from './routeControl.ts';

/** The gateway of this process. Rejects, and throws, with UserErrors. */
export interface RoutedGateway {
  armsOf(route: string): Promise<RouteArms> | RouteArms;
  /** Undefined where the route is not as it was at `revision`. */
  setArms(
    route: string,
    arms: readonly ArmConfig[] | null,
    revision: string,
  ): Promise<RouteArms | undefined> | RouteArms | undefined;
  /** Null while it does not serve. */
  readonly place: { endpoint: string; token: string } | null;
}

/** The routes of the gateway for the router of a deployment. */
export function gatewayRoutes(gateway: RoutedGateway): RouteControl {
  const now = (arms: RouteArms): RouteNow => {
    if (gateway.place) return { ...arms, ...gateway.place };
    throw new RouterError('the gateway of this workspace does not run', {
      isTransient: true,
      remedy: 'Start it with: touchstone gateway start',
    });
  };

  return {
    read: (route, signal) => asRouterError(async () => now(await gateway.armsOf(route)), signal),

    setArms: (route, arms, revision, signal) =>
      asRouterError(async () => {
        const set = await gateway.setArms(route, arms, revision);
        if (set) return now(set);
        throw new RouterError(`somebody else has changed the route "${route}"`, { isTransient: true });
      }, signal),
  };
}

/** A gateway that does not run, and a route that is gone from touchstone.yaml, may come back. */
async function asRouterError<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  try {
    return await work();
  } catch (error) {
    if (error instanceof RouterError || !(error instanceof UserError)) throw error;
    throw new RouterError(error.message, { isTransient: true, remedy: error.remedy, cause: error });
  }
}

import type { RouteArms } from '../../../gateway/routes/routeArms.ts';
import type { ArmConfig } from '../../../suites/gateway/gatewayConfig.ts';

/** How a router sees a route of the gateway, and changes it. Rejects with RouterError. */
export interface RouteControl {
  read(route: string, signal: AbortSignal): Promise<RouteNow>;
  /**
   * The route has these arms from now on, over restarts, in place of those of touchstone.yaml; null gives it those again. Rejects, to be tried
   * again, where the route is not as it was at `revision`. Setting what holds already changes nothing.
   */
  setArms(
    route: string,
    arms: readonly ArmConfig[] | null,
    revision: string,
    signal: AbortSignal,
  ): Promise<RouteNow>;
}

export interface RouteNow extends RouteArms {
  /** Where the gateway serves, without a path: `http://127.0.0.1:4320`. */
  endpoint: string;
  /** Which its clients show. */
  token: string;
}

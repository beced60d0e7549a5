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

/** A route as it is now. */
export interface RouteNow {
  arms: readonly ArmConfig[];
  /** Of touchstone.yaml. */
  configured: readonly ArmConfig[];
  /**
   * Whose arms hold. `overruled`: arms were set at run time, and somebody has changed those of touchstone.yaml since, which hold then.
   */
  from: 'configuration' | 'deployment' | 'overruled';
  /** Changes whenever its arms or weights do. */
  revision: string;
  /** Requests under way by the name of their arm, those of arms that it has no more included. */
  inFlight: { readonly [arm: string]: number };
  path: string;
  /** Patterns; undefined where any model fits. */
  models: readonly string[] | undefined;
  /** Where the gateway serves, without a path: `http://127.0.0.1:4320`. */
  endpoint: string;
  /** Which its clients show. */
  token: string;
}

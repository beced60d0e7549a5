import type { ArmConfig } from '../../suites/gateway/gatewayConfig.ts';

/** The targets of a route as they are now, for whoever moves its traffic at run time. */
export interface RouteArms {
  /** Those that hold, with their weights. */
  arms: readonly ArmConfig[];
  /** Those of touchstone.yaml. */
  configured: readonly ArmConfig[];
  /** Whose `arms` are. */
  from: ArmsFrom;
  /** Were set at run time; somebody has changed those of touchstone.yaml since, which hold now. Null where nobody has. */
  overruled: readonly ArmConfig[] | null;
  /** Changes whenever arms or weights do. */
  revision: string;
  /** Requests under way by the name of their arm, those of arms that the route has no more included. */
  inFlight: { readonly [arm: string]: number };
  path: string;
  /** Patterns; null where any model fits. */
  models: readonly string[] | null;
}

/** `deployment`: set at run time, in place of those of touchstone.yaml. */
export type ArmsFrom = 'configuration' | 'deployment';

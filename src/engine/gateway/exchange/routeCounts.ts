import type { ArmConfig, RouteConfig } from '../../suites/gateway/gatewayConfig.ts';
import type { RouteStatus, ShadowStatus } from '../gatewayStatus.ts';
import { ArmCounts } from './armCounts.ts';
import type { FinishedExchange } from './finishedExchange.ts';

/** What became of the requests of each route, and the weights that a person set in place of the configuration's. */
export class RouteCounts {
  readonly #arms = new Map<string, Map<string, ArmCounts>>();
  readonly #inFlight = new Map<string, number>();
  readonly #weights = new Map<string, { readonly [arm: string]: number }>();

  began({ name }: RouteConfig, _arm: string, _stickyKey: string | null): void {
    this.#inFlight.set(name, (this.#inFlight.get(name) ?? 0) + 1);
  }

  ended(finished: FinishedExchange): void {
    const { route, arm } = finished;
    this.#inFlight.set(route, Math.max(0, (this.#inFlight.get(route) ?? 0) - 1));
    if (arm === null) return;

    const counts = this.#arms.get(route) ?? new Map<string, ArmCounts>();
    this.#arms.set(route, counts);
    const known = counts.get(arm) ?? new ArmCounts();
    counts.set(arm, known);
    known.add(finished);
  }

  /** What was counted under other weights says nothing of these. */
  setWeights(route: string, weights: { readonly [arm: string]: number }): void {
    this.#weights.set(route, { ...this.#weights.get(route), ...weights });
    this.#arms.delete(route);
  }

  /** The arms of a route with the weights that hold now. */
  armsOf({ name, arms }: RouteConfig): readonly ArmConfig[] {
    const weights = this.#weights.get(name);
    if (!weights) return arms;
    return arms.map((arm) => ({ ...arm, weight: weights[arm.name] ?? arm.weight }));
  }

  status(route: RouteConfig, shadow: ShadowStatus | null): RouteStatus {
    const counts = this.#arms.get(route.name);
    return {
      route: route.name,
      path: route.match.path,
      models: route.match.models ?? [],
      inFlight: this.#inFlight.get(route.name) ?? 0,
      arms: this.armsOf(route).map((arm) => (counts?.get(arm.name) ?? new ArmCounts()).status(arm)),
      mismatch: null,
      shadow,
    };
  }
}

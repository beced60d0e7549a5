import type { ArmConfig, RouteConfig } from '../../suites/gateway/gatewayConfig.ts';
import type { RouteStatus, ShadowStatus } from '../gatewayStatus.ts';
import { ObservedSplit } from '../split/observedSplit.ts';
import { ArmCounts } from './armCounts.ts';
import type { FinishedExchange } from './finishedExchange.ts';

/** The weights of routes that hold now. */
export interface RouteWeights {
  armsOf(route: RouteConfig): readonly ArmConfig[];
  /** Arms that are not named keep theirs. Throws UserError. */
  set(route: RouteConfig, weights: { readonly [arm: string]: number }): readonly ArmConfig[];
}

/** Of one route, since its weights are as they are. */
interface Counted {
  route: RouteConfig;
  /** The weights, by which it is told that they have changed. */
  weights: string;
  split: ObservedSplit;
  arms: Map<string, ArmCounts>;
}

/** So many of the routes that are there without configuration are counted at most, the last ones. */
const MOST_BUILT_IN = 200;

/** No route of a person's is called so. */
const isBuiltIn = (name: string): boolean => name.includes('/');

/** What became of the requests of each route under the weights that hold. */
export class RouteCounts {
  readonly #weights: RouteWeights;
  readonly #routes = new Map<string, Counted>();
  readonly #inFlight = new Map<string, number>();

  constructor(weights: RouteWeights) {
    this.#weights = weights;
  }

  began(route: RouteConfig, arm: string | null, stickyKey: string | null): void {
    this.#inFlight.set(route.name, (this.#inFlight.get(route.name) ?? 0) + 1);
    const { split } = this.#of(route);
    if (arm !== null) split.count(arm, stickyKey);
  }

  ended(finished: FinishedExchange): void {
    const { route, arm } = finished;
    const left = (this.#inFlight.get(route) ?? 0) - 1;
    if (left > 0) this.#inFlight.set(route, left);
    else this.#inFlight.delete(route);
    if (arm === null) return;

    const arms = this.#routes.get(route)?.arms;
    const known = arms?.get(arm) ?? new ArmCounts();
    arms?.set(arm, known);
    known.add(finished);
  }

  /** What was counted under other weights says nothing of these. */
  setWeights(route: RouteConfig, weights: { readonly [arm: string]: number }): void {
    this.#weights.set(route, weights);
    this.#routes.delete(route.name);
  }

  /** The arms of a route with the weights that hold now. */
  armsOf(route: RouteConfig): readonly ArmConfig[] {
    return this.#weights.armsOf(route);
  }

  /** Routes that were used although the configuration has none of their names: those that are there without one. */
  usedBeside(routes: readonly RouteConfig[]): RouteConfig[] {
    const known = new Set(routes.map(({ name }) => name));
    const used = [...this.#routes.values()].map(({ route }) => route);
    return used.filter(({ name }) => isBuiltIn(name) && !known.has(name));
  }

  status(route: RouteConfig, shadow: ShadowStatus | null): RouteStatus {
    const { arms, split } = this.#of(route);
    return {
      route: route.name,
      path: route.match.path,
      models: route.match.models ?? [],
      inFlight: this.#inFlight.get(route.name) ?? 0,
      arms: this.armsOf(route).map((arm) => (arms.get(arm.name) ?? new ArmCounts()).status(arm)),
      mismatch: split.mismatch(),
      shadow,
    };
  }

  #of(route: RouteConfig): Counted {
    const arms = this.armsOf(route);
    const weights = JSON.stringify(arms.map(({ name, weight }) => [name, weight]));
    const known = this.#routes.get(route.name);
    if (known?.weights === weights) return known;

    const split = new ObservedSplit(arms);
    const counted = { route, weights, split, arms: new Map<string, ArmCounts>() };
    this.#routes.delete(route.name);
    this.#routes.set(route.name, counted);
    // Clients name releases as they like, which takes nothing from the routes of the configuration.
    const beside = [...this.#routes.keys()].filter(isBuiltIn);
    for (const oldest of beside.slice(0, -MOST_BUILT_IN)) this.#routes.delete(oldest);
    return counted;
  }
}

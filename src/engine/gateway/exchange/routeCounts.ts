import { contentHash } from '../../model/hash.ts';
import { canonicalJson } from '../../model/json.ts';
import type { ArmConfig, RouteConfig } from '../../suites/gateway/gatewayConfig.ts';
import type { RouteStatus, ShadowStatus } from '../gatewayStatus.ts';
import type { RouteArms } from '../routes/routeArms.ts';
import { ObservedSplit } from '../split/observedSplit.ts';
import { ArmCounts } from './armCounts.ts';
import type { FinishedExchange } from './finishedExchange.ts';

/** The weights and targets of routes that hold now. */
export interface RouteWeights {
  armsOf(route: RouteConfig): readonly ArmConfig[];
  /** Its targets themselves were set at run time. */
  isDeployed(route: RouteConfig): boolean;
  /** Were set, and hold no more. */
  overruled(route: RouteConfig): readonly ArmConfig[] | null;
  /** Arms that are not named keep theirs. Throws UserError. */
  set(route: RouteConfig, weights: { readonly [arm: string]: number }): readonly ArmConfig[];
  /** In place of those of the configuration. Throws UserError. */
  setArms(route: RouteConfig, arms: readonly ArmConfig[]): readonly ArmConfig[];
  /** Those of the configuration hold again. Throws UserError. */
  clear(route: RouteConfig): readonly ArmConfig[];
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
  /** By route and arm; null: at fallbacks alone. */
  readonly #inFlight = new Map<string, Map<string | null, number>>();

  constructor(weights: RouteWeights) {
    this.#weights = weights;
  }

  began(route: RouteConfig, arm: string | null, stickyKey: string | null): void {
    const inFlight = this.#inFlight.get(route.name) ?? new Map<string | null, number>();
    this.#inFlight.set(route.name, inFlight.set(arm, (inFlight.get(arm) ?? 0) + 1));
    const { split } = this.#of(route);
    if (arm !== null) split.count(arm, stickyKey);
  }

  ended(finished: FinishedExchange): void {
    const { route, arm } = finished;
    this.#left(route, arm);
    if (arm === null) return;

    const arms = this.#routes.get(route)?.arms;
    const known = arms?.get(arm) ?? new ArmCounts();
    arms?.set(arm, known);
    known.add(finished);
  }

  /** What was counted under other weights says nothing of these. Null: those of the configuration. */
  setWeights(route: RouteConfig, weights: { readonly [arm: string]: number } | null): void {
    if (weights === null) this.#weights.clear(route);
    else this.#weights.set(route, weights);
    this.#routes.delete(route.name);
  }

  /**
   * The route with these arms, from now on; null: with those of the configuration. Undefined where it is not as it was at `revision`, and
   * nothing has changed. Setting what holds already changes nothing. Throws UserError.
   */
  setArms(route: RouteConfig, arms: readonly ArmConfig[] | null, revision: string): RouteArms | undefined {
    const before = this.read(route);
    const isSame =
      arms === null
        ? before.from === 'configuration' && before.overruled === null
        : before.from === 'deployment' && canonicalJson(before.arms) === canonicalJson(arms);
    if (isSame) return before;
    if (before.revision !== revision) return undefined;

    if (arms === null) this.#weights.clear(route);
    else this.#weights.setArms(route, arms);
    this.#routes.delete(route.name);
    return this.read(route);
  }

  /** What whoever moves its traffic has to know of a route. */
  read(route: RouteConfig): RouteArms {
    const arms = this.armsOf(route);
    const from = this.#weights.isDeployed(route) ? 'deployment' : 'configuration';
    const overruled = this.#weights.overruled(route);
    const plain = route.arms.map(({ name, weight, target }) => ({ name, weight, target }));
    return {
      ...{ arms, configured: plain, from, overruled },
      revision: contentHash({ arms, from, configured: plain, overruled }),
      inFlight: Object.fromEntries(
        [...(this.#inFlight.get(route.name) ?? [])].filter(([arm]) => arm !== null),
      ),
      ...{ path: route.match.path, models: route.match.models ?? null },
    };
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
    const inFlight = this.#inFlight.get(route.name) ?? new Map<string | null, number>();
    return {
      route: route.name,
      path: route.match.path,
      models: route.match.models ?? [],
      inFlight: [...inFlight.values()].reduce((sum, count) => sum + count, 0),
      arms: this.armsOf(route).map((arm) => ({
        ...(arms.get(arm.name) ?? new ArmCounts()).status(arm),
        inFlight: inFlight.get(arm.name) ?? 0,
      })),
      armsFrom: this.#weights.isDeployed(route) ? 'deployment' : 'configuration',
      mismatch: split.mismatch(),
      shadow,
    };
  }

  #left(route: string, arm: string | null): void {
    const inFlight = this.#inFlight.get(route);
    const left = (inFlight?.get(arm) ?? 0) - 1;
    if (left > 0) inFlight?.set(arm, left);
    else inFlight?.delete(arm);
    if (inFlight?.size === 0) this.#inFlight.delete(route);
  }

  #of(route: RouteConfig): Counted {
    const arms = this.armsOf(route);
    const weights = JSON.stringify(arms.map(({ name, weight, target }) => [name, weight, target]));
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

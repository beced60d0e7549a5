import type { Clock, Random } from '../../../ports.ts';
import type { KubernetesConfig } from '../../../suites/deploying/deploymentConfig.ts';
import type { Version, Weights } from '../../sides.ts';
import type { AskedVersion, Observed, Pair, Router } from '../router.ts';
import { RouterError } from '../routerError.ts';
import { ChangeHints } from './cluster/changeHints.ts';
import type { ClusterClient } from './cluster/clusterClient.ts';
import { ClusterError } from './cluster/clusterError.ts';
import {
  annotation,
  at,
  type ClusterObject,
  DEPLOYMENT,
  HTTP_ROUTE,
  listAt,
  numberAt,
  SERVICE,
  textAt,
  versionOf,
} from './cluster/clusterObject.ts';
import { describeTarget } from './cluster/clusterTarget.ts';
import { driftOf } from './versions/clusterDrift.ts';
import { GreenMaker } from './versions/greenMaker.ts';
import { readinessOf, servingOf } from './versions/rollout.ts';
import { rulesWith, servedBy, weightsIn } from './versions/routeWeights.ts';
import { ServiceProxy } from './versions/serviceProxy.ts';
import { LABEL, NOTE, type VersionNames } from './versions/versionNames.ts';
import { ClusterReader, type VersionState } from './versions/versionState.ts';

export interface KubernetesRouterOptions {
  config: KubernetesConfig;
  /** For the cluster that the person has confirmed. */
  client: ClusterClient;
  clock: Clock;
  random: Random;
}

/** How often a write is tried again on what somebody else has just changed. */
const TRIES = 6;

/**
 * Moves traffic between two Deployments of a cluster by the weights of an HTTPRoute. Of what others have made it changes these two weights alone;
 * it makes, scales and deletes only what it has made itself.
 */
export class KubernetesRouter implements Router {
  readonly #options: KubernetesRouterOptions;
  readonly #client: ClusterClient;
  readonly #reader: ClusterReader;
  readonly #green: GreenMaker;
  readonly #hints: ChangeHints;
  #proxy: ServiceProxy | undefined;

  constructor(options: KubernetesRouterOptions) {
    this.#options = options;
    this.#client = options.client;
    this.#reader = new ClusterReader(options.config, options.client);
    this.#green = new GreenMaker(options.config, options.client, this.#reader);
    const { deployment, httpRoute } = options.config;
    this.#hints = new ChangeHints(options.client, options.clock, [
      { kind: HTTP_ROUTE, concerns: (name) => name === httpRoute },
      { kind: DEPLOYMENT, concerns: (name) => name.startsWith(deployment) },
    ]);
  }

  async describe(signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    const { target } = this.#client;
    return `HTTPRoute ${target.namespace}/${this.#options.config.httpRoute} in ${describeTarget(target)}`;
  }

  async current(signal: AbortSignal): Promise<Version | null> {
    const route = await this.#reader.route(signal);
    const behind = await Promise.all(servedBy(route).map((name) => this.#reader.versionBehind(name, signal)));
    const versions = behind.filter((version) => version !== undefined);
    if (versions.length > 1)
      throw new RouterError(
        `HTTPRoute ${route.metadata.name} shares the traffic between ${versions.map(({ name }) => name).join(' and ')}`,
        {
          isTransient: false,
          remedy: 'End the deployment that did so, or give all the traffic to one of them.',
        },
      );
    return versions[0] ?? null;
  }

  async observe(pair: Pair, signal: AbortSignal): Promise<Observed> {
    const seenOf = async (state: VersionState) =>
      [state.deployment, await this.#reader.pods(state.deployment, signal), state.service !== null] as const;
    const [route, green, blue] = await Promise.all([
      this.#reader.route(signal),
      this.#reader.version(pair.green, signal),
      pair.blue ? this.#reader.version(pair.blue, signal) : undefined,
    ]);
    const [ofGreen, ofBlue] = await Promise.all([seenOf(green), blue && seenOf(blue)]);
    const services = this.#reader.services(pair);
    const weights = weightsIn(route, services);
    const { config } = this.#options;
    return {
      weights: weights.weights,
      blue: ofBlue ? servingOf(...ofBlue) : { state: 'absent' },
      green: readinessOf(...ofGreen),
      drift: driftOf({ config, route, weights, pair: services, blue, green, greenVersion: pair.green }),
    };
  }

  async start(pair: Pair, signal: AbortSignal): Promise<void> {
    await this.#green.make(pair, signal);
  }

  async setWeights(pair: Pair, weights: Weights, signal: AbortSignal): Promise<void> {
    checkWeights(weights);
    const services = this.#reader.services(pair);
    await this.#again(signal, async () => {
      const route = await this.#reader.route(signal);
      const rules = rulesWith(route, services, weights);
      if (JSON.stringify(rules) === JSON.stringify(at(route, 'spec', 'rules'))) return;

      const before = weightsIn(route, services).weights;
      if (weights.green > (before?.green ?? 0)) await this.#green.makeRoom(pair, weights.green, signal);
      if (pair.blue && weights.blue > (before?.blue ?? 0)) await this.#mustExist(pair.blue, signal);
      const { name, namespace = this.#client.target.namespace } = route.metadata;
      const metadata = { name, namespace, resourceVersion: versionOf(route) };
      // Rules are atomic: they have one owner as a whole. The version keeps us from undoing what others have changed in them.
      const body = { apiVersion: HTTP_ROUTE.apiVersion, kind: HTTP_ROUTE.kind, metadata, spec: { rules } };
      await this.#client.apply(HTTP_ROUTE, body, signal);
    });
  }

  async stop(pair: Pair, side: 'blue' | 'green', drainMs: number, signal: AbortSignal): Promise<void> {
    const version = pair[side];
    if (!version) return;
    const { weights } = weightsIn(await this.#reader.route(signal), this.#reader.services(pair));
    if (weights && weights[side] > 0)
      throw new RouterError(`version ${version.name} still gets ${weights[side]} % of the traffic`, {
        isTransient: false,
        remedy: 'Set its weight to 0 first.',
      });

    const { deployment, service, names } = await this.#reader.version(version, signal);
    const isOurs = (object: ClusterObject | null) => isMadeFor(this.#options.config, object, names);
    if (!isOurs(deployment ?? service)) return;
    if (deployment) await this.#drain(deployment, drainMs, signal);
    if (isOurs(service) && service) await this.#client.remove(SERVICE, service, signal);
    if (deployment) await this.#client.remove(DEPLOYMENT, deployment, signal);
  }

  /** The route names green alone already, and green's objects say what they are. */
  async settle(pair: Pair, signal: AbortSignal): Promise<void> {
    const { weights } = weightsIn(await this.#reader.route(signal), this.#reader.services(pair));
    if (weights?.green === 100) return;
    throw new RouterError(`version ${pair.green.name} does not have all the traffic`, {
      isTransient: false,
      remedy: 'Give it all the traffic first.',
    });
  }

  async target(pair: Pair, side: 'blue' | 'green', signal: AbortSignal): Promise<AskedVersion> {
    const version = pair[side];
    const state = version && (await this.#reader.version(version, signal));
    const port = numberAt(listAt(state?.service ?? undefined, 'spec', 'ports')[0], 'port');
    if (!state || port === undefined)
      throw new RouterError(`there is no Service of ${side} to ask`, { isTransient: true });
    this.#proxy ??= new ServiceProxy(this.#options);
    return await this.#proxy.to(state.names.service, String(port));
  }

  async changed(mostMs: number, signal: AbortSignal): Promise<void> {
    await this.#hints.next(mostMs, signal);
  }

  async close(): Promise<void> {
    this.#hints.close();
    await this.#proxy?.close();
    this.#client.close();
  }

  async #mustExist(version: Version, signal: AbortSignal): Promise<void> {
    const { deployment, service, names } = await this.#reader.version(version, signal);
    if (deployment && service) return;
    throw new RouterError(`there is no way back to version ${version.name}: ${names.deployment} is gone`, {
      isTransient: false,
    });
  }

  /** Waits once, however often it is interrupted: the beginning is noted in the cluster. */
  async #drain(deployment: ClusterObject, drainMs: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const noted = Date.parse(annotation(deployment, NOTE.drainingSince) ?? '');
    if (Number.isNaN(noted)) {
      const annotations = { [NOTE.drainingSince]: new Date(clock.now()).toISOString() };
      await this.#client.patch(DEPLOYMENT, deployment.metadata.name, { metadata: { annotations } }, signal);
    }
    const gone = Number.isNaN(noted) ? 0 : Math.max(0, clock.now() - noted);
    if (gone < drainMs) await clock.sleep(drainMs - gone, signal);
  }

  async #again(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof ClusterError && error.isConflict) || tries >= TRIES) throw error;
        const { clock, random } = this.#options;
        await clock.sleep(50 * 2 ** tries * random.next(), signal);
      }
    }
  }
}

function checkWeights({ blue, green }: Weights): void {
  const isPercent = (weight: number) => weight >= 0 && weight <= 100;
  if (isPercent(blue) && isPercent(green) && blue + green === 100) return;
  throw new RouterError(`weights of ${blue} and ${green} are not percentages of one whole`, {
    isTransient: false,
  });
}

/** We have made it, and for this Deployment. */
function isMadeFor(
  { deployment }: KubernetesConfig,
  object: ClusterObject | null,
  { tag }: VersionNames,
): boolean {
  const label = (name: string) => textAt(object ?? undefined, 'metadata', 'labels', name);
  return tag !== undefined && label(LABEL.version) === tag && label(LABEL.of) === deployment;
}

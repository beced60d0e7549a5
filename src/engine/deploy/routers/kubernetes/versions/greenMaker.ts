import type { KubernetesConfig } from '../../../../suites/deploying/deploymentConfig.ts';
import type { Pair } from '../../router.ts';
import { RouterError } from '../../routerError.ts';
import type { ClusterClient } from '../cluster/clusterClient.ts';
import { ClusterError } from '../cluster/clusterError.ts';
import {
  annotation,
  type ClusterKind,
  type ClusterObject,
  DEPLOYMENT,
  numberAt,
  SERVICE,
  textAt,
  versionOf,
} from '../cluster/clusterObject.ts';
import { greenObjects } from './greenObjects.ts';
import { madeFor, readinessOf } from './rollout.ts';
import { routeParts } from './routeWeights.ts';
import { LABEL, NOTE } from './versionNames.ts';
import type { ClusterReader } from './versionState.ts';

/** Makes the objects of a new version, and scales them for its part of the traffic. */
export class GreenMaker {
  readonly #config: KubernetesConfig;
  readonly #client: ClusterClient;
  readonly #reader: ClusterReader;

  constructor(config: KubernetesConfig, client: ClusterClient, reader: ClusterReader) {
    this.#config = config;
    this.#client = client;
    this.#reader = reader;
  }

  /** What exists already is taken up. */
  async make(pair: Pair, signal: AbortSignal): Promise<void> {
    const config = this.#config;
    const blue = pair.blue && (await this.#reader.version(pair.blue, signal));
    if (!blue?.deployment || !blue.service)
      throw new RouterError('a new version is made from the one that serves now, and there is none', {
        isTransient: false,
        remedy: 'Create the Deployment and the Service first.',
      });
    const green = await this.#reader.version(pair.green, signal);
    const { tag } = green.names;
    if (tag === undefined || green.names.deployment === blue.names.deployment)
      throw new RouterError(`version ${pair.green.name} serves already`, { isTransient: false });

    const route = routeParts(await this.#reader.route(signal), this.#reader.services(pair));
    const made = greenObjects({
      config,
      version: pair.green,
      names: { ...green.names, tag },
      blue: { deployment: blue.deployment, service: blue.service },
      route,
    });
    await this.#create(SERVICE, green.service, made.service, signal);
    const before = await this.#create(DEPLOYMENT, green.deployment, made.deployment, signal);
    if (before) await this.#reuse(before, made.deployment, signal);
  }

  /** Creates what is missing; null where it was, else what is there. Rejects where somebody else has made it. */
  async #create(
    kind: ClusterKind,
    known: ClusterObject | null,
    wanted: ClusterObject,
    signal: AbortSignal,
  ): Promise<ClusterObject | null> {
    const { name } = wanted.metadata;
    let found = known;
    if (!found) {
      try {
        await this.#client.create(kind, wanted, signal);
        return null;
      } catch (error) {
        if (!(error instanceof ClusterError && error.isConflict)) throw error;
        found = await this.#client.get(kind, name, signal);
      }
    }
    const isSame =
      found &&
      annotation(found, NOTE.digest) === annotation(wanted, NOTE.digest) &&
      textAt(found, 'metadata', 'labels', LABEL.of) === textAt(wanted, 'metadata', 'labels', LABEL.of);
    if (isSame) return found;
    throw new RouterError(`${kind.kind} ${name} exists, and Touchstone has not made it for this version`, {
      isTransient: !found,
      remedy: `Delete or rename it: kubectl delete ${kind.plural} ${name}`,
    });
  }

  /** What was made by an earlier attempt is taken up again: it is not drained any more, and compared with blue as it is now. */
  async #reuse(deployment: ClusterObject, wanted: ClusterObject, signal: AbortSignal): Promise<void> {
    const notes = [NOTE.blueThen, NOTE.routeThen] as const;
    const isDraining = annotation(deployment, NOTE.drainingSince) !== undefined;
    if (!isDraining && notes.every((note) => annotation(deployment, note) === annotation(wanted, note)))
      return;
    if (!isDraining) return;
    const fresh = Object.fromEntries(notes.map((note) => [note, annotation(wanted, note) ?? null]));
    const annotations = { ...fresh, [NOTE.drainingSince]: null };
    await this.#client.patch(DEPLOYMENT, deployment.metadata.name, { metadata: { annotations } }, signal);
  }

  /** Green is ready, with pods for its part of the traffic, or gets them now and no weight yet. */
  async makeRoom({ blue, green }: Pair, percent: number, signal: AbortSignal): Promise<void> {
    const [state, before] = await Promise.all([
      this.#reader.version(green, signal),
      blue ? this.#reader.version(blue, signal) : undefined,
    ]);
    const pods = await this.#reader.pods(state.deployment, signal);
    const readiness = readinessOf(state.deployment, pods, state.service !== null);
    if (readiness.state !== 'ready' || !state.deployment) {
      const why = 'reason' in readiness ? readiness.reason : readiness.state;
      throw new RouterError(`version ${green.name} is not ready for traffic: ${why}`, { isTransient: true });
    }

    const own = numberAt(state.deployment, 'spec', 'replicas') ?? 1;
    const available = numberAt(state.deployment, 'status', 'availableReplicas') ?? 0;
    const whole = Math.max(
      madeFor(state.deployment) ?? 1,
      numberAt(before?.deployment ?? undefined, 'spec', 'replicas') ?? 1,
    );
    const needed = Math.ceil((whole * percent) / 100);
    if (available >= needed) return;
    if (own < needed) {
      const patch = {
        metadata: { resourceVersion: versionOf(state.deployment) },
        spec: { replicas: needed },
      };
      await this.#client.patch(DEPLOYMENT, state.names.deployment, patch, signal);
    }
    throw new RouterError(
      `version ${green.name} needs ${needed} pods for ${percent} % of the traffic, and has ${available}`,
      { isTransient: true },
    );
  }
}

import type { KubernetesConfig } from '../../../../suites/deploying/deploymentConfig.ts';
import type { Version } from '../../../sides.ts';
import type { Pair } from '../../router.ts';
import { RouterError } from '../../routerError.ts';
import type { ClusterClient } from '../cluster/clusterClient.ts';
import {
  annotation,
  type ClusterObject,
  DEPLOYMENT,
  HTTP_ROUTE,
  mapAt,
  POD,
  SERVICE,
  textAt,
} from '../cluster/clusterObject.ts';
import { containerOf, environmentIn, RELEASE_VARIABLE, templateHash } from './greenObjects.ts';
import type { Pair as ServicePair } from './routeWeights.ts';
import { baseDigest, LABEL, NOTE, namesOf, type VersionNames } from './versionNames.ts';

/** What the cluster has of a version now. */
export interface VersionState {
  names: VersionNames;
  deployment: ClusterObject | null;
  service: ClusterObject | null;
}

/** Reads what a deployment is about. */
export class ClusterReader {
  readonly #config: KubernetesConfig;
  readonly #client: ClusterClient;

  constructor(config: KubernetesConfig, client: ClusterClient) {
    this.#config = config;
    this.#client = client;
  }

  async version(version: Version, signal: AbortSignal): Promise<VersionState> {
    const names = namesOf(this.#config, version);
    const [deployment, service] = await Promise.all([
      this.#client.get(DEPLOYMENT, names.deployment, signal),
      this.#client.get(SERVICE, names.service, signal),
    ]);
    return { names, deployment, service };
  }

  async route(signal: AbortSignal): Promise<ClusterObject> {
    const { httpRoute } = this.#config;
    const route = await this.#client.get(HTTP_ROUTE, httpRoute, signal);
    if (route) return route;
    throw new RouterError(
      `there is no HTTPRoute ${httpRoute} in namespace ${this.#client.target.namespace}`,
      {
        isTransient: false,
        remedy: 'Create it, or name the one that leads to the Service: kubernetes.http_route.',
      },
    );
  }

  /** Those of a Deployment alone: a namespace may have thousands. */
  async pods(deployment: ClusterObject | null, signal: AbortSignal): Promise<ClusterObject[]> {
    const selector = mapAt(deployment ?? undefined, 'spec', 'selector', 'matchLabels');
    if (Object.keys(selector).length === 0) return [];
    return (await this.#client.list(POD, selector, signal)).items;
  }

  services({ blue, green }: Pair): ServicePair {
    return {
      blue: blue ? namesOf(this.#config, blue).service : undefined,
      green: namesOf(this.#config, green).service,
    };
  }

  /** The version behind a Service of the route; undefined where it is somebody else's. */
  async versionBehind(name: string, signal: AbortSignal): Promise<Version | undefined> {
    if (name === this.#config.service) return await this.#base(signal);
    const service = await this.#client.get(SERVICE, name, signal);
    if (textAt(service ?? undefined, 'metadata', 'labels', LABEL.of) !== this.#config.deployment || !service)
      return undefined;
    const version = {
      name: annotation(service, NOTE.name) ?? name,
      digest: annotation(service, NOTE.digest) ?? '',
    };
    const bare = { ...version, target: { kind: 'image', image: '', environment: {} } } satisfies Version;
    const deployment = await this.#client.get(DEPLOYMENT, namesOf(this.#config, bare).deployment, signal);
    return deployment ? { ...version, target: this.#targetIn(deployment) } : bare;
  }

  /** What your own manifests made. */
  async #base(signal: AbortSignal): Promise<Version> {
    const { deployment } = this.#config;
    const found = await this.#client.get(DEPLOYMENT, deployment, signal);
    if (!found)
      throw new RouterError(
        `there is no Deployment ${deployment} in namespace ${this.#client.target.namespace}`,
        {
          isTransient: false,
          remedy: 'Name the Deployment that serves now: kubernetes.deployment.',
        },
      );
    return { name: deployment, digest: baseDigest(templateHash(found)), target: this.#targetIn(found) };
  }

  #targetIn(deployment: ClusterObject): Version['target'] {
    const container = containerOf(this.#config, mapAt(deployment, 'spec', 'template'));
    const environment = environmentIn(deployment, container);
    const release = environment[RELEASE_VARIABLE];
    if (release !== undefined) return { kind: 'release', release };
    return { kind: 'image', image: textAt(container, 'image') ?? '', environment };
  }
}

import { contentHash } from '../../../../model/hash.ts';
import type { JsonObject } from '../../../../model/json.ts';
import type { KubernetesConfig } from '../../../../suites/deploying/deploymentConfig.ts';
import type { Version } from '../../../sides.ts';
import { RouterError } from '../../routerError.ts';
import {
  annotation,
  at,
  type ClusterObject,
  DEPLOYMENT,
  listAt,
  mapAt,
  numberAt,
  SERVICE,
  selects,
  textAt,
} from '../cluster/clusterObject.ts';
import { LABEL, NOTE, suffixed, type VersionNames } from './versionNames.ts';

interface Made {
  config: KubernetesConfig;
  version: Version;
  names: VersionNames & { tag: string };
  blue: { deployment: ClusterObject; service: ClusterObject };
  /** Hashes of the parts of the route, to tell later what somebody has changed. */
  route: { [part: string]: string };
}

/**
 * The Deployment and the Service of a new version, made from those of blue: its image, environment or release, and labels by which neither
 * Service and neither Deployment selects the pods of the other. Throws RouterError where that cannot be said.
 */
export function greenObjects(made: Made): { deployment: ClusterObject; service: ClusterObject } {
  const { config, version, names, blue } = made;
  const spec = structuredClone(mapAt(blue.deployment, 'spec'));
  const template = mapAt(spec, 'template');
  const container = containerOf(config, template);
  const environment = environmentOf(version);
  if (version.target.kind === 'image') container['image'] = version.target.image;
  container['env'] = mergedEnvironment(listAt(container, 'env'), environment);

  const renamed = renamedLabels(made);
  const ours = { [LABEL.version]: names.tag, [LABEL.of]: config.deployment };
  const changed = { ...renamed, ...ours };
  const labels = { ...mapAt(template, 'metadata', 'labels'), ...changed };
  const selector = { ...mapAt(spec, 'selector', 'matchLabels'), ...renamed, [LABEL.version]: names.tag };
  const replicas = Math.max(1, numberAt(spec, 'replicas') ?? 1);
  const { paused: _paused, ...kept } = spec;

  const deployment: ClusterObject = {
    apiVersion: DEPLOYMENT.apiVersion,
    kind: DEPLOYMENT.kind,
    metadata: {
      name: names.deployment,
      labels: { ...ours, [LABEL.manager]: 'touchstone' },
      annotations: {
        [NOTE.name]: version.name,
        [NOTE.digest]: version.digest,
        [NOTE.environment]: Object.keys(environment).join(','),
        [NOTE.renamed]: Object.keys(renamed).join(','),
        [NOTE.replicas]: String(replicas),
        [NOTE.blueThen]: templateHash(blue.deployment),
        [NOTE.routeThen]: JSON.stringify(made.route),
      },
    },
    spec: {
      ...kept,
      replicas,
      selector: { matchLabels: selector },
      template: { ...template, metadata: { ...mapAt(template, 'metadata'), labels } },
    },
  };
  return { deployment, service: greenService(made, renamed) };
}

function greenService({ config, version, names, blue }: Made, renamed: JsonObject): ClusterObject {
  const kept = ['ports', 'sessionAffinity', 'sessionAffinityConfig', 'trafficDistribution'].flatMap((key) => {
    const value = at(blue.service, 'spec', key);
    return value === undefined ? [] : [[key, value] as const];
  });
  const spec = structuredClone(Object.fromEntries(kept));
  for (const port of listAt(spec, 'ports')) delete port['nodePort'];
  const selector = { ...mapAt(blue.service, 'spec', 'selector'), ...renamed, [LABEL.version]: names.tag };
  return {
    apiVersion: SERVICE.apiVersion,
    kind: SERVICE.kind,
    metadata: {
      name: names.service,
      labels: { [LABEL.version]: names.tag, [LABEL.of]: config.deployment, [LABEL.manager]: 'touchstone' },
      annotations: { [NOTE.name]: version.name, [NOTE.digest]: version.digest },
    },
    spec: { ...spec, type: 'ClusterIP', selector },
  };
}

/** What the pods of a Deployment are made from, as a hash; the number of pods is no part of it. */
export function templateHash(deployment: ClusterObject): string {
  return contentHash(at(deployment, 'spec', 'template') ?? null);
}

/** The container that a version changes. Throws RouterError where it is not clear which. */
export function containerOf({ container, deployment }: KubernetesConfig, template: JsonObject): JsonObject {
  const containers = listAt(template, 'spec', 'containers');
  const found = container === undefined ? containers[0] : containers.find(({ name }) => name === container);
  const names = containers.map((one) => String(one['name'])).join(', ');
  if (!found || (container === undefined && containers.length > 1))
    throw new RouterError(
      container === undefined
        ? `Deployment ${deployment} has several containers: ${names}`
        : `Deployment ${deployment} has no container ${container}, but ${names}`,
      { isTransient: false, remedy: 'Name the one that a version changes: kubernetes.container.' },
    );
  return found;
}

/** Which variables a version sets. Throws RouterError for what a cluster cannot run. */
export function environmentOf({ name, target }: Version): { [name: string]: string } {
  if (target.kind === 'image') return { ...target.environment };
  if (target.kind === 'release') return { [RELEASE_VARIABLE]: target.release };
  throw new RouterError(`version ${name} cannot be deployed to a cluster: it is not an image or a release`, {
    isTransient: false,
    remedy: 'Give the version an image, or deploy a release.',
  });
}

export const RELEASE_VARIABLE = 'TOUCHSTONE_RELEASE';

function mergedEnvironment(before: JsonObject[], added: { [name: string]: string }): JsonObject[] {
  const kept = before.filter(({ name }) => typeof name !== 'string' || !Object.hasOwn(added, name));
  return [...kept, ...Object.entries(added).map(([name, value]) => ({ name, value }))];
}

/** Labels that say a version, then those that name an application, are the ones to change. */
const PREFERRED = [
  ...[LABEL.version, 'app.kubernetes.io/version', 'version', 'track', 'color'],
  ...['app.kubernetes.io/instance', 'app', 'app.kubernetes.io/name', 'k8s-app', 'name'],
];

/** The fewest labels with other values, so that the selectors of blue's Deployment and Service do not meet green's pods. */
function renamedLabels({ config, names, blue }: Made): { [label: string]: string } {
  const own = mapAt(blue.deployment, 'spec', 'selector', 'matchLabels');
  const service = mapAt(blue.service, 'spec', 'selector');
  const labels = mapAt(blue.deployment, 'spec', 'template', 'metadata', 'labels');
  if (!selects(service, labels))
    throw new RouterError(
      `Service ${blue.service.metadata.name} does not select the pods of Deployment ${blue.deployment.metadata.name}`,
      { isTransient: false, remedy: 'Name the Service and the Deployment that belong together.' },
    );
  if (Object.keys(own).length === 0)
    throw new RouterError(
      `Deployment ${blue.deployment.metadata.name} selects its pods without matchLabels`,
      {
        isTransient: false,
        remedy: 'Give its selector matchLabels.',
      },
    );

  const before = (annotation(blue.deployment, NOTE.renamed) ?? '').split(',').filter(Boolean);
  const common = Object.keys(own).filter((label) => Object.hasOwn(service, label));
  const needed = common.length > 0 ? [best(common)] : [best(Object.keys(own)), best(Object.keys(service))];
  const value = suffixed(config.deployment, names.tag);
  const changed = [...new Set([...before, ...needed])].filter((label) => label !== LABEL.version);
  return Object.fromEntries(changed.map((label) => [label, value]));
}

function best(labels: readonly string[]): string {
  const rank = (label: string) => {
    const index = PREFERRED.indexOf(label);
    return index < 0 ? PREFERRED.length : index;
  };
  return [...labels].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))[0] ?? LABEL.version;
}

/** The values that a version's variables have in its container. */
export function environmentIn(deployment: ClusterObject, container: JsonObject): { [name: string]: string } {
  const names = (annotation(deployment, NOTE.environment) ?? '').split(',').filter(Boolean);
  return Object.fromEntries(
    listAt(container, 'env').flatMap((entry) => {
      const name = textAt(entry, 'name') ?? '';
      return names.includes(name) ? [[name, textAt(entry, 'value') ?? '']] : [];
    }),
  );
}

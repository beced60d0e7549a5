/** A kind that the scripted API server serves. All are namespaced, except namespaces themselves. */
export interface ResourceKind {
  group: string;
  version: string;
  kind: string;
  plural: string;
  shortNames: readonly string[];
  isNamespaced: boolean;
}

const of = (group: string, kind: string, plural: string, ...shortNames: string[]): ResourceKind => ({
  group,
  version: 'v1',
  kind,
  plural,
  shortNames,
  isNamespaced: kind !== 'Namespace',
});

export const RESOURCE_KINDS: readonly ResourceKind[] = [
  of('', 'Namespace', 'namespaces', 'ns'),
  of('', 'Pod', 'pods', 'po'),
  of('', 'Service', 'services', 'svc'),
  of('', 'ConfigMap', 'configmaps', 'cm'),
  of('', 'Event', 'events', 'ev'),
  of('', 'Endpoints', 'endpoints', 'ep'),
  of('apps', 'Deployment', 'deployments', 'deploy'),
  of('apps', 'ReplicaSet', 'replicasets', 'rs'),
  { ...of('autoscaling', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers', 'hpa'), version: 'v2' },
  of('coordination.k8s.io', 'Lease', 'leases'),
  of('discovery.k8s.io', 'EndpointSlice', 'endpointslices'),
  of('gateway.networking.k8s.io', 'HTTPRoute', 'httproutes'),
];

export function kindAt(group: string, version: string, plural: string): ResourceKind | undefined {
  return RESOURCE_KINDS.find(
    (kind) => kind.group === group && kind.version === version && kind.plural === plural,
  );
}

export function apiVersionOf({ group, version }: ResourceKind): string {
  return group === '' ? version : `${group}/${version}`;
}

/** How the members of a list are told apart; what is not listed is atomic: it has one owner as a whole. */
export type ListType = 'atomic' | 'set' | readonly string[];

const CONTAINER_LISTS: { [path: string]: ListType } = {
  '': ['name'],
  '.env': ['name'],
  '.ports': ['containerPort', 'protocol'],
  '.volumeMounts': ['mountPath'],
};

/** As the published schemas have them. `rules` of an HTTPRoute is atomic, and so is everything in it. */
const LISTS: { [path: string]: ListType } = {
  'metadata.finalizers': 'set',
  'metadata.ownerReferences': ['uid'],
  'status.conditions': ['type'],
  'Service:spec.ports': ['port', 'protocol'],
  'spec.template.spec.volumes': ['name'],
  'spec.template.spec.imagePullSecrets': ['name'],
  ...Object.fromEntries(
    ['containers', 'initContainers'].flatMap((name) =>
      Object.entries(CONTAINER_LISTS).map(([path, type]) => [`spec.template.spec.${name}${path}`, type]),
    ),
  ),
};

export function listTypeOf(kind: string, path: string): ListType {
  return LISTS[`${kind}:${path}`] ?? LISTS[path] ?? 'atomic';
}

/** Maps that have one owner as a whole. */
export function isAtomicMap(kind: string, path: string): boolean {
  if (path === 'spec.selector') return kind === 'Service' || kind === 'Deployment' || kind === 'ReplicaSet';
  return /\.(?:secretKeyRef|configMapKeyRef|fieldRef|resourceFieldRef|nodeSelector)$/.test(path);
}

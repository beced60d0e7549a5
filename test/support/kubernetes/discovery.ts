import type { JsonObject } from '../../../src/engine/model/json.ts';
import { apiVersionOf, RESOURCE_KINDS, type ResourceKind } from './resourceKinds.ts';

const VERBS = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];

/** What clients ask first: which groups, versions and kinds there are. Undefined for other paths. */
export function discoveryAt(path: string): JsonObject | undefined {
  if (path === '/version') return { major: '1', minor: '34', gitVersion: 'v1.34.0', platform: 'linux/amd64' };
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'] };
  if (path === '/apis') return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups() };

  const [, , version] = /^\/(api|apis)\/(.+)$/.exec(path) ?? [];
  const kinds = RESOURCE_KINDS.filter((kind) => apiVersionOf(kind) === version);
  if (version === undefined || kinds.length === 0) return undefined;
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: version,
    resources: kinds.flatMap(resourcesOf),
  };
}

function groups(): JsonObject[] {
  const named = RESOURCE_KINDS.filter(({ group }) => group !== '');
  const firsts = named.filter(
    ({ group }, index) => named.findIndex((kind) => kind.group === group) === index,
  );
  return firsts.map((kind) => {
    const version = { groupVersion: apiVersionOf(kind), version: kind.version };
    return { name: kind.group, versions: [version], preferredVersion: version };
  });
}

function resourcesOf(kind: ResourceKind): JsonObject[] {
  const common = { kind: kind.kind, namespaced: kind.isNamespaced };
  const main = {
    ...common,
    name: kind.plural,
    singularName: kind.kind.toLowerCase(),
    verbs: VERBS,
    shortNames: [...kind.shortNames],
  };
  const below = { Deployment: 'status', HTTPRoute: 'status', Service: 'proxy' }[kind.kind];
  if (below === undefined) return [main];
  return [main, { ...common, name: `${kind.plural}/${below}`, singularName: '', verbs: ['get', 'patch'] }];
}

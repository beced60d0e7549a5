import { parse as parseYaml } from 'yaml';
import { isJsonObject, type JsonObject } from '../../../src/engine/model/json.ts';
import { type ApiRequest, bodyOf, mergePatched } from './apiRequest.ts';
import { applied, updated, type Writer } from './fieldOwnership.ts';
import type { KubeObject, ObjectStore } from './objectStore.ts';
import { apiVersionOf, type ResourceKind } from './resourceKinds.ts';
import { StatusError } from './statusReply.ts';

/** Reads and writes of objects, as the API server makes them. */
export class ResourceActions {
  readonly #store: ObjectStore;
  readonly #now: () => number;

  constructor(store: ObjectStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  list({ resource, namespace, query }: ApiRequest): JsonObject {
    const matches = selector(query);
    return {
      kind: `${resource.kind}List`,
      apiVersion: apiVersionOf(resource),
      metadata: { resourceVersion: String(this.#store.version) },
      items: this.#store.list(resource, namespace).filter(matches),
    };
  }

  get(request: ApiRequest): KubeObject {
    return this.#live(request) ?? notFound(request.resource, request.name ?? '');
  }

  create(request: ApiRequest): KubeObject {
    const object = this.#named(request, bodyOf(request));
    if (this.#store.get(request.resource, request.namespace ?? '', object.metadata.name))
      throw new StatusError(
        409,
        'AlreadyExists',
        `${full(request.resource)} "${object.metadata.name}" already exists`,
      );
    updated(undefined, object, this.#writer(request));
    return this.#put(request, object);
  }

  update(request: ApiRequest): KubeObject {
    const live = this.get(request);
    const object = this.#named(request, bodyOf(request));
    this.#checkVersion(request, live, object.metadata['resourceVersion']);
    const whole = this.#withSubresource(request, live, object);
    updated(live, whole, this.#writer(request));
    return this.#put(request, whole);
  }

  patch(request: ApiRequest): KubeObject {
    if (request.contentType === 'application/apply-patch+yaml') return this.#apply(request);
    if (
      !['application/merge-patch+json', 'application/strategic-merge-patch+json'].includes(
        request.contentType,
      )
    )
      throw new StatusError(
        415,
        'UnsupportedMediaType',
        `the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml`,
      );

    const live = this.get(request);
    const patch = bodyOf(request);
    const { metadata = {} } = patch;
    this.#checkVersion(request, live, isJsonObject(metadata) ? metadata['resourceVersion'] : undefined);
    const object = this.#withSubresource(request, live, this.#named(request, mergePatched(live, patch)));
    updated(live, object, this.#writer(request));
    return this.#put(request, object);
  }

  delete(request: ApiRequest): JsonObject {
    const live = this.get(request);
    const { preconditions = {} } = (request.body === '' ? {} : bodyOf(request)) as {
      preconditions?: JsonObject;
    };
    for (const field of ['uid', 'resourceVersion'])
      if (preconditions[field] !== undefined && preconditions[field] !== live.metadata[field])
        throw new StatusError(
          409,
          'Conflict',
          `Precondition failed: ${field} in precondition: ${preconditions[field]}, ${field} in object meta: ${live.metadata[field]}`,
        );
    this.#store.remove(request.resource, request.namespace ?? '', live.metadata.name);
    return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' };
  }

  #apply(request: ApiRequest): KubeObject {
    const { query, name = '', resource } = request;
    const manager = query.get('fieldManager');
    if (manager === null)
      throw new StatusError(
        422,
        'Invalid',
        'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
      );
    const config = this.#named(request, parseYaml(request.body) as JsonObject);
    if (config.metadata['managedFields'] !== undefined)
      throw new StatusError(400, 'BadRequest', 'metadata.managedFields must be nil');

    const live = this.#live(request);
    const version = config.metadata['resourceVersion'];
    if (live) this.#checkVersion(request, live, version);
    else if (version !== undefined) throw conflict(resource, name);

    const bare: KubeObject = {
      apiVersion: config.apiVersion,
      kind: config.kind,
      metadata: { name, namespace: request.namespace ?? '' },
    };
    const result = applied(live ?? bare, config, this.#writer(request), query.get('force') === 'true');
    if ('object' in result) return this.#put(request, result.object as KubeObject);

    const causes = result.conflicts.map((found) => ({
      reason: 'FieldManagerConflict',
      message: `conflict with "${found.manager}"`,
      field: found.path,
    }));
    const [first] = result.conflicts;
    throw new StatusError(
      409,
      'Conflict',
      `Apply failed with ${causes.length} conflict${causes.length === 1 ? '' : 's'}: conflict with "${first?.manager}": ${first?.path}`,
      { details: { causes } },
    );
  }

  #live({ resource, namespace = '', name = '' }: ApiRequest): KubeObject | undefined {
    return this.#store.get(resource, namespace, name);
  }

  #put({ resource, query }: ApiRequest, object: KubeObject): KubeObject {
    validate(resource, object);
    if (query.get('dryRun') === 'All') return object;
    return this.#store.put(resource, defaulted(resource, object), this.#time());
  }

  #named({ resource, namespace, name }: ApiRequest, object: JsonObject): KubeObject {
    const metadata = (object['metadata'] ?? {}) as JsonObject;
    const own = String(metadata['name'] ?? name ?? '');
    if (name !== undefined && own !== name)
      throw new StatusError(
        400,
        'BadRequest',
        `the name of the object (${own}) does not match the name on the URL (${name})`,
      );
    const place = namespace === undefined ? {} : { namespace };
    return {
      ...object,
      apiVersion: apiVersionOf(resource),
      kind: resource.kind,
      metadata: { ...metadata, name: own, ...place },
    };
  }

  /** A status is written by itself, and the rest without it. */
  #withSubresource({ subresource }: ApiRequest, live: KubeObject, object: KubeObject): KubeObject {
    if (subresource === 'status') return { ...live, status: object['status'] ?? {} };
    const { status } = live;
    const { status: _status, ...rest } = object;
    const whole = { ...rest, metadata: object.metadata, apiVersion: object.apiVersion, kind: object.kind };
    return status === undefined ? whole : { ...whole, status };
  }

  #checkVersion({ resource }: ApiRequest, live: KubeObject, version: unknown): void {
    if (version !== undefined && version !== '' && version !== live.metadata['resourceVersion'])
      throw conflict(resource, live.metadata.name);
  }

  #writer({ query, userAgent, subresource }: ApiRequest): Writer {
    const manager = query.get('fieldManager') ?? userAgent.split('/')[0] ?? 'unknown';
    return { manager, subresource: subresource === 'status' ? subresource : '', time: this.#time() };
  }

  #time(): string {
    return `${new Date(this.#now()).toISOString().slice(0, 19)}Z`;
  }
}

/** Label selectors of equality, and the one field selector that clients use. */
export function selector(query: URLSearchParams): (object: KubeObject) => boolean {
  const labels = (query.get('labelSelector') ?? '').split(',').filter(Boolean);
  const name = /^metadata\.name=(.+)$/.exec(query.get('fieldSelector') ?? '')?.[1];
  return ({ metadata }) => {
    const own = (metadata['labels'] ?? {}) as { [label: string]: string };
    if (name !== undefined && metadata.name !== name) return false;
    return labels.every((label) => {
      const [key = '', value] = label.split(/==?/);
      return value === undefined ? own[key] !== undefined : own[key] === value;
    });
  };
}

function full({ plural, group }: ResourceKind): string {
  return group === '' ? plural : `${plural}.${group}`;
}

function notFound(resource: ResourceKind, name: string): never {
  throw new StatusError(404, 'NotFound', `${full(resource)} "${name}" not found`, {
    details: { name, kind: resource.plural },
  });
}

function conflict(resource: ResourceKind, name: string): StatusError {
  return new StatusError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${full(resource)} "${name}": the object has been modified; please apply your changes to the latest version and try again`,
  );
}

const MAX_CONFIG_MAP_BYTES = 1024 * 1024;

/** The rules that matter to a client that makes objects. */
function validate(resource: ResourceKind, object: KubeObject): void {
  const invalid = (why: string) =>
    new StatusError(422, 'Invalid', `${resource.kind} "${object.metadata.name}" is invalid: ${why}`);
  const longest = resource.kind === 'Service' ? 63 : 253;
  if (!/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(object.metadata.name) || object.metadata.name.length > longest)
    throw invalid(`metadata.name: Invalid value: "${object.metadata.name}"`);
  for (const value of Object.values((object.metadata['labels'] ?? {}) as JsonObject))
    if (!/^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/.test(String(value)))
      throw invalid(`metadata.labels: Invalid value: "${value}"`);

  if (resource.kind === 'ConfigMap' && JSON.stringify(object['data'] ?? {}).length > MAX_CONFIG_MAP_BYTES)
    throw invalid('[]: Too long: may not be more than 1048576 bytes');
  if (resource.kind === 'Deployment') {
    const {
      selector: { matchLabels },
      template,
    } = object['spec'] as unknown as {
      selector: { matchLabels: { [label: string]: string } };
      template: { metadata: { labels: { [label: string]: string } } };
    };
    if (Object.entries(matchLabels).some(([key, value]) => template.metadata.labels[key] !== value))
      throw invalid(
        'spec.template.metadata.labels: Invalid value: `selector` does not match template `labels`',
      );
  }
}

/** Defaults that the server fills in. */
function defaulted(resource: ResourceKind, object: KubeObject): KubeObject {
  if (resource.kind !== 'HTTPRoute') return object;
  const { rules = [], ...spec } = (object['spec'] ?? {}) as { rules?: JsonObject[] };
  const filled = rules.map(({ backendRefs, ...rule }) =>
    backendRefs === undefined
      ? rule
      : {
          ...rule,
          backendRefs: (backendRefs as JsonObject[]).map((ref) => ({
            group: '',
            kind: 'Service',
            weight: 1,
            ...ref,
          })),
        },
  );
  return { ...object, spec: { ...spec, rules: filled } };
}

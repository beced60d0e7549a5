import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { stringify } from 'yaml';
import type { JsonObject } from '../../../src/engine/model/json.ts';
import { type Clock, systemClock } from '../../../src/engine/ports.ts';
import { type AccessRule, EVERYTHING, isAllowed } from './accessRules.ts';
import { type ApiRequest, readRequest, verbOf } from './apiRequest.ts';
import { discoveryAt } from './discovery.ts';
import { type KubeObject, ObjectStore } from './objectStore.ts';
import { ResourceActions } from './resourceActions.ts';
import { kindAt, RESOURCE_KINDS, type ResourceKind } from './resourceKinds.ts';
import { StatusError } from './statusReply.ts';
import { WatchStreams } from './watchStreams.ts';
import { Workloads } from './workloads.ts';

/** What a request meets in place of its answer. */
export type Fault =
  | { kind: 'status'; code: number; reason: string; message: string; retryAfter?: string }
  | { kind: 'hang' | 'drop' }
  /** Carried out, and answered as if it were not. */
  | { kind: 'late'; code: number };

export interface ApiServerOptions {
  clock?: Clock;
  port?: number;
  /** For HTTPS, in PEM. */
  tls?: { key: string; cert: string };
  token?: string;
  rules?: readonly AccessRule[];
}

/** A request as it was answered, in order: `patch deployments shop/support`. */
interface Answered {
  line: string;
  body: string;
  contentType: string;
  query: string;
}

/**
 * The API server of a small cluster: the real protocol over a real socket (discovery, versions and conflicts, server-side apply, patches, watches,
 * access by rules), the controllers of Deployments, and faults that a test asks for.
 */
export class ApiServer {
  readonly store = new ObjectStore();
  readonly workloads: Workloads;
  readonly watches: WatchStreams;
  readonly answered: Answered[] = [];
  /** What the rules did not allow: `get deployments shop/support`. */
  readonly refused: string[] = [];
  readonly token: string;
  /** Answers what is sent through the proxy of a Service. */
  proxied: (service: string, path: string, request: ApiRequest) => { status: number; body: string } = () => ({
    status: 200,
    body: 'ok',
  });
  rules: readonly AccessRule[];
  url = '';
  readonly #clock: Clock;
  readonly #actions: ResourceActions;
  readonly #faults: { matches: RegExp; left: number; fault: Fault }[] = [];
  #failing: { left: number; when: 'before' | 'after' } | null = null;
  readonly #server;

  private constructor({
    clock = systemClock,
    tls,
    token = 'cluster-token',
    rules = EVERYTHING,
  }: ApiServerOptions) {
    this.#clock = clock;
    this.token = token;
    this.rules = rules;
    this.workloads = new Workloads(this.store, clock);
    this.watches = new WatchStreams(this.store);
    this.#actions = new ResourceActions(this.store, () => clock.now());
    const answer = (incoming: IncomingMessage, outgoing: ServerResponse) =>
      void this.#answer(incoming, outgoing);
    this.#server = tls ? createSecureServer(tls, answer) : createServer(answer);
    this.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  }

  static async start(options: ApiServerOptions = {}): Promise<ApiServer> {
    const server = new ApiServer(options);
    await new Promise<void>((resolve) => server.#server.listen(options.port ?? 0, '127.0.0.1', resolve));
    const { port } = server.#server.address() as AddressInfo;
    server.url = `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`;
    return server;
  }

  /** Takes the next `times` requests whose line (`patch httproutes.gateway.networking.k8s.io shop/support`) matches. */
  fail(matches: RegExp, fault: Fault, times = 1): void {
    this.#faults.push({ matches, left: times, fault });
  }

  /** The request of this number from now on, from 0, fails before it is carried out or after; null: none does. */
  failAt(at: number | null, when: 'before' | 'after'): void {
    this.#failing = at === null ? null : { left: at, when };
  }

  /** Writes an object past every rule, as somebody else does; the one of this name is replaced. */
  put(object: KubeObject): KubeObject {
    const resource = RESOURCE_KINDS.find(({ kind }) => kind === object.kind);
    if (!resource) throw new Error(`no kind ${object.kind}`);
    return this.store.put(resource, object, new Date(this.#clock.now()).toISOString());
  }

  get(plural: string, name: string, namespace = 'shop'): KubeObject | undefined {
    return this.store.get(this.kind(plural), namespace, name);
  }

  names(plural: string, namespace = 'shop'): string[] {
    return this.store.list(this.kind(plural), namespace).map(({ metadata }) => metadata.name);
  }

  /** A kubeconfig that leads here. */
  kubeconfig(user: JsonObject = { token: this.token }, cluster: JsonObject = {}): string {
    return stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'scripted',
      contexts: [{ name: 'scripted', context: { cluster: 'scripted', user: 'tester', namespace: 'shop' } }],
      clusters: [{ name: 'scripted', cluster: { server: this.url, ...cluster } }],
      users: [{ name: 'tester', user }],
    });
  }

  async close(): Promise<void> {
    this.workloads.close();
    this.watches.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  kind(plural: string): ResourceKind {
    const found = RESOURCE_KINDS.find((kind) => kind.plural === plural);
    if (!found) throw new Error(`no ${plural}`);
    return kindAt(found.group, found.version, plural) ?? found;
  }

  async #answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    try {
      // As with kubectl, credentials are shown over TLS only.
      if (this.url.startsWith('https') && incoming.headers.authorization !== `Bearer ${this.token}`)
        throw new StatusError(401, 'Unauthorized', 'Unauthorized');
      const found = discoveryAt(new URL(incoming.url ?? '/', this.url).pathname);
      if (found) return send(outgoing, 200, found);
      const request = await readRequest(incoming);
      if (!request)
        throw new StatusError(404, 'NotFound', 'the server could not find the requested resource');
      await this.#carryOut(request, outgoing);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      send(outgoing, error.code, error.toJson(), error.headers);
    }
  }

  async #carryOut(request: ApiRequest, outgoing: ServerResponse): Promise<void> {
    const line = lineOf(request);
    const { body, contentType, query } = request;
    this.answered.push({ line, body, contentType, query: query.toString() });
    this.#checkAccess(request);
    const fault = this.#faultFor(line);
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'drop') return void outgoing.destroy();
    if (fault?.kind === 'status') {
      const headers = fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter };
      throw new StatusError(fault.code, fault.reason, fault.message, { headers });
    }

    if (verbOf(request) === 'watch') return this.watches.open(request, outgoing);
    if (request.subresource === 'proxy') return this.#proxy(request, outgoing);
    const status = request.method === 'POST' ? 201 : 200;
    const result = this.#act(request);
    if (fault?.kind === 'late') throw new StatusError(fault.code, 'InternalError', 'the answer was lost');
    send(outgoing, status, result);
  }

  #act(request: ApiRequest): JsonObject {
    switch (verbOf(request)) {
      case 'get':
        return this.#actions.get(request);
      case 'list':
        return this.#actions.list(request);
      case 'create':
        return this.#actions.create(request);
      case 'update':
        return this.#actions.update(request);
      case 'patch':
        return this.#actions.patch(request);
      case 'delete':
        return this.#actions.delete(request);
      default:
        throw new StatusError(
          405,
          'MethodNotAllowed',
          'the server does not allow this method on the requested resource',
        );
    }
  }

  #proxy(request: ApiRequest, outgoing: ServerResponse): void {
    const service = (request.name ?? '').split(':')[1] ?? request.name ?? '';
    if (!this.get('services', service))
      throw new StatusError(404, 'NotFound', `services "${service}" not found`);
    const { status, body } = this.proxied(service, request.rest, request);
    outgoing.writeHead(status, { 'content-type': 'application/json' }).end(body);
  }

  #checkAccess(request: ApiRequest): void {
    const { resource, subresource, name, namespace } = request;
    const verb = verbOf(request);
    const below = subresource === '' ? resource.plural : `${resource.plural}/${subresource}`;
    const { group } = resource;
    // The name in a proxy path has scheme and port around it.
    const plain = subresource === 'proxy' ? name?.split(':')[1] : name;
    if (
      isAllowed(this.rules, {
        verb,
        group,
        resource: below,
        name: verb === 'create' && subresource === '' ? undefined : plain,
      })
    )
      return;
    this.refused.push(`${verb} ${below} ${namespace}/${name ?? ''}`);
    const thing = group === '' ? resource.plural : `${resource.plural}.${group}`;
    throw new StatusError(
      403,
      'Forbidden',
      `${thing} ${name === undefined ? '' : `"${name}" `}is forbidden: User "system:serviceaccount:shop:touchstone" cannot ${verb} resource "${below}" in API group "${group}" in the namespace "${namespace}"`,
    );
  }

  #faultFor(line: string): Fault | undefined {
    const { left: before, when } = this.#failing ?? { left: -1, when: 'before' };
    if (this.#failing) this.#failing.left -= 1;
    if (before === 0 && when === 'after') return { kind: 'late', code: 500 };
    if (before === 0) return { kind: 'status', code: 500, reason: 'InternalError', message: 'it fails' };
    const found = this.#faults.find(({ matches, left }) => left > 0 && matches.test(line));
    if (found) found.left -= 1;
    return found?.fault;
  }
}

function lineOf(request: ApiRequest): string {
  const { resource, namespace, name, subresource } = request;
  const thing = subresource === '' ? resource.plural : `${resource.plural}/${subresource}`;
  return `${verbOf(request)} ${thing} ${namespace ?? ''}/${name ?? ''}`;
}

function send(
  outgoing: ServerResponse,
  status: number,
  body: JsonObject,
  headers: { [name: string]: string } = {},
): void {
  outgoing.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

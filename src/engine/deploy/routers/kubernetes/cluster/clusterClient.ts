import { FileError } from '../../../../errors.ts';
import { parseUntrustedJson } from '../../../../files/formats/untrustedJson.ts';
import { exchange, openReply, type Reply } from '../../../../http/exchange.ts';
import { parseRetryAfter } from '../../../../http/retryAfter.ts';
import type { JsonObject, JsonValue } from '../../../../model/json.ts';
import type { Clock } from '../../../../ports.ts';
import type { ClusterAccess } from './clusterAccess.ts';
import { ClusterError, clusterError, connectionError } from './clusterError.ts';
import { type ClusterKind, type ClusterObject, isClusterObject, listAt, textAt } from './clusterObject.ts';
import type { ClusterTarget } from './clusterTarget.ts';

/** Who writes, in `managedFields`. */
export const FIELD_MANAGER = 'touchstone';

const LIMIT_MS = 30_000;
const MAX_BYTES = 32 * 1024 * 1024;
/** Objects of a cluster are nested less than thirty levels deep. */
const MAX_DEPTH = 100;
/** How often a request that the cluster puts off is made again, and how long at most it is waited each time. */
const PATIENCE = { attempts: 3, waitMs: 10_000 };

interface Asked {
  /** In words, for errors: `get Deployment support`. */
  words: string;
  method: string;
  path: string;
  query?: { [name: string]: string };
  body?: JsonValue;
  contentType?: string;
}

/** Objects of one namespace of a cluster. Rejects with ClusterError, and with the signal's reason. */
export class ClusterClient {
  readonly #access: ClusterAccess;
  readonly #clock: Clock;

  constructor(access: ClusterAccess, clock: Clock) {
    this.#access = access;
    this.#clock = clock;
  }

  get target(): ClusterTarget {
    return this.#access.target;
  }

  /** Null where there is none. */
  async get(kind: ClusterKind, name: string, signal: AbortSignal): Promise<ClusterObject | null> {
    try {
      return object(
        await this.#ask({ ...asked('get', kind, name), method: 'GET', path: this.#path(kind, name) }, signal),
      );
    } catch (error) {
      if (error instanceof ClusterError && error.status === 404) {
        if (error.isMissingKind) throw missingKind(kind);
        return null;
      }
      throw error;
    }
  }

  async list(
    kind: ClusterKind,
    labels: JsonObject,
    signal: AbortSignal,
  ): Promise<{ items: ClusterObject[]; version: string }> {
    const labelSelector = Object.entries(labels)
      .map(([label, value]) => `${label}=${String(value)}`)
      .join(',');
    const query = labelSelector === '' ? {} : { labelSelector };
    const list = await this.#ask(
      { ...asked('list', kind), method: 'GET', path: this.#path(kind), query },
      signal,
    );
    const version = textAt(list, 'metadata', 'resourceVersion') ?? '';
    return { items: listAt(list, 'items').filter(isClusterObject), version };
  }

  /** Rejects with a conflict where there is one of this name. */
  async create(kind: ClusterKind, body: ClusterObject, signal: AbortSignal): Promise<ClusterObject> {
    const query = { fieldManager: FIELD_MANAGER };
    const { name } = body.metadata;
    return object(
      await this.#ask(
        { ...asked('create', kind, name), method: 'POST', path: this.#path(kind), query, body },
        signal,
      ),
    );
  }

  /** A merge patch (RFC 7386). With a resource version in it, it is a conflict if the object has changed since. */
  async patch(
    kind: ClusterKind,
    name: string,
    body: JsonObject,
    signal: AbortSignal,
  ): Promise<ClusterObject> {
    const request = {
      ...asked('patch', kind, name),
      method: 'PATCH',
      path: this.#path(kind, name),
      query: { fieldManager: FIELD_MANAGER },
      contentType: 'application/merge-patch+json',
      body,
    };
    return object(await this.#ask(request, signal));
  }

  /**
   * Server-side apply, forced: what `body` says is ours from then on, whoever had it. Its resource version keeps it from undoing what somebody
   * has changed since it was read.
   */
  async apply(kind: ClusterKind, body: ClusterObject, signal: AbortSignal): Promise<ClusterObject> {
    const { name } = body.metadata;
    const request = {
      ...asked('apply', kind, name),
      method: 'PATCH',
      path: this.#path(kind, name),
      query: { fieldManager: FIELD_MANAGER, force: 'true' },
      // JSON is YAML.
      contentType: 'application/apply-patch+yaml',
      body,
    };
    return object(await this.#ask(request, signal));
  }

  /** Deletes this very object, and in the background what belongs to it. One that is gone already is no error. */
  async remove(kind: ClusterKind, { metadata }: ClusterObject, signal: AbortSignal): Promise<void> {
    const { name, uid = null } = metadata;
    const body = {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      propagationPolicy: 'Background',
      preconditions: { uid },
    };
    try {
      await this.#ask(
        { ...asked('delete', kind, name), method: 'DELETE', path: this.#path(kind, name), body },
        signal,
      );
    } catch (error) {
      if (!(error instanceof ClusterError) || error.status !== 404) throw error;
    }
  }

  /** Opens a watch from a version on; the reply must be closed. */
  async watch(kind: ClusterKind, version: string, signal: AbortSignal): Promise<Reply> {
    const query = {
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: version,
    };
    const request = { ...asked('watch', kind), method: 'GET', path: this.#path(kind), query };
    const reply = await openReply(await this.#exchange(request, signal)).catch((error: unknown) => {
      throw connectionError(error, this.target.server);
    });
    if (reply.ok) return reply;
    try {
      throw await this.#refusal(request, reply);
    } finally {
      reply.close();
    }
  }

  /** Where the proxy of a Service begins, on the API server. */
  proxyPath(service: string, port: string): string {
    return `/api/v1/namespaces/${this.target.namespace}/services/http:${service}:${port}/proxy`;
  }

  /** What a forwarded request goes over, and with which headers. */
  async forwarding(signal: AbortSignal) {
    try {
      const connection = await this.#access.connection(signal);
      return { connection, headers: await this.#access.headers(signal) };
    } catch (error) {
      // Files of credentials are replaced while the deployment runs.
      if (!(error instanceof FileError)) throw error;
      throw new ClusterError(`credentials of the cluster cannot be read: ${error.message}`, {
        isTransient: true,
        status: 0,
        remedy: error.remedy,
      });
    }
  }

  close(): void {
    this.#access.close();
  }

  /** What the cluster puts off is asked again after the time that it names; so is what came before our credentials were renewed. */
  async #ask(request: Asked, signal: AbortSignal): Promise<JsonValue> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#once(request, signal);
      } catch (error) {
        if (!(error instanceof ClusterError)) throw error;
        if (error.status === 401 && attempt === 1 && this.#access.renew()) continue;
        const { retryAfterMs } = error;
        const isPutOff = error.isTransient && retryAfterMs !== undefined && retryAfterMs <= PATIENCE.waitMs;
        if (!isPutOff || attempt >= PATIENCE.attempts) throw error;
        await this.#clock.sleep(retryAfterMs, signal);
      }
    }
  }

  async #once(request: Asked, signal: AbortSignal): Promise<JsonValue> {
    const options = {
      ...(await this.#exchange(request, signal)),
      limit: { clock: this.#clock, ms: LIMIT_MS },
    };
    try {
      return await exchange(options, async (reply) => {
        if (!reply.ok) throw await this.#refusal(request, reply);
        return parseUntrustedJson(await reply.text(MAX_BYTES), MAX_DEPTH);
      });
    } catch (error) {
      if (error instanceof SyntaxError)
        throw new ClusterError(`the cluster's answer is not JSON: ${request.words}`, {
          isTransient: true,
          status: 0,
        });
      throw connectionError(error, this.target.server);
    }
  }

  async #exchange(
    { method, path, query = {}, body, contentType = 'application/json' }: Asked,
    signal: AbortSignal,
  ) {
    const { connection, headers } = await this.forwarding(signal);
    const url = new URL(this.target.server + path);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const text = body === undefined ? undefined : JSON.stringify(body);
    // Node sends the body of a DELETE without a length.
    const length = text === undefined ? '' : String(Buffer.byteLength(text));
    const type = text === undefined ? {} : { 'content-type': contentType, 'content-length': length };
    return {
      connection,
      request: { url, method, headers: { accept: 'application/json', ...type, ...headers }, body: text },
      signal,
    };
  }

  async #refusal({ words }: Asked, reply: Reply): Promise<ClusterError> {
    const body = (await reply.start(64 * 1024)).toString('utf8');
    return clusterError(words, reply.status, body, parseRetryAfter(reply.headers, this.#clock.now()));
  }

  #path({ apiVersion, plural }: ClusterKind, name?: string): string {
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const all = `${root}/namespaces/${this.target.namespace}/${plural}`;
    return name === undefined ? all : `${all}/${encodeURIComponent(name)}`;
  }
}

function asked(verb: string, { kind }: ClusterKind, name = ''): { words: string } {
  return { words: `${verb} ${kind} ${name}`.trim() };
}

function object(value: JsonValue): ClusterObject {
  if (isClusterObject(value)) return value;
  throw new ClusterError("the cluster's answer is not an object of the API", {
    isTransient: true,
    status: 0,
  });
}

function missingKind({ kind, apiVersion }: ClusterKind): ClusterError {
  return new ClusterError(`the cluster does not have ${kind} (${apiVersion})`, {
    isTransient: false,
    status: 404,
    remedy: 'Install the Gateway API in the cluster, or name another context.',
  });
}

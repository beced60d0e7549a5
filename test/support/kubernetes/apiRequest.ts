import type { IncomingMessage } from 'node:http';
import { isJsonObject, type JsonObject } from '../../../src/engine/model/json.ts';
import { kindAt, type ResourceKind } from './resourceKinds.ts';
import { StatusError } from './statusReply.ts';

/** What a request to the API server is about. */
export interface ApiRequest {
  method: string;
  resource: ResourceKind;
  namespace: string | undefined;
  name: string | undefined;
  subresource: string;
  /** Below `proxy/`. */
  rest: string;
  query: URLSearchParams;
  contentType: string;
  userAgent: string;
  body: string;
}

const PATH =
  /^\/(?:api\/(?<core>v\d)|apis\/(?<group>[^/]+)\/(?<version>[^/]+))(?:\/namespaces\/(?<namespace>[^/]+))?\/(?<plural>[a-z]+)(?:\/(?<name>[^/]+))?(?:\/(?<subresource>[a-z]+)(?<rest>\/.*)?)?$/;

/** Undefined where the path is not that of a resource. */
export async function readRequest(incoming: IncomingMessage): Promise<ApiRequest | undefined> {
  const url = new URL(incoming.url ?? '/', 'http://server');
  const match = PATH.exec(url.pathname)?.groups ?? {};
  const {
    core,
    group = '',
    version = core ?? '',
    namespace,
    plural = '',
    name,
    subresource = '',
    rest = '',
  } = match;
  const isNamespace = url.pathname.startsWith('/api/v1/namespaces') && plural === '';
  const resource = kindAt(group, version, isNamespace ? 'namespaces' : plural);
  if (!resource) return undefined;

  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return {
    method: incoming.method ?? 'GET',
    resource,
    namespace,
    name: name === undefined ? undefined : decodeURIComponent(name),
    subresource,
    rest,
    query: url.searchParams,
    contentType: (incoming.headers['content-type'] ?? '').split(';')[0] ?? '',
    userAgent: incoming.headers['user-agent'] ?? '',
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

/** The verb by which access is decided. */
export function verbOf({ method, name, query }: ApiRequest): string {
  if (method === 'GET' && name !== undefined) return 'get';
  if (method === 'GET') return query.get('watch') === null ? 'list' : 'watch';
  return { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' }[method] ?? method.toLowerCase();
}

export function bodyOf({ body }: ApiRequest): JsonObject {
  try {
    const value: unknown = JSON.parse(body);
    if (isJsonObject(value)) return value;
  } catch {}
  throw new StatusError(400, 'BadRequest', 'the body of the request was in an unknown format');
}

/** RFC 7386. */
export function mergePatched(target: JsonObject, patch: JsonObject): JsonObject {
  const result = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else if (isJsonObject(value)) {
      const below = result[key] ?? null;
      result[key] = mergePatched(isJsonObject(below) ? below : {}, value);
    } else result[key] = value;
  }
  return result;
}

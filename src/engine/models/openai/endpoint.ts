import { type ExchangeOptions, openReply, type Reply } from '../../http/exchange.ts';
import { lowerCased } from '../../http/headers.ts';
import type { Connection } from '../../http/httpConnection.ts';
import type { JsonObject } from '../../model/json.ts';

/** Where calls go and what they carry. The values of `headers` and the key are secrets. */
export interface Endpoint {
  /** Without a trailing slash, e.g. `https://api.openai.com/v1`. */
  baseUrl: string;
  /** Undefined for a server without authorisation: then no such header leaves. */
  apiKey: string | undefined;
  headers: { [name: string]: string };
}

interface Post {
  connection: Connection;
  path: '/chat/completions' | '/embeddings';
  body: JsonObject;
  /** Of this call alone. */
  headers?: { readonly [name: string]: string };
  signal: AbortSignal;
}

/**
 * Sends a request to an endpoint. Key and headers go to this address and nowhere else: no redirect is followed. The
 * reply must be closed. Rejects with the signal's reason and with HttpError.
 */
export function post(endpoint: Endpoint, { connection, path, body, headers, signal }: Post): Promise<Reply> {
  const request = {
    url: new URL(`${endpoint.baseUrl}${path}`),
    method: 'POST',
    headers: {
      accept: 'application/json',
      'content-type': 'application/json',
      ...headers,
      ...authorized(endpoint),
    },
    body: JSON.stringify(body),
  };
  return openReply({ connection, request, signal });
}

/** Asks an endpoint for the models that it has, as `post` does. */
export function getModels(
  endpoint: Endpoint,
  options: Pick<ExchangeOptions, 'connection' | 'signal' | 'limit'>,
): Promise<Reply> {
  const request = {
    url: new URL(`${endpoint.baseUrl}/models`),
    method: 'GET',
    headers: { accept: 'application/json', ...authorized(endpoint) },
  };
  return openReply({ ...options, request });
}

function authorized({ apiKey, headers }: Endpoint): { [name: string]: string } {
  const authorization: { [name: string]: string } =
    apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
  return { ...authorization, ...lowerCased(headers) };
}

/** What tells its callers apart: the key, and all headers with their names. */
export function credentialOf({ apiKey = '', headers }: Endpoint): string[] {
  return [apiKey, ...Object.entries(headers).flat()];
}

/** What must not be read by anybody. */
export function secretsOf({ apiKey = '', headers }: Endpoint): string[] {
  return [apiKey, ...Object.values(headers)];
}

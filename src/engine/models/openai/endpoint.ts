import { openReply, type Reply } from '../../http/exchange.ts';
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
  const authorization: { [name: string]: string } =
    endpoint.apiKey === undefined ? {} : { authorization: `Bearer ${endpoint.apiKey}` };
  const request = {
    url: new URL(`${endpoint.baseUrl}${path}`),
    method: 'POST',
    headers: {
      accept: 'application/json',
      'content-type': 'application/json',
      ...headers,
      ...authorization,
      ...lowerCased(endpoint.headers),
    },
    body: JSON.stringify(body),
  };
  return openReply({ connection, request, signal });
}

/** What tells its callers apart: the key, and all headers with their names. */
export function credentialOf({ apiKey = '', headers }: Endpoint): string[] {
  return [apiKey, ...Object.entries(headers).flat()];
}

/** What must not be read by anybody. */
export function secretsOf({ apiKey = '', headers }: Endpoint): string[] {
  return [apiKey, ...Object.values(headers)];
}

import { boundedResponse } from './boundedResponse.ts';

/** Where calls go and what they carry. The values of `headers` and the key are secrets. */
export interface Endpoint {
  /** Without a trailing slash, e.g. `https://api.openai.com/v1`. */
  baseUrl: string;
  /** Undefined for a server without authorisation: then no such header leaves. */
  apiKey: string | undefined;
  headers: { [name: string]: string };
}

/** What of the client's own headers is passed on. It reads environment variables for more; those stay here. */
const PASSED = new Set(['accept', 'content-type', 'traceparent', 'user-agent']);

/**
 * A fetch that binds the key to the endpoint's origin: it refuses any other origin, adds the key itself (the
 * client library never holds it), and returns a redirect as the reply that it is instead of following it. The body of
 * a response is limited (see boundedResponse.ts).
 */
export function createBoundFetch(endpoint: Endpoint): typeof fetch {
  const origin = new URL(endpoint.baseUrl).origin;
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (url.origin !== origin)
      throw new Error(`a call to ${url.origin} left the provider's origin ${origin}`);
    const headers = new Headers();
    for (const [name, value] of new Headers(init?.headers)) {
      if (PASSED.has(name)) headers.set(name, value);
    }
    if (endpoint.apiKey !== undefined) headers.set('authorization', `Bearer ${endpoint.apiKey}`);
    for (const [name, value] of Object.entries(endpoint.headers)) headers.set(name, value);
    return boundedResponse(await fetch(url, { ...init, headers, redirect: 'manual' }));
  };
}

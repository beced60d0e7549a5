import type { Output } from '../model/output.ts';
import { errorOutput, excerpt } from './agentReply.ts';

/** What a status outside 200–299 means. 408, 425, 429 and 5xx may pass; everything else will not. */
export function httpStatusError(response: Response, body: string, latencyMs: number): Output {
  const { status } = response;
  if (status >= 300 && status < 400) {
    const to = response.headers.get('location') ?? 'nowhere';
    return errorOutput(
      'redirect',
      `The server redirects to ${to} (${status}). Redirects are not followed, since the request's headers may hold keys: configure the final URL.`,
      latencyMs,
    );
  }
  const { code, transient } = classify(status);
  return errorOutput(code, `The server answered ${status}: ${excerpt(body)}`, latencyMs, transient);
}

/** A request that brought no response; undefined when the error is not the network's but a bug. */
export function networkError(error: unknown, url: URL, latencyMs: number): Output | undefined {
  if (!(error instanceof Error)) return undefined;
  const cause = error.cause instanceof Error ? error.cause : error;
  const isNetwork = error.message === 'fetch failed' || error.message === 'terminated' || 'code' in cause;
  if (!isNetwork) return undefined;
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
  // Without the query, which may hold a key.
  const at = `${url.origin}${url.pathname}`;
  return errorOutput('network', `${at} ${reason(code)}.`, latencyMs, true);
}

function classify(status: number): { code: string; transient: boolean } {
  if (status === 401 || status === 403) return { code: 'auth', transient: false };
  if (status === 404) return { code: 'not-found', transient: false };
  if (status === 408 || status === 425) return { code: 'timeout', transient: true };
  if (status === 429) return { code: 'rate-limit', transient: true };
  if (status >= 500) return { code: 'server', transient: true };
  return { code: 'bad-request', transient: false };
}

function reason(code: string): string {
  switch (code) {
    case 'ECONNREFUSED':
      return 'refuses connections: is the agent running?';
    case 'ENOTFOUND':
      return 'has a host name that is not known';
    case 'ECONNRESET':
    case 'UND_ERR_SOCKET':
      return 'closed the connection before the reply was complete';
    default:
      return `could not be reached (${code})`;
  }
}

import type { Output } from '../model/output.ts';
import { errorOutput, excerpt } from './agentReply.ts';
import type { HttpReply } from './httpConnection.ts';

/** What a status outside 200–299 means. 408, 425, 429 and 5xx may pass; everything else will not. */
export function httpStatusError(
  { status, location, text }: HttpReply,
  latencyMs: number,
  redact: (text: string) => string,
): Output {
  if (status >= 300 && status < 400) {
    const to = redact(location ?? 'nowhere');
    return errorOutput(
      'redirect',
      `The server redirects to ${to} (${status}). Redirects are not followed, since the request's headers may hold keys: configure the final URL.`,
      latencyMs,
    );
  }
  const { code, transient } = classify(status);
  return errorOutput(code, `The server answered ${status}: ${excerpt(redact(text))}`, latencyMs, transient);
}

/** A request that brought no response; undefined when the error is not the network's but a bug. */
export function networkError(error: unknown, url: URL, latencyMs: number): Output | undefined {
  if (!(error instanceof Error)) return undefined;
  if (!('code' in error) || typeof error.code !== 'string') return undefined;
  // Without the query, which may hold a key.
  const at = `${url.origin}${url.pathname}`;
  return errorOutput('network', `${at} ${reason(error.code)}.`, latencyMs, true);
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
    case 'EPIPE':
      return 'closed the connection before the reply was complete';
    case 'Z_BUF_ERROR':
    case 'Z_DATA_ERROR':
      return 'sent a compressed reply that cannot be unpacked';
    default:
      return `could not be reached (${code})`;
  }
}

import type { Reply } from '../../http/exchange.ts';
import type { HttpError, HttpFault } from '../../http/httpError.ts';
import type { Output } from '../../model/output.ts';
import { errorOutput, excerpt } from '../reply/agentReply.ts';

/** What a status outside 200–299 means. 408, 425, 429 and 5xx may pass; everything else will not. */
export function statusOutput(
  { status, headers }: Pick<Reply, 'status' | 'headers'>,
  text: string,
  redact: (text: string) => string,
  latencyMs: number,
): Output {
  if (status >= 300 && status < 400) {
    const to = redact(headers.location ?? 'nowhere');
    return errorOutput(
      'redirect',
      `The server redirects to ${to} (${status}). Redirects are not followed, since the request's headers may hold keys: configure the final URL.`,
      latencyMs,
    );
  }
  const { code, transient } = classify(status);
  return errorOutput(code, `The server answered ${status}: ${excerpt(text)}`, latencyMs, transient);
}

/** A request that brought no whole reply. */
export function failureOutput({ fault }: HttpError, url: URL, latencyMs: number): Output {
  // Without the query, which may hold a key.
  const at = `${url.origin}${url.pathname}`;
  return faultOutput(fault, at, latencyMs);
}

function faultOutput(fault: HttpFault, at: string, latencyMs: number): Output {
  switch (fault.kind) {
    case 'timeout': {
      const message = `No complete reply within ${Math.round(fault.limitMs)} ms.`;
      return errorOutput('timeout', message, latencyMs, true);
    }
    case 'too-large':
      return errorOutput('too-large', `The reply is larger than ${fault.maxBytes} bytes.`, latencyMs);
    case 'not-utf8':
      return errorOutput('protocol', 'The reply is not valid UTF-8.', latencyMs);
    case 'unsendable': {
      const message = `The request to ${at} cannot be sent: one of its headers holds a character that HTTP does not allow, such as a line break.`;
      return errorOutput('bad-request', message, latencyMs);
    }
    case 'compression':
      return errorOutput(
        'network',
        `${at} sent a compressed reply that cannot be unpacked.`,
        latencyMs,
        true,
      );
    case 'network':
      return errorOutput('network', `${at} ${reason(fault.code)}.`, latencyMs, true);
  }
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
    default:
      return `could not be reached (${code})`;
  }
}

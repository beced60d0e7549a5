import type { OpenAI } from 'openai/client';
import { readRetryAfter } from '../http/retryAfter.ts';
import { ModelError, type ModelErrorCode, restate } from './modelClient.ts';

interface ClassifyOptions {
  /** The client's class, which carries its error classes; loaded by the caller. */
  sdk: typeof OpenAI;
  /** The address that was called. */
  baseUrl: string;
  /** Milliseconds since the epoch, for dates in `Retry-After`. */
  nowMs: number;
  /** Takes keys out of a text before a person may read it. */
  redact: (text: string) => string;
}

/**
 * Turns whatever a call threw into a ModelError. 400, 401, 403, 404 and 422 are final: the same request fails
 * again. 408, 409, 429, 5xx and a broken connection are transient, but a spent quota (429 with the code
 * `insufficient_quota`) is final. The cause is left out on purpose: it holds the request's headers.
 */
export function classifyError(error: unknown, options: ClassifyOptions): ModelError {
  if (error instanceof ModelError) return restate(error, options.redact(error.message));
  if (error instanceof options.sdk.APIConnectionTimeoutError) {
    return new ModelError('timeout', 'the provider did not answer in time', { transient: true });
  }
  if (error instanceof options.sdk.APIConnectionError) {
    return new ModelError(
      'network',
      options.redact(`no connection to ${options.baseUrl}: ${rootMessage(error)}`),
      {
        transient: true,
      },
    );
  }
  if (error instanceof options.sdk.APIError) return fromApiError(error, options);
  // A RangeError is JSON nested so deep that the library cannot write it into its message.
  if (error instanceof SyntaxError || error instanceof RangeError) {
    return new ModelError(
      'protocol',
      "the provider's reply cannot be read: it is not the JSON it should be",
      {
        transient: false,
      },
    );
  }
  return new ModelError('network', options.redact(`the connection broke: ${rootMessage(error)}`), {
    transient: true,
  });
}

function fromApiError(
  error: InstanceType<typeof OpenAI.APIError>,
  { nowMs, redact }: ClassifyOptions,
): ModelError {
  const status = error.status as number | undefined;
  const message = redact(cut(error.message));
  // An error event inside a stream has no status: the provider failed after it had accepted the call.
  if (status === undefined) return new ModelError('server', message, { transient: true });
  if (status >= 300 && status < 400) {
    return new ModelError(
      'protocol',
      'the provider redirects, which is not followed: set base_url to its target',
      {
        transient: false,
        status,
      },
    );
  }
  const headers = error.headers as Headers | undefined;
  const retryAfterMs = headers ? readRetryAfter(headers, nowMs) : undefined;
  return new ModelError(codeOf(status), message, {
    transient: isTransient(status) && error.code !== 'insufficient_quota',
    status,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(typeof error.param === 'string' ? { parameter: error.param } : {}),
  });
}

function codeOf(status: number): ModelErrorCode {
  if (status === 401 || status === 403) return 'auth';
  if (status === 404) return 'not-found';
  if (status === 408) return 'timeout';
  if (status === 429) return 'rate-limit';
  return status >= 500 || status === 409 ? 'server' : 'bad-request';
}

function isTransient(status: number): boolean {
  return status === 408 || status === 409 || status === 429 || status >= 500;
}

/** The innermost message of a chain of causes: `fetch failed` alone tells a person nothing. */
function rootMessage(error: unknown): string {
  let current: unknown = error;
  for (let depth = 0; depth < 5; depth++) {
    if (!(current instanceof Error) || current.cause === undefined) break;
    current = current.cause;
  }
  if (!(current instanceof Error)) return String(current);
  const code = 'code' in current && typeof current.code === 'string' ? current.code : '';
  return current.message || code || current.name;
}

/** Providers put whole pages into their errors. */
function cut(text: string): string {
  return text.length > 1000 ? `${text.slice(0, 1000)}…` : text;
}

import type { ModelErrorCode } from './modelClient.ts';

/** The kind of error that an HTTP status stands for. */
export function errorCode(status: number): ModelErrorCode {
  if (status === 401 || status === 403) return 'auth';
  if (status === 404) return 'not-found';
  if (status === 408) return 'timeout';
  if (status === 429) return 'rate-limit';
  return status >= 500 || status === 409 ? 'server' : 'bad-request';
}

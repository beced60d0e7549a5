import type { Decision } from '../resilience/decision.ts';
import type { ModelErrorCode } from './modelClient.ts';

/** The kind of error that an HTTP status stands for, once it is decided whose fault it was. */
export function errorCode(status: number, { kind }: Decision): ModelErrorCode {
  if (kind === 'spent') return 'spent';
  if (status === 401 || status === 403) return 'auth';
  if (status === 404) return 'not-found';
  if (status === 408) return 'timeout';
  if (status === 429) return 'rate-limit';
  return status >= 500 || status === 409 ? 'server' : 'bad-request';
}

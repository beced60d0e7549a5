import type { HttpFault } from '../http/httpError.ts';
import type { Decision } from './decision.ts';

/** What is known of how an attempt ended, whatever protocol it used. */
export type Evidence =
  /** The server refused, with an HTTP status. `waitMs`: what it asked to wait. */
  | { kind: 'status'; status: number; said?: ErrorWords; waitMs?: number | undefined }
  /** An error in place of an answer, with status 200. */
  | { kind: 'error-event'; said: ErrorWords }
  | { kind: 'fault'; fault: HttpFault }
  /** The answer broke off. */
  | { kind: 'cut' }
  | { kind: 'timeout' }
  /** The answer is whole, and not of the form that it should be: it would be the same again. */
  | { kind: 'malformed' }
  /** The agent itself says whether it may succeed later. */
  | { kind: 'stated'; transient: boolean };

/** What a provider says of an error, as far as it does. */
export interface ErrorWords {
  message?: unknown;
  code?: unknown;
  type?: unknown;
}

/** Everything that came back is judged here and nowhere else. `now` is on the monotonic clock, in milliseconds. */
export function decide(evidence: Evidence, now: number): Decision {
  switch (evidence.kind) {
    case 'status':
      return ofStatus(
        evidence.status,
        evidence.said ?? {},
        evidence.waitMs === undefined ? undefined : now + evidence.waitMs,
      );
    case 'error-event':
      return ofStatus(statusOf(evidence.said), evidence.said, undefined);
    case 'fault':
      return ofFault(evidence.fault);
    case 'cut':
    case 'timeout':
      return { kind: 'transient' };
    case 'malformed':
      return { kind: 'caller' };
    case 'stated':
      return { kind: evidence.transient ? 'transient' : 'caller' };
  }
}

/**
 * The HTTP status that an error would have had which came in a stream of status 200, by its code or type as OpenAI,
 * Anthropic and those who speak like them name it; 500 for any other.
 */
export function statusOf({ code, type }: ErrorWords): number {
  for (const word of [code, type]) {
    const numeric = Number(word);
    if (Number.isInteger(numeric) && numeric >= 400 && numeric <= 599) return numeric;
    const known = typeof word === 'string' ? STATUSES.get(word.toLowerCase()) : undefined;
    if (known !== undefined) return known;
  }
  return 500;
}

/**
 * Whether the account has nothing left. OpenAI gives a spent quota the status of a rate limit, but waiting does not help; others
 * answer 402, and Anthropic says it in the message of a 400.
 */
function isSpent(status: number, { code, type, message }: ErrorWords): boolean {
  if (status === 402 || [code, type].some((word) => SPENT.has(word))) return true;
  return status === 400 && SPENT_WORDS.test(String(message ?? ''));
}

const SPENT_WORDS = /\bcredit balance is too low\b|\breached your specified API usage limits\b/i;
const SPENT: ReadonlySet<unknown> = new Set([
  'insufficient_quota',
  'billing_hard_limit_reached',
  'billing_not_active',
  'billing_error',
]);

const STATUSES: ReadonlyMap<string, number> = new Map([
  ['invalid_request_error', 400],
  ['invalid_request', 400],
  ['context_length_exceeded', 400],
  ['content_filter', 400],
  ['content_policy_violation', 400],
  ['authentication_error', 401],
  ['invalid_api_key', 401],
  ['billing_error', 402],
  ['permission_error', 403],
  ['permission_denied', 403],
  ['not_found_error', 404],
  ['model_not_found', 404],
  ['request_too_large', 413],
  ['insufficient_quota', 429],
  ['rate_limit_error', 429],
  ['rate_limit_exceeded', 429],
  ['rate_limited', 429],
  ['too_many_requests', 429],
  ['timeout_error', 504],
  ['overloaded', 529],
  ['overloaded_error', 529],
  ['server_overloaded', 529],
  ['engine_overloaded', 529],
]);

function ofStatus(status: number, said: ErrorWords, until: number | undefined): Decision {
  if (isSpent(status, said)) return { kind: 'spent' };
  if (saysOverloaded(status, said)) return { kind: 'overloaded', until };
  if (status === 429) return { kind: 'rate-limited', until };
  if (status === 503 || status === 529) return { kind: 'overloaded', until };
  if (status === 408 || status === 409 || status === 425 || status >= 500) return { kind: 'transient' };
  return { kind: 'caller' };
}

/** A request that is wrong may speak of it, too. */
function saysOverloaded(status: number, { code, type, message }: ErrorWords): boolean {
  if (status < 429 || (status > 429 && status < 500)) return false;
  return (
    [code, type].some((word) => statusOf({ code: word }) === 529) ||
    /\boverloaded\b/i.test(String(message ?? ''))
  );
}

function ofFault({ kind }: HttpFault): Decision {
  switch (kind) {
    case 'timeout':
    case 'network':
    case 'compression':
      return { kind: 'transient' };
    case 'too-large':
    case 'not-utf8':
    case 'unsendable':
      return { kind: 'caller' };
  }
}

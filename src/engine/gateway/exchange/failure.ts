import { ReleaseError, type UserError } from '../../errors.ts';
import type { HttpFault } from '../../http/httpError.ts';
import { parseRetryAfter } from '../../http/retryAfter.ts';
import { unpackedText } from '../../http/unpack.ts';
import { errorWordsOf } from '../../models/openai/providerError.ts';
import type { Clock } from '../../ports.ts';
import { decide, type Evidence, statusOf } from '../../resilience/classify.ts';
import type { Decision } from '../../resilience/decision.ts';
import type { Outcome } from '../../resilience/guard.ts';
import { readAllowance } from '../../resilience/pace/readAllowance.ts';
import type { Allowance, Rejected } from '../../resilience/policy.ts';
import { RequestRefusal } from '../released/requestRefusal.ts';
import type { ReplyHead } from './client.ts';
import type { ExchangeEnding } from './finishedExchange.ts';
import type { Opened, UpstreamReply } from './upstreamReply.ts';

/** Why an upstream did not answer, and what its client is told where nothing else does. */
export interface Failure {
  ending: ExchangeEnding;
  /** For people. */
  reason: string;
  decision: Decision;
  /** A reply of the upstream, to be passed on as it is; else one of ours. */
  answer:
    | { head: ReplyHead; headers: { readonly [name: string]: string | string[] | undefined }; body: Buffer }
    | OwnAnswer;
}

/** What we say in the API's own form. */
export interface OwnAnswer {
  status: number;
  type: string;
  /** The policy that refused it. */
  refusedBy?: string;
  /** On the monotonic clock, in milliseconds. */
  until?: number | undefined;
}

/** Why an attempt brought nothing to hand on; undefined where it did. */
export function failureOf(
  opened: Opened,
  reply: UpstreamReply,
  { target, clock, firstTokenMs }: { target: string; clock: Clock; firstTokenMs: number },
): { failure: Failure; outcome: Outcome } | undefined {
  const { silentMs, headers } = reply;
  const allowance = headers && readAllowance(headers, clock.now(), clock.monotonic());
  const unanswered = (
    evidence: Evidence,
    reason: string,
    more: Partial<Pick<Failure, 'ending'> & OwnAnswer & Outcome> = {},
  ) => {
    const { ending = 'failed', status = 502, type = 'upstream_error', ...outcome } = more;
    const decision = decide(evidence, clock.monotonic());
    return {
      failure: { ending, reason, decision, answer: { status, type } },
      outcome: {
        decision,
        silentMs,
        tokens: null,
        costUsd: null,
        allowance,
        errorType: opened.kind,
        ...outcome,
      },
    };
  };

  switch (opened.kind) {
    case 'content':
      return undefined;
    case 'refusal':
      return refused(opened, reply, { target, clock, allowance });
    case 'error': {
      const said = reply.tap?.error ?? {};
      const { message, type } = said;
      const reason = typeof message === 'string' ? message : `${target} gave an error in place of an answer`;
      const named = typeof type === 'string' ? { type, errorType: type } : {};
      return unanswered({ kind: 'error-event', said }, reason, { status: statusOf(said), ...named });
    }
    case 'empty':
      return unanswered({ kind: 'cut' }, `${target} answered with nothing`, { ending: 'empty' });
    case 'cut':
      return unanswered({ kind: 'cut' }, `${target} broke off its answer: ${opened.reason}`);
    case 'silent':
      // It may be carried out nevertheless, and took its time: the same would be asked twice.
      return unanswered({ kind: 'timeout' }, `${target} gave nothing within ${firstTokenMs / 1000} s`, {
        ...{ ending: 'timeout', status: 504, type: 'timeout_error', errorType: 'timeout', final: true },
      });
    case 'fault': {
      const { fault, message } = opened.error;
      const errorType = fault.kind === 'network' ? fault.code : fault.kind;
      return unanswered({ kind: 'fault', fault }, `${target} was not reached: ${message}`, {
        ...{ ...used(fault), errorType },
      });
    }
  }
}

/** An error status, whose body is passed on as it is. */
function refused(
  { status, body }: Extract<Opened, { kind: 'refusal' }>,
  { headers: told = {}, head, silentMs }: UpstreamReply,
  { target, clock, allowance }: { target: string; clock: Clock; allowance: Allowance | undefined },
): { failure: Failure; outcome: Outcome } {
  const said = errorWordsOf(unpackedText(body, told['content-encoding']));
  const waitMs = parseRetryAfter(told, clock.now()) ?? said.retryDelayMs;
  const decision = decide({ kind: 'status', status, said, waitMs }, clock.monotonic());
  const reason = `${target} answered with status ${status}`;
  return {
    failure: { ending: 'done', reason, decision, answer: { head, headers: told, body } },
    outcome: { decision, silentMs, tokens: 0, costUsd: 0, allowance, errorType: String(status) },
  };
}

/** Nothing was sent where there was no connection; else nobody knows what became of it. */
function used(fault: HttpFault): { tokens: number | null; costUsd: number | null } {
  const isUnsent = fault.kind === 'unsendable' || (fault.kind === 'network' && UNSENT.has(fault.code));
  return isUnsent ? { tokens: 0, costUsd: 0 } : { tokens: null, costUsd: null };
}

const UNSENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'EACCES',
]);

/** One of our policies said no. */
export function rejection(rejected: Rejected): Failure {
  const { by, until, message } = rejected;
  const isCount = by === 'budget' || by === 'limit' || by === 'pace';
  const status = by === 'deadline' ? 504 : isCount ? 429 : 503;
  return {
    ending: 'refused',
    reason: message,
    decision: { kind: 'rejected', by, until },
    answer: { status, type: isCount ? 'rate_limit_error' : 'overloaded_error', refusedBy: by, until },
  };
}

/** Whether something else may answer in its place: not where the request itself is wrong, but where our key for it is. */
export function mayFallBack({ decision, answer }: Failure): boolean {
  if (decision.kind !== 'caller') return true;
  return 'head' in answer && (answer.head.status === 401 || answer.head.status === 403);
}

/** A refusal that speaks of the usage of streams: the server does not know how it is asked for. */
export function refusesUsage({ answer }: Failure): boolean {
  if (!('head' in answer) || (answer.head.status !== 400 && answer.head.status !== 422)) return false;
  const encoding = answer.headers['content-encoding'];
  const said = unpackedText(answer.body, typeof encoding === 'string' ? encoding : undefined);
  return /stream_options|include_usage/.test(said);
}

/** A target that cannot be asked: its key is missing, say, or its release. */
export function notReady(error: UserError): Failure {
  if (error instanceof RequestRefusal) return askedWrongly(error);
  // What does not exist now does not in a moment: nobody need try again.
  const isUnknown = error instanceof ReleaseError;
  return {
    ending: 'refused',
    reason: error.message,
    decision: { kind: 'spent' },
    answer: isUnknown
      ? { status: 404, type: 'not_found_error', refusedBy: 'configuration' }
      : { status: 503, type: 'configuration_error', refusedBy: 'configuration' },
  };
}

/** A request that no release can answer: another target could not, either. */
function askedWrongly({ message }: RequestRefusal): Failure {
  return {
    ending: 'refused',
    reason: message,
    decision: { kind: 'caller' },
    answer: { status: 400, type: 'invalid_request_error', refusedBy: 'request' },
  };
}

import { decide } from '../../resilience/classify.ts';
import type { Decision } from '../../resilience/decision.ts';
import type { ApiName } from '../apis/apiName.ts';
import type { UnderWay } from './asking.ts';
import type { ExchangeEnding } from './finishedExchange.ts';

/** What a reply was that the upstream ended by itself. */
export function replyEnding(
  { reply, request: { target } }: UnderWay,
  api: ApiName,
  now: number,
): { ending: ExchangeEnding; reason: string | null; decision: Decision } {
  const { tap, head } = reply;
  if (head.status >= 400)
    return { ending: 'done', reason: null, decision: decide({ kind: 'status', status: head.status }, now) };
  if (tap?.error) {
    const { message } = tap.error;
    const reason = `${target} gave an error within its answer${typeof message === 'string' ? `: ${message}` : ''}`;
    return { ending: 'cut', reason, decision: decide({ kind: 'error-event', said: tap.error }, now) };
  }

  const isModel = api === 'chat' || api === 'responses' || api === 'messages';
  const isStream = /^text\/event-stream\b/i.test(reply.headers?.['content-type'] ?? '');
  if (isModel && isStream && tap?.isWhole === false) {
    const reason = `${target} ended its stream before the answer was whole`;
    return { ending: 'cut', reason, decision: decide({ kind: 'cut' }, now) };
  }
  if (isModel && head.status === 200 && tap?.hasContent === false)
    return { ending: 'empty', reason: `${target} answered with nothing`, decision: { kind: 'done' } };
  return { ending: 'done', reason: null, decision: { kind: 'done' } };
}

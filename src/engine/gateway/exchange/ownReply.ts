import type { Clock } from '../../ports.ts';
import { apiError } from '../apis/apiError.ts';
import type { ApiName } from '../apis/apiName.ts';
import type { ReplyHead } from './client.ts';
import type { OwnAnswer } from './failure.ts';

/** Until somebody changes the configuration, the answer stays the same: clients of OpenAI and Anthropic look at this before they ask again. */
export const NOT_AGAIN = { 'x-touchstone-refused': 'configuration', 'x-should-retry': 'false' };

/** What we say in place of an upstream, in the form of the API; `x-touchstone-refused` tells it from what a provider says. */
export function ownReply(
  api: ApiName,
  { status, type, refusedBy, until }: OwnAnswer,
  reason: string,
  clock: Pick<Clock, 'monotonic'>,
): { head: ReplyHead; body: Buffer } {
  const said = apiError(api, status, reason, type);
  const body = Buffer.from(said.body ?? '');
  const headers: { [name: string]: string } = { ...said.headers, 'content-length': String(body.length) };
  if (refusedBy !== undefined) headers['x-touchstone-refused'] = refusedBy;
  if (refusedBy === 'configuration') Object.assign(headers, NOT_AGAIN);
  if (until !== undefined) {
    const waitMs = Math.max(0, until - clock.monotonic());
    headers['retry-after'] = String(Math.ceil(waitMs / 1000));
  }
  return { head: { status, statusText: '', rawHeaders: Object.entries(headers).flat() }, body };
}

/** What we take out of a body is missing in its length. */
export function withoutLength(head: ReplyHead): ReplyHead {
  const { rawHeaders } = head;
  const kept = rawHeaders.filter((_, at) => rawHeaders[at - (at % 2)]?.toLowerCase() !== 'content-length');
  return { ...head, rawHeaders: kept };
}

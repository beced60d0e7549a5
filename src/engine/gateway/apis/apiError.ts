import type { WholeReply } from '../../http/server/serverRequest.ts';
import type { JsonObject } from '../../model/json.ts';
import { writeError } from '../../models/wire/writeReply.ts';
import type { ApiName } from './apiName.ts';

/**
 * A refusal of ours as the clients of an API expect it. `type` is a word of OpenAI's or Anthropic's; for Anthropic's API, one
 * that it does not know becomes that of the status. Only for replies that have not begun: in the middle of a stream there is
 * none, and the connection is cut instead.
 */
export function apiError(
  api: ApiName,
  status: number,
  message: string,
  type: string,
): WholeReply & { headers: { [name: string]: string }; body: string } {
  const body: JsonObject =
    api === 'messages'
      ? { type: 'error', error: { type: anthropicType(status, type), message } }
      : writeError({ message, type, code: type });
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

const ANTHROPIC: ReadonlyMap<number, string> = new Map([
  [400, 'invalid_request_error'],
  [401, 'authentication_error'],
  [402, 'billing_error'],
  [403, 'permission_error'],
  [404, 'not_found_error'],
  [413, 'request_too_large'],
  [429, 'rate_limit_error'],
  [500, 'api_error'],
  [504, 'timeout_error'],
  [529, 'overloaded_error'],
]);

function anthropicType(status: number, type: string): string {
  if ([...ANTHROPIC.values()].includes(type)) return type;
  return ANTHROPIC.get(status) ?? (status < 500 ? 'invalid_request_error' : 'api_error');
}

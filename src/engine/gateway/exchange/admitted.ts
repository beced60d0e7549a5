import { HttpProblem } from '../../http/server/httpProblem.ts';
import type { ServerRequest } from '../../http/server/serverRequest.ts';
import { apiOf } from '../apis/apiName.ts';
import { readApiRequest } from '../apis/readApiRequest.ts';
import { passedOn } from './passedHeaders.ts';
import type { Asked } from './upstreamRequest.ts';

/** Reads what a client asks for. `token` is ours, and goes no further. Rejects with HttpProblem. */
export async function readAsked(request: ServerRequest, token: string): Promise<Asked> {
  const { method, path, headers } = request;
  const api = apiOf(method, path) ?? 'agent';
  const sent = await request.sent();
  const body = headers['content-encoding'] === undefined ? sent : await request.body();
  if (body.includes(token))
    throw new HttpProblem(400, "the gateway's token stands in the body, which is not passed on");

  return {
    ...{ api, method, path, search: searchOf(request.target, token) },
    headers: passedOn(headers, token),
    ...{ sent, body, read: readApiRequest(api, body) },
  };
}

/** The span of a caller, by https://www.w3.org/TR/trace-context/#traceparent-header; undefined where it sent none that is valid. */
export function callerSpan(traceparent: unknown): { traceId: string; spanId: string } | undefined {
  const [, traceId, spanId] =
    (typeof traceparent === 'string' &&
      /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(?:-|$)/.exec(traceparent)) ||
    [];
  if (traceId === undefined || spanId === undefined || /^0+$/.test(traceId) || /^0+$/.test(spanId))
    return undefined;
  return { traceId, spanId };
}

/** The query, without any part that shows our token. */
function searchOf(target: string, token: string): string {
  const at = target.indexOf('?');
  if (at < 0) return '';
  const parts = target.slice(at + 1).split('&');
  const kept = parts.filter((part) => !unescaped(part).includes(token));
  return kept.length > 0 ? `?${kept.join('&')}` : '';
}

function unescaped(text: string): string {
  return text.replaceAll(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
}

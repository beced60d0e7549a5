import { contentHash } from '../../model/hash.ts';
import type { RouteConfig } from '../../suites/gateway/gatewayConfig.ts';
import type { ApiRequest } from '../apis/apiRequest.ts';

interface StickyRequest {
  headers: { readonly [name: string]: string | readonly string[] | undefined };
  request: Pick<ApiRequest, 'session' | 'user'>;
}

/** Longer keys are replaced by their hash: they are kept with each request. */
const LONGEST_KEY = 200;

/**
 * By what a client stays with a target of the route; null where the route does not ask for it, or the request does not say. A session or
 * user that the body does not name, as that of an agent, is taken from `x-session-id` and `x-user-id`, or from the W3C baggage
 * (`session.id`, `user.id`).
 */
export function stickyKeyOf({ sticky }: RouteConfig, { headers, request }: StickyRequest): string | null {
  if (!sticky) return null;
  const key =
    sticky.by === 'header'
      ? headerOf(headers, sticky.header)
      : (request[sticky.by] ?? toldBeside(headers, sticky.by));
  if (key === undefined || key === '') return null;
  return key.length > LONGEST_KEY ? contentHash(key) : key;
}

function toldBeside(headers: StickyRequest['headers'], by: 'session' | 'user'): string | undefined {
  const own = headerOf(headers, `x-${by}-id`);
  if (own !== undefined && own !== '') return own;

  const members = (headerOf(headers, 'baggage') ?? '').split(',');
  const member = members.find((text) => text.trim().startsWith(`${by}.id=`));
  const value = member
    ?.slice(member.indexOf('=') + 1)
    .split(';')[0]
    ?.trim();
  return value === undefined ? undefined : decoded(value);
}

function headerOf(headers: StickyRequest['headers'], name: string): string | undefined {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  return typeof value === 'string' ? value : value?.join(', ');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

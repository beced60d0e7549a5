import type { IncomingHttpHeaders } from 'node:http';

/** Of which a second one counts for nothing, as Node has it. */
const ONCE: ReadonlySet<string> = new Set([
  ...['age', 'authorization', 'content-length', 'content-type', 'etag', 'expires', 'from', 'host'],
  ...['if-modified-since', 'if-unmodified-since', 'last-modified', 'location', 'max-forwards'],
  ...['proxy-authorization', 'referer', 'retry-after', 'server', 'user-agent'],
]);

/** Headers by their names in lower case, joined as Node joins them. */
export function headersOf(rawHeaders: readonly string[]): IncomingHttpHeaders {
  const headers: IncomingHttpHeaders = {};
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? '').toLowerCase();
    const value = rawHeaders[at + 1] ?? '';
    if (name === 'set-cookie') headers[name] = [...(headers[name] ?? []), value];
    else if (headers[name] === undefined) headers[name] = value;
    else if (!ONCE.has(name)) headers[name] = `${headers[name]}, ${value}`;
  }
  return headers;
}

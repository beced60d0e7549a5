import type { IncomingHttpHeaders } from 'node:http';

/** Of one connection, and never of the next (RFC 9110, 7.6.1). */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-authentication-info',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
]);

/** What shows who somebody is: it was meant for us. */
const CREDENTIALS: ReadonlySet<string> = new Set([
  'authorization',
  'x-api-key',
  'api-key',
  'x-goog-api-key',
  'x-auth-token',
  'cookie',
  'cookie2',
]);

/** What is worked out anew for the next connection, or is no business of the upstream. */
const OWN: ReadonlySet<string> = new Set(['host', 'content-length', 'expect', 'trailer', 'traceparent']);

/** What other gateways take for the address or the provider to ask, and may be taken for it further on. */
const STEERING = /(?:api|base|target|upstream|custom)[-_]?(?:base|url|host|origin|provider|llm[-_]?provider)/;

/** Where a client is, and which address it asked for, as proxies between it and us have noted: no business of a provider. */
const CAME_BY =
  /^(?:forwarded|via|x-forwarded(?:-.*)?|x-real-ip|x-original-.*|x-rewrite-url|x-(?:originating|remote)-(?:ip|addr)|x-envoy-external-address|.*client-?ip|cf-(?:connecting-.*|ipcountry|visitor))$/;

/** The headers of a reply without those of its connection; names and values in turn, as they came. */
export function endToEnd(rawHeaders: readonly string[]): string[] {
  const named = connectionOptions(rawHeaders);
  const passed: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    const lower = name.toLowerCase();
    if (!HOP_BY_HOP.has(lower) && !named?.has(lower)) passed.push(name, rawHeaders[at + 1] ?? '');
  }
  return passed;
}

/**
 * Headers of a client's request that may be passed on: without what belongs to its connection, what shows who and where it is, and what
 * would steer us. `secret` is our own token: wherever a client has put it, it goes no further. By their names in lower case.
 */
export function passedOn(headers: IncomingHttpHeaders, secret: string): { [name: string]: string } {
  const named = optionsOf(headers.connection);
  const passed: { [name: string]: string } = {};
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (value === undefined || isOurs(name) || named?.has(name)) continue;
    const text = typeof value === 'string' ? value : value.join(', ');
    if (secret === '' || !text.includes(secret)) passed[name] = text;
  }
  return passed;
}

/** Of a reply, as listeners see them; cookies show who somebody is. */
export function shownHeaders(headers: IncomingHttpHeaders): { [name: string]: string } {
  const shown: { [name: string]: string } = {};
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (value === undefined || name === 'set-cookie' || HOP_BY_HOP.has(name)) continue;
    shown[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return shown;
}

function isOurs(name: string): boolean {
  return (
    HOP_BY_HOP.has(name) ||
    CREDENTIALS.has(name) ||
    OWN.has(name) ||
    name.startsWith('proxy-') ||
    name.startsWith('x-touchstone-') ||
    STEERING.test(name) ||
    CAME_BY.test(name)
  );
}

function connectionOptions(rawHeaders: readonly string[]): ReadonlySet<string> | undefined {
  for (let at = 0; at < rawHeaders.length; at += 2)
    if (rawHeaders[at]?.toLowerCase() === 'connection') return optionsOf(rawHeaders[at + 1]);
  return undefined;
}

function optionsOf(connection: string | undefined): ReadonlySet<string> | undefined {
  if (connection === undefined || /^(?:keep-alive|close)$/i.test(connection)) return undefined;
  return new Set(connection.split(',').map((option) => option.trim().toLowerCase()));
}

import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { isLoopback } from '../httpConnection.ts';
import { HttpProblem } from './httpProblem.ts';

export interface AdmissionRules {
  /** Names beside this machine's own by which it may be asked for. */
  allowedHosts: readonly string[];
  /** Pages of a browser that may ask, as `Origin` has them. */
  allowedOrigins: readonly string[];
  token: string;
}

/**
 * Refuses a request by its head alone. A page that a browser has open must reach nothing here: not by a name of its own
 * that leads to this machine (DNS rebinding, told by `Host`, or by the `host` of a whole address), and not from elsewhere (told by
 * `Origin`). Throws HttpProblem.
 */
export function checkSender(request: IncomingMessage, host: string | undefined, rules: AdmissionRules): void {
  const hosts = request.rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host');
  const named = hosts.length === 1 ? hostOf(request.headers.host ?? '') : undefined;
  const asked = named === undefined || host === undefined ? named : hostOf(host);
  if (asked === undefined) throw new HttpProblem(400, 'the request names no host, or several');
  if (!isOurName(asked, request.socket.localAddress, rules.allowedHosts))
    throw new HttpProblem(403, `the host ${JSON.stringify(asked)} is not served here`);

  const { origin, 'sec-fetch-site': site } = request.headers;
  if (origin !== undefined && rules.allowedOrigins.includes(origin)) return;
  // A browser tells no origin of a picture or a link, but where it comes from.
  if (origin !== undefined || (site !== undefined && site !== 'none'))
    throw new HttpProblem(403, 'requests of web pages are not served here');
}

/** Throws HttpProblem unless the request has the bearer token. */
export function checkToken(request: IncomingMessage, token: string): void {
  const given = bearerOf(request);
  if (given !== undefined && isSameSecret(given, token)) return;
  throw new HttpProblem(401, 'a bearer token is needed', { 'www-authenticate': 'Bearer' });
}

/** The same for clients that show their key in `x-api-key`, as those of Anthropic do. */
export function checkTokenOrKey(request: IncomingMessage, token: string): void {
  const key = request.headers['x-api-key'];
  if (typeof key === 'string' && isSameSecret(key, token)) return;
  const given = bearerOf(request);
  if (given !== undefined && isSameSecret(given, token)) return;
  throw new HttpProblem(401, 'the token is needed, as bearer token or in x-api-key', {
    'www-authenticate': 'Bearer',
  });
}

function bearerOf({ headers }: IncomingMessage): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
}

/** Nothing here speaks another protocol. Throws HttpProblem; an offer of HTTP/2, as Java makes it with each request, is just not taken. */
export function checkUpgrade({ headers }: IncomingMessage): void {
  if (headers.upgrade !== undefined && headers.upgrade.trim().toLowerCase() !== 'h2c')
    throw new HttpProblem(501, 'no other protocol is spoken here', { connection: 'close' });
}

/** Forms that a browser sends to anywhere without asking there first. */
const SIMPLE_TYPES: ReadonlySet<string> = new Set([
  '',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
]);

/** For what may be asked without a token: throws HttpProblem for a body that any page could send. */
export function checkContentType(request: IncomingMessage): void {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (SIMPLE_TYPES.has(type))
    throw new HttpProblem(415, `the content type ${JSON.stringify(type)} is not taken`);
}

/** The host of `Host`, in lower case and without its port; undefined where it is none. */
function hostOf(header: string): string | undefined {
  return /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i.exec(header)?.[1]?.toLowerCase();
}

/** A name that leads here only on purpose. Another name can never be made of an IP address. */
function isOurName(host: string, localAddress: string | undefined, allowed: readonly string[]): boolean {
  if (isLoopback(host) || allowed.includes(host)) return true;
  const address = host.replace(/^\[|\]$/g, '');
  const local = (localAddress ?? '').replace(/^::ffff:/, '');
  return isIP(address) !== 0 && address === local;
}

/** In a time that does not depend on how much of the token is right, nor on its length. */
export function isSameSecret(given: string, token: string): boolean {
  // A server has one token, with which every request is compared.
  if (lastToken?.text !== token) lastToken = { text: token, padded: padded(token), digest: digest(token) };
  // Padded to one length, which takes a tenth of the time of a digest. A longer one is not a token of ours.
  const isShort = Math.max(given.length, token.length) * MOST_BYTES_OF_UNIT <= PADDED_BYTES;
  if (!isShort) return timingSafeEqual(digest(given), lastToken.digest);
  return timingSafeEqual(padded(given, scratch), lastToken.padded);
}

const PADDED_BYTES = 1_024;
/** Of a UTF-16 unit in UTF-8. */
const MOST_BYTES_OF_UNIT = 3;
const scratch = Buffer.alloc(PADDED_BYTES);

let lastToken: { text: string; padded: Buffer; digest: Buffer } | undefined;

/** Its bytes, a mark behind them, and zeros. */
function padded(text: string, bytes = Buffer.alloc(PADDED_BYTES)): Buffer {
  bytes.fill(0);
  const length = bytes.write(text, 0, PADDED_BYTES - 1, 'utf8');
  bytes[length] = 0xff;
  return bytes;
}

function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
